"""How far did experience fall short of expectation, item by item and week by week?"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from feedbackloop.records.understanding import Basis, Direction, Promise

GapType = Literal["delivery", "communication", "standards"]
Counted = Literal["worse", "better", "spoken"]


class Gap(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Expected E, experienced P and disconfirmation D of one item, kept apart (Oliver 1980; contract, section 6).

    `at` is the moment that names the week: the due time where there is one, else when the words were written.
    `direction` None: still open.
    """

    id: str
    item: str
    basis: Basis
    at: datetime
    gap_type: GapType | None = None
    touchpoint: str | None = None
    dimension: str | None = None
    segment: str = "standard"
    expected: float | int | str | None = None
    experienced: float | int | str | None = None
    unit: str | None = None
    disconfirmation: float | None = None
    direction: Direction | None = None
    confidence: float = 1.0
    evidence: str = ""
    due_at: datetime | None = None
    name: str | None = None


class Judgement(Struct, frozen=True):
    """One item's say in one group's week: judged, and how it came out. An item counts once a group and week."""

    group: str
    week: str
    worse: bool = False
    better: bool = False


class Comparison(Struct, frozen=True, kw_only=True):
    """All that comparing one item gave. `recheck_at`: when time alone can change it (a due time ahead), else None."""

    item: str
    gaps: tuple[Gap, ...] = ()
    promises: tuple[Promise, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    recheck_at: datetime | None = None


class WeekCount(Struct, frozen=True):
    """One group's week: how many items could be judged, how many fell short, how many went better than expected."""

    group: str
    week: str
    items: int
    worse: int
    better: int


class Interval(Struct, frozen=True):
    """A value with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


class Finding(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One group's test of one week. `raised`: more than noise after correction for testing many groups.

    `counted` says what `shortfalls` and `share` count: `worse` items that fell short (a pain point), `better` items that
    went better than expected (a delight point), `spoken` items that use a theme's words. `same_cause_as` names the
    finding of the same week that stands for this one, which is not raised then: the same cause, seen once as a whole and
    once in a part.
    """

    id: str
    group: dict[str, str]
    week: str
    items: int
    shortfalls: int
    share: float
    share_low: float
    share_high: float
    baseline_items: int = 0
    baseline_share: float | None = None
    change_low: float | None = None
    change_high: float | None = None
    p_value: float | None = None
    q_value: float | None = None
    phi: float = 1.0
    direction: Direction = "worse"
    gap_type: GapType | None = None
    impact: dict[str, Interval] = {}
    raised: bool = False
    counted: Counted = "worse"
    same_cause_as: str | None = None

    @property
    def touchpoint(self) -> str | None:
        """The touchpoint of the group, if it was grouped by one."""
        return self.group.get("touchpoint")

    @property
    def dimension(self) -> str | None:
        """The SERVQUAL dimension of the group."""
        return self.group.get("dimension")


def group_key(group: dict[str, str]) -> str:
    """Write a group as one string: sorted JSON, so that equal groups have equal keys."""
    return msgspec.json.encode(dict(sorted(group.items()))).decode()


def group_of(key: str) -> dict[str, str]:
    """Read a group back from its key."""
    return msgspec.json.decode(key, type=dict[str, str])
