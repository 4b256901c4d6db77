"""What does one weekly digest show?

Frozen structs without any words of their own: counts, shares with their bounds, times in UTC, and quotes that are already
masked. Everything after this point is pure, so a digest can be made, looked at and tested without a store. An empty tuple or
None means that there is nothing to say, and the section vanishes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from feedbackloop.analysis.edits import Edits
from feedbackloop.analysis.impact_importance import Quadrant
from feedbackloop.analysis.recovery import Recovery
from feedbackloop.records import Counted, Finding, GapType, Interval, Verdict

Unit = Literal["percent", "points"]


class Share(Struct, frozen=True):
    """`part` of `whole`, with the bounds of its Wilson 95 % interval, 0..1."""

    part: int
    whole: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself, 0..1; 0 of 0 is 0."""
        return self.part / self.whole if self.whole else 0.0


class Score(Struct, frozen=True, kw_only=True):
    """One satisfaction score of the week.

    `name` is csat, nps, ces or a scale of the desk's own; `form` names the variant (the field mixes them): `good_share`,
    `top_two`, `mean`, `nps`, `easy_share`. `percent` values are 0..100, `points` are those of the scale.
    `change` is this week minus the baseline, in the same unit.
    """

    name: str
    form: str
    unit: Unit
    n: int
    value: Interval
    change: Interval | None = None


class DimensionGap(Struct, frozen=True, kw_only=True):
    """One SERVQUAL dimension: survey pairs where people were asked, and the share of judged items that fell short.

    `expected` and `experienced` are means in points of a scale from `scale_min` to `scale_max`; `gap` is P - E in the same
    points over `pairs` respondents. `shortfall` and `change` (a difference of shares, -1..+1) count items of all kinds.
    """

    dimension: str
    expected: float | None = None
    experienced: float | None = None
    scale_min: float = 1.0
    scale_max: float = 7.0
    gap: Interval | None = None
    pairs: int = 0
    shortfall: Share | None = None
    change: Interval | None = None


class PromiseTimes(Struct, frozen=True, kw_only=True):
    """What one segment was promised, and how long it took (medians, hours).

    `broken` counts promises that were checked against the clock; `told` counts customers who told of a broken one. A share of
    those told would mean nothing: nobody writes about a promise that was kept.
    """

    segment: str
    broken: Share | None = None
    told: int = 0
    promised_hours: float | None = None
    actual_hours: float | None = None


class PromiseClass(Struct, frozen=True):
    """The promises about one touchpoint, segment by segment; the first line is all segments (`segment` = "")."""

    touchpoint: str
    times: tuple[PromiseTimes, ...]


class Due(Struct, frozen=True, kw_only=True):
    """Something that will fall due: a promise to one customer, or an item drifting past a standard.

    `what` is the promise in its own (masked) words or the standard's name; `used` is the share of the allowed time that is
    gone, 0..1, where there is a start to count from; `who` ("agent", "company") promised it at `said_at`.
    """

    item: str
    what: str
    due_at: datetime
    url: str | None = None
    used: float | None = None
    who: str | None = None
    said_at: datetime | None = None


class Stage(Struct, frozen=True):
    """One stage of the journey: items that spoke of it, how many fell short, how many went better than expected."""

    name: str
    items: int
    worse: int
    better: int


class Standing(Struct, frozen=True, kw_only=True):
    """One group that falls short most, over `weeks` weeks: a level, not a change."""

    group: dict[str, str]
    shortfall: Share
    weeks: int


class Move(Struct, frozen=True, kw_only=True):
    """What one place moved a score, in its own points. `place` is a touchpoint, `nowhere` or `others`."""

    place: str
    change: Interval


class Moves(Struct, frozen=True, kw_only=True):
    """What moved a score from the weeks before to this one: `steps` add up to the whole way."""

    name: str
    form: str
    unit: Unit
    before: Interval
    now: Interval
    steps: tuple[Move, ...]


class Driver(Struct, frozen=True, kw_only=True):
    """One dimension by importance (standardised coefficient on a score) and performance (share that did not fall short)."""

    dimension: str
    quadrant: Quadrant
    importance: Interval
    performance: float
    score: str
    answers: int


class WeekShare(Struct, frozen=True):
    """One week of a group: how many of how many fell short (or, for a theme, spoke of it); no cases: None."""

    week: str
    share: Share | None


class Trend(Struct, frozen=True, kw_only=True):
    """How one group went, week by week, up to this one."""

    group: dict[str, str]
    counted: Counted
    weeks: tuple[WeekShare, ...]


class Quote(Struct, frozen=True):
    """A customer's masked words, and where to read the whole."""

    text: str
    item: str
    url: str | None = None
    language: str | None = None


class Fix(Struct, frozen=True, kw_only=True):
    """One of the top improvement tasks. `impact`: what the named score would gain without this theme."""

    title: str
    group: dict[str, str]
    status: str
    team: str = ""
    due_at: datetime | None = None
    url: str | None = None
    shortfall: Share | None = None
    gap_type: GapType | None = None
    impact_on: str | None = None
    impact: Interval | None = None
    quotes: tuple[Quote, ...] = ()


class Thanks(Struct, frozen=True, kw_only=True):
    """Where customers got more than they expected, and which team to thank."""

    group: dict[str, str]
    better: int
    items: int
    team: str | None = None
    quote: Quote | None = None


class Exchange(Struct, frozen=True, kw_only=True):
    """One exchange worth learning from, without names: the customer's words and what was answered."""

    is_good: bool
    said: str
    answered: str
    item: str
    url: str | None = None


class LoopHealth(Struct, frozen=True, kw_only=True):
    """How well the loop was closed: in time AND confirmed, always as a pair.

    `in_time` counts unhappy customers answered within `limit_hours` from their feedback; `confirmed` those of the answered
    who said that it helped. Medians are from the feedback's arrival.
    """

    in_time: Share
    confirmed: Share
    limit_hours: float
    reopened: int = 0
    median_hours: float | None = None
    median_business_hours: float | None = None
    oldest_open: Due | None = None


class FixVerdict(Struct, frozen=True, kw_only=True):
    """Did an earlier fix work? `change` is the difference of shares (-1..+1), `needed` the items still missing.

    `due_at` is when the verdict falls, while it is too early.
    """

    title: str
    verdict: Verdict
    url: str | None = None
    change: Interval | None = None
    needed: int | None = None
    due_at: datetime | None = None
    displaced_to: dict[str, str] | None = None


class Restraint(Struct, frozen=True, kw_only=True):
    """What was sent and what was held back, by reason; `waiting` drafts wait for a reviewer."""

    sent: int = 0
    waiting: int = 0
    held: dict[str, int] = {}
    notes: int = 0
    tags: int = 0


class HouseWord(Struct, frozen=True, kw_only=True):
    """A house word used towards customers: how often, how many of them asked back, and how customers say it."""

    word: str
    used: int
    asked_back: int
    plain: str = ""


class SourceState(Struct, frozen=True, kw_only=True):
    """One source: new items this week, until when it was read, and why it failed if it did."""

    name: str
    connector: str
    items: int = 0
    fresh_as_of: datetime | None = None
    error: str | None = None


class Facts(Struct, frozen=True, kw_only=True):
    """Everything that one digest shows. `made_at` becomes the mail's date; `team` None: the digest for all.

    `contradict` counts items whose words and rating surely say opposite things.
    `findings` are the raised ones of the week, both directions, most important first.
    """

    week: str
    starts_at: datetime
    ends_at: datetime
    made_at: datetime
    timezone: str = "UTC"
    language: Literal["en", "zh"] = "en"
    team: str | None = None
    items: int = 0
    judged: int = 0
    with_gap: int = 0
    contradict: int = 0
    languages: dict[str, int] = {}
    findings: tuple[Finding, ...] = ()
    moves: Moves | None = None
    drivers: tuple[Driver, ...] = ()
    trend: Trend | None = None
    tested: int = 0
    false_discovery_rate: float = 0.1
    scores: tuple[Score, ...] = ()
    dimensions: tuple[DimensionGap, ...] = ()
    promises: PromiseClass | None = None
    due: tuple[Due, ...] = ()
    drifting: tuple[Due, ...] = ()
    journey: tuple[Stage, ...] = ()
    standing: tuple[Standing, ...] = ()
    fixes: tuple[Fix, ...] = ()
    thanks: tuple[Thanks, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    health: LoopHealth | None = None
    verdicts: tuple[FixVerdict, ...] = ()
    restraint: Restraint = Restraint()
    edits: Edits | None = None
    recovery: Recovery | None = None
    house_words: tuple[HouseWord, ...] = ()
    sources: tuple[SourceState, ...] = ()
    scorers: tuple[str, ...] = ()
    version: str = ""
