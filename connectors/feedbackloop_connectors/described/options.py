"""What may stand in a config that says what a row means?

An expression for each name of the wire form, a table for the system's words, a scale for its ratings.
"""

from __future__ import annotations

import difflib

from pydantic import BaseModel, ConfigDict, Field, field_validator

from feedbackloop.records import Kind
from feedbackloop_connectors.described.expressions import Expression
from feedbackloop_connectors.files.options import CUSTOMER, PARTS, TARGETS, Scale, flat

WHOLE = ("fields", "customer.fields", *PARTS)
"""Names of the wire form that take a whole object or list."""


class Table(BaseModel):
    """A table inside the source's own: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Mapping(Table):
    """What a row means."""

    kind: Kind = Field("ticket", description="ticket, review or survey")
    item: dict[str, Expression] = Field(
        description="name of the wire form -> JMESPath on the row",
        examples=[
            {
                "id": "id",
                "created_at": "created_at",
                "updated_at": "updated_at",
                "subject": "title",
                "customer.id": "requester.id",
                "text": "description",
            }
        ],
    )
    values: dict[str, dict[str, str]] = Field(
        {}, description="a mapped name -> the system's words -> the wire form's; `*` stands for every other word"
    )
    rating: Scale | None = Field(None, description="the scale of ratings: { scale, min, max }")

    @field_validator("item", mode="before")
    @classmethod
    def _dotted(cls, value: object) -> object:
        """Take `customer.id = "…"`, which TOML reads as a table in a table, for the dotted name that it looks like."""
        return flat(value) if isinstance(value, dict) else value

    @field_validator("values", mode="before")
    @classmethod
    def _dotted_tables(cls, value: object) -> object:
        return flat(value, keep_last=True) if isinstance(value, dict) else value

    @field_validator("item")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if not _is_target(name):
                close = difflib.get_close_matches(name, (*TARGETS, *WHOLE), n=1, cutoff=0.5)
                raise ValueError(f"{name}: unknown name; did you mean {close[0] if close else f'fields.{name}'}?")
        for name in ("id", "created_at"):
            if name not in value:
                raise ValueError(f"{name}: is required and missing")
        return value


def _is_target(name: str) -> bool:
    prefix, _, rest = name.rpartition("fields.")
    own = name in TARGETS or name in WHOLE or name in {f"customer.{one}" for one in CUSTOMER}
    return own or (prefix in {"", "customer."} and bool(rest) and "fields." in name)
