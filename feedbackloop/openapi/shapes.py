"""Which fields, lists and examples does a schema have?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feedbackloop.openapi.document import Document, Schema

_LEVELS = 2
_EXAMPLE_LEVELS = 4
TIME = "2026-11-02T09:00:00Z"


def kind_of(schema: Schema) -> str:
    """Name a schema's type; of several the first that is not null."""
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    if isinstance(kind, str):
        return kind
    return "object" if schema.get("properties") else "array" if schema.get("items") else ""


def fields(document: Document, schema: Schema, levels: int = _LEVELS) -> dict[str, Schema]:
    """Give the fields of an object by dotted name, those of objects in it too, to a depth."""
    found: dict[str, Schema] = {}
    for name, one in (document.resolved(schema).get("properties") or {}).items():
        inner = document.resolved(one)
        found[str(name)] = inner
        if kind_of(inner) == "object" and levels > 1:
            found |= {f"{name}.{deep}": field for deep, field in fields(document, inner, levels - 1).items()}
    return found


def lists(document: Document, schema: Schema, place: str = "", levels: int = 3) -> Iterator[tuple[str, Schema]]:
    """Yield the lists of objects in an answer: where they stand (`@` for the answer itself), and what their rows look like."""
    whole = document.resolved(schema)
    if kind_of(whole) == "array":
        rows = document.resolved(whole.get("items"))
        if kind_of(rows) == "object":
            yield place or "@", rows
        return
    if levels:
        for name, one in (whole.get("properties") or {}).items():
            yield from lists(document, one, f"{place}.{name}" if place else str(name), levels - 1)


def at(value: Any, place: str) -> Any:
    """Follow a dotted place through an example; None where it leads nowhere."""
    for name in () if place == "@" else place.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def example(document: Document, schema: Schema, levels: int = _EXAMPLE_LEVELS) -> Any:
    """Make a value as the schema describes it, from its own examples where it has any."""
    whole = document.resolved(schema)
    for name in ("example", "default"):
        if whole.get(name) is not None:
            return whole[name]
    if whole.get("enum"):
        return whole["enum"][0]
    kind = kind_of(whole)
    if kind == "object":
        inner = (whole.get("properties") or {}).items() if levels else ()
        return {str(name): example(document, one, levels - 1) for name, one in inner}
    if kind == "array":
        return [example(document, whole.get("items") or {}, levels - 1)] if levels > 1 else []
    if kind == "string":
        return TIME if whole.get("format") in {"date-time", "date"} else "text"
    return {"integer": 1, "number": 1.0, "boolean": False}.get(kind)
