"""In which forms are the config's values written: durations, hours, caps, zones, and what came from outside the file?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from feedbackloop import clock


class Resolved(str):
    """A value that came from the environment or a file: the only kind that a secret accepts."""

    __slots__ = ()


def resolved_values(value: object) -> Iterator[str]:
    """Give what came from the environment or from files, wherever it stands in tables and lists."""
    if isinstance(value, Resolved):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from resolved_values(part)


def _duration(value: object) -> object:
    return clock.duration(value) if isinstance(value, str) else value


def _zone_name(value: str) -> str:
    clock.zone(value)
    return value


def _hours(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})", value.strip())
    if not match:
        raise ValueError(f"{value!r} is not a span of hours; write for example 09:00-17:00")
    return tuple(time.fromisoformat(part.zfill(5)) for part in match.groups())


Duration = Annotated[timedelta, BeforeValidator(_duration)]
ZoneName = Annotated[str, AfterValidator(_zone_name)]
Hours = Annotated[tuple[time, time], BeforeValidator(_hours)]


class Table(BaseModel):
    """A table of the config: unknown keys are errors, values cannot change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Cap(Table):
    """So many in so long: `1 per 30d`."""

    count: int
    per: Duration

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        match = re.fullmatch(r"\s*(\d+)\s+per\s+(\S+)\s*", value)
        if not match:
            raise ValueError(f"{value!r} is not a cap; write for example 1 per 30d")
        return {"count": int(match[1]), "per": match[2]}
