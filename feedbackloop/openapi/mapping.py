"""Which field of a ticket, and of what is said on it, means what?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from feedbackloop.openapi import words
from feedbackloop.openapi.document import Document, Schema
from feedbackloop.openapi.shapes import fields, kind_of

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TARGETS = {
    "id": words.ID,
    "created_at": words.CREATED,
    "updated_at": words.UPDATED,
    "subject": words.SUBJECT,
    "status": words.STATUS,
    "tags": words.TAGS,
    "url": words.URL,
    "text": words.TEXT,
    "rating": words.RATING,
}
_PERSON = {"id": ("id", "uuid"), "name": ("name", "display_name", "full_name", "login"), "email": ("email", "mail")}
_SAID = {"id": words.ID, "by": words.AUTHOR, "at": words.CREATED, "text": words.TEXT}


def expression(name: str) -> str:
    """Write a dotted field as JMESPath."""
    return ".".join(part if _PLAIN.fullmatch(part) else f'"{part}"' for part in name.split("."))


def item_fields(document: Document, row: Schema, called: str = "") -> dict[str, str]:
    """Give name of the wire form -> field of a row, as far as names and types tell.

    Args:
        document: The description.
        row: What a row looks like.
        called: How paths name the row's id, as in `{issue_number}`.
    """
    held = fields(document, row)
    scalar = {name: one for name, one in held.items() if kind_of(one) not in {"object", "array"}}
    found: dict[str, str] = {}
    by_path = [name for name in words.ID if words.folded(called).endswith(words.folded(name))]
    for target, wanted in (_TARGETS | {"id": (called, *by_path, *words.ID)}).items():
        known = {name: one for name, one in held.items() if kind_of(one) == "array"} if target == "tags" else scalar
        name = words.pick(words.without(known, *found.values()), wanted)
        if name is not None:
            found[target] = name
    if "subject" in found and "text" not in found and found["subject"] in words.TEXT:
        found["text"] = found.pop("subject")
    return found | _customer(held, scalar)


def said_fields(document: Document, row: Schema) -> dict[str, str]:
    """Give `id`, `by`, `at`, `text`, `private`, `public` -> field of a comment."""
    held = fields(document, row)
    found: dict[str, str] = {}
    for target, wanted in _SAID.items():
        name = words.pick(words.without(held, *found.values()), wanted)
        if name is not None and kind_of(held[name]) not in {"object", "array"}:
            found[target] = name
    for target, wanted in (("private", words.PRIVATE), ("public", words.PUBLIC)):
        name = words.pick(held, wanted)
        if name is not None and "private" not in found:
            found[target] = name
    return found


def item_expressions(row: Mapping[str, str], said: Mapping[str, str], thread: str | None) -> dict[str, str]:
    """Write the mapping of `rest`.

    Args:
        row: As `item_fields` gives it.
        said: As `said_fields` gives it; empty where there are no threads.
        thread: Where the thread stands in the row, as JMESPath.
    """
    found = {target: expression(name) for target, name in row.items() if target != "text"}
    if "tags" in found:
        found["tags"] = f"{found['tags']}[].[name || @][]"  # of words, or of objects with a name
    found.setdefault("id", "id")
    found.setdefault("created_at", "created_at")
    if thread is None or not said.get("text"):
        return found | ({"text": expression(row["text"])} if "text" in row else {})
    parts = {target: expression(said[target]) for target in ("id", "by", "at", "text") if target in said}
    parts |= {"public": f"!{expression(said['private'])}"} if "private" in said else {}
    parts |= {"public": expression(said["public"])} if "public" in said else {}
    if "by" not in said:
        parts["author"] = "'customer'"
    messages = f"{thread}[].{_table(parts)}"
    if "text" in row:
        opening = {
            "id": "'opening'",
            "author": "'customer'",
            "at": found["created_at"],
            "text": expression(row["text"]),
        }
        messages = f"[[{_table(opening)}][?text], {messages}][]"
    return found | {"messages": messages}


def scale(document: Document, row: Schema, name: str) -> dict[str, Any]:
    """Give the scale of a rating, as its schema bounds it; else 1 to 5."""
    one = fields(document, row).get(name, {})
    low, high = one.get("minimum", 1), one.get("maximum", 5)
    return {"scale": "csat", "min": low, "max": high} if low < high else {"scale": "csat", "min": 1, "max": 5}


def _customer(held: Mapping[str, Schema], scalar: Mapping[str, Schema]) -> dict[str, str]:
    for person in words.PEOPLE:
        inside = {name.removeprefix(f"{person}."): name for name in scalar if name.startswith(f"{person}.")}
        found = {
            f"customer.{part}": inside[key] for part, names in _PERSON.items() if (key := words.pick(inside, names))
        }
        if "customer.id" in found or "customer.email" in found:
            return found
    name = words.pick(held, [f"{person}_id" for person in words.PEOPLE if "." not in person])
    return {"customer.id": name} if name else {}


def _table(parts: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in parts.items()) + "}"
