"""Which groups of gaps are more than noise? Each complete week is tested once.

A week is tested when every source has been read past its end, or `PATIENCE` after it: a source that is down for good must not
keep silence over the others, and a week tested on half its data would never be tested again.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from feedbackloop.analysis.findings import test_week
from feedbackloop.analysis.impact import impacts
from feedbackloop.clock import last_full_week, week_bounds, week_shift
from feedbackloop.records import Finding, group_of
from feedbackloop.stages.evidence import gather_evidence
from feedbackloop.stages.pull import freshness
from feedbackloop.stages.turn import Turn

PATIENCE = timedelta(days=3)


def detect(turn: Turn) -> None:
    """Test the complete weeks that were not tested yet; on a first run only the last one."""
    for week in _untested(turn):
        _test(turn, week)


def _untested(turn: Turn) -> list[str]:
    zone = turn.settings.loop.zone
    newest = last_full_week(turn.now, zone)
    last = turn.store.plans.last_tested_week()
    week = week_shift(last, 1) if last else newest
    if turn.store.judgements.first_week() is None:
        return []
    weeks = []
    while week <= newest and _is_complete(turn, week):
        weeks.append(week)
        week = week_shift(week, 1)
    return weeks


def _is_complete(turn: Turn, week: str) -> bool:
    _, end = week_bounds(week, turn.settings.loop.zone)
    if turn.now >= end + PATIENCE:
        return True
    late = [source for source, fresh in freshness(turn).items() if fresh is None or fresh < end]
    if late:
        turn.report.remarks.append(f"{week} is tested later: {', '.join(late)} not read past its end yet")
    return not late


def _test(turn: Turn, week: str) -> None:
    settings = turn.settings.detect
    counts = turn.store.judgements.weekly(week_shift(week, -settings.baseline_weeks), week)
    kinds = turn.store.judgements.gap_types(week)
    groups = {key: group_of(key) for key in counts}
    gap_types = {
        key: kind
        for key, group in groups.items()
        if (kind := kinds.get((group.get("touchpoint"), group.get("dimension"))))
    }
    findings = [_with_impact(turn, one) for one in test_week(week, counts, settings, gap_types=gap_types)]
    with turn.store.write():
        turn.store.plans.save_findings(week, findings, turn.now)
        for finding in findings:
            if finding.raised:
                turn.write_down("finding", finding.id, "raised", f"q={finding.q_value:.4f}")
    turn.report.tested += len(findings)
    turn.report.raised += sum(finding.raised for finding in findings)


def _with_impact(turn: Turn, finding: Finding) -> Finding:
    """Say of a raised finding by how much its items move each score that customers gave that week."""
    if not finding.raised:
        return finding
    start, end = week_bounds(finding.week, turn.settings.loop.zone)
    ratings = turn.store.judgements.ratings(start, end)
    return replace(finding, impact=impacts(set(gather_evidence(turn, finding).items), ratings))
