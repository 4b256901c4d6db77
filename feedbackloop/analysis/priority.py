"""Which finding is worth a team's time first?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from feedbackloop.analysis.impact import is_real
from feedbackloop.analysis.tasks_evidence import Evidence
from feedbackloop.records import Finding


def extra_shortfalls(finding: Finding) -> float:
    """Give the items that fell short beyond what the baseline would have let: items x (share - baseline share)."""
    return finding.items * (finding.share - (finding.baseline_share or 0.0))


def score_loss(finding: Finding, score: str) -> float | None:
    """Give the points of a score that the finding's theme costs; None where there is no impact that can be told."""
    impact = finding.impact.get(score)
    return -impact.value if impact is not None and is_real(impact) else None


def rank(
    findings: Sequence[Finding], *, score: str | None = None, effort: Mapping[str, float] | None = None
) -> list[Finding]:
    """Put findings in the order in which to work on them.

    Args:
        findings: Any; usually the raised ones of a week.
        score: The score by which impact is compared; None, or a score that no finding has: by volume alone. Points of
            one score and numbers of items do not compare, so findings with a known impact come first and the others
            follow by volume.
        effort: Finding id -> effort in any one unit; it breaks ties, less first. One without counts as the most.

    Returns:
        The same findings; the last tie is broken by id, so the order is always the same.
    """

    def place(finding: Finding) -> tuple[bool, float, float, float, str]:
        loss = score_loss(finding, score) if score else None
        work = (effort or {}).get(finding.id, float("inf"))
        volume = extra_shortfalls(finding)
        if loss is None:
            return True, -volume, work, 0.0, finding.id
        return False, -loss, work, -volume, finding.id

    return sorted(findings, key=place)


def rank_by_evidence(raised: Sequence[Finding], evidence: Mapping[str, Evidence]) -> list[Finding]:
    """Put findings in order: by what they cost the score that most of them move, then by volume; the smaller effort first.

    Effort is not known; the fewer things the cases have to be mended in (standards, channels, sources), the less it is.
    """
    scores = Counter(score for finding in raised for score in finding.impact)
    score = max(sorted(scores), key=lambda name: scores[name], default=None)
    effort = {name: float(sum(len(values) for values in behind.clusters.values())) for name, behind in evidence.items()}
    return rank(raised, score=score, effort=effort)
