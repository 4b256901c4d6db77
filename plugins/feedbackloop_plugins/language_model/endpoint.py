"""How is an OpenAI-compatible endpoint asked, within its caps, and what comes back?

One request: `POST BASE/chat/completions` with two messages, the rules and the data. Repeated once where the connection broke or
the server stumbled, after Retry-After where it says so, and in another manner where it declines the first; whatever else goes
wrong is `Unanswered`, with a reason that holds no words of anybody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from feedbackloop.errors import SourceError, UnknownOutcome
from feedbackloop.http import Answer, Http, Limits
from feedbackloop.settings import LanguageModel
from feedbackloop_plugins.language_model.account import TOKEN_BYTES, Account
from feedbackloop_plugins.language_model.completion import completion
from feedbackloop_plugins.language_model.manner import Manner
from feedbackloop_plugins.language_model.unanswered import Unanswered, unanswered

MAX_BYTES = 1024 * 1024
"""What an answer may grow to: a hundred texts need some ten thousand characters."""
ATTEMPTS = 3
MAX_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the rules, the data, the form of the answer as a JSON schema, and by which names the texts go."""

    name: str
    rules: str
    data: Any
    schema: dict[str, Any]
    ids: tuple[str, ...] = ()

    @property
    def texts(self) -> int:
        """How many are asked about: a draft is one."""
        return len(self.ids) or 1


class Endpoint:
    """The door to one model. `close` when done."""

    def __init__(self, settings: LanguageModel, folder: Path, account: Account) -> None:
        key = settings.api_key.get_secret_value() if settings.api_key else None
        self._settings, self.account, self.model = settings, account, settings.model
        self.manner = Manner(settings)
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
        while True:
            body = self.body(question)
            size = len(json.dumps(body).encode())
            refusal = self.account.refusal(question.texts, size)
            if refusal:
                raise Unanswered(refusal)
            self.account.requests += 1
            self.account.texts += question.texts
            try:
                return self._answer(body, question, size)
            except SourceError as error:
                if self.manner.gives_way(error):
                    self.account.texts -= question.texts
                    continue
                if isinstance(error, UnknownOutcome):  # it may have been answered, and billed, to nobody
                    self.account.answered(size // TOKEN_BYTES, self._settings.max_tokens)
                reason = unanswered(error)
                self.account.failed(reason, question.texts)
                raise reason from error

    def body(self, question: Question, manner: Manner | None = None) -> dict[str, Any]:
        """Give the request's body, in the manner that the endpoint took so far, or in another."""
        messages = [
            {"role": "system", "content": question.rules},
            {"role": "user", "content": json.dumps(question.data, ensure_ascii=False)},
        ]
        fields = (manner or self.manner).fields(question.name, question.schema, question.ids)
        return {**fields, "model": self._settings.model, "messages": messages}

    def identity(self, question: Question) -> list[object]:
        """Give all that decides an answer and the config says: by it, earlier answers are known again."""
        return [self._settings.base_url, self.body(question, Manner(self._settings))]

    def _answer(self, body: dict[str, Any], question: Question, size: int) -> str:
        answer = self._sent(body)
        self.manner.was_taken()
        try:
            given = completion(answer)
        except Unanswered as error:
            self.account.answered(size // TOKEN_BYTES, self._settings.max_tokens)
            self.account.failed(error, question.texts)
            raise
        self.account.answered(
            given.tokens_in or size // TOKEN_BYTES, given.tokens_out or len(given.words.encode()) // TOKEN_BYTES
        )
        return given.words

    def _sent(self, body: dict[str, Any]) -> Answer:
        """Send once, and once more where the server stumbled early enough; all of it counts as time of the run."""
        started = self.account.clock()
        try:
            return self._call(body)
        except UnknownOutcome as error:
            is_late = self.account.clock() - started > self._limits.deadline_seconds / 2
            if is_late or self.manner.is_declined(error):
                raise
            return self._call(body)
        finally:
            self.account.seconds += self.account.clock() - started

    def _call(self, body: dict[str, Any]) -> Answer:
        left = max(1.0, self.account.seconds_left)
        self._http.limits = replace(
            self._limits,
            deadline_seconds=min(self._limits.deadline_seconds, left),
            max_wait_seconds=min(MAX_WAIT_SECONDS, left),
        )
        return self._http.call("POST", "/chat/completions", body=body)
