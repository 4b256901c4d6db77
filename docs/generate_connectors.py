"""Which tables on a connector's page are made from its class?

`generate.py` runs this where a page under `docs/connectors` asks for it. For developers; not part of the package.
"""

from __future__ import annotations

from importlib import import_module
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


def _connector(place: str) -> type[Connector[Any]]:
    module, _, name = place.partition(":")
    found: type[Connector[Any]] = getattr(import_module(module), name)
    return found


def _row(name: str, field: Any) -> str:
    default = "required" if field.is_required() else generate._written(field.default)
    meaning = (field.description or "").replace("|", "\\|")
    return f"| `{name}` | {generate._type(field)} | {default} | {meaning} |"
