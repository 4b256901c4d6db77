"""How did a group's weekly share move, set off against groups in which nothing was mended?

The unit is the week: y = share of the group - mean share of the comparison groups in the same week, so that what
moves the whole desk (a holiday, a new kind of customer) cancels out. How much more y varies than counting alone
would let it, and its lag-1 autocorrelation, are pooled over all groups' baselines: one group's few weeks tell too
little about either.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean

from msgspec import Struct

from feedbackloop.records import WeekCount

LARGEST_AUTOCORRELATION = 0.8
"""Above it a baseline's few weeks cannot bound the error any more; it is held there rather than let go to infinity."""


class Noise(Struct, frozen=True):
    """How much y varies from week to week with no cause: variance, lag-1 autocorrelation, degrees of freedom."""

    variance: float
    autocorrelation: float
    freedom: int

    @property
    def long_run(self) -> float:
        """The variance of one week's y as it counts in a mean of autocorrelated weeks."""
        return self.variance * (1 + self.autocorrelation) / (1 - self.autocorrelation)

    def error(self, weeks_before: int, weeks_after: int) -> float:
        """Give the standard error of mean y after minus mean y before."""
        return math.sqrt(self.long_run * (1 / weeks_before + 1 / weeks_after))


class Series(Struct, frozen=True):
    """One group's weeks: items and shortfalls by week; a week without items is missing."""

    items: dict[str, int]
    worse: dict[str, int]

    @classmethod
    def of(cls, rows: Iterable[WeekCount]) -> Series:
        """Take the weeks that have items."""
        kept = [row for row in rows if row.items > 0]
        return cls({row.week: row.items for row in kept}, {row.week: row.worse for row in kept})

    def share(self, week: str) -> float:
        """Give the share of one week that has items."""
        return self.worse[week] / self.items[week]

    def total(self, weeks: Iterable[str]) -> tuple[int, int]:
        """Count shortfalls and items over some weeks."""
        chosen = [week for week in weeks if week in self.items]
        return sum(self.worse[week] for week in chosen), sum(self.items[week] for week in chosen)


def common_weeks(own: Series, others: Sequence[Series], weeks: Iterable[str]) -> list[str]:
    """Name the weeks in which y exists: the group has items, and so has at least one comparison group if there are any."""
    return [
        week for week in weeks if week in own.items and (not others or any(week in other.items for other in others))
    ]


def set_off(own: Series, others: Sequence[Series], weeks: Iterable[str]) -> list[float]:
    """Give y week by week; without comparison groups it is the bare share. Weeks of which one side is missing are left out."""
    series = []
    for week in common_weeks(own, others, weeks):
        beside = [other.share(week) for other in others if week in other.items]
        series.append(own.share(week) - (fmean(beside) if beside else 0.0))
    return series


def noise(own: Series, others: Sequence[Series], weeks: Sequence[str], compared: Sequence[str]) -> Noise | None:
    """Learn from the baselines of all groups how much the group's y varies with no cause.

    Groups differ in size and share, so what is pooled is by how many logits their shares wander from week to week
    beyond counting (Williams 1982, Applied Statistics 31, model III); it is then brought back to the group's own
    size and share. With groups of one size and share this is the pooled variance itself.

    Args:
        own: The mended group.
        others: Its comparison groups.
        weeks: The baseline's weeks, in order: those in which nothing had happened yet. A step among them would pass
            for noise.
        compared: The weeks before the mending, at whose share the group's own y varies.

    Returns:
        None where no group has three weeks, or the mended one has none: then nothing can be said about noise. The
        autocorrelation is corrected for the downward bias of short series (Kendall 1954: about -(1 + 3r) / n) and
        held between 0 and `LARGEST_AUTOCORRELATION`: a negative one would only make the test bolder.
    """
    groups = [own, *others]
    squares = products = wandering = 0.0
    freedom = longest = 0
    for place, group in enumerate(groups):
        beside = [*groups[:place], *groups[place + 1 :]]
        y = set_off(group, beside, weeks)
        expected = _variance(group, beside, weeks)
        if len(y) < 3 or expected.counting == 0:
            continue
        errors = [value - fmean(y) for value in y]
        squares += sum(error * error for error in errors) / expected.counting
        products += sum(a * b for a, b in pairwise(errors)) / expected.counting
        wandering += (len(y) - 1) * expected.wandering / expected.counting
        freedom += len(y) - 1
        longest = max(longest, len(y))
    usual = _variance(own, others, compared, smooth=1)
    if not freedom or usual.counting == 0:
        return None
    logits = max(0.0, (squares - freedom) / wandering)
    raw = products / squares if squares else 0.0
    corrected = (raw * longest + 1) / (longest - 3) if longest > 4 else raw
    return Noise(usual.counting + logits * usual.wandering, min(LARGEST_AUTOCORRELATION, max(0.0, corrected)), freedom)


class _Variance(Struct, frozen=True):
    """The variance of y, on average over some weeks: by counting alone, and for each squared logit that shares wander."""

    counting: float
    wandering: float


def _variance(own: Series, others: Sequence[Series], weeks: Sequence[str], *, smooth: int = 0) -> _Variance:
    """Give the variance to expect at the shares of these weeks.

    `smooth` adds so many shortfalls and as many other items to the group's own total: a group in which nothing fell
    short in a few weeks does not vary by nothing.
    """
    mine = _spread(own, weeks, smooth)
    theirs = [(other, _spread(other, weeks, 0)) for other in others]
    counting, wandering = [], []
    for week in common_weeks(own, others, weeks):
        beside = [(spread, other.items[week]) for other, spread in theirs if week in other.items]
        averaged = max(1, len(beside)) ** 2
        counting.append(mine / own.items[week] + sum(spread / items for spread, items in beside) / averaged)
        wandering.append(mine**2 + sum(spread**2 for spread, _ in beside) / averaged)
    return _Variance(fmean(counting), fmean(wandering)) if counting else _Variance(0.0, 0.0)


def _spread(series: Series, weeks: Sequence[str], smooth: int) -> float:
    """Give p (1 - p) of the pooled share."""
    worse, items = series.total(weeks)
    share = (worse + smooth) / max(1, items + 2 * smooth)
    return share * (1 - share)
