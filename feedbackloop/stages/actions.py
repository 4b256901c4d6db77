"""How does a decision become a write in the outbox?

An action's key is made from what it is about, so the same decision made again in a later run adds nothing.
"""

from __future__ import annotations

from hashlib import blake2b

from feedbackloop.records import Action, ActionKind, FollowUp, ImprovementTask, Item
from feedbackloop.settings import Mode
from feedbackloop.stages.turn import Turn


def decide_action(turn: Turn, action: Action, mode: Mode) -> bool:
    """Put an action into the outbox as the config's mode says; inside `store.write()`. False if it was there already."""
    if mode == "off":
        return False
    status = "approved" if mode == "auto" else "waiting"
    added = turn.store.outbox.add(action, status, turn.now)
    if added:
        turn.write_down("action", action.id, status, action.kind)
    return added


def note(item: Item, cause: str, text: str) -> Action:
    """One internal note on one item for one cause."""
    return _on_item(ActionKind.NOTE, item, cause, text=text)


def tag(item: Item, tags: tuple[str, ...]) -> Action:
    """Our tags on one item; the same set is added once."""
    return _on_item(ActionKind.TAG, item, ",".join(tags), tags=tags)


def reply(item: Item, follow_up: FollowUp) -> Action:
    """One follow-up as a public reply."""
    return _on_item(ActionKind.REPLY, item, follow_up.cause, text=follow_up.text, about=follow_up.id)


def new_task(task: ImprovementTask, source: str, tags: tuple[str, ...]) -> Action:
    """One improvement task in the source system that holds tasks."""
    key = f"task:{task.id}"
    return Action(
        id=action_id(key),
        key=key,
        kind=ActionKind.TASK,
        source=source,
        title=task.title,
        text=task.body,
        due_at=task.due_at,
        tags=tags,
        linked=_ids_in(source, task),
        about=task.id,
    )


def task_update(task: ImprovementTask, source: str, text: str) -> Action:
    """News of one week on an improvement task that stands already."""
    key = f"task_update:{task.id}:{task.updated_week}"
    return Action(
        id=action_id(key),
        key=key,
        kind=ActionKind.TASK_UPDATE,
        source=source,
        item=task.external_id or "",
        external_id=task.external_id,
        title=task.title,
        text=text,
        linked=_ids_in(source, task),
        about=task.id,
    )


def action_id(key: str) -> str:
    """Give an action's stable id."""
    return "act-" + blake2b(key.encode(), digest_size=6).hexdigest()


def _on_item(
    kind: ActionKind, item: Item, cause: str, *, text: str = "", tags: tuple[str, ...] = (), about: str = ""
) -> Action:
    key = f"{kind}:{item.key}:{cause}"
    return Action(
        id=action_id(key),
        key=key,
        kind=kind,
        source=item.source,
        item=item.id,
        text=text,
        tags=tags,
        about=about or item.key,
    )


def _ids_in(source: str, task: ImprovementTask) -> tuple[str, ...]:
    return tuple(key.partition("/")[2] for key in task.evidence if key.startswith(f"{source}/"))
