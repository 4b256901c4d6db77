"""How do the answers to a survey's questions become words, ratings and fields of one item?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import Field

from feedbackloop.records import Message, Rating
from feedbackloop_connectors.rows.source import RowOptions

NPS = ("nps", 0.0, 10.0)
"""Net promoter score: how likely one is to recommend (Reichheld 2003)."""


@dataclass(frozen=True, slots=True)
class Scale:
    """On what a question is answered with a number."""

    name: str
    low: float
    high: float


class SurveyOptions(RowOptions):
    """What may stand in every source of survey replies."""

    scales: dict[str, str] = Field({}, description='question id -> what its number is: "csat", "ces", "nps" or a name')
    customer_field: str | None = Field(
        None, description="the hidden field that holds the customer's id in your systems"
    )


@dataclass(slots=True)
class Reply:
    """One person's answers, collected.

    Attributes:
        id: Of the reply.
        at: When it was given.
        scales: Question id -> what its number is, as the config says.
    """

    id: str
    at: datetime
    scales: Mapping[str, str] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)

    def say(self, question: str, words: str | None) -> None:
        """Add an answer in words."""
        if words and words.strip():
            self.messages.append(Message(f"{self.id}:{question}", "customer", self.at, words))

    def rate(self, question: str, value: float, scale: Scale, title: str | None = None) -> None:
        """Add an answer on a scale; one that lies outside of it is kept as a field."""
        if not scale.low <= value <= scale.high:
            self.fields[title or question] = value
            return
        name = self.scales.get(question, scale.name)
        self.ratings.append(Rating(name, value, scale.low, scale.high, self.at, question=title or question))

    def note(self, name: str | None, value: Any) -> None:
        """Keep an answer that is neither words nor a rating."""
        if name and value not in (None, "", [], {}):
            self.fields[name] = value
