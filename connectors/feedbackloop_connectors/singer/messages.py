"""Which messages does a tap write, one a line?

See the Singer specification (https://hub.meltano.com/singer/spec). What is none of them is named by its line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from feedbackloop.errors import BadRecord, Fatal
from feedbackloop.plain_json import load_object, sound

DELETED = "_sdc_deleted_at"
"""By this column taps that follow a database's log say that a row was deleted."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a stream; `version` where the tap numbers its readings of a whole table."""

    stream: str
    row: dict[str, Any]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """What a stream is like. `is_incremental`: the tap sends changed rows alone."""

    stream: str
    is_incremental: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where the tap would go on, once all before is stored."""

    value: Any


@dataclass(frozen=True, slots=True)
class Activate:
    """All rows of a stream that are not of this version are gone."""

    stream: str
    version: int


Message = Record | Schema | State | Activate


def read_message(line: bytes | None) -> Message | None:
    """Read one line; None for an empty one and for a kind that need not be known.

    Args:
        line: As the tap wrote it; None where it was too long to be kept.

    Raises:
        BadRecord: It is no message.
        Fatal: The tap writes its records elsewhere (BATCH), so that reading on would lose them.
    """
    if line is None:
        raise BadRecord("is too long to be read")
    if not line.strip():
        return None
    found = load_object(line)
    kind, stream = found.get("type"), found.get("stream")
    if kind == "STATE":
        return State(found.get("value"))
    if kind == "BATCH":
        raise Fatal("the tap writes BATCH files, which are not read here; switch batches off in its config")
    if kind not in {"RECORD", "SCHEMA", "ACTIVATE_VERSION"}:
        if not isinstance(kind, str):
            raise BadRecord("is no Singer message: it has no `type`", field="type")
        return None
    if not isinstance(stream, str):
        raise BadRecord("names no stream", field="stream")
    version = found.get("version")
    if kind == "SCHEMA":
        return Schema(stream, bool(found.get("bookmark_properties")))
    if kind == "ACTIVATE_VERSION":
        return Activate(stream, version) if isinstance(version, int) else None
    row = sound(found.get("record"), "record")
    if not isinstance(row, dict):
        raise BadRecord("holds no object", field="record")
    return Record(stream, row, version if isinstance(version, int) else None)
