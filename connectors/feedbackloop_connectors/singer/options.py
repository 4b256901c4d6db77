"""What may stand in a `[sources.NAME]` with `connector = "singer"`?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import Field, SecretStr, field_validator, model_validator

from feedbackloop import clock
from feedbackloop.connector import SourceOptions
from feedbackloop_connectors.described.expressions import Expression
from feedbackloop_connectors.described.options import Mapping, Table


class Part(Table):
    """Rows of another stream that belong to a row: its thread, its ratings, its customer. They stand in it under `name`."""

    name: str = Field(description="under which expressions find them, as a list")
    stream: str = Field(description="the tap's stream that they come from")
    key: Expression = Field(description="of a row of that stream: to which row it belongs")
    of: Expression | None = Field(None, description="of the item's row: what `key` must equal; default: its id")


class Stream(Mapping):
    """One stream of the tap whose rows are items."""

    name: str = Field(description="of the stream, as the tap's catalog has it", examples=["issues"])
    prefix: str = Field("", description="put before every id, so that those of several streams stay apart")
    also: tuple[Part, ...] = Field((), description="rows of other streams that belong to a row")
    incremental: bool | None = Field(
        None, description="whether the tap sends changed rows alone; default: as its SCHEMA says (bookmark_properties)"
    )
    missing_is_gone: bool = Field(
        False, description="a row that the tap does not send any more is deleted there; needs state = false"
    )


class SingerOptions(SourceOptions):
    """Which tap, with which config, and what its streams mean."""

    command: tuple[str, ...] = Field(
        min_length=1, description="the tap and its arguments; no shell reads them", examples=[["tap-github"]]
    )
    venv: str | None = Field(None, description="the tap's own virtual environment, whose bin/ holds the command")
    config: dict[str, Any] = Field({}, description="the tap's config, without its secrets")
    secrets: dict[str, SecretStr] = Field(
        {},
        description="the secret part of the tap's config: password, token",
        examples=[{"access_token": {"env": "TAP_TOKEN"}}],
    )
    environment: dict[str, str] = Field({}, description="variables for the tap; it gets none of ours but PATH and LANG")
    catalog: str | None = Field(
        None,
        description="a catalog file with streams selected; default: the tap is asked, and the streams below selected",
    )
    catalog_flag: str = Field("--catalog", description="`--properties` for old taps")
    state: bool = Field(
        True, description="hand the tap the STATE of its last run; false: it sends everything each time"
    )
    streams: tuple[Stream, ...] = Field(min_length=1, description="streams whose rows are items")
    time_limit: str = Field("2h", description="for a whole run of the tap")
    silence_limit: str = Field("10m", description="how long the tap may say nothing at all")

    @field_validator("time_limit", "silence_limit")
    @classmethod
    def _span(cls, value: str) -> str:
        clock.duration(value)
        return value

    @field_validator("catalog_flag")
    @classmethod
    def _flag(cls, value: str) -> str:
        if value not in {"--catalog", "--properties"}:
            raise ValueError("is --catalog or --properties")
        return value

    @model_validator(mode="after")
    def _apart(self) -> SingerOptions:
        names = [stream.name for stream in self.streams]
        prefixes = [stream.prefix for stream in self.streams]
        if len(set(names)) < len(names):
            raise ValueError("streams: each stream stands once")
        if len(set(prefixes)) < len(prefixes):
            raise ValueError("streams: with several, each needs a `prefix` of its own, or their ids would be mixed up")
        if self.state and any(stream.missing_is_gone for stream in self.streams):
            raise ValueError(
                "missing_is_gone needs state = false: only a tap that sends everything shows what is missing"
            )
        both = self.config.keys() & self.secrets.keys()
        if both:
            raise ValueError(f"config and secrets both name {sorted(both)[0]}")
        return self

    @property
    def keeps_state(self) -> bool:
        """Whether the tap gets its STATE: a row's parts are whole only where all of them are read."""
        return self.state and not any(stream.also for stream in self.streams)

    @property
    def limits(self) -> tuple[timedelta, timedelta]:
        """For a whole run, and for silence."""
        return clock.duration(self.time_limit), clock.duration(self.silence_limit)

    @property
    def wanted(self) -> set[str]:
        """The tap's streams that are read."""
        return {stream.name for stream in self.streams} | {part.stream for one in self.streams for part in one.also}
