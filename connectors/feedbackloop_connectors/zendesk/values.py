"""How are values read that Zendesk does not always send in the promised type?

Numbers come as strings, objects as `-`, lists as null. A value that cannot be read is None or empty; only times raise, because a
ticket without its time cannot be placed in a week.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from feedbackloop.clock import bounded, parse_time

Row = dict[str, Any]
"""One object of the API."""


def number(value: object) -> int | None:
    """Read an id or a count, also from `"12"` and `12.0`."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


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
