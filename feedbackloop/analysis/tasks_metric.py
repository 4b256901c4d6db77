"""How shall we see that an improvement worked, and how many items does it take to see it?"""

from __future__ import annotations

import math

from feedbackloop.records import Finding

Z_TWO_SIDED_05 = 1.959964
Z_POWER_80 = 0.841621


def target_share(finding: Finding) -> float:
    """Give the share of shortfalls to reach: back to the baseline, or half of today's where the baseline is no better."""
    before = finding.baseline_share
    return before if before is not None and before < finding.share else finding.share / 2


def items_needed(first: float, second: float) -> int | None:
    """Give how many items each of two periods needs so that a change of a share is seen in four of five cases.

    80 % power, two-sided 5 %, unpooled variance; 0.80 against 0.90 needs 197. None where the two shares are equal.

    Source: Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, chapter 4.
    """
    change = abs(second - first)
    if change < 1e-9:
        return None
    variance = first * (1 - first) + second * (1 - second)
    return max(1, math.ceil((Z_TWO_SIDED_05 + Z_POWER_80) ** 2 * variance / change**2))


def excess_items(finding: Finding) -> float:
    """Rank a finding without a score: the items that fell short beyond what the baseline lets expect."""
    return finding.items * (finding.share - (finding.baseline_share or 0.0))
