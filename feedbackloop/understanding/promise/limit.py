"""Which time limit belongs to a clause of an agent's words: its own, or one that another clause lends it?

a neighbour of the sentence that names no deed      "within two days, we will refund you"
the clause before, where this one points back       "it takes five days, and you will see it by then", 届时
the clause behind, where that one says how long     "we'll post a letter. Please allow 5 working days"
"""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct, field

from feedbackloop.understanding.lexicon.clauses import Clause
from feedbackloop.understanding.promise import due as promise_due
from feedbackloop.understanding.promise import kinds as promise_kinds
from feedbackloop.understanding.quantity.duration import AddBusiness, Due

_LONGEST = 300
"""Characters of one clause that are looked at."""

_JOINED = re.compile(r"(?P<and>(?:and|so|but|then) )?(?P<who>(?:who|which|that|they|it|he|she)\b)?")
"""How a clause is joined to the one before it."""


class Limit(Struct, frozen=True):
    """A time limit, if any, and the first and last of the clauses that say what is promised and until when."""

    due: Due | None
    first: int
    last: int


class Speech(Struct, frozen=True):
    """A text of an agent, parted into clauses. `at` lies in the zone in which days begin."""

    words: str
    language: str
    at: datetime
    parts: tuple[Clause, ...]
    add_business: AddBusiness
    timed: dict[int, bool] = field(default_factory=dict)
    """Whether a clause may name a time, for neighbours ask again; so with `known`."""
    known: dict[int, Due | None] = field(default_factory=dict)
    """Own limits by clause."""

    def piece(self, number: int) -> str:
        """Give a clause with the sign after it, for questions end in one."""
        part = self.parts[number]
        return self.words[part.start : min(part.end + 1, part.start + _LONGEST)]

    def sentence(self, number: int) -> str:
        """Give the clauses around one that stand in its sentence."""
        near = self.parts[max(0, number - 3) : number + 4]
        same = [part for part in near if part.sentence == self.parts[number].sentence]
        return self.words[same[0].start : same[-1].end]

    def head(self, number: int, free: int) -> int:
        """Say where the words of a promise begin: "who will come" needs the clause that names him, "and" is none of it."""
        joined = _JOINED.match(self.piece(number))
        if joined is None:
            return self.parts[number].start
        before = number - 1
        if joined["who"] and before >= free and self._same_sentence(number, before):
            return self.parts[before].start
        return self.parts[number].start + (joined.end("and") if joined["and"] else 0)

    def limit(self, number: int) -> Limit:
        """Say until when a clause promises."""
        own = self._due(number)
        if own:
            return Limit(own, number, number)
        for other in (number - 1, number - 2):  # two, for a hinge may stand between: "…, after | which we …"
            before = self._lent_before(number, other) if other >= 0 else None
            if before:
                return Limit(before, other, number)
        if number + 1 < len(self.parts) and self._due(number + 1):
            follows = self._grammar.follows.search(self.piece(number + 1)) is not None
            behind = follows or self._same_sentence(number, number + 1)
            lent = self._lent(number + 1, names_deed=follows) if behind else None
            if lent:
                return Limit(lent, number, number + 1)
        return Limit(None, number, number)

    @property
    def _grammar(self) -> promise_kinds.Grammar:
        return promise_kinds.grammar(self.language)

    def is_near_time(self, number: int) -> bool:
        """Say at a glance whether a clause, or one that may lend it a limit, may name a time."""
        return any(self._may_name_time(other) for other in range(max(0, number - 2), min(number + 2, len(self.parts))))

    def _may_name_time(self, number: int) -> bool:
        if number not in self.timed:
            self.timed[number] = promise_due.may_name_time(self.piece(number))
        return self.timed[number]

    def _due(self, number: int) -> Due | None:
        """Read a clause's own limit; a day that was over when it was named limits nothing."""
        if not self._may_name_time(number):
            return None
        if number not in self.known:
            found = promise_due.limit(self.piece(number), self.at, self.language, self.add_business)
            self.known[number] = found if found and found.at >= self.at else None
        return self.known[number]

    def _same_sentence(self, one: int, other: int) -> bool:
        return self.parts[one].sentence == self.parts[other].sentence

    def _points_back(self, number: int, other: int) -> bool:
        """Say whether a clause, or what joins it to the one before, means a time that was named there."""
        start, end = self.parts[other].end, self.parts[number].end
        return self._grammar.until_then.search(self.words, start, min(end, start + _LONGEST)) is not None

    def _lent_before(self, number: int, other: int) -> Due | None:
        if self._due(other) is None or not self._same_sentence(number, other):
            return None
        return self._lent(other, names_deed=self._points_back(number, other))

    def _lent(self, other: int, *, names_deed: bool) -> Due | None:
        due, piece = self._due(other), self.piece(other)
        if due is None or self._grammar.veto.search(piece) or (not names_deed and promise_kinds.kind_of(piece)):
            return None
        return due
