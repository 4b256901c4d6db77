"""How is an OpenAI-compatible endpoint asked, within its caps, and what comes back?

One request: `POST BASE/chat/completions` with two messages, the rules and the data. Repeated once where the connection broke or
the server stumbled, after Retry-After where it says so; whatever else goes wrong is `Unanswered`, with a reason that holds no
words of anybody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from feedbackloop.errors import Fatal, Retriable, SourceError, UnknownOutcome
from feedbackloop.http import Answer, Declined, Denied, Http, Limits
from feedbackloop.settings import LanguageModel
from feedbackloop_plugins.language_model.account import TOKEN_BYTES, Account

MAX_BYTES = 1024 * 1024
"""What an answer may grow to: a hundred texts need some ten thousand characters."""
ATTEMPTS = 3
MAX_WAIT_SECONDS = 60.0


class Unanswered(Exception):
    """There is no answer, and this is why; `detail` may quote the server and is for `check` alone."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.detail = detail or reason


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the rules, the data, and the form of the answer as a JSON schema."""

    name: str
    rules: str
    data: Any
    schema: dict[str, Any]
    texts: int = 1


class Endpoint:
    """The door to one model. `close` when done."""

    def __init__(self, settings: LanguageModel, folder: Path, account: Account) -> None:
        key = settings.api_key.get_secret_value() if settings.api_key else None
        self._settings, self._account = settings, account
        self._limits = Limits(
            deadline_seconds=settings.timeout.total_seconds(),
            max_bytes=MAX_BYTES,
            attempts=ATTEMPTS,
            max_wait_seconds=MAX_WAIT_SECONDS,
        )
        self._http = Http(
            settings.base_url,
            authorization=f"Bearer {key}" if key else None,
            ca_file=str(folder / settings.ca_file) if settings.ca_file else None,
            proxy=settings.proxy,
            plain_http=settings.plain_http,
            limits=self._limits,
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def ask(self, question: Question) -> str:
        """Give the words of the answer.

        Raises:
            Unanswered: A cap is reached, or there is no answer.
        """
        body = self.body(question)
        size = len(json.dumps(body).encode())
        refusal = self._account.refusal(question.texts, size)
        if refusal:
            raise Unanswered(refusal)
        self._account.requests += 1
        self._account.texts += question.texts
        try:
            answer = self._sent(body)
            words, usage = _content(answer)
        except Unanswered as error:
            self._account.failed(str(error))
            raise
        except SourceError as error:
            reason = _reason(error)
            self._account.failed(reason, for_good=isinstance(error, Fatal))
            raise Unanswered(reason, str(error)) from error
        self._account.answered(
            _tokens(usage, "prompt_tokens", size), _tokens(usage, "completion_tokens", len(words.encode()))
        )
        return words

    def body(self, question: Question) -> dict[str, Any]:
        """Give the request's body."""
        messages = [
            {"role": "system", "content": question.rules},
            {"role": "user", "content": json.dumps(question.data, ensure_ascii=False)},
        ]
        longest = {} if "max_completion_tokens" in self._settings.request else {"max_tokens": self._settings.max_tokens}
        fixed = {"model": self._settings.model, "messages": messages, "stream": False}
        return {"temperature": 0, "seed": 1, **longest, **self._form(question), **self._settings.request, **fixed}

    def _form(self, question: Question) -> dict[str, Any]:
        if self._settings.answer_format == "text":
            return {}
        if self._settings.answer_format == "json_object":
            return {"response_format": {"type": "json_object"}}
        named = {"name": question.name, "strict": True, "schema": question.schema}
        return {"response_format": {"type": "json_schema", "json_schema": named}}

    def _sent(self, body: dict[str, Any]) -> Answer:
        """Send once, and once more where the server stumbled early enough; all of it counts as time of the run."""
        started = self._account.clock()
        try:
            return self._call(body)
        except UnknownOutcome:
            if self._account.clock() - started > self._limits.deadline_seconds / 2:
                raise
            return self._call(body)
        finally:
            self._account.seconds += self._account.clock() - started

    def _call(self, body: dict[str, Any]) -> Answer:
        left = max(1.0, self._account.seconds_left)
        self._http.limits = replace(
            self._limits,
            deadline_seconds=min(self._limits.deadline_seconds, left),
            max_wait_seconds=min(MAX_WAIT_SECONDS, left),
        )
        return self._http.call("POST", "/chat/completions", body=body)


def _content(answer: Answer) -> tuple[str, Any]:
    """Take the words out of an answer, and what it says of its size."""
    document = answer.json()
    try:
        choice = document["choices"][0]
        words = choice["message"]["content"]
    except (TypeError, KeyError, IndexError) as error:
        raise Unanswered("the answer has no message") from error
    if choice.get("finish_reason") == "length":
        raise Unanswered("the answer was cut off at max_tokens")
    if not isinstance(words, str):
        raise Unanswered("the answer has no words")
    return words, document.get("usage")


def _tokens(usage: Any, name: str, size: int) -> int:
    """Give a count of tokens as the endpoint says it; where it says none, rather too many than too few."""
    said = usage.get(name) if isinstance(usage, dict) else None
    return said if isinstance(said, int) and said > 0 else size // TOKEN_BYTES


def _reason(error: SourceError) -> str:
    if isinstance(error, Denied):
        return f"the endpoint refused the key ({error.status})"
    if isinstance(error, Declined):
        return f"the endpoint declined the request ({error.status})"
    if isinstance(error, Fatal):
        return "the endpoint's address cannot be used"
    if isinstance(error, Retriable) and error.wait_seconds is not None:
        return "the endpoint asks to wait"
    if "in time" in str(error):
        return "no answer in time"
    return "no usable answer" if "answer" in str(error) else "the endpoint cannot be reached"
