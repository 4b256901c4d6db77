"""What was understood of one item, task or follow-up, from which words, and why was done what was done?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from feedbackloop.clock import iso
from feedbackloop.customers import identities
from feedbackloop.errors import UsageError
from feedbackloop.profiles import profile
from feedbackloop.profiles_shown import lines, row
from feedbackloop.records import FollowUp, ImprovementTask, Item, Understanding
from feedbackloop.settings import Settings
from feedbackloop.store import Store
from feedbackloop.telling import decision_line, finding_lines, gap_line, promise_line, signals_line

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
        "lines": lines(known) + _ledger(store, list(dict.fromkeys(about))),
        "customer": row(known),
    }


def _item(store: Store, item: Item, understanding: Understanding | None) -> Story:
    gaps, promises = store.judgements.gaps_of(item.key), store.judgements.promises_of(item.key)
    follow_ups = store.plans.follow_ups_of(item.key)
    actions = store.outbox.about(item.key)
    lines = [f"{item.key}: {item.kind}, {item.status or 'no status'}, {iso(item.created_at)}"]
    if item.subject:
        lines.append(f"subject: {item.subject}")
    if item.customer_key:
        lines.append(f"customer: {store.persons.name_of(item.customer_key)}")
    lines += _understood(understanding)
    lines += _learned(store, understanding)
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
    hints = signals_line(understanding.signals)
    return [*lines, hints] if hints else lines


def _learned(store: Store, understanding: Understanding | None) -> list[str]:
    """Say what corrected the scorer, where the desk's own ratings did."""
    version = store.corrections.of_scorer(understanding.sentiment.scorer) if understanding else None
    if version is None:
        return []
    return [f"corrected by this desk's ratings, {iso(version.fitted_at)}: {version.trial.words}; {version.state}"]


def _aspect(name: str, polarity: float | None) -> str:
    return name if polarity is None else f"{name} ({polarity:+.2f})"


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
    return {"kind": "task", "lines": lines + _ledger(store, about), "task": msgspec.to_builtins(task)}


def _follow_up(store: Store, follow_up: FollowUp) -> Story:
    lines = [
        f"{follow_up.id} to {follow_up.customer or 'an unknown customer'} about {follow_up.item}: {decision_line(follow_up)}",
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
