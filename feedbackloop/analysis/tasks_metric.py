"""How shall we see that an improvement worked, and how many items does it take to see it?"""

from __future__ import annotations

from feedbackloop.analysis.statistics import items_needed
from feedbackloop.records import Finding

__all__ = ["needed", "target_share"]


def target_share(finding: Finding) -> float:
    """Give the share of shortfalls to reach: back to the baseline, or half of today's where the baseline is no better."""
    before = finding.baseline_share
    return before if before is not None and before < finding.share else finding.share / 2


def needed(finding: Finding) -> int | None:
    """Give how many items show the way from today's share to the target in four of five cases; None: there is no way to go."""
    target = target_share(finding)
    return max(1, items_needed(finding.share, target)) if finding.share - target > 1e-9 else None
