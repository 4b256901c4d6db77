"""Did writing to unhappy customers help, or would as many have come round by themselves?

Many do: whoever answers on a bad day answers better on the next one. So the share that recovered stands beside that of a random
hold-out, with the interval of the difference; where nobody was held out, beside the share that is expected with no action.
Whoever said nothing at all counts on both sides, as not recovered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from statistics import NormalDist

from msgspec import Struct

from feedbackloop.analysis.statistics import newcombe, wilson
from feedbackloop.records import Interval

RELIABILITIES = (0.88, 0.50)
"""Between these lies how well two answers of one person agree where nothing changed (test-retest correlation)."""

_STEPS = 400
_FAR = 8.0
"""Standard deviations beyond which nothing is left of the normal curve."""


class Side(Struct, frozen=True):
    """One side of the comparison: unhappy customers, and what they said next."""

    confirmed: int
    reopened: int
    unanswered: int

    @property
    def cases(self) -> int:
        """All of them, those who said nothing included."""
        return self.confirmed + self.reopened + self.unanswered

    @property
    def recovered(self) -> Interval | None:
        """The share whose next word was neutral or better, with its Wilson interval; None where there is nobody."""
        return wilson(self.confirmed, self.cases) if self.cases else None

    @property
    def answered(self) -> int:
        """Those who said something at all."""
        return self.confirmed + self.reopened

    @property
    def recovered_of_answered(self) -> Interval:
        """The share that came round of those who answered; anywhere between 0 and 1 where nobody did."""
        return wilson(self.confirmed, self.answered)


class Recovery(Struct, frozen=True, kw_only=True):
    """How many came round after a message, and beside what that is to be seen.

    Attributes:
        contacted: Those who got a message.
        held_out: Those drawn not to get one; without cases there is no comparison.
        difference: Share of the contacted minus share of the held out (Newcombe, 95 %); None: no comparison.
        expected: Share that recovers with no action at all, from the desk's own share of unhappy answers: at high and at low
            agreement of repeated answers; None where that share is not known.
    """

    contacted: Side
    held_out: Side
    difference: Interval | None = None
    expected: tuple[float, float] | None = None


def recovery(contacted: Iterable[str], held_out: Iterable[str], unhappy: float | None) -> Recovery:
    """Compare what the contacted said next with what those said who were held out.

    Args:
        contacted: `confirmed`, `reopened` or `unanswered` of each whose time to answer is over.
        held_out: The same of the other side.
        unhappy: Share 0..1 of the desk's answers that are unhappy; None where there are none.
    """
    one, other = _side(contacted), _side(held_out)
    difference = None
    if one.cases and other.cases:
        difference = newcombe((one.confirmed, other.confirmed), (one.cases, other.cases))
    expected = None
    if unhappy is not None and 0 < unhappy < 1:
        high, low = RELIABILITIES
        expected = (expected_without_action(unhappy, high), expected_without_action(unhappy, low))
    return Recovery(contacted=one, held_out=other, difference=difference, expected=expected)


def expected_without_action(unhappy: float, reliability: float) -> float:
    """Give the share of unhappy customers whose next answer is better although nothing was done.

    Two answers of one person are taken as bivariate normal with correlation `reliability`; unhappy is whoever lies below the
    threshold that `unhappy` of all answers lie below. The share above it the second time is regression to the mean.

    Args:
        unhappy: Share of unhappy answers, inside 0..1.
        reliability: Test-retest correlation, inside 0..1.
    """
    normal = NormalDist()
    threshold = normal.inv_cdf(unhappy)
    spread = math.sqrt(1 - reliability**2)

    def recovers(first: float) -> float:
        return normal.pdf(first) * (1 - normal.cdf((threshold - reliability * first) / spread))

    width = (threshold + _FAR) / _STEPS
    inner = sum((4 if step % 2 else 2) * recovers(-_FAR + step * width) for step in range(1, _STEPS))
    return width / 3 * (recovers(-_FAR) + inner + recovers(threshold)) / unhappy  # Simpson's rule


def _side(outcomes: Iterable[str]) -> Side:
    said = list(outcomes)
    return Side(said.count("confirmed"), said.count("reopened"), said.count("unanswered"))
