"""The command `demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedbackloop.cli.session import Session

if TYPE_CHECKING:
    from feedbackloop.playing import Played
    from feedbackloop.stages.report import Report


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="demo", metavar="[DIR]")
@click.pass_obj
def demo(session: Session, folder: Path) -> None:
    """Play the whole loop, week after week, on the feedback of an invented tea shop; offline, in a folder of its own.

    Example: feedbackloop demo
    """
    from feedbackloop.playing import Player

    player = Player(folder, session.plugins)
    session.say(f"Lantern & Leaf, an invented tea shop: twelve weeks of feedback in {folder}/\n")
    failed = 0
    with session.progress("weeks", 12) as advance:
        for week, report in player.weeks():
            session.say(f"{week}: {_week_line(report)}")
            failed += len(report.failures)
            advance(1)
    _summary(session, player.played)
    played = player.played
    session.finish(
        {
            "files": [str(file) for file in played.files],
            "findings": [{"id": one.id, "group": one.group, "week": one.week} for one in played.findings],
            "tasks": [{"id": one.id, "title": one.title, "status": one.status} for one in played.tasks],
            "verdicts": [
                {"task": one.id, "verdict": one.verdict, "verification": one.verification}
                for one in played.tasks
                if one.verdict
            ],
            "follow_ups": len(played.follow_ups),
            "held_back_reasons": played.held_back,
        },
        ok=not failed,
    )


def _week_line(report: Report) -> str:
    new = sum(source.new for source in report.sources)
    parts = [f"{new} items, {report.with_gap} fell short"]
    if report.raised:
        parts.append(f"{report.raised} finding{'s' if report.raised > 1 else ''}")
    if report.tasks["proposed"]:
        proposed = report.tasks["proposed"]
        parts.append(f"{proposed} task{'s' if proposed > 1 else ''} proposed")
    if report.drafted:
        parts.append(f"{report.drafted} follow-ups drafted, {len(report.held_back)} held back")
    verdicts = [verdict.replace("_", " ") for verdict, number in report.verified.items() if number]
    if verdicts:
        parts.append(f"earlier task: {', '.join(verdicts)}")
    return "; ".join(parts)


def _summary(session: Session, played: Played) -> None:
    from feedbackloop.stages.verdicts import Look, in_words

    session.say("\nWhat came of it (approvals and the team's work were played by the demo):")
    for finding in played.findings:
        group = " × ".join(finding.group.values())
        before = "" if finding.baseline_share is None else f", before {finding.baseline_share:.0%}"
        session.say(
            f"- finding in {finding.week}: {group}: {finding.shortfalls} of {finding.items} fell short "
            f"({finding.share:.0%}, {finding.share_low:.0%}–{finding.share_high:.0%}{before})"
        )
    for task in played.tasks:
        verdict = f"; did it help? {task.verdict.replace('_', ' ')}" if task.verdict else ""
        session.say(f"- task for {task.team}, {task.status}: {task.title}{verdict}")
        if task.verification:
            import msgspec

            look = msgspec.json.decode(task.verification, type=Look)
            if look.result:
                session.say(f"  {in_words(look.result)}")
    sent = sum(one.status in {"sent", "confirmed", "reopened", "unanswered"} for one in played.follow_ups)
    held = dict(played.held_back)
    pen = held.pop("lint", 0)
    reasons = ", ".join(f"{number} {reason.replace('_', ' ')}" for reason, number in sorted(held.items()))
    session.say(f"- follow-ups: {len(played.follow_ups)} drafted, {sent} sent")
    session.say(f"  held back: {reasons or 'none'}")
    session.say(f"  {pen} wait for a person's pen: nothing that anybody did backs an answer yet")
    *earlier, last = [str(file) for file in played.files if file.suffix == ".html"]
    weeks = "weeks" if len(earlier) > 1 else "week"
    session.say(f"\nOpen the digest: {', '.join(earlier)} (the {weeks} of the finding)" if earlier else "")
    session.say(f"and the last one: {last}")
