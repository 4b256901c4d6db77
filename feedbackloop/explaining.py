"""What was understood of one item, task or follow-up, from which words, and why was done what was done?"""

from __future__ import annotations

from typing import Any

import msgspec

from feedbackloop.analysis.restraint import Decision
from feedbackloop.analysis.restraint_words import explain as restraint_in_words
from feedbackloop.clock import iso
from feedbackloop.errors import UsageError
from feedbackloop.records import Finding, FollowUp, Gap, ImprovementTask, Item, Promise, Understanding
from feedbackloop.store import Store

Story = dict[str, Any]


def explain(store: Store, ident: str) -> Story:
    """Tell the story of one thing: `kind`, `lines` for people, and the facts behind them.

    Raises:
        UsageError: Nothing of that id is known.
    """
    found = store.items.get(ident)
    if found:
        return _item(store, *found)
    if task := store.plans.task(ident):
        return _task(store, task)
    if follow_up := store.plans.follow_up(ident):
        return _follow_up(store, follow_up)
    if finding := store.plans.finding(ident):
        return {"kind": "finding", "lines": _finding_lines(finding), "finding": msgspec.to_builtins(finding)}
    if (queued := store.outbox.get(ident)) and queued.action.about:
        return explain(store, queued.action.about)
    raise UsageError(f"nothing is known under {ident!r}; name an item as SOURCE/ID, or a task-, fu-, find- or act- id")


def _item(store: Store, item: Item, understanding: Understanding | None) -> Story:
    gaps, promises = store.judgements.gaps_of(item.key), store.judgements.promises_of(item.key)
    follow_ups = store.plans.follow_ups_of(item.key)
    actions = store.outbox.about(item.key)
    lines = [f"{item.key}: {item.kind}, {item.status or 'no status'}, {iso(item.created_at)}"]
    if item.subject:
        lines.append(f"subject: {item.subject}")
    lines += _understood(understanding)
    lines += _learned(store, understanding)
    lines += ["gaps:" if gaps else "no gap was found", *(f"  {_gap(gap)}" for gap in gaps)]
    lines += [f"promise: {_promise(promise)}" for promise in promises]
    lines += [f"follow-up {one.id}: {_decision(one)}" for one in follow_ups]
    lines += [
        f"action {one.action.id}: {one.action.kind}, {one.status}" + (f" ({one.last_error})" if one.last_error else "")
        for one in actions
    ]
    about = [item.key, *(one.id for one in follow_ups), *(one.action.id for one in actions)]
    return {
        "kind": "item",
        "lines": lines + _ledger(store, about),
        "item": msgspec.to_builtins(item),
        "understanding": msgspec.to_builtins(understanding),
        "gaps": msgspec.to_builtins(gaps),
        "promises": msgspec.to_builtins(promises),
        "follow_ups": msgspec.to_builtins(follow_ups),
    }


def _understood(understanding: Understanding | None) -> list[str]:
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
    return lines


def _learned(store: Store, understanding: Understanding | None) -> list[str]:
    """Say what corrected the scorer, where the desk's own ratings did."""
    version = store.corrections.of_scorer(understanding.sentiment.scorer) if understanding else None
    if version is None:
        return []
    return [f"corrected by this desk's ratings, {iso(version.fitted_at)}: {version.trial.words}; {version.state}"]


def _aspect(name: str, polarity: float | None) -> str:
    return name if polarity is None else f"{name} ({polarity:+.2f})"


def _gap(gap: Gap) -> str:
    place = " × ".join(part for part in (gap.touchpoint, gap.dimension) if part) or "no touchpoint"
    size = "" if gap.disconfirmation is None else f", D = {gap.disconfirmation:+.3f}"
    unit = f" {gap.unit.replace('_', ' ')}" if gap.unit else ""
    values = f"expected {_said(gap.expected)}{unit}, experienced {_said(gap.experienced)}{unit}"
    return f"{place} by {gap.basis}: {gap.direction or 'open'}{size} ({values}); {gap.evidence or 'no words'}"


def _said(value: float | int | str | None) -> str:
    """Show words between quotation marks, figures as they are."""
    return "nothing told" if value is None else f"“{value}”" if isinstance(value, str) else str(value)


def _promise(promise: Promise) -> str:
    due = f", due {iso(promise.due_at)}" if promise.due_at else ""
    return f"{promise.who} “{promise.what}”{due}: {promise.state}" + (
        f" ({promise.evidence})" if promise.evidence else ""
    )


def _decision(follow_up: FollowUp) -> str:
    if follow_up.decision == "send":
        return f"{follow_up.status}: it may go"
    try:
        decision = Decision(follow_up.decision, follow_up.reason, follow_up.wait_until)  # type: ignore[arg-type]
        return f"{follow_up.status}: {restraint_in_words(decision)}"
    except KeyError:
        return f"{follow_up.status}: {follow_up.decision} ({follow_up.reason})"


def _task(store: Store, task: ImprovementTask) -> Story:
    finding = store.plans.finding(task.finding_id)
    lines = [
        f"{task.id}: {task.title}",
        f"team {task.team}, {task.status}" + (f", verdict {task.verdict}" if task.verdict else ""),
    ]
    if task.external_url or task.external_id:
        lines.append(f"filed as {task.external_url or task.external_id} in {task.source}")
    lines += _finding_lines(finding) if finding else []
    lines += [
        f"success: {task.success_metric}",
        f"rests on {len(task.evidence)} items: {', '.join(task.evidence[:10])}",
    ]
    about = [task.id, task.finding_id, *(one.action.id for one in store.outbox.about(task.id))]
    return {"kind": "task", "lines": lines + _ledger(store, about), "task": msgspec.to_builtins(task)}


def _finding_lines(finding: Finding) -> list[str]:
    group = " × ".join(finding.group.values())
    line = (
        f"finding {finding.id}: {group} in {finding.week}: {finding.shortfalls} of {finding.items} fell short "
        f"({finding.share:.0%}, {finding.share_low:.0%}–{finding.share_high:.0%})"
    )
    if finding.baseline_share is not None:
        line += f", before {finding.baseline_share:.0%} of {finding.baseline_items}"
    if finding.q_value is not None:
        line += f"; q = {finding.q_value:.4f}, " + ("raised" if finding.raised else "not more than noise")
    return [line]


def _follow_up(store: Store, follow_up: FollowUp) -> Story:
    lines = [
        f"{follow_up.id} to {follow_up.customer or 'an unknown customer'} about {follow_up.item}: {_decision(follow_up)}",
        *(f"lint: {fault}" for fault in follow_up.lint),
        *([f"feeling and understanding reworded by {follow_up.polished_by}"] if follow_up.polished_by else []),
        *follow_up.text.splitlines(),
    ]
    about = [follow_up.id, *(one.action.id for one in store.outbox.about(follow_up.id))]
    return {"kind": "follow_up", "lines": lines + _ledger(store, about), "follow_up": msgspec.to_builtins(follow_up)}


def _ledger(store: Store, about: list[str]) -> list[str]:
    entries = [entry for _, entry in store.books.ledger(about=about)]
    if not entries:
        return []
    return ["ledger:"] + [
        f"  {iso(one.at)}  {one.about}: {one.decision}" + (f" ({one.reason})" if one.reason else "") + f", by {one.by}"
        for one in entries
    ]
