"""Which words does an endpoint's answer hold, and how many tokens did they take?

Mostly one JSON document (a chat completion). Some endpoints only stream: then it is a line of JSON for each few words
(`text/event-stream`), read here to its end all the same. Some give the words in parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from feedbackloop.http import Answer
from feedbackloop_plugins.language_model.unanswered import Unanswered


class Completion(NamedTuple):
    """The words of an answer; tokens are None where the endpoint does not count them."""

    words: str
    tokens_in: int | None
    tokens_out: int | None


def completion(answer: Answer) -> Completion:
    """Take the words out of an answer.

    Raises:
        Unanswered: It has none, or was cut off.
        Retriable: It is no JSON.
    """
    documents = list(_events(answer.body)) if answer.body.lstrip().startswith((b"data:", b"event:", b":")) else []
    words, ended_by, usage = _streamed(documents) if documents else _whole(answer.json())
    if ended_by == "length":
        raise Unanswered("the answer was cut off at max_tokens", is_too_much=True)
    if not isinstance(words, str) or not words.strip():
        raise Unanswered("the answer has no words")
    return Completion(words, _count(usage, "prompt_tokens"), _count(usage, "completion_tokens"))


def _whole(document: Any) -> tuple[Any, Any, Any]:
    try:
        choice = document["choices"][0]
        return _words(choice["message"]["content"]), choice.get("finish_reason"), document.get("usage")
    except (TypeError, KeyError, IndexError, AttributeError) as error:
        raise Unanswered("the answer has no message") from error


def _streamed(documents: list[Any]) -> tuple[Any, Any, Any]:
    """Put the pieces of a streamed answer together; a stream that just stops was cut off."""
    words, ended_by, usage = "", None, None
    for document in documents:
        if not isinstance(document, dict):
            continue
        usage = document.get("usage") or usage
        try:
            for choice in document.get("choices") or ():
                words += _words(choice["delta"].get("content")) or ""
                ended_by = choice.get("finish_reason") or ended_by
        except (TypeError, KeyError, AttributeError) as error:
            raise Unanswered("the answer has no message") from error
    if not ended_by:
        raise Unanswered("the answer broke off")
    return words, ended_by, usage


def _events(body: bytes) -> Iterator[Any]:
    for line in body.splitlines():
        if line.startswith(b"data:") and line[5:].strip() != b"[DONE]":
            try:
                yield msgspec.json.decode(line[5:])
            except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
                raise Unanswered("the answer broke off") from error


def _words(content: Any) -> Any:
    """Give the words of a message: a string, or the parts of type `text` of a list."""
    if not isinstance(content, list):
        return content
    return "".join(
        str(part.get("text", "")) for part in content if isinstance(part, dict) and part.get("type") == "text"
    )


def _count(usage: Any, name: str) -> int | None:
    said = usage.get(name) if isinstance(usage, dict) else None
    return said if isinstance(said, int) and said > 0 else None
