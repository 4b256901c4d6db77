"""Which groups of gaps are more than noise? Each complete week is tested once.

A week is tested when every source has been read past its end, or `PATIENCE` after it: a source that is down for good must not
keep silence over the others, and a week tested on half its data would never be tested again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from feedbackloop.analysis.findings import test_week
from feedbackloop.clock import last_full_week, week_bounds, week_shift
from feedbackloop.records import GapType, WeekCount, group_of
from feedbackloop.stages import themes
from feedbackloop.stages.causes import with_causes
from feedbackloop.stages.pull import freshness
from feedbackloop.stages.renames import counts_now, settle_names
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
    if last and last > newest:
        turn.report.remarks.append(
            f"{last} was tested already, and the clock stands at {newest}: no week is tested now"
        )
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
    first = week_shift(week, -turn.settings.detect.baseline_weeks)
    settle_names(turn, first, week)
    counts = {key: rows for key, rows in counts_now(turn, first, week).items() if "theme" not in group_of(key)}
    words = themes.read_window(turn, first, week)
    spoken = themes.candidates(turn, words)
    tested = test_week(week, counts | spoken, turn.settings.detect, gap_types=_gap_types(turn, week, counts))
    plain = [one for one in tested if "theme" not in one.group]
    grown = themes.found(turn, words, [one for one in tested if "theme" in one.group])
    findings = with_causes(turn, week, [*plain, *grown.findings])
    with turn.store.write():
        turn.store.plans.save_findings(week, findings, turn.now)
        themes.keep(turn, words, grown.themes)
        for finding in findings:
            if finding.raised:
                turn.write_down("finding", finding.id, "raised", f"q={finding.q_value:.4f}")
    turn.report.tested += len(findings)
    turn.report.raised += sum(finding.raised for finding in findings)


def _gap_types(turn: Turn, week: str, counts: Mapping[str, Sequence[WeekCount]]) -> dict[str, GapType]:
    kinds = turn.store.judgements.gap_types(week)
    groups = {key: group_of(key) for key in counts}
    return {
        key: kind
        for key, group in groups.items()
        if (kind := kinds.get((group.get("touchpoint"), group.get("dimension"))))
    }
