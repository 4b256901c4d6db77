"""How is a review answered in public, once, and never over a person's own answer?

A review has one answer. What stands there and has our words is ours, whoever asks; what has other words was written by a person
and stays. No mark is put into a text that the whole world reads.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Generic

from feedbackloop.connector import Ability
from feedbackloop.errors import Retriable, Skippable, UnknownOutcome
from feedbackloop.http import Declined
from feedbackloop.records import Action, ActionKind, Message, Receipt
from feedbackloop_connectors.desk.values import table
from feedbackloop_connectors.marks import digest, is_same_text
from feedbackloop_connectors.rows.source import GONE, FetchingSource, OptionsT, Row


@dataclass(frozen=True, slots=True)
class PublicAnswer:
    """The answer that stands under a review."""

    text: str
    at: datetime | None = None


def answer_id(review_id: str, text: str) -> str:
    """Name an answer by its review and its words: an answer that a person rewrites is another one."""
    return f"{review_id}:answer:{digest(' '.join(text.split()))}"


def answer_message(review_id: str, answer: PublicAnswer, written_at: datetime) -> Message:
    """Give the answer under a review as a message; without a time of its own it has the review's."""
    return Message(answer_id(review_id, answer.text), "agent", answer.at or written_at, answer.text)


class AnsweringSource(FetchingSource[OptionsT], ABC, Generic[OptionsT]):
    """A source of reviews that takes public answers."""

    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.FETCH, Ability.PUBLIC_REPLIES})
    longest_answer: ClassVar[int] = 5000
    """Characters that the site takes."""

    @abstractmethod
    def standing_answer(self, review_id: str) -> PublicAnswer | None:
        """Read the answer that stands under a review.

        Raises:
            Declined: There is no such review.
        """

    @abstractmethod
    def send_answer(self, review_id: str, words: str) -> PublicAnswer:
        """Put an answer under a review; give it as the site took it."""

    def push(self, action: Action) -> Receipt:
        """Answer a review, unless somebody has answered it."""
        if action.kind is not ActionKind.REPLY:
            raise Skippable(f"{self.name} takes public answers only, no {action.kind}", record=action.id)
        if len(action.text) > self.longest_answer:
            raise Skippable(
                f"the answer has {len(action.text)} characters and {self.name} takes {self.longest_answer}; shorten it",
                record=action.id,
            )
        standing = self.standing_answer(action.item)
        if standing and not is_same_text(standing.text, action.text):
            raise Skippable("a person has answered this review already; their answer stays", record=action.id)
        return self._receipt(action.item, standing or self.send_answer(action.item, action.text))

    def find(self, action: Action) -> Receipt | None:
        """Say whether our answer stands there."""
        if action.kind is not ActionKind.REPLY:
            return None
        try:
            standing = self.standing_answer(action.item)
        except Declined as refusal:
            if refusal.status in GONE:
                return None
            raise
        if standing is None or not is_same_text(standing.text, action.text):
            return None
        return self._receipt(action.item, standing)

    def post(self, path: str, body: object) -> Row:
        """Write, and read what the site says of it.

        Raises:
            UnknownOutcome: It was taken, and what the site says of it cannot be read.
        """
        answer = self.door.call("POST", path, body=body)
        try:
            return table(answer.json()) if answer.body.strip() else {}
        except Retriable as error:
            raise UnknownOutcome(f"{error}; the answer may stand there") from error

    def _receipt(self, review_id: str, answer: PublicAnswer) -> Receipt:
        written = answer_id(review_id, answer.text)
        return Receipt(external_id=written, written_ids=(written,))


def texts(review_id: str, parts: Sequence[str | None], at: datetime) -> tuple[Message, ...]:
    """Give a review's words as its author's one message; without words there is none."""
    words = "\n".join(part for part in parts if part and part.strip())
    return (Message(review_id, "customer", at, words),) if words else ()
