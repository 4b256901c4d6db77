"""What is the one thing that this week's readers must know, why is it so, and what is to be done?

The subject states a finding, never "your weekly report". Where nothing changed beyond noise, it says so.
"""

from __future__ import annotations

from feedbackloop.digest.facts import Facts
from feedbackloop.digest.language import Words
from feedbackloop.digest.view import Answer
from feedbackloop.inert import inert
from feedbackloop.records import Finding


def reason_to_skip(facts: Facts) -> str | None:
    """Say why there should be no mail this week, or None if there is news.

    A source that could not be read is news: silence would look like calm.
    """
    is_news = (
        facts.items
        or facts.findings
        or facts.due
        or facts.drifting
        or any(verdict.verdict != "too_early" for verdict in facts.verdicts)
        or any(source.error for source in facts.sources)
    )
    if is_news:
        return None
    return f"nothing is new in {facts.week}: no items, findings, verdicts, promises due or failed sources"


def lead(facts: Facts) -> Finding | None:
    """Give the finding that the digest is about: the first that got worse, else the first that got better."""
    worse = (finding for finding in facts.findings if finding.direction == "worse")
    return next(worse, None) or next(iter(facts.findings), None)


def headline(facts: Facts, words: Words) -> str:
    """State the week's finding in one line: subject and title."""
    finding = lead(facts)
    if finding:
        return _finding_line(finding, words)
    worked = next((verdict for verdict in facts.verdicts if verdict.verdict == "worked"), None)
    if worked:
        return words.say("headline.worked", title=inert(worked.title))
    failed = next((source for source in facts.sources if source.error), None)
    if failed:
        return words.say("headline.source_failed", source=failed.name)
    if facts.standing:
        top = facts.standing[0]
        interval = words.percents(top.shortfall.low, top.shortfall.high)
        share = words.percent(top.shortfall.value)
        return words.say("headline.standing", group=words.group(top.group), share=share, interval=interval)
    if facts.due:
        return words.say("headline.promise_due", n=len(facts.due))
    return words.say("headline.quiet", n=facts.items)


def answers(facts: Facts, words: Words) -> tuple[Answer, ...]:
    """Give the three sentences: what changed, why, what to do."""
    return (
        Answer(words.say("frame.changed"), _changed(facts, words)),
        Answer(words.say("frame.why"), _why(facts, words)),
        Answer(words.say("frame.do"), _to_do(facts, words)),
    )


def is_delight(finding: Finding) -> bool:
    """Say whether a finding counts items that went better than expected, not fewer that fell short."""
    return finding.direction == "better" and finding.counted == "better"


def is_theme(finding: Finding) -> bool:
    """Say whether a finding counts texts that speak of something new, not items that fell short or went well."""
    return finding.counted == "spoken"


def _finding_line(finding: Finding, words: Words) -> str:
    before = finding.baseline_share
    key = "worse" if finding.direction == "worse" else "better"
    turned = {"worse": "worse_up", "better": "delight" if is_delight(finding) else "better_down"}[key]
    chosen = "theme" if is_theme(finding) else turned if before is not None else key
    return words.say(
        f"headline.{chosen}",
        before=words.percent(before or 0),
        **_figures(finding, words),
    )


def _figures(finding: Finding, words: Words) -> dict[str, str]:
    return {
        "group": words.group(finding.group),
        "part": str(finding.shortfalls),
        "whole": str(finding.items),
        "share": words.percent(finding.share),
        "interval": words.percents(finding.share_low, finding.share_high),
    }


def _changed(facts: Facts, words: Words) -> str:
    finding = lead(facts)
    if finding is None:
        return words.say(
            "changed.none", tested=facts.tested, with_gap=facts.with_gap, judged=facts.judged, n=facts.tested
        )
    before = finding.baseline_share
    change = (
        words.say("changed.first") if before is None else words.say("changed.against", before=words.percent(before))
    )
    key = "worse" if finding.direction == "worse" else "delight" if is_delight(finding) else "better"
    key = "theme" if is_theme(finding) else key
    first = words.say(f"changed.{key}", change=change, **_figures(finding, words))
    others = len(facts.findings) - 1
    return words.sentences(first, words.say("changed.others", n=others) if others else "")


def _why(facts: Facts, words: Words) -> str:
    finding = lead(facts)
    if finding is None:
        return words.say("why.calm")
    if is_theme(finding):
        return words.say("why.theme")
    cause = words.say(f"why.{finding.gap_type or 'open'}") if finding.direction == "worse" else ""
    times = ""
    if facts.promises and finding.touchpoint == facts.promises.touchpoint and facts.promises.times:
        promise = facts.promises.times[0]
        if promise.promised_hours is not None and promise.actual_hours is not None:
            promised, actual = words.hours(promise.promised_hours), words.hours(promise.actual_hours)
            times = words.say("why.promise_time", promised=promised, actual=actual)
    return words.sentences(times, cause) or words.say("why.better")


def _to_do(facts: Facts, words: Words) -> str:
    due = len(facts.due)
    last = words.day(max(item.due_at for item in facts.due)) if facts.due else ""
    fix = facts.fixes[0] if facts.fixes else None
    if fix:
        key = "fix_unowned" if not fix.team else "fix" if fix.due_at else "fix_undated"
        day = words.day(fix.due_at) if fix.due_at else ""
        first = words.say(f"do.{key}", team=inert(fix.team), due=day, title=inert(fix.title))
        return words.sentences(first, words.say("do.due_more", n=due, day=last) if due else "")
    if due:
        return words.say("do.due", n=due, day=last)
    if facts.restraint.waiting:
        return words.say("do.review", n=facts.restraint.waiting)
    return words.say("do.nothing")
