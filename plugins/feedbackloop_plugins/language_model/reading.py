"""How do texts become answers: masked, looked up, asked about in batches, checked?

Whatever the model does not answer as it should has the answer None here; the plugin lets the built-in reading take those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from feedbackloop.hookspecs import Redact
from feedbackloop.records import Text
from feedbackloop_plugins.language_model.endpoint import Endpoint, Question
from feedbackloop_plugins.language_model.masking import Masked
from feedbackloop_plugins.language_model.memory import Memory
from feedbackloop_plugins.language_model.sending import sendable
from feedbackloop_plugins.language_model.tasks import VERSION, KeptT, RowT, Task, rows
from feedbackloop_plugins.language_model.unanswered import Unanswered


class Answered(NamedTuple):
    """What the model said of a text, with the text as it was sent."""

    kept: Any
    sent: Masked


class Model:
    """One model for one run: its endpoint, what it answered before, and the account."""

    def __init__(self, endpoint: Endpoint, memory: Memory) -> None:
        self.endpoint, self.memory, self.account = endpoint, memory, endpoint.account
        self.settings = self.account.settings
        self._batch = self.settings.batch

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
        sent = sendable(texts, redact, self.account)
        frame = [VERSION, *self.endpoint.identity(self._question(task, []))]
        keys = {place: self._key(frame, texts[place], one) for place, one in sent.items()}
        known = self._known(task, list(dict.fromkeys(keys.values())))
        asked = {keys[place]: place for place in reversed(sent) if keys[place] not in known}
        fresh = self._fresh(task, {keys[place]: (texts[place], sent[place]) for place in sorted(asked.values())})
        self.account.read["kept"] += sum(key in known for key in keys.values())
        self.account.read["asked"] += sum(key in fresh for key in keys.values())
        answered = known | fresh
        return [
            Answered(answered[keys[place]], sent[place]) if place in keys and keys[place] in answered else None
            for place in range(len(texts))
        ]

    def _key(self, frame: list[object], text: Text, sent: Masked) -> bytes:
        return self.memory.key(msgspec.json.encode([*frame, text.language, sent.text]))

    def _known(self, task: Task[RowT, KeptT], keys: Sequence[bytes]) -> dict[bytes, KeptT]:
        known: dict[bytes, KeptT] = {}
        for key, kept in self.memory.known(keys).items():
            with suppress(msgspec.MsgspecError, UnicodeError):  # a spoilt one is asked for again
                known[key] = msgspec.json.decode(kept, type=task.kept)
        return known

    def _question(self, task: Task[RowT, KeptT], texts: Sequence[dict[str, str]]) -> Question:
        return Question(task.name, task.rules, task.data(texts), task.schema(), tuple(text["id"] for text in texts))

    def _fresh(self, task: Task[RowT, KeptT], asked: dict[bytes, tuple[Text, Masked]]) -> dict[bytes, KeptT]:
        """Ask, in batches as large as the model can do: one that is too much for it is asked again in halves."""
        waiting, fresh = list(asked), dict[bytes, KeptT]()
        while waiting:
            batch = {key: asked[key] for key in waiting[: self._batch]}
            try:
                answers = self._asked(task, batch)
            except Unanswered as error:
                if error.is_too_much and len(batch) > 1:
                    self._batch = (len(batch) + 1) // 2
                    continue
                self.account.left(str(error), len(batch))
                answers = {}
            self.memory.keep({key: msgspec.json.encode(kept) for key, kept in answers.items()})
            fresh |= answers
            del waiting[: len(batch)]
        return fresh

    def _asked(self, task: Task[RowT, KeptT], batch: dict[bytes, tuple[Text, Masked]]) -> dict[bytes, KeptT]:
        """Ask about one batch. Each text goes by a name that nobody who writes texts can guess."""
        names = dict(zip(batch, _names(batch), strict=True))
        data = [{"id": names[key], "language": text.language, "text": sent.text} for key, (text, sent) in batch.items()]
        words = self.endpoint.ask(self._question(task, data))
        given = rows(words, task.row)
        if not given:
            error = Unanswered("the answer was not in its form", is_too_much=True)
            self.account.judge(len(batch), 0)
            self.account.failed(error, len(batch))
            raise error
        self.account.was_in_form()
        if len(names) == 1 == len(given):  # whatever name it was given: there is but one text that it can be about
            given = dict.fromkeys(names.values(), *given.values())
        answers = dict(self._checked(task, batch, {key: given.get(name) for key, name in names.items()}))
        self.account.judge(len(batch), len(answers))
        return answers

    def _checked(
        self, task: Task[RowT, KeptT], batch: dict[bytes, tuple[Text, Masked]], given: dict[bytes, RowT | None]
    ) -> Iterator[tuple[bytes, KeptT]]:
        for key, row in given.items():
            kept = task.keep(row, batch[key][1]) if row else None
            if kept is not None:
                yield key, kept
            else:
                self.account.left("what it said does not fit the text" if row else "left out of the answer", 1)


def _names(keys: Iterable[bytes]) -> list[str]:
    """Name texts by their keys: short, so that a small model copies them right, and nothing that a writer of texts can guess."""
    names: list[str] = []
    for key in keys:
        number = int.from_bytes(key[:4]) % 1000
        while f"t{number:03}" in names:
            number = (number + 1) % 1000
        names.append(f"t{number:03}")
    return names
