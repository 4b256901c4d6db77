"""What was understood of one item, task or follow-up, from which words, and why was done what was done?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from feedbackloop.customers import identities
from feedbackloop.errors import UsageError
from feedbackloop.profiles import profile
from feedbackloop.profiles_shown import lines, row
from feedbackloop.records import FollowUp, ImprovementTask, Item, Understanding
from feedbackloop.settings import Settings
from feedbackloop.store import Store
from feedbackloop.telling import (
    decision_line,
    finding_lines,
    gap_line,
    item_lines,
    learned_lines,
    ledger_lines,
    promise_line,
    understood_lines,
)

Story = dict[str, Any]


def explain(store: Store, settings: Settings, ident: str) -> Story:
    """Tell the story of one thing: `kind`, `lines` for people, and the facts behind them.

    Raises:
        UsageError: Nothing of that id is known.
    """
    found = store.items.get(ident)
    people = identities(store, ident)
    if found:
        story = _item(store, *found)
        story["lines"] += (
            [f"a customer has this name too: `feedbackloop explain {_name(store, people)}`"] if people else []
        )
        return story
    if people:
        return _customer(store, settings, people)
    if task := store.plans.task(ident):
        return _task(store, task)
    if follow_up := store.plans.follow_up(ident):
        return _follow_up(store, follow_up)
    if finding := store.plans.finding(ident):
        return {"kind": "finding", "lines": finding_lines(finding), "finding": msgspec.to_builtins(finding)}
    if (queued := store.outbox.get(ident)) and queued.action.about:
        return explain(store, settings, queued.action.about)
    raise UsageError(
        f"nothing is known under {ident!r}; name an item or a customer as SOURCE/ID, or a person:, task-, fu-, find- or act- id"
    )


def _name(store: Store, people: Sequence[str]) -> str:
    """Name a person by number, as no item is named."""
    return store.persons.number_of(people[0])


def _customer(store: Store, settings: Settings, people: Sequence[str]) -> Story:
    known = profile(store, settings, people)
    about = [known.id, *(store.persons.number_of(one) for one in people)]
    about += [one.id for one in known.follow_ups] + list(known.items)
    return {
        "kind": "customer",
        "lines": lines(known) + ledger_lines(store, list(dict.fromkeys(about))),
        "customer": row(known),
    }


def _item(store: Store, item: Item, understanding: Understanding | None) -> Story:
    gaps, promises = store.judgements.gaps_of(item.key), store.judgements.promises_of(item.key)
    follow_ups = store.plans.follow_ups_of(item.key)
    actions = store.outbox.about(item.key)
    lines = item_lines(item)
    if item.customer_key:
        lines.append(f"customer: {store.persons.name_of(item.customer_key)}")
    lines += understood_lines(understanding)
    lines += learned_lines(store, understanding)
    lines += ["gaps:" if gaps else "no gap was found", *(f"  {gap_line(gap)}" for gap in gaps)]
    lines += [f"promise: {promise_line(promise)}" for promise in promises]
    lines += [f"follow-up {one.id}: {decision_line(one)}" for one in follow_ups]
    lines += [
        f"action {one.action.id}: {one.action.kind}, {one.status}" + (f" ({one.last_error})" if one.last_error else "")
        for one in actions
    ]
    about = [item.key, *(one.id for one in follow_ups), *(one.action.id for one in actions)]
    return {
        "kind": "item",
        "lines": lines + ledger_lines(store, about),
        "item": msgspec.to_builtins(item),
        "understanding": msgspec.to_builtins(understanding),
        "gaps": msgspec.to_builtins(gaps),
        "promises": msgspec.to_builtins(promises),
        "follow_ups": msgspec.to_builtins(follow_ups),
    }


def _task(store: Store, task: ImprovementTask) -> Story:
    finding = store.plans.finding(task.finding_id)
    lines = [
        f"{task.id}: {task.title}",
        f"team {task.team}, {task.status}" + (f", verdict {task.verdict}" if task.verdict else ""),
    ]
    if task.external_url or task.external_id:
        lines.append(f"filed as {task.external_url or task.external_id} in {task.source}")
    lines += finding_lines(finding) if finding else []
    lines += [
        f"success: {task.success_metric}",
        f"rests on {len(task.evidence)} items: {', '.join(task.evidence[:10])}",
    ]
    about = [task.id, task.finding_id, *(one.action.id for one in store.outbox.about(task.id))]
    return {"kind": "task", "lines": lines + ledger_lines(store, about), "task": msgspec.to_builtins(task)}


def _follow_up(store: Store, follow_up: FollowUp) -> Story:
    lines = [
        f"{follow_up.id} to {follow_up.customer or 'an unknown customer'} about {follow_up.item}: {decision_line(follow_up)}",
        *(f"lint: {fault}" for fault in follow_up.lint),
        *([f"feeling and understanding reworded by {follow_up.polished_by}"] if follow_up.polished_by else []),
        *follow_up.text.splitlines(),
    ]
    about = [follow_up.id, *(one.action.id for one in store.outbox.about(follow_up.id))]
    return {
        "kind": "follow_up",
        "lines": lines + ledger_lines(store, about),
        "follow_up": msgspec.to_builtins(follow_up),
    }
