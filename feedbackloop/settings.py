"""What can be configured, of which type, with which default and meaning?

This file is the one table of the config: the docs, `init`, `check` and the error messages are made from it.
`feedbackloop.config` reads a file into it.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from feedbackloop import clock

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Stage = Literal["awareness", "decision", "purchase", "use", "repurchase", "referral"]
DimensionName = Literal["reliability", "responsiveness", "assurance", "empathy", "tangibles"]
Mode = Literal["review", "auto", "off"]
Language = Literal["en", "zh"]


class Resolved(str):
    """A value that came from the environment or a file: the only kind that a secret accepts."""

    __slots__ = ()


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


class Loop(Table):
    """`[loop]`: the database, the calendar's zone, the language of what is written for the team."""

    database: str = Field("feedbackloop.db", description="SQLite file, created with owner-only rights")
    timezone: ZoneName = Field("UTC", description="for weeks, quiet hours and the digest")
    language: Language = Field("en", description="of tasks, notes and digests; follow-ups use the customer's own")
    retain: Duration = Field(timedelta(days=730), description="older texts are erased, their figures stay")

    @property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return clock.zone(self.timezone)


class Touchpoint(Table):
    """One of the config's own touchpoints: the words that name it and its stage of the journey."""

    words: tuple[str, ...]
    stage: Stage = "use"

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        return {"words": value} if isinstance(value, list | tuple) else value


class Understand(Table):
    """`[understand]`: how texts are read."""

    sentiment: str = Field("auto", description="a scorer's name, or auto: the best for each language")
    executor: str = Field("local", description="local, processes, dask://HOST:PORT on loopback, or tls://HOST:PORT")
    touchpoints: dict[str, Touchpoint] = Field({}, description="added to the built-in journey map")
    glossary: dict[str, str] = Field({}, description="house words -> customers' words, for the jargon check")

    @field_validator("executor")
    @classmethod
    def _known(cls, value: str) -> str:
        if value in {"local", "processes"} or value.startswith(("dask://", "tls://")):
            return value
        raise ValueError(f"{value!r} is not one of local, processes, dask://HOST:PORT, tls://HOST:PORT")

    @property
    def touchpoint_words(self) -> dict[str, tuple[str, ...]]:
        """The config's own touchpoints with their words, as hooks want them."""
        return {name: touchpoint.words for name, touchpoint in self.touchpoints.items()}


class Segment(Table):
    """One of `[[segments]]`; the first that matches wins. All conditions given must hold, one tag of a list is enough."""

    name: str
    tags: tuple[str, ...] = ()
    organization_tags: tuple[str, ...] = ()
    fields: dict[str, Any] = {}


class Standard(Table):
    """One of `[[standards]]`: what the business promises everybody."""

    name: str
    metric: Literal["first_reply", "next_reply", "resolution", "due", "reopens", "field"]
    touchpoint: str | None = None
    dimension: DimensionName | None = None
    within: Duration | int | None = Field(None, description="a duration; for reopens a number")
    desired: Duration | int | None = None
    segments: dict[str, Duration | int] = {}
    channels: tuple[str, ...] = ()
    calendar: Literal["business", "calendar"] = "calendar"
    field: str | None = None
    met: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Standard:
        if self.metric == "field" and not (self.field and self.met):
            raise ValueError('a standard with metric = "field" needs `field` and `met`')
        if self.metric in {"first_reply", "next_reply", "resolution"} and not isinstance(self.within, timedelta):
            raise ValueError(f'a standard with metric = "{self.metric}" needs `within`, for example "8h"')
        return self


class Calendar(Table):
    """`[calendar]`: business days and hours, in the loop's time zone."""

    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    hours: Hours = (time(9), time(17))
    country: str | None = Field(None, description="whose public holidays, ISO 3166")
    holidays: tuple[date, ...] = ()


class Team(Table):
    """One of `[[teams]]`: who owns which touchpoints."""

    name: str
    touchpoints: tuple[str, ...] = ()
    email: tuple[str, ...] = ()
    max_open_tasks: int = Field(5, ge=0)
    language: Language | None = None
    timezone: ZoneName | None = None
    schedule: str | None = None


class Restraint(Table):
    """`[actions.restraint]`: when a customer is left alone."""

    per_customer: dict[str, Cap] = Field({"standard": Cap(count=1, per=timedelta(days=30))})
    silent_after: int = Field(2, ge=1, description="unanswered in a row: leave the person alone")
    quiet_hours: Hours = Field((time(20), time(8)), description="in the customer's zone")
    quiet_after_feedback: Duration = Field(timedelta(hours=48), description="for surveys and unasked messages")
    opt_out_tags: tuple[str, ...] = ("no_contact",)

    @field_validator("per_customer", mode="before")
    @classmethod
    def _one_for_all(cls, value: object) -> object:
        return {"standard": value} if isinstance(value, str) else value

    def cap(self, segment: str) -> Cap | None:
        """Give the cap of a segment; one that is not named has that of `standard`."""
        return self.per_customer.get(segment) or self.per_customer.get("standard")


class Actions(Table):
    """`[actions]`: what is written back, and how much of it."""

    tasks: Mode = "review"
    notes: Mode = Field("review", description="internal notes")
    tags: Mode = "review"
    follow_ups: Mode = "review"
    thanks: Mode = Field("off", description="follow-ups for delight")
    tasks_in: str | None = Field(None, description="default: the source that can hold tasks with most items")
    follow_ups_by: Literal["source", "mail"] = "source"
    tag_prefix: str = Field("fbl-", min_length=1)
    max_age: Duration = Field(timedelta(days=30), description="older items are counted, nothing is written to them")
    max_writes_per_run: int = Field(200, ge=0)
    hold_out: float = Field(0.0, ge=0, le=1, description="share of customers not contacted, to compare with")
    restraint: Restraint = Restraint()


class Detect(Table):
    """`[detect]`: when a gap is more than noise."""

    baseline: Duration = timedelta(weeks=13)
    minimum_items: int = Field(8, ge=1)
    false_discovery_rate: float = Field(0.10, gt=0, lt=1)
    also_by: tuple[str, ...] = Field((), description='more ways to group, for example "fields.company"')

    @property
    def baseline_weeks(self) -> int:
        """The baseline's length in whole weeks, at least one."""
        return max(1, round(self.baseline / timedelta(weeks=1)))


class Digest(Table):
    """`[digest]`: the weekly mail."""

    schedule: str = "mon 08:00"
    send: bool = False
    top: int = Field(3, ge=1, le=10)

    @field_validator("schedule")
    @classmethod
    def _weekday_and_time(cls, value: str) -> str:
        if not re.fullmatch(r"(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError(f"{value!r} is not a weekly time; write for example mon 08:00")
        return value


class MailServer(Table):
    """`[mail]`: the server that takes digests and follow-ups."""

    host: str = "127.0.0.1"
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    sender: str = "Feedback loop <feedbackloop@localhost>"
    ca_file: str | None = None


class Schedule(Table):
    """`[schedule]`, for `serve`."""

    run: str = "every 15m"


class Settings(Table):
    """The whole config. `sources` holds the raw tables: their connectors validate them."""

    loop: Loop = Loop()
    understand: Understand = Understand()
    segments: tuple[Segment, ...] = ()
    standards: tuple[Standard, ...] = ()
    calendar: Calendar = Calendar()
    teams: tuple[Team, ...] = ()
    actions: Actions = Actions()
    detect: Detect = Detect()
    digest: Digest = Digest()
    mail: MailServer = MailServer()
    schedule: Schedule = Schedule()
    sources: dict[str, dict[str, Any]] = {}

    path: Path | None = Field(None, exclude=True)
    origins: dict[str, str] = Field({}, exclude=True, description="key -> file, env NAME, or file PATH")
    missing: dict[str, str] = Field({}, exclude=True, description="key -> why its secret could not be read")

    @property
    def folder(self) -> Path:
        """The folder from which relative paths are meant: the config's own."""
        return self.path.parent if self.path else Path()

    @property
    def database_path(self) -> Path:
        """Where the database lies."""
        return self.folder / self.loop.database

    def segment_names(self) -> tuple[str, ...]:
        """All segments in order, `standard` last."""
        return (*(segment.name for segment in self.segments), "standard")

    def team_for(self, touchpoint: str | None) -> Team | None:
        """Give the team that owns a touchpoint; the first team without touchpoints of its own takes the rest."""
        owner = next((t for t in self.teams if touchpoint and touchpoint in t.touchpoints), None)
        return owner or next((t for t in self.teams if not t.touchpoints), None)
