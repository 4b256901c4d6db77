"""How are values read that desks do not always send in the promised type?

Numbers come as strings, objects as `-`, lists as null. A value that cannot be read is None or empty; only times raise, because a
ticket without its time cannot be placed in a week.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from feedbackloop.clock import bounded, parse_time
from feedbackloop.errors import BadRecord

Row = dict[str, Any]
"""One object of the API."""
Shape = TypeVar("Shape", bound=msgspec.Struct)


def number(value: object) -> int | None:
    """Read an id or a count, also from `"12"` and `12.0`."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


def needed_number(row: Row, name: str, called: str | None = None) -> int:
    """Read a number without which there is no record, out of an object; `called` as in `time_in`.

    Raises:
        BadRecord: It is missing or cannot be read.
    """
    found = number(row.get(name))
    if found is None:
        raise BadRecord("is missing" if row.get(name) in (None, "") else "is not a number", field=called or name)
    return found


def is_number(name: str) -> bool:
    """Say whether a text is a number as desks write ids: plain digits, no sign and no other script's."""
    return name.isascii() and name.isdigit()


def text(value: object) -> str | None:
    """Read a text; None for everything that is none or empty."""
    return value if isinstance(value, str) and value.strip() else None


def table(value: object) -> Row:
    """Read an object; anything else (null, `-`) is an empty one."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[Row]:
    """Read a list of objects; what is no object in it is left out."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def words(value: object) -> tuple[str, ...]:
    """Read a list of texts, such as tags."""
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else ()


def moment(value: object) -> datetime | None:
    """Read a time: ISO 8601 or unix seconds; None for null and empty.

    Raises:
        ValueError: Something else, or a time outside 1990..2099.
    """
    if value is None or value == "":
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return unix_moment(value)
    return parse_time(str(value))


def when(value: object) -> datetime | None:
    """Read a time as `moment` does; None where there is none that can be read."""
    try:
        return moment(value)
    except ValueError:
        return None


def time_in(row: Row, name: str, called: str | None = None) -> datetime | None:
    """Read a time out of an object, as `moment` does.

    Args:
        row: The object.
        name: Of the time in it.
        called: Its name in the report, where the object is a part of the record.

    Raises:
        BadRecord: It cannot be read.
    """
    try:
        return moment(row.get(name))
    except ValueError as error:
        raise BadRecord(str(error), field=called or name) from error


def needed_time(row: Row, name: str, called: str | None = None) -> datetime:
    """Read a time without which there is no record, as `time_in` does.

    Raises:
        BadRecord: It is missing or cannot be read.
    """
    found = time_in(row, name, called)
    if found is None:
        raise BadRecord("is missing", field=called or name)
    return found


def shaped(row: object, shape: type[Shape]) -> Shape:
    """Read an object of the API in its shape, a `msgspec.Struct`; numbers may come as strings.

    Raises:
        BadRecord: It has another shape.
    """
    try:
        return msgspec.convert(row, shape, strict=False)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at `$.")
        raise BadRecord(reason, field=place.rstrip("`") or None) from error


def unix_moment(seconds: float) -> datetime:
    """Give the moment of unix seconds.

    Raises:
        ValueError: A time outside 1990..2099.
    """
    try:
        return bounded(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, OSError) as error:
        raise ValueError(f"{seconds!r} is no time") from error


def unix(value: datetime) -> int:
    """Give the whole unix seconds of a moment."""
    return int(value.timestamp())
