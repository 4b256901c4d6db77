"""Which tables on a connector's page are made from its class?

`generate.py` runs this where a page under `docs/connectors` asks for it. For developers; not part of the package.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import generate

from feedbackloop.connector import Ability, Connector, SourceOptions

ABILITIES = {
    Ability.PRIVATE_NOTES: "internal notes",
    Ability.TAGS: "tags; those of people stay",
    Ability.PUBLIC_REPLIES: "public replies",
    Ability.TASKS: "improvement tasks",
    Ability.TASK_STATUS: "where a task stands is read back",
    Ability.FETCH: "single items can be read anew",
    Ability.WEBHOOKS: "webhooks",
    Ability.ERASURES: "deletions are noticed, texts are erased",
}
SHORT = {
    Ability.PRIVATE_NOTES: "notes",
    Ability.TAGS: "tags",
    Ability.PUBLIC_REPLIES: "replies",
    Ability.TASKS: "tasks",
    Ability.ERASURES: "erasures",
    Ability.WEBHOOKS: "webhooks",
}
"""The abilities of the overview, by their short names."""
FOLDER = Path(__file__).parent / "connectors"


def options(place: str) -> str:
    """List the options of a connector, its own first, given as `module:Class`."""
    fields = _connector(place).Options.model_fields
    names = [name for name in fields if name not in SourceOptions.model_fields]
    names += [name for name in SourceOptions.model_fields if name != "connector"]
    rows = [_row(name, fields[name]) for name in names]
    return "\n".join(["| option | type | default | meaning |", "| --- | --- | --- | --- |", *rows]) + "\n"


def table(place: str) -> str:
    """List the keys of a table inside a connector's options, given as `module:Class`."""
    module, _, name = place.partition(":")
    fields = getattr(import_module(module), name).model_fields
    rows = [_row(key, field) for key, field in fields.items()]
    return "\n".join(["| key | type | default | meaning |", "| --- | --- | --- | --- |", *rows]) + "\n"


def abilities(place: str) -> str:
    """List what a connector can and cannot do."""
    declared = _connector(place).abilities
    rows = [f"| {meaning} | {'yes' if ability in declared else 'no'} |" for ability, meaning in ABILITIES.items()]
    return "\n".join(["| ability | |", "| --- | --- |", *rows]) + "\n"


def overview() -> str:
    """List all connectors that come with feedbackloop: what each can do, and what it was tried against.

    The abilities are the classes' own; `tried.toml` beside the pages says what was tried, with which result.
    """
    tried = tomllib.loads((FOLDER / "tried.toml").read_text(encoding="utf-8"))
    rows = []
    for connector in sorted(_all_connectors(), key=lambda one: one.name):
        marks = ["yes" if ability in connector.abilities else "" for ability in SHORT]
        notes = tried.get(connector.name, {})
        against, result = notes.get("against", "see its page"), notes.get("result", "")
        page = (
            f"[{connector.name}]({connector.name}.md)" if (FOLDER / f"{connector.name}.md").exists() else connector.name
        )
        rows.append(f"| {' | '.join([page, *marks, against, result])} |")
    head = ["connector", *SHORT.values(), "tried against", "result"]
    return "\n".join([f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *rows]) + "\n"


def _all_connectors() -> Iterator[type[Connector[Any]]]:
    for entry in entry_points(group="feedbackloop"):
        if entry.value.startswith("feedbackloop_connectors"):
            yield from getattr(entry.load(), "register_connectors", list)()


def _connector(place: str) -> type[Connector[Any]]:
    module, _, name = place.partition(":")
    found: type[Connector[Any]] = getattr(import_module(module), name)
    return found


def _row(name: str, field: Any) -> str:
    default = "required" if field.is_required() else generate._written(field.default)
    meaning = (field.description or "").replace("|", "\\|")
    return f"| `{name}` | {generate._type(field)} | {default} | {meaning} |"
