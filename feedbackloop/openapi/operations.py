"""Which calls list tickets, show one, show and write what is said on it, and change it?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from feedbackloop.errors import UsageError
from feedbackloop.openapi import words
from feedbackloop.openapi.document import Document, Operation, Schema
from feedbackloop.openapi.shapes import at, example, fields, lists

_PARAMETER = re.compile(r"\{([^}]+)\}")
_OTHERS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Found:
    """A list of rows in a call's answer.

    Attributes:
        place: Where the list stands in the answer; `@`: it is the answer.
        row: What a row looks like.
        sample: An example of one.
    """

    call: Operation
    place: str
    row: Schema
    sample: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operations:
    """The calls of one interface that a connector makes; None where none was found.

    Attributes:
        embedded: What was said stands in the row itself: where, and what it looks like. `thread` is None then.
        say: Where words are written, private or public ones.
        reply: A call that by its name answers customers; `say` itself, where there is no other.
    """

    listing: Found
    one: Operation | None = None
    thread: Found | None = None
    embedded: Found | None = None
    say: Operation | None = None
    reply: Operation | None = None
    change: Operation | None = None


def find_operations(document: Document, path: str | None = None) -> Operations:
    """Choose the calls.

    Args:
        document: The description.
        path: Of the list, where the user knows better.

    Raises:
        UsageError: No call lists anything like tickets, or not the one that was named; those that list something are.
    """
    calls = list(document.operations())
    listing = _listing(document, calls, path)
    base = listing.call.path.rstrip("/")
    single = re.compile(re.escape(re.sub(r"\.json$", "", base)) + r"/\{[^}/]+\}(\.json)?/?")
    below = [call for call in calls if single.match(call.path)]
    shows = [call for call in below if single.fullmatch(call.path)]
    thread = _thread(document, below, single)
    told = [call for call in below if call.method == "post" and _is_child(call, single)]
    return Operations(
        listing,
        one=next((call for call in shows if call.method == "get"), None),
        thread=thread,
        embedded=None if thread else _embedded(document, listing),
        say=_best(told, words.SAYING),
        reply=_best(told, words.REPLYING),
        change=next((call for call in shows if call.method in {"put", "patch"}), None),
    )


def settings_of(call: Operation) -> list[str]:
    """Name the parameters of a list's path: the account, the project. They become options."""
    return _PARAMETER.findall(call.path)


def _listing(document: Document, calls: list[Operation], path: str | None) -> Found:
    offered = [found for call in calls if call.method == "get" for found in _rows(document, call)]
    if path is not None:
        named = [found for found in offered if found.call.path.rstrip("/") == path.rstrip("/")]
        if named:
            return named[0]
    ranked = sorted(filter(None, (_ranked(document, found) for found in offered)), key=lambda pair: pair[0])
    if ranked and path is None:
        return ranked[0][1]
    others = ", ".join(dict.fromkeys(found.call.path for found in offered)) if offered else "none"
    asked = f"no call lists rows at {path}" if path else "no call lists tickets, conversations, reviews or the like"
    more = " …" if others.count(",") >= _OTHERS_SHOWN else ""
    shown = ", ".join(others.split(", ")[:_OTHERS_SHOWN])
    raise UsageError(f"{asked}; name one with --list PATH. These list something: {shown}{more}")


def _ranked(document: Document, found: Found) -> tuple[tuple[int, int], Found] | None:
    """Say how likely a list is the one: by its name, by what its rows have, by the length of its path."""
    path = found.call.path
    name = words.rank(words.last(path), words.THINGS)
    is_single = path.rstrip("/").endswith("}")
    if name is None or is_single or any(part in words.NOT_LISTS for part in path.lower().split("/")):
        return None
    held = fields(document, found.row)
    wanted = (words.ID, words.CREATED, (*words.TEXT, *words.SUBJECT))
    missing = sum(words.pick(held, names) is None for names in wanted)
    return (4 * missing + name + 3 * len(_PARAMETER.findall(path)), len(path)), found


def _rows(document: Document, call: Operation) -> Iterator[Found]:
    for place, row in lists(document, call.answer):
        shown = at(call.example, place)
        first = shown[0] if isinstance(shown, list) and shown else None
        made = example(document, row)
        whole = made | first if isinstance(first, dict) and isinstance(made, dict) else made
        yield Found(call, place, row, whole if isinstance(whole, dict) else {})


def _thread(document: Document, below: list[Operation], single: re.Pattern[str]) -> Found | None:
    reads = [call for call in below if call.method == "get" and _is_child(call, single)]
    with_rows = [call for call in reads if next(_rows(document, call), None)]
    call = _best(with_rows, words.THREADS)
    return next(_rows(document, call), None) if call else None


def _embedded(document: Document, listing: Found) -> Found | None:
    """Give the list inside a row that holds what was said on it."""
    for place, row in lists(document, listing.row):
        held = fields(document, row)
        if words.rank(place, words.THREADS) is not None and words.pick(held, words.TEXT):
            sample = example(document, row)
            return Found(listing.call, place, row, sample if isinstance(sample, dict) else {})
    return None


def _is_child(call: Operation, single: re.Pattern[str]) -> bool:
    match = single.match(call.path)
    rest = call.path[match.end() :].strip("/") if match else ""
    return bool(rest) and "{" not in rest and "/" not in rest


def _best(calls: list[Operation], wanted: tuple[str, ...]) -> Operation | None:
    ranked = [(place, call) for call in calls if (place := words.rank(words.last(call.path), wanted)) is not None]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None
