"""What may be configured for a source that is a file?"""

from __future__ import annotations

import codecs
import difflib
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from feedbackloop import clock
from feedbackloop.connector import SourceOptions
from feedbackloop.records import Kind
from feedbackloop.wire import RatingScale

CUSTOMER = ("id", "name", "email", "locale", "timezone", "tags", "organization", "organization_tags")
TARGETS = (
    *("id", "kind", "created_at", "updated_at", "version", "subject", "status", "solved_at", "due_at", "channel"),
    *("url", "tags", "text", "agent_text", "rating", "rating_comment", "language"),
    *(f"customer.{name}" for name in CUSTOMER),
)
"""The names to which a column may be mapped, beside `fields.NAME` and `customer.fields.NAME`."""
PARTS = ("messages", "ratings", "answers")
"""The lists of an item; only a line of JSON can hold them."""

Column = str | tuple[str, ...]


class Scale(BaseModel):
    """The scale of ratings that do not name their own: `{ scale = "stars", min = 1, max = 5 }`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scale: str = Field(min_length=1)
    min: float
    max: float

    @model_validator(mode="after")
    def _ordered(self) -> Scale:
        if not self.min < self.max:
            raise ValueError("min must be below max")
        return self

    def as_rating_scale(self) -> RatingScale:
        """Give the scale as the wire's reader wants it."""
        return RatingScale(self.scale, self.min, self.max)


def _encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"{name!r} is not an encoding; write for example utf-8, gb18030 or cp1252") from None


def _zone_name(name: str | None) -> str | None:
    if name is not None:
        clock.zone(name)
    return name


class FileOptions(SourceOptions):
    """What may stand in a `[sources.NAME]` that reads a file."""

    path: str = Field(
        min_length=1, description="the file; `.gz` is unpacked on the way; relative to the config's folder"
    )
    kind: Kind | None = Field(None, description="ticket, review or survey, where the record does not say")
    columns: dict[str, Column] = Field(
        {}, description="name of the wire form -> column; of several the first that has a value is taken"
    )
    values: dict[str, dict[str, str]] = Field(
        {},
        description="a mapped name -> the file's words -> the wire form's, as in { status = { Resolved = \"solved\" } }",
    )
    rating: Scale | None = Field(None, description="the scale of ratings: { scale, min, max }")
    encoding: Annotated[str, AfterValidator(_encoding)] = Field("utf-8-sig", description="of the file")
    timezone: Annotated[str | None, AfterValidator(_zone_name)] = Field(
        None, description="of times without a zone; default: the loop's own"
    )

    @field_validator("columns", mode="before")
    @classmethod
    def _dotted(cls, value: object) -> object:
        """Take `customer.id = "…"`, which TOML reads as a table in a table, for the dotted name that it looks like."""
        return flat(value) if isinstance(value, dict) else value

    @field_validator("columns", "values")
    @classmethod
    def _known(cls, value: dict[str, object]) -> dict[str, object]:
        for name in value:
            if not cls.is_target(name):
                close = difflib.get_close_matches(name, TARGETS, n=1, cutoff=0.5)
                raise ValueError(f"{name}: unknown name; did you mean {close[0] if close else f'fields.{name}'}?")
        return value

    @model_validator(mode="after")
    def _scaled(self) -> FileOptions:
        if "rating" in self.columns and self.rating is None:
            raise ValueError(
                'columns.rating needs `rating`, for example rating = { scale = "stars", min = 1, max = 5 }'
            )
        return self

    @classmethod
    def is_target(cls, name: str) -> bool:
        """Say whether a column may be mapped to this name."""
        prefix, _, rest = name.rpartition("fields.")
        return name in TARGETS or (prefix in {"", "customer."} and bool(rest) and "fields." in name)


def flat(table: dict[str, object], prefix: str = "", *, keep_last: bool = False) -> dict[str, object]:
    """Flatten tables in tables to dotted names; `keep_last` leaves the innermost tables as they are."""
    found: dict[str, object] = {}
    for key, value in table.items():
        is_last = keep_last and isinstance(value, dict) and not any(isinstance(one, dict) for one in value.values())
        inner = isinstance(value, dict) and not is_last
        found |= flat(value, f"{prefix}{key}.", keep_last=keep_last) if inner else {prefix + key: value}  # type: ignore[arg-type]
    return found
