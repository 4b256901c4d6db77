"""How much has the model been asked in this run, what did it cost, and who read instead where it gave no answer?"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from feedbackloop.settings import LanguageModel
from feedbackloop_plugins.language_model.unanswered import Unanswered

TOKEN_BYTES = 2
"""Fewest bytes a token has on average, for what an endpoint does not count itself: rather too many tokens than too few."""
FAILURES = 3
"""So many failed requests in a row end the asking for this run."""
TRIAL = 20
"""So many texts a model is asked about before it is judged by how many of its answers count: fewer than a quarter will not do."""
MILLION = 1_000_000


@dataclass
class Account:
    """What was asked and answered in one run, and the caps on it.

    Attributes:
        read: Texts whose answer was taken, by whether it came now or was kept from before: `asked`, `kept`.
        instead: Texts and drafts that the built-in reading took over, by reason.
        was_heard: Whether an answer could be read at all.
        judged: Texts that it was heard about, `counted` of them with an answer that counts.
        closed: Why nothing more is asked in this run, if so.
    """

    settings: LanguageModel
    clock: Callable[[], float] = time.monotonic
    requests: int = 0
    texts: int = 0
    seconds: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    failures: int = 0
    was_heard: bool = False
    judged: int = 0
    counted: int = 0
    closed: str | None = None
    read: Counter[str] = field(default_factory=Counter)
    instead: Counter[str] = field(default_factory=Counter)
    drafts: Counter[str] = field(default_factory=Counter)

    @property
    def cost(self) -> float:
        """What the run cost so far, in the currency of the config's prices."""
        return self._price(self.tokens_in, self.tokens_out)

    @property
    def seconds_left(self) -> float:
        """So long answers may still be waited for."""
        return self.settings.max_time_per_run.total_seconds() - self.seconds

    def refusal(self, texts: int, size: int) -> str | None:
        """Say why a request may not be made, or None.

        Args:
            texts: How many it would ask about.
            size: Its length in bytes; with the longest answer it makes the highest price it could have.
        """
        caps = self.settings
        if self.closed:
            return self.closed
        if self.requests >= caps.max_requests_per_run:
            return "max_requests_per_run is reached"
        if self.texts + texts > caps.max_texts_per_run:
            return "max_texts_per_run is reached"
        if self.seconds_left <= 0:
            return "max_time_per_run is reached"
        most = self._price(size // TOKEN_BYTES, caps.max_tokens)
        if caps.max_cost_per_run is not None and self.cost + most > caps.max_cost_per_run:
            return "max_cost_per_run would be passed"
        return None

    def failed(self, reason: Unanswered, texts: int) -> None:
        """Note a request without an answer; after three in a row, or one that cannot get better, no more are made.

        Args:
            reason: Why there is none.
            texts: How many it asked about: where fewer may help, the request does not count as a failure yet.
        """
        if reason.is_for_good:
            self.closed = str(reason)
        elif not (reason.is_too_much and texts > 1) and not (reason.is_the_texts and self.was_heard):
            self.failures += 1
            if self.failures >= FAILURES:
                self.closed = f"{reason}, {FAILURES} times in a row"

    def answered(self, tokens_in: int, tokens_out: int) -> None:
        """Note an answer and its size; whether it is one in form, its reader says."""
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out

    def was_in_form(self) -> None:
        """Note that an answer could be read: what failed before was passing."""
        self.failures = 0
        self.was_heard = True

    def judge(self, texts: int, counted: int) -> None:
        """Note how many answers about texts counted; a model that hardly ever fits them costs time and helps nobody."""
        self.judged += texts
        self.counted += counted
        if self.judged >= TRIAL and self.counted * 4 < self.judged:
            self.closed = self.closed or "fewer than a quarter of its answers count"

    def left(self, reason: str, number: int) -> None:
        """Note texts that the built-in reading takes over."""
        if number:
            self.instead[reason] += number

    def words(self) -> str:
        """Tell the run in one sentence; empty where the model was not needed."""
        drafts = ", ".join(f"{_count(number, 'draft')} {what}" for what, number in sorted(self.drafts.items()))
        parts = [
            _count(self.requests, "request") if self.requests else "",
            f"{_count(self.read['asked'], 'text')} read" if self.read["asked"] else "",
            f"{self.read['kept']} read from earlier answers" if self.read["kept"] else "",
            drafts,
            f"{self.tokens_in + self.tokens_out} tokens" if self.requests else "",
            f"cost {self.cost:.4f}" if self.cost else "",
            self._instead(),
        ]
        told = ", ".join(part for part in parts if part)
        return f"language model {self.settings.model}: {told}" if told else ""

    def _instead(self) -> str:
        if not self.instead:
            return ""
        reasons = ", ".join(f"{reason}: {number}" for reason, number in sorted(self.instead.items()))
        return f"{_count(self.instead.total(), 'text')} read by the built-in reading instead ({reasons})"

    def _price(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self.settings.price_in + tokens_out * self.settings.price_out) / MILLION


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
