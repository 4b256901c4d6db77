"""How does a row with columns of its own become a record of the wire's shape?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from feedbackloop.errors import BadRecord
from feedbackloop_connectors.files.options import PARTS, Column

_LIST = re.compile(r"[,;|]")
_NUMBERS = ("rating", "version")
_LISTS = ("tags", "customer.tags", "customer.organization_tags")


def wire_record(values: Mapping[str, Any], words: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Build the wire's record from mapped values.

    Args:
        values: Dotted name -> cell; empty cells are left out.
        words: Dotted name -> the file's words -> the wire's.

    Raises:
        BadRecord: A number is none.
    """
    record: dict[str, Any] = {}
    for name, given in values.items():
        value = _translated(given, words.get(name))
        if name in _NUMBERS:
            value = _number(value, name)
        elif name in _LISTS and isinstance(value, str):
            value = [part.strip() for part in _LIST.split(value) if part.strip()]
        if value is not None and value != "":
            _put(record, _place(name, values), value)
    return _threaded(record)


def cell_of(column: Column, cell: Callable[[str], Any]) -> Any:
    """Give the first of a target's columns that has a value."""
    names = (column,) if isinstance(column, str) else column
    return next((value for name in names if (value := cell(name)) not in (None, "")), None)


def dotted(record: Mapping[str, Any], path: str) -> Any:
    """Follow a dotted path through nested objects; None where it leads nowhere. A key may hold dots itself."""
    if path in record:
        return record[path]
    head, _, rest = path.partition(".")
    inner = record.get(head)
    return dotted(inner, rest) if rest and isinstance(inner, Mapping) else None


def part_records(
    source: Mapping[str, Any], columns: Mapping[str, Column], words: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Build the lists of an item (messages, ratings, answers) from mapped lists of the source.

    A column whose path leads through a list gives one value for each element: `messages.text = "thread.body"` reads the `body`
    of every element of `thread`.
    """
    lists: dict[str, dict[int, dict[str, Any]]] = {}
    for name, column in columns.items():
        part, _, key = name.partition(".")
        if part not in PARTS:
            continue
        elements = lists.setdefault(part, {})
        for path in (column,) if isinstance(column, str) else column:
            for index, value in _through_list(source, path):
                found = elements.setdefault(index, {})
                if key and value is not None:
                    found.setdefault(key, _translated(value, words.get(name)))
                elif isinstance(value, Mapping):
                    found |= {k: v for k, v in value.items() if k not in found}
    return {part: [elements[index] for index in sorted(elements)] for part, elements in lists.items()}


def _through_list(source: Mapping[str, Any], path: str) -> Iterator[tuple[int, Any]]:
    """Yield index and value for each element of the first list on a path."""
    parts = path.split(".")
    for length in range(1, len(parts) + 1):
        found = dotted(source, ".".join(parts[:length]))
        if isinstance(found, list):
            rest = ".".join(parts[length:])
            for index, element in enumerate(found):
                yield index, dotted(element, rest) if rest and isinstance(element, Mapping) else element
            return


def _place(name: str, values: Mapping[str, Any]) -> str:
    """A language is the customer's, unless the file names the locale as well."""
    if name != "language":
        return name
    return "fields.language" if values.get("customer.locale") else "customer.locale"


def _translated(value: Any, words: Mapping[str, str] | None) -> Any:
    if not words or isinstance(value, dict | list):
        return value
    text = str(value).strip()
    folded = {word.casefold(): meaning for word, meaning in words.items()}
    return words.get(text, folded.get(text.casefold(), value))


def _number(value: Any, name: str) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        raise BadRecord(f"{value[:40]!r} is not a number", field=name) from None


def _put(record: dict[str, Any], name: str, value: Any) -> None:
    path, last = _path(name)
    for part in path:
        inner = record.setdefault(part, {})
        record = inner if isinstance(inner, dict) else record
    record[last] = value


@lru_cache(maxsize=1000)
def _path(name: str) -> tuple[list[str], str]:
    """Part a dotted name into the way and the last key; what follows `fields.` is one key, dots and all."""
    prefix, found, rest = name.partition("fields.")
    *path, last = [*prefix.split("."), "fields", rest] if found else name.split(".")
    return [part for part in path if part], last


def _threaded(record: dict[str, Any]) -> dict[str, Any]:
    """Turn `text` and `agent_text` into messages, `rating` and `rating_comment` into a rating."""
    answer = record.pop("agent_text", None)
    if answer is not None and not record.get("messages"):
        text = record.pop("text", None)
        first = [{"id": "text", "author": "customer", "text": text}] if text is not None else []
        record["messages"] = [*first, {"id": "agent_text", "author": "agent", "text": answer}]
    comment = record.pop("rating_comment", None)
    if "rating" in record and not record.get("ratings"):
        record["ratings"] = [{"value": record.pop("rating"), "comment": comment}]
    return record
