"""What can be configured, of which type, with which default and meaning?

This file is the one table of the config: the docs, `init`, `check` and the error messages are made from it. In which forms values
are written stands in `settings_types`; `feedbackloop.config` reads a file into it.
"""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator, model_validator

from feedbackloop import clock
from feedbackloop.errors import UsageError
from feedbackloop.settings_types import Cap, Duration, Hours, Table, ZoneName, resolved_values

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Stage = Literal["awareness", "decision", "purchase", "use", "repurchase", "referral"]
DimensionName = Literal["reliability", "responsiveness", "assurance", "empathy", "tangibles"]
Mode = Literal["review", "auto", "off"]
Language = Literal["en", "zh"]

SHORTEST_SECRET = 6
"""Shorter values are words that an error may hold for other reasons."""
LANGUAGE_MODEL = "language_model"
"""The scorer that asks the endpoint of `[understand.language_model]`."""


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

    def zone_of(self, name: str | None) -> ZoneInfo:
        """Give a customer's time zone; the loop's own where none is known of that name."""
        try:
            return clock.zone(name) if name else self.zone
        except ValueError:
            return self.zone


class Touchpoint(Table):
    """One of the config's own touchpoints: the words that name it and its stage of the journey."""

    words: tuple[str, ...] = Field(description="in any language; one of them in a text names the touchpoint")
    stage: Stage = Field("use", description="of the customer's journey")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: object) -> object:
        return {"words": value} if isinstance(value, list | tuple) else value


class LanguageModel(Table):
    """`[understand.language_model]`: an OpenAI-compatible endpoint; without this table nothing is asked anywhere."""

    base_url: str = Field(description="up to and with the version, for example http://127.0.0.1:11434/v1")
    model: str = Field(min_length=1, description="its name, as the endpoint knows it")
    api_key: SecretStr | None = Field(None, description="sent as a bearer token; local servers mostly need none")
    use_for: tuple[Literal["sentiment", "expectations", "drafts"], ...] = Field(
        ("sentiment", "expectations"), description="what it is asked for; drafts: rewording of follow-ups"
    )
    batch: int = Field(
        1, ge=1, le=100, description="texts a request; with more than 1 a text may influence its neighbours"
    )
    timeout: Duration = Field(timedelta(seconds=60), description="for one request")
    max_requests_per_run: int = Field(2000, ge=0, description="then the built-in reading goes on")
    max_texts_per_run: int = Field(2000, ge=0, description="likewise")
    max_time_per_run: Duration = Field(timedelta(minutes=10), description="likewise; all waiting for answers together")
    max_cost_per_run: float | None = Field(None, ge=0, description="likewise, by the prices here; needs both of them")
    price_in: float = Field(0.0, ge=0, description="for a million tokens sent")
    price_out: float = Field(0.0, ge=0, description="for a million tokens answered")
    max_tokens: int = Field(2000, ge=50, description="longest answer")
    answer_format: Literal["auto", "json_schema", "json_object", "text"] = Field(
        "auto",
        description="how answers are held to their form; auto: the strictest that the endpoint knows",
    )
    request: dict[str, Any] = Field(
        {}, description="other fields of every request, beside or instead of temperature = 0 and seed = 1"
    )
    ca_file: str | None = Field(None, description="certificate to trust instead of the system's")
    proxy: str | None = Field(None, description="address of a proxy")
    plain_http: bool = Field(False, description="allow http:// to a host that is not this machine")

    @model_validator(mode="after")
    def _priced(self) -> LanguageModel:
        if self.max_cost_per_run is not None and not (self.price_in and self.price_out):
            raise ValueError("max_cost_per_run needs price_in and price_out, each for a million tokens")
        return self


class Understand(Table):
    """`[understand]`: how texts are read."""

    sentiment: str = Field("auto", description="a scorer's name, or auto: the best for each language")
    local_correction: Literal["auto", "off"] = Field(
        "auto", description="correct our own scorers by the desk's own ratings, where that is better with confidence"
    )
    executor: str = Field("local", description="local, processes, dask://HOST:PORT on loopback, or tls://HOST:PORT")
    touchpoints: dict[str, Touchpoint] = Field({}, description="added to the built-in journey map")
    glossary: dict[str, str] = Field({}, description="house words -> customers' words, for the jargon check")
    language_model: LanguageModel | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_by(cls, value: object) -> object:
        """Let the model be the scorer that `auto` means, where it is there for sentiment."""
        table = value.get("language_model") if isinstance(value, dict) else None
        uses = table.get("use_for", ("sentiment",)) if isinstance(table, dict) else ()
        if not isinstance(value, dict) or not isinstance(uses, list | tuple) or "sentiment" not in uses:
            return value
        return value if value.get("sentiment", "auto") != "auto" else {**value, "sentiment": LANGUAGE_MODEL}

    @model_validator(mode="after")
    def _one_mind(self) -> Understand:
        model = self.language_model
        scores = model is not None and "sentiment" in model.use_for
        if scores and self.sentiment != LANGUAGE_MODEL:
            raise ValueError(
                f'sentiment = "{self.sentiment}", and language_model.use_for holds "sentiment": take out one of them'
            )
        if self.sentiment == LANGUAGE_MODEL and not scores:
            raise ValueError(
                'sentiment = "language_model" needs [understand.language_model] with base_url, model, and "sentiment" in use_for'
            )
        if model and self.executor != "local" and {"sentiment", "expectations"} & set(model.use_for):
            raise ValueError(
                'a language model that reads texts needs executor = "local": its key and its caps stay in one process'
            )
        return self

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

    name: str = Field(description="as standards and caps call it")
    tags: tuple[str, ...] = Field((), description="the customer's or the item's own")
    organization_tags: tuple[str, ...] = Field((), description="of the customer's organization")
    fields: dict[str, Any] = Field({}, description="field -> value it must have")


class Customers(Table):
    """`[customers]`: by what one person is known again in another source. Names are never among it."""

    link_by: tuple[str, ...] = Field(
        ("mail", "external_id"),
        description="mail: an address that is verified or in the desk's own record; external_id; or fields.NAME",
    )

    @field_validator("link_by")
    @classmethod
    def _identifying(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for kind in value:
            if kind not in {"mail", "external_id"} and not re.fullmatch(r"fields\.\S+", kind):
                raise ValueError(f"{kind!r} is not one of mail, external_id, fields.NAME")
        return value


class Standard(Table):
    """One of `[[standards]]`: what the business promises everybody."""

    name: str = Field(description="as gaps, tasks and the digest call it")
    metric: Literal["first_reply", "next_reply", "resolution", "due", "reopens", "field"] = Field(
        description="what is measured"
    )
    touchpoint: str | None = Field(None, description="to which its gaps are counted; default: what the item speaks of")
    dimension: DimensionName | None = Field(None, description="SERVQUAL's")
    within: Duration | int | None = Field(None, description="a duration; for reopens a number")
    desired: Duration | int | None = Field(None, description="the zone of tolerance lies between this and `within`")
    segments: dict[str, Duration | int] = Field({}, description="segment -> `within` of its own")
    channels: tuple[str, ...] = Field((), description="only these; default: all")
    calendar: Literal["business", "calendar"] = Field("calendar", description="which hours are counted")
    field: str | None = Field(None, description="metric = field: whose value tells whether the standard was met")
    met: tuple[str, ...] = Field((), description="metric = field: the values that mean it was met")

    @model_validator(mode="after")
    def _complete(self) -> Standard:
        if self.metric == "field" and not (self.field and self.met):
            raise ValueError('a standard with metric = "field" needs `field` and `met`')
        if self.metric in {"first_reply", "next_reply", "resolution"} and not isinstance(self.within, timedelta):
            raise ValueError(f'a standard with metric = "{self.metric}" needs `within`, for example "8h"')
        return self


class Calendar(Table):
    """`[calendar]`: business days and hours, in the loop's time zone."""

    days: tuple[Weekday, ...] = Field(("mon", "tue", "wed", "thu", "fri"), description="on which the desk works")
    hours: Hours = Field((time(9), time(17)), description="between which the desk works")
    country: str | None = Field(None, description="whose public holidays, ISO 3166")
    holidays: tuple[date, ...] = Field((), description="further days on which nobody works")


class Team(Table):
    """One of `[[teams]]`: who owns which touchpoints."""

    name: str = Field(description="as tasks and digests call it")
    touchpoints: tuple[str, ...] = Field((), description="what it owns; a team without any owns what nobody else does")
    email: tuple[str, ...] = Field((), description="who gets its digest")
    max_open_tasks: int = Field(5, ge=0, description="further findings wait until one is done")
    language: Language | None = Field(None, description="of its digest; default: the loop's")
    timezone: ZoneName | None = Field(None, description="of its digest; default: the loop's")
    schedule: str | None = Field(None, description="of its digest; default: that of [digest]")


class Restraint(Table):
    """`[actions.restraint]`: when a customer is left alone."""

    per_customer: dict[str, Cap] = Field(
        {"standard": Cap(count=1, per=timedelta(days=30))},
        description="one cap for all, or segment -> cap; every source's follow-ups and surveys count",
    )
    silent_after: int = Field(2, ge=1, description="unanswered in a row: leave the person alone")
    quiet_hours: Hours = Field((time(20), time(8)), description="in the customer's zone")
    quiet_after_feedback: Duration = Field(timedelta(hours=48), description="for surveys and unasked messages")
    opt_out_tags: tuple[str, ...] = Field(("no_contact",), description="who has one is never written to")

    @field_validator("per_customer", mode="before")
    @classmethod
    def _one_for_all(cls, value: object) -> object:
        return {"standard": value} if isinstance(value, str) else value

    def cap(self, segment: str) -> Cap | None:
        """Give the cap of a segment; one that is not named has that of `standard`."""
        return self.per_customer.get(segment) or self.per_customer.get("standard")


class Actions(Table):
    """`[actions]`: what is written back, and how much of it."""

    tasks: Mode = Field("review", description="improvement tasks")
    notes: Mode = Field("review", description="internal notes")
    tags: Mode = Field("review", description="tags on items with a gap or a broken promise")
    follow_ups: Mode = Field("review", description="public answers to one customer")
    thanks: Mode = Field("off", description="follow-ups for delight")
    tasks_in: str | None = Field(None, description="default: the source that can hold tasks with most items")
    follow_ups_by: Literal["source", "mail"] = Field("source", description="the way on which follow-ups go out")
    tag_prefix: str = Field("fbl-", min_length=1, description="how our own tags begin")
    max_age: Duration = Field(timedelta(days=30), description="older items are counted, nothing is written to them")
    max_writes_per_run: int = Field(200, ge=0, description="what is left over comes in the next run")
    hold_out: float = Field(0.0, ge=0, le=1, description="share of customers not contacted, to compare with")
    templates: str | None = Field(
        None,
        description="folder with your own texts: follow_up, note or task .en.j2 or .zh.j2; what they leave out ships",
    )
    restraint: Restraint = Restraint()


class Detect(Table):
    """`[detect]`: when a gap is more than noise."""

    baseline: Duration = Field(timedelta(weeks=13), description="with how much of the past a week is compared")
    minimum_items: int = Field(8, ge=1, description="a group with fewer in a week raises nothing")
    false_discovery_rate: float = Field(0.10, gt=0, lt=1, description="share of findings that may be chance")
    also_by: tuple[str, ...] = Field((), description='more ways to group, for example "fields.company"')

    @property
    def baseline_weeks(self) -> int:
        """The baseline's length in whole weeks, at least one."""
        return max(1, round(self.baseline / timedelta(weeks=1)))


class Digest(Table):
    """`[digest]`: the weekly mail."""

    schedule: str = Field("mon 08:00", description="weekday and time from which the last week's digest is due")
    send: bool = Field(False, description="mail it to each team once")
    top: int = Field(3, ge=1, le=10, description="how many causes it names")

    @field_validator("schedule")
    @classmethod
    def _weekday_and_time(cls, value: str) -> str:
        if not re.fullmatch(r"(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError(f"{value!r} is not a weekly time; write for example mon 08:00")
        return value


class MailServer(Table):
    """`[mail]`: the server that takes digests and follow-ups."""

    host: str = Field("127.0.0.1", description="name or address")
    port: int = Field(25, description="465 for tls, 587 for starttls, as a rule")
    security: Literal["none", "starttls", "tls"] = Field("starttls", description="none only where nobody listens")
    username: str | None = Field(None, description="default: the environment's SMTP_USER")
    password: SecretStr | None = Field(None, description="default: the environment's SMTP_PASSWORD")
    sender: str = Field("Feedback loop <feedbackloop@localhost>", description="the From line")
    ca_file: str | None = Field(None, description="certificates to trust instead of the system's")


class Schedule(Table):
    """`[schedule]`, for `serve`."""

    run: str = Field("every 15m", description="how often `serve` runs the loop")


class Settings(Table):
    """The whole config. `sources` holds the raw tables: their connectors validate them."""

    loop: Loop = Loop()
    understand: Understand = Understand()
    customers: Customers = Customers()
    segments: tuple[Segment, ...] = ()
    standards: tuple[Standard, ...] = ()
    calendar: Calendar = Calendar()
    teams: tuple[Team, ...] = ()
    actions: Actions = Actions()
    detect: Detect = Detect()
    digest: Digest = Digest()
    mail: MailServer = MailServer()
    schedule: Schedule = Schedule()
    sources: dict[str, dict[str, Any]] = Field({})

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

    def without_secrets(self) -> Settings:
        """Give what may travel to another machine: no secret, no source, no mail server, no path of this one."""
        understand = self.understand.model_copy(update={"language_model": None})
        stays = {"sources": {}, "mail": MailServer(), "path": None, "origins": {}, "missing": {}}
        return self.model_copy(update={"understand": understand, **stays})

    def with_database(self, path: Path) -> Settings:
        """Give the same config over another database, as a dry run needs it."""
        return self.model_copy(update={"loop": self.loop.model_copy(update={"database": str(path)})})

    @property
    def templates_folder(self) -> Path | None:
        """Where the operator's own templates lie; None: nowhere."""
        return self.folder / self.actions.templates if self.actions.templates else None

    def secrets(self) -> tuple[str, ...]:
        """Give every secret that may not stand in what is said or written, the longest first; very short ones are words."""
        found = {str(value) for value in resolved_values(self.sources)}
        model = self.understand.language_model
        for secret in (self.mail.password, model.api_key if model else None):
            if secret:
                found.add(secret.get_secret_value())
        return tuple(sorted((one for one in found if len(one) >= SHORTEST_SECRET), key=len, reverse=True))

    def segment_names(self) -> tuple[str, ...]:
        """All segments in order, `standard` last."""
        return (*(segment.name for segment in self.segments), "standard")

    def team_named(self, name: str | None) -> Team | None:
        """Give the team of that name; None for all.

        Raises:
            UsageError: There is no such team.
        """
        if name is None:
            return None
        for team in self.teams:
            if team.name == name:
                return team
        known = ", ".join(team.name for team in self.teams) or "none: the config has no [[teams]]"
        raise UsageError(f"there is no team {name!r}; known are {known}")

    def team_for(self, touchpoint: str | None) -> Team | None:
        """Give the team that owns a touchpoint; the first team without touchpoints of its own takes the rest."""
        owner = next((t for t in self.teams if touchpoint and touchpoint in t.touchpoints), None)
        return owner or next((t for t in self.teams if not t.touchpoints), None)
