"""How sure is a share, a difference of shares, a list of many tests?

Every formula names its variant, for the field mixes them. The standard library is enough: nothing here needs more
than lgamma.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

from feedbackloop.analysis.statistics_student import two_sided_p
from feedbackloop.records import Interval

Z95 = 1.959964
"""The standard normal quantile of a two-sided 95 % interval, as the published tables round it."""


def wilson(successes: int, trials: int, z: float = Z95) -> Interval:
    """Give a share with its Wilson score interval; no trials at all leave it anywhere between 0 and 1.

    81 of 263 give .2553 to .3662.

    Source: Wilson (1927), Journal of the American Statistical Association 22.
    """
    if trials <= 0:
        return Interval(0.0, 0.0, 1.0)
    share = successes / trials
    middle = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    size = 1 + z * z / trials
    low = 0.0 if successes == 0 else max(0.0, (middle - spread) / size)
    high = 1.0 if successes == trials else min(1.0, (middle + spread) / size)
    return Interval(share, low, high)


def newcombe(successes: tuple[int, int], trials: tuple[int, int], phi: float = 1.0) -> Interval:
    """Give the difference of two independent shares, first minus second, with Newcombe's interval (method 10).

    `phi` above 1 widens it by its root, as overdispersion asks; 1 is the published method: 56/70 - 48/80 give .200,
    .0524 to .3339.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890.
    """
    first, second = (wilson(x, n) for x, n in zip(successes, trials, strict=True))
    difference = first.value - second.value
    wider = math.sqrt(max(1.0, phi))
    below = wider * math.hypot(first.value - first.low, second.high - second.value)
    above = wider * math.hypot(first.high - first.value, second.value - second.low)
    return Interval(difference, max(-1.0, difference - below), min(1.0, difference + above))


def two_proportions_p(successes: tuple[int, int], trials: tuple[int, int], phi: float, freedom: float) -> float:
    """Give the two-sided p-value of two equal shares: pooled variance times phi, against t with `freedom` degrees.

    1.0 where nothing or everything succeeded on both sides.
    """
    pooled = sum(successes) / sum(trials)
    variance = phi * pooled * (1 - pooled) * (1 / trials[0] + 1 / trials[1])
    if variance <= 0:
        return 1.0
    return two_sided_p((successes[0] / trials[0] - successes[1] / trials[1]) / math.sqrt(variance), freedom)


def fisher_exact_p(successes: tuple[int, int], trials: tuple[int, int]) -> float:
    """Give the two-sided p-value of Fisher's exact test: all tables at most as likely as the one seen.

    Source: Fisher (1935), Journal of the Royal Statistical Society 98; the sum over tables is the usual two-sided
    form.
    """
    total, good = sum(trials), sum(successes)
    logs = [
        _log_choose(trials[0], k) + _log_choose(trials[1], good - k) - _log_choose(total, good)
        for k in range(max(0, good - trials[1]), min(trials[0], good) + 1)
    ]
    seen = logs[successes[0] - max(0, good - trials[1])]
    # The relative tolerance of R's fisher.test: tables that are equally likely differ in the last digits.
    return min(1.0, math.fsum(math.exp(value) for value in logs if value <= seen + 1e-7))


def pearson(successes: Sequence[int], trials: Sequence[int]) -> tuple[float, int]:
    """Give Pearson's chi-square of equal shares over weeks, and its degrees of freedom.

    Weeks without items are left out. Where nothing or everything succeeded there is no spread to measure: (0.0, 0).
    """
    weeks = [(x, n) for x, n in zip(successes, trials, strict=True) if n > 0]
    pooled = sum(x for x, _ in weeks) / max(1, sum(n for _, n in weeks))
    if len(weeks) < 2 or not 0 < pooled < 1:
        return 0.0, 0
    return sum((x - n * pooled) ** 2 / (n * pooled * (1 - pooled)) for x, n in weeks), len(weeks) - 1


def overdispersion(tables: Sequence[tuple[Sequence[int], Sequence[int]]]) -> float:
    """Give phi over one or more groups' weeks: the summed chi-square over the summed degrees of freedom, at least 1.

    Source: McCullagh & Nelder (1989), Generalized Linear Models, section 4.5.
    """
    parts = [pearson(successes, trials) for successes, trials in tables]
    freedom = sum(df for _, df in parts)
    return max(1.0, sum(chi2 for chi2, _ in parts) / freedom) if freedom else 1.0


def benjamini_hochberg(p_values: Sequence[float], weights: Sequence[float] | None = None) -> list[float]:
    """Give the q-value of each p-value, in the order given: the rate of false discoveries at which it would be one.

    Args:
        p_values: One for each test.
        weights: How much each test may spend of the rate, 1 on average; fixed before the p-values are seen. A test
            with weight 2 is judged as if its p-value were half as large. None: all the same.

    Source: Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57(1); weighted: Genovese, Roeder
        & Wasserman (2006), Biometrika 93(3).
    """
    weighed = [p / w for p, w in zip(p_values, weights, strict=True)] if weights is not None else list(p_values)
    order = sorted(range(len(weighed)), key=lambda place: weighed[place], reverse=True)
    q_values = [1.0] * len(weighed)
    smallest = 1.0
    for steps, place in enumerate(order):
        smallest = min(smallest, weighed[place] * (len(weighed) / (len(weighed) - steps)))
        q_values[place] = smallest
    return q_values


def items_needed(before: float, after: float, *, alpha: float = 0.05, power: float = 0.80) -> int:
    """Give the items a period that are needed to see one share become another (two-sided, unpooled variance).

    80 % to 85 % needs 903, 60 % to 75 % needs 150.

    Raises:
        ValueError: The two shares are equal: no number of items shows a difference that is not there.
    """
    if before == after:
        raise ValueError("the two shares are equal; no number of items can tell them apart")
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)
    variance = before * (1 - before) + after * (1 - after)
    return math.ceil(z * z * variance / (before - after) ** 2)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
