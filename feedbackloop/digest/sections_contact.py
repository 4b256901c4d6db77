"""Did writing to unhappy customers help, whom was it kept from, and how good were the drafts?"""

from __future__ import annotations

from feedbackloop.analysis.edits import Edits
from feedbackloop.analysis.recovery import Side
from feedbackloop.digest import charts
from feedbackloop.digest.facts import Facts, Share
from feedbackloop.digest.language import Words
from feedbackloop.digest.sections_gaps import points
from feedbackloop.digest.view import Block, Line, Lines, Note, Row, Rows, Section, Sure
from feedbackloop.records import Interval


def recovered(facts: Facts, words: Words) -> Section | None:
    """How many came round after a message, beside those held out for comparison, or beside what chance alone would do."""
    of = facts.recovery
    if of is None:
        return None
    is_real = of.difference is not None and of.difference.low * of.difference.high > 0
    sure: Sure | None = ("real" if is_real else "cannot_tell") if of.difference else None
    rows = [_row("contacted", of.contacted, words, change=of.difference, sure=sure)] if of.contacted.cases else []
    rows += [_row("held_out", of.held_out, words)] if of.held_out.cases else []
    notes = [words.say("recovery.lead")]
    if of.difference is None:
        notes.append(words.say("recovery.no_comparison" if of.contacted.cases else "recovery.nobody_written_to"))
        if of.expected:
            rows.append(_expected_row(of.expected, of.contacted, words))
    blocks: tuple[Block, ...] = (Note(words.sentences(*notes)), Rows(tuple(rows), "0%", "100%"))
    return Section(words.say("recovery.title"), blocks, 82)


def restraint(facts: Facts, words: Words) -> Section | None:
    """What was sent, what was held back and why, what was written to the helpdesk, what people changed in drafts."""
    of = facts.restraint
    held = sum(of.held.values())
    if not (of.sent or held or of.waiting or of.notes or of.tags):
        return None
    reasons = sorted(of.held.items(), key=lambda pair: (-pair[1], pair[0]))
    why = words.listing([f"{words.reason(code)} {count}" for code, count in reasons])
    lines = [Line(text=words.say("restraint.sent", sent=of.sent, held=held, waiting=of.waiting), aside=why)]
    if of.notes or of.tags:
        lines.append(Line(text=words.say("restraint.written", notes=of.notes, tags=of.tags)))
    if facts.edits:
        lines.append(Line(text=_edits(facts.edits, words)))
    return Section(words.say("restraint.title"), (Lines(tuple(lines)),), 95)


def _edits(of: Edits, words: Words) -> str:
    if of.median_changed is None:
        return words.say("restraint.edits_none", drafts=of.drafts)
    share = words.percent(of.median_changed)
    return words.say("restraint.edits", share=share, edited=of.edited, drafts=of.drafts)


def _row(name: str, side: Side, words: Words, *, change: Interval | None = None, sure: Sure | None = None) -> Row:
    of = side.recovered or Interval(0.0, 0.0, 1.0)
    share = Share(side.confirmed, side.cases, of.low, of.high)
    detail = words.say(
        "recovery.detail",
        part=side.confirmed,
        whole=side.cases,
        reopened=side.reopened,
        unanswered=side.unanswered,
    )
    return Row(
        name=words.say(f"recovery.{name}"),
        value=words.say("gaps.share_value", share=words.percent(of.value), interval=words.percents(of.low, of.high)),
        cells=charts.share_cells(share, 1.0, "delight"),
        detail=detail,
        change=points(change, words),
        sure=sure,
        sure_text=words.say(f"verdicts_of_change.{sure}") if sure else "",
    )


def _expected_row(expected: tuple[float, float], contacted: Side, words: Words) -> Row:
    """Draw what is expected with no action; it speaks of people who answer, so those who did stand beside it."""
    low, high = expected
    answered, of = contacted.answered, contacted.recovered_of_answered
    interval = words.percents(of.low, of.high)
    here = {"part": contacted.confirmed, "whole": answered, "share": words.percent(of.value), "interval": interval}
    return Row(
        name=words.say("recovery.expected"),
        value=words.percents(low, high),
        cells=charts.range_cells(low, high),
        detail=words.say("recovery.expected_detail", **here) if answered else words.say("recovery.expected_alone"),
    )
