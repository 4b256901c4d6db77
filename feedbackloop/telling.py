"""How are an item, what was read in it, a gap, a promise, a finding, a decision and the ledger told in a line or two each?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feedbackloop.analysis.edits import Edits, edits, words_changed
from feedbackloop.analysis.follow_ups_triggers import CONFIDENT
from feedbackloop.analysis.restraint import Decision
from feedbackloop.analysis.restraint_words import explain as restraint_in_words
from feedbackloop.analysis.wording_text import quotation
from feedbackloop.clock import iso
from feedbackloop.records import Finding, FollowUp, Gap, ImprovementTask, Item, Promise, Understanding
from feedbackloop.store import Store

MOST_GAPS = 3
OUT = ("approved", "sent", "confirmed", "reopened", "unanswered")
QUOTE = 300
SIGNALS: dict[str | tuple[str, str], str] = {
    "contacts": "had to come back (counted in the words: {:g} contacts)",
    "channels": "over {:g} channels",
    "effort": "effort {:.2f} of 1",
    ("emotion", "anger"): "sounds angry",
    ("emotion", "disappointment"): "sounds disappointed",
    ("emotion", "worry"): "sounds worried",
    ("emotion", "confusion"): "sounds confused",
    ("emotion", "gratitude"): "sounds grateful",
    ("emotion", "joy"): "sounds glad",
    ("actionability", "answer"): "asks or wants something",
    ("actionability", "idea"): "proposes something and asks for nothing",
    ("actionability", "noise"): "asks for nothing",
    "churn": "says that they leave, or warns others off",
    "escalation": "turns to a lawyer, an authority, a formal complaint or a manager",
    "suggestion": "proposes an improvement",
    "contradicts_rating": "the words contradict the rating",
}
"""How each signal is told, in this order; a signal that is one of several words has an
entry for each. Others stand by their names."""


def gap_line(gap: Gap) -> str:
    """Tell a gap: where, by what, how far, and in which words."""
    place = " × ".join(part for part in (gap.touchpoint, gap.dimension) if part) or "no touchpoint"
    size = "" if gap.disconfirmation is None else f", D = {gap.disconfirmation:+.3f}"
    unit = f" {gap.unit.replace('_', ' ')}" if gap.unit else ""
    values = f"expected {_said(gap.expected)}{unit}, experienced {_said(gap.experienced)}{unit}"
    return f"{place} by {gap.basis}: {gap.direction or 'open'}{size} ({values}); {gap.evidence or 'no words'}"


def _said(value: float | int | str | None) -> str:
    """Show words between quotation marks, figures as they are."""
    return "nothing told" if value is None else f"“{value}”" if isinstance(value, str) else str(value)


def signals_line(signals: Mapping[str, float | str]) -> str:
    """Tell what else the wording hints at; "" where there is nothing to tell.

    A count of one contact or one channel says nothing and is left out.
    """
    told = []
    left = {name: value for name, value in signals.items() if name not in {"contacts", "channels"} or float(value) > 1}
    for known, words in SIGNALS.items():
        name, wanted = known if isinstance(known, tuple) else (known, left.get(known))
        if name in left and left[name] == wanted:
            told.append(words.format(left.pop(name)))
    told += [f"{name} {value}" for name, value in sorted(left.items())]
    return f"signals: {'; '.join(told)}" if told else ""


def promise_line(promise: Promise) -> str:
    """Tell a promise: who made it, in which words, by when, and whether it was kept."""
    due = f", due {iso(promise.due_at)}" if promise.due_at else ""
    return f"{promise.who} “{promise.what}”{due}: {promise.state}" + (
        f" ({promise.evidence})" if promise.evidence else ""
    )


def decision_line(follow_up: FollowUp) -> str:
    """Tell where a follow-up stands and what restraint says of it."""
    if follow_up.decision == "send":
        return f"{follow_up.status}: it may go" if follow_up.status in {"waiting", "approved"} else follow_up.status
    try:
        decision = Decision(follow_up.decision, follow_up.reason, follow_up.wait_until)  # type: ignore[arg-type]
        return f"{follow_up.status}: {restraint_in_words(decision)}"
    except KeyError:
        return f"{follow_up.status}: {follow_up.decision} ({follow_up.reason})"


def finding_lines(finding: Finding) -> list[str]:
    """Tell a finding: how many fell short, with interval, against before, and whether it is more than noise."""
    group = " × ".join(finding.group.values())
    counted = {"worse": "fell short", "better": "went better than expected", "spoken": "speak of it"}[finding.counted]
    line = (
        f"finding {finding.id}: {group} in {finding.week}: {finding.shortfalls} of {finding.items} {counted} "
        f"({finding.share:.0%}, {finding.share_low:.0%}–{finding.share_high:.0%})"
    )
    if finding.baseline_share is not None:
        line += f", before {finding.baseline_share:.0%} of {finding.baseline_items}"
    if finding.q_value is not None:
        line += f"; q = {finding.q_value:.4f}, " + _said_of(finding)
    return [line]


def _said_of(finding: Finding) -> str:
    if finding.same_cause_as:
        return f"the same cause as {finding.same_cause_as}, which stands for it"
    return "raised" if finding.raised else "not more than noise"


def item_lines(item: Item) -> list[str]:
    """Tell what an item is, how it stands and what it is about."""
    lines = [f"{item.key}: {item.kind}, {item.status or 'no status'}, {iso(item.created_at)}"]
    return [*lines, f"subject: {item.subject}"] if item.subject else lines


def understood_lines(understanding: Understanding | None) -> list[str]:
    """Tell what was read in an item: language, mood, what it speaks of, expectations and signals."""
    if understanding is None:
        return ["not understood yet: it waits for the next run"]
    mood = understanding.sentiment
    lines = [f"language: {understanding.language}"]
    if mood.polarity is None or mood.confidence is None:
        lines.append(f"sentiment: unknown (scorer {mood.scorer})")
    else:
        lines.append(
            f"sentiment: {mood.label}, {mood.polarity:+.2f}, confidence {mood.confidence:.2f} (scorer {mood.scorer})"
        )
    for what, aspects in (("speaks of", understanding.touchpoints), ("dimensions", understanding.dimensions)):
        if aspects:
            lines.append(f"{what}: " + ", ".join(_aspect(one.name, one.polarity) for one in aspects))
    for one in understanding.expectations:
        lines.append(
            f"expectation ({one.basis}): “{one.expected or '?'}” → “{one.experienced or '?'}”: {one.direction or 'open'}"
        )
    hints = signals_line(understanding.signals)
    return [*lines, hints] if hints else lines


def learned_lines(store: Store, understanding: Understanding | None) -> list[str]:
    """Tell what corrected the scorer, where the desk's own ratings did."""
    version = store.corrections.of_scorer(understanding.sentiment.scorer) if understanding else None
    if version is None:
        return []
    return [f"corrected by this desk's ratings, {iso(version.fitted_at)}: {version.trial.words}; {version.state}"]


def _aspect(name: str, polarity: float | None) -> str:
    return name if polarity is None else f"{name} ({polarity:+.2f})"


def ledger_lines(store: Store, about: list[str]) -> list[str]:
    """Tell what the ledger holds about some things, the oldest entry first; nothing where it holds nothing."""
    entries = [entry for _, entry in store.books.ledger(about=about)]
    if not entries:
        return []
    return ["ledger:"] + [
        f"  {iso(one.at)}  {one.about}: {one.decision}" + (f" ({one.reason})" if one.reason else "") + f", by {one.by}"
        for one in entries
    ]


def evidence_of_item(store: Store, key: str) -> list[str]:
    """Tell what a write to one item rests on: the customer's last words, the clearest gaps, the promises that count."""
    found = store.items.get(key)
    if found is None:
        return []
    item = found[0]
    said = [m for m in item.messages if m.author == "customer" and not m.automatic and m.text.strip()]
    told = [f"customer, {iso(said[-1].at)}: “{quotation(said[-1].text, QUOTE)}”"] if said else []
    told += [f"rated {one.scale} {one.value:g} of {one.max:g}" for one in item.ratings]
    worse = [gap for gap in store.judgements.gaps_of(key) if gap.direction == "worse" and gap.confidence >= CONFIDENT]
    worse.sort(key=lambda gap: (gap.disconfirmation or 0.0, gap.id))
    told += [f"gap: {gap_line(gap)}" for gap in worse[:MOST_GAPS]]
    told += [f"promise: {promise_line(one)}" for one in store.judgements.promises_of(key) if one.state != "kept"]
    return told + ([item.url] if item.url else [])


def evidence_of_task(store: Store, task: ImprovementTask) -> list[str]:
    """Tell what a task rests on: its finding with the figures, and the items behind it."""
    finding = store.plans.finding(task.finding_id)
    return [*(finding_lines(finding) if finding else []), f"rests on {len(task.evidence)} items"]


def change_told(draft: str, text: str) -> dict[str, Any]:
    """Show the loop's own text beside a person's, and how far apart they are; nothing where nobody changed it."""
    return {"draft": draft, "words_changed": round(words_changed(draft, text), 3)} if draft else {}


def edited(store: Store) -> Edits:
    """Say how much people changed in the follow-ups that went out or were approved."""
    return edits([(one.draft, one.text) for one in store.plans.follow_ups(OUT) if one.text])
