"""How does one run's report read to people?"""

from __future__ import annotations

from feedbackloop.cli.session import Session
from feedbackloop.stages.report import Report, SourceReport

MOST_FAILURES = 10
REASONS = {"lint": "for a person's pen"}
"""Codes that would not explain themselves; the others are the contract's words."""


def summarise(session: Session, report: Report) -> None:
    """Print what happened, in the order of the stages; only lines that say something."""
    for source in report.sources:
        session.say(_source_line(source))
        for warning in source.warnings:
            session.say(f"  note: {warning}")
    for line in _lines(report):
        session.say(line)
    for remark in report.remarks:
        session.say(f"note: {remark}")
    for one in report.would_push:
        session.say(f"would push {one['kind']} to {one['target']}: {_short(one['before'])} -> {_short(one['after'])}")
    _failures(session, report)


def _source_line(source: SourceReport) -> str:
    parts = [f"{source.new} new", f"{source.updated} changed"]
    parts += [
        f"{number} {what}" for what, number in (("erased", source.erased), ("rejected", source.rejected)) if number
    ]
    state = "" if source.caught_up or source.error else " (more to come: run again)"
    return f"{source.name}: {', '.join(parts)}{state}"


def _lines(report: Report) -> list[str]:
    lines = []
    if report.understood:
        languages = ", ".join(f"{number} {language}" for language, number in report.languages.most_common(4))
        lines.append(
            f"understood: {report.understood} items ({languages}); {report.with_gap} fell short of expectation"
        )
    elif report.with_gap:
        lines.append(f"compared again: {report.with_gap} items fell short of expectation")
    if report.tested:
        lines.append(f"findings: {report.tested} groups tested, {report.raised} raised")
    if any(report.tasks.values()):
        new, changed, stand = (report.tasks[what] for what in ("proposed", "updated", "open"))
        lines.append(f"improvement tasks: {new} new, {changed} updated, {stand} open")
    if report.drafted or report.held:
        held = ", ".join(f"{number} {REASONS.get(reason, reason)}" for reason, number in report.held.most_common())
        lines.append(f"follow-ups: {report.drafted} drafted" + (f"; held back: {held}" if held else ""))
    if settled := ", ".join(f"{number} {outcome}" for outcome, number in report.settled.items() if number):
        lines.append(f"follow-ups sent earlier: {settled}")
    actions = [f"{number} {state.replace('_', ' ')}" for state, number in report.actions.items() if number]
    if actions:
        lines.append(f"actions: {', '.join(actions)}")
    if report.actions["waiting_for_approval"]:
        lines.append("see what waits with `feedbackloop review`")
    verdicts = [f"{number} {verdict.replace('_', ' ')}" for verdict, number in report.verified.items() if number]
    if verdicts:
        lines.append(f"earlier tasks: {', '.join(verdicts)}")
    lines += report.digests
    return lines


def _failures(session: Session, report: Report) -> None:
    for failure in report.failures[:MOST_FAILURES]:
        place = "/".join(part for part in (failure.source, failure.record, failure.field) if part)
        session.warn(f"failed: {failure.stage} {place}: {failure.error}")
    left = len(report.failures) - MOST_FAILURES
    if left > 0:
        session.warn(f"and {left} more; `feedbackloop state` and --json name them all")


def _short(value: object) -> str:
    text = str(value).replace("\n", " ")
    return text if len(text) <= 80 else text[:79] + "…"
