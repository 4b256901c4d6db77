"""What are the rows of each kind of export?

Fields are those of the contract, section 6; rows may carry more. Times are UTC ISO 8601.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from feedbackloop import clock, customers, profiles_shown, wire
from feedbackloop.analysis.edits import words_changed
from feedbackloop.records import Finding, Interval
from feedbackloop.settings import Settings
from feedbackloop.store import Store

Row = dict[str, Any]
Span = tuple[datetime | None, datetime | None]

KINDS = ("items", "gaps", "findings", "tasks", "follow-ups", "promises", "customers", "actions", "ledger")
OUTCOMES = ("confirmed", "reopened", "unanswered")


def rows(store: Store, settings: Settings, kind: str, span: Span, customer: str | None = None) -> Iterator[Row]:
    """Give the rows of one kind, oldest first; of one customer only if one is named."""
    names = _names_of(store, customer) if customer else None
    found = profiles_shown.rows(store, settings, span) if kind == "customers" else _SOURCES[kind](store, span)
    for row in found:
        if names is None or _is_of(row, names):
            yield row


def _names_of(store: Store, customer: str) -> set[str]:
    """Give every id under which something about one person is kept: items, customers, follow-ups, actions, tasks."""
    keys = customers.keys_of(store, customer)
    people = {item.customer_key for item, _ in store.items.several(sorted(keys)) if item.customer_key}
    people |= {store.persons.name_of(one) for one in people}
    follow_ups = {one.id for key in keys for one in store.plans.follow_ups_of(key)}
    tasks = {task.id for task in store.plans.tasks() if keys & set(task.evidence)}
    actions = {one.action.id for about in keys | follow_ups | tasks for one in store.outbox.about(about)}
    return keys | people | follow_ups | tasks | actions


# --- kinds ---------------------------------------------------------------------------------------------------------


def _items(store: Store, span: Span) -> Iterator[Row]:
    for item, understanding in store.items.each(*span):
        row: Row = json.loads(wire.encode(item))
        row["key"] = item.key
        row["source"] = item.source
        row["signals"] = dict(understanding.signals) if understanding else {}
        if understanding:
            row["understanding"] = msgspec.to_builtins(understanding)
        yield row


def _gaps(store: Store, span: Span) -> Iterator[Row]:
    names = ("basis", "gap_type", "touchpoint", "dimension", "segment", "expected", "experienced", "unit")
    for gap in store.judgements.each_gap(*span):
        if not _within(gap.at, span):
            continue
        yield {
            "id": gap.id,
            "item_id": gap.item,
            "source": gap.item.partition("/")[0],
            **{name: getattr(gap, name) for name in names},
            "disconfirmation": gap.disconfirmation,
            "direction": gap.direction,
            "confidence": gap.confidence,
            "evidence": gap.evidence,
            "at": clock.iso(gap.at),
            "due_at": _iso(gap.due_at),
            "standard": gap.name,
            "signals": store.items.signals_of(gap.item),
        }


def _findings(store: Store, span: Span) -> Iterator[Row]:
    first = clock.week_of(span[0]) if span[0] else ""
    last = clock.week_of(span[1]) if span[1] else "~"
    for finding in store.plans.findings(first, last):
        yield _finding(finding)


def _finding(finding: Finding) -> Row:
    row: Row = msgspec.to_builtins(finding)
    row |= {"touchpoint": finding.touchpoint, "dimension": finding.dimension, "segment": finding.group.get("segment")}
    names = ("baseline_share", "change_low", "change_high", "p_value", "q_value", "gap_type", "direction", "counted")
    row |= {name: getattr(finding, name) for name in names}
    row |= {"raised": finding.raised, "same_cause_as": finding.same_cause_as}
    row["impact"] = {score: _interval(value) for score, value in finding.impact.items()}
    return row


def _interval(value: Interval) -> Row:
    return {"value": value.value, "low": value.low, "high": value.high}


def _tasks(store: Store, span: Span) -> Iterator[Row]:
    for task in store.plans.tasks():
        if not _within(clock.week_bounds(task.raised_week)[0], span):
            continue
        yield {
            "id": task.id,
            "title": task.title,
            "body": task.body,
            "finding_id": task.finding_id,
            "group": task.group,
            "team": task.team,
            "status": task.status,
            "verdict": task.verdict,
            "verdict_at": _iso(task.verdict_at),
            "verdict_due_at": _iso(task.verdict_due_at),
            "due_at": _iso(task.due_at),
            "done_at": _iso(task.done_at),
            "source": task.source,
            "external_id": task.external_id,
            "external_url": task.external_url,
            "evidence": list(task.evidence),
            "success_metric": task.success_metric,
            "raised_week": task.raised_week,
            "updated_week": task.updated_week,
        }


def _follow_ups(store: Store, span: Span) -> Iterator[Row]:
    names = (
        "language",
        "text",
        "feeling",
        "understanding",
        "action",
        "decision",
        "reason",
        "status",
        "manner",
        "cause",
        "polished_by",
    )
    for one in store.plans.follow_ups():
        if one.created_at and not _within(one.created_at, span):
            continue
        yield {
            "id": one.id,
            "item_id": one.item,
            "customer_id": one.customer,
            **{name: getattr(one, name) for name in names},
            "lint": list(one.lint),
            "draft": one.draft or None,
            "words_changed": round(words_changed(one.draft, one.text), 3) if one.draft else 0.0,
            "outcome": one.outcome or (one.status if one.status in OUTCOMES else None),
            "side": "hold_out" if one.reason == "hold_out" else "contacted" if one.sent_at else None,
            "held_at": _iso(one.held_at),
            "answered_at": _iso(one.answered_at),
            "created_at": _iso(one.created_at),
            "wait_until": _iso(one.wait_until),
            "sent_at": _iso(one.sent_at),
        }


def _promises(store: Store, span: Span) -> Iterator[Row]:
    """Give the promises that fall due in a span, the next first; one without a due time counts when it was made."""
    for item, promise in store.judgements.each_promise():
        if not _within(promise.due_at or promise.said_at, span):
            continue
        yield {
            "id": promise.id,
            "item_id": item,
            "who": promise.who,
            "what": promise.what,
            "said_at": clock.iso(promise.said_at),
            "due_at": _iso(promise.due_at),
            "state": promise.state,
            "evidence": promise.evidence,
            "touchpoint": promise.touchpoint,
            "dimension": promise.dimension,
            "confidence": promise.confidence,
        }


def _actions(store: Store, span: Span) -> Iterator[Row]:
    for one in store.outbox.with_status():
        if not _within(datetime.fromisoformat(one.created_at), span):
            continue
        action = one.action
        yield {
            "id": action.id,
            "kind": str(action.kind),
            "target": f"{action.source}/{action.item}" if action.item else action.source,
            "about": action.about,
            "idempotency_key": action.key,
            "status": one.status,
            "attempts": one.attempts,
            "external_id": one.external_id,
            "last_error": one.last_error,
            "created_at": one.created_at,
            "done_at": one.done_at,
            "text": action.text,
            "tags": list(action.tags),
        }


def _ledger(store: Store, span: Span) -> Iterator[Row]:
    for number, entry in store.books.ledger(*span):
        yield {
            "id": number,
            "at": clock.iso(entry.at),
            "what": entry.what,
            "about": entry.about,
            "decision": entry.decision,
            "reason": entry.reason,
            "by": entry.by,
        }


_SOURCES: dict[str, Callable[[Store, Span], Iterator[Row]]] = {
    "items": _items,
    "gaps": _gaps,
    "findings": _findings,
    "tasks": _tasks,
    "follow-ups": _follow_ups,
    "promises": _promises,
    "actions": _actions,
    "ledger": _ledger,
}


def _is_of(row: Row, names: set[str]) -> bool:
    return any(row.get(field) in names for field in ("id", "key", "item_id", "target", "about") if row.get(field))


def _within(moment: datetime, span: Span) -> bool:
    return (span[0] is None or moment >= span[0]) and (span[1] is None or moment < span[1])


def _iso(moment: datetime | None) -> str | None:
    return clock.iso(moment) if moment else None
