"""How do texts become answers: masked, looked up, asked about in batches, checked?

Whatever the model does not answer as it should has the answer None here; the plugin lets the built-in reading take those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from feedbackloop.errors import FeedbackloopError
from feedbackloop.hookspecs import Redact
from feedbackloop.records import Text
from feedbackloop_plugins.language_model.account import Account
from feedbackloop_plugins.language_model.endpoint import Endpoint, Question, Unanswered
from feedbackloop_plugins.language_model.masking import Masked, masked
from feedbackloop_plugins.language_model.memory import Memory
from feedbackloop_plugins.language_model.tasks import VERSION, KeptT, RowT, Task, rows

LONGEST = 4000
"""Longer texts, in characters, are left to the built-in reading: they cost much and hold mostly what others wrote."""


class Answered(NamedTuple):
    """What the model said of a text, with the text as it was sent."""

    kept: Any
    sent: Masked


class Model:
    """One model for one run: its endpoint, what it answered before, and the account."""

    def __init__(self, endpoint: Endpoint, memory: Memory, account: Account) -> None:
        self.settings, self.endpoint, self.memory, self.account = account.settings, endpoint, memory, account

    @property
    def name(self) -> str:
        """Under which its results go."""
        return f"language_model:{self.settings.model}"

    def close(self) -> None:
        """Let go of the connection and the file."""
        self.endpoint.close()
        self.memory.close()

    def read(self, task: Task[RowT, KeptT], texts: Sequence[Text], redact: Redact) -> list[Answered | None]:
        """Ask about texts; one result for each, in order, None where there is no answer that counts."""
        sent = self._sendable(texts, redact)
        frame = [VERSION, self.settings.base_url, self.endpoint.body(self._question(task, []))]
        keys = {place: self._key(frame, texts[place], one) for place, one in sent.items()}
        known = self._known(task, list(dict.fromkeys(keys.values())))
        asked = {keys[place]: place for place in reversed(sent) if keys[place] not in known}
        fresh: dict[bytes, KeptT] = {}
        places = sorted(asked.values())
        for start in range(0, len(places), self.settings.batch):
            batch = {keys[place]: (texts[place], sent[place]) for place in places[start : start + self.settings.batch]}
            answers = self._asked(task, batch)
            self.memory.keep({key: msgspec.json.encode(kept) for key, kept in answers.items()})
            fresh |= answers
        self.account.read["kept"] += sum(key in known for key in keys.values())
        self.account.read["asked"] += sum(key in fresh for key in keys.values())
        answered = known | fresh
        return [
            Answered(answered[keys[place]], sent[place]) if place in keys and keys[place] in answered else None
            for place in range(len(texts))
        ]

    def _sendable(self, texts: Sequence[Text], redact: Redact) -> dict[int, Masked]:
        """Mask what may be sent: place -> masked text. An empty text is nobody's to read."""
        short = [place for place, text in enumerate(texts) if text.text.strip() and len(text.text) <= LONGEST]
        self.account.left("longer than is sent", sum(len(text.text) > LONGEST for text in texts))
        try:
            found = masked([texts[place].text for place in short], redact) if short else []
        except FeedbackloopError:  # no plugin masks, or the one that does broke: it is named in the report
            self.account.left("masking failed", len(short))
            return {}
        self.account.left("cannot be masked place by place", found.count(None))
        return {place: one for place, one in zip(short, found, strict=True) if one is not None}

    def _key(self, frame: list[object], text: Text, sent: Masked) -> bytes:
        return self.memory.key(msgspec.json.encode([*frame, text.language, sent.text]))

    def _known(self, task: Task[RowT, KeptT], keys: Sequence[bytes]) -> dict[bytes, KeptT]:
        known: dict[bytes, KeptT] = {}
        for key, kept in self.memory.known(keys).items():
            with suppress(msgspec.MsgspecError, UnicodeError):  # a spoilt one is asked for again
                known[key] = msgspec.json.decode(kept, type=task.kept)
        return known

    def _question(self, task: Task[RowT, KeptT], texts: Sequence[dict[str, str]]) -> Question:
        return Question(task.name, task.rules, task.data(texts), task.schema(), len(texts))

    def _asked(self, task: Task[RowT, KeptT], batch: dict[bytes, tuple[Text, Masked]]) -> dict[bytes, KeptT]:
        """Ask about one batch. Each text goes by a name that nobody who writes texts can guess."""
        names = {key: "t" + key[:6].hex() for key in batch}
        data = [{"id": names[key], "language": text.language, "text": sent.text} for key, (text, sent) in batch.items()]
        try:
            words = self.endpoint.ask(self._question(task, data))
        except Unanswered as error:
            self.account.left(str(error), len(batch))
            return {}
        given = rows(words, task.row)
        if given is None:
            self.account.failed("answers are not in their form")
            self.account.left("the answer was not in its form", len(batch))
            return {}
        return dict(self._checked(task, batch, {key: given.get(name) for key, name in names.items()}))

    def _checked(
        self, task: Task[RowT, KeptT], batch: dict[bytes, tuple[Text, Masked]], given: dict[bytes, RowT | None]
    ) -> Iterator[tuple[bytes, KeptT]]:
        for key, row in given.items():
            kept = task.keep(row, batch[key][1]) if row else None
            if kept is not None:
                yield key, kept
            else:
                self.account.left("the words it quoted are not in the text" if row else "left out of the answer", 1)
