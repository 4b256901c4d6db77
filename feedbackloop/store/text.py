"""How do times and records look inside the database?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

encoder = msgspec.json.Encoder(enc_hook=str)


def stamp(moment: datetime) -> str:
    """Write a moment so that text order is time order: UTC, always with milliseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def maybe_stamp(moment: datetime | None) -> str | None:
    """As `stamp`; None stays None."""
    return stamp(moment) if moment else None


def moment(text: str) -> datetime:
    """Read what `stamp` wrote."""
    return datetime.fromisoformat(text)


def dump(record: object) -> str:
    """Write a record as JSON."""
    return encoder.encode(record).decode()


def load(document: str | bytes, kind: type[T]) -> T:
    """Read a record from JSON."""
    return msgspec.json.decode(document, type=kind)


def rows(cursor: Any) -> list[dict[str, Any]]:
    """Give all rows of a cursor as dicts."""
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
