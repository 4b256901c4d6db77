"""What may stand in a `[sources.NAME]` with `connector = "rest"`?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from feedbackloop import clock
from feedbackloop.connector import SourceOptions
from feedbackloop.http import is_loopback
from feedbackloop_connectors.described.expressions import Body, Expression, PathTemplate, Template, names_in
from feedbackloop_connectors.described.options import Mapping, Table


class Account(Table):
    """Who are we? Asked by `check` and before each pull, for some systems answer a wrong key with an empty list."""

    path: PathTemplate = Field(description="of the call that says who is signed in")
    name: Expression = Field(description="of the account, in its answer; nothing there means that we are not known")


class Listing(Table):
    """How are rows listed, and how are pages followed?"""

    path: PathTemplate = Field(description="of the list", examples=["/api/tickets"])
    params: dict[str, Template] = Field({}, description="of the query; `{{ since }}` is the time to read from")
    rows: Expression = Field("@", description="the list of rows in the answer")
    changed: Expression | None = Field(None, description="of a row: when it changed last; needed with `since`")
    since_format: str = Field(
        "%Y-%m-%dT%H:%M:%SZ", description="strftime pattern of `since`, or epoch; UTC if it ends in Z"
    )
    overlap: str = Field(
        "60s", description="how long before the last pull's end the next one begins: rows may appear late"
    )
    ordered: bool = Field(
        True, description="rows come oldest change first; false: the cursor moves after the last page only"
    )
    paging: Literal["none", "next", "cursor", "page", "offset"] = Field(
        "none", description="how the next page is asked for"
    )
    next: Expression | None = Field(
        None, description="next, cursor: the link or cursor of the next page; nothing: the end"
    )
    param: str | None = Field(None, description="of the query; default: cursor, page or offset, as `paging` is")
    first: int = Field(1, description="page: the number of the first one")
    total: Expression | None = Field(
        None, description="offset: how many rows there are; default: until a page is empty"
    )
    more: Expression | None = Field(None, description="page, offset: true where another page follows")

    @field_validator("overlap")
    @classmethod
    def _span(cls, value: str) -> str:
        clock.duration(value)
        return value

    @model_validator(mode="after")
    def _complete(self) -> Listing:
        if self.paging in {"next", "cursor"} and not self.next:
            raise ValueError(f'paging = "{self.paging}" needs `next`: where the answer names the next page')
        if self.asks_since and not self.changed:
            raise ValueError("a list that is asked with `since` needs `changed`: where a row says when it changed")
        return self

    @property
    def asks_since(self) -> bool:
        """Whether the system can be asked for what changed since a time; else all is read and compared each time."""
        return "since" in names_in([self.path, self.params])

    @property
    def span(self) -> timedelta:
        """The overlap itself."""
        return clock.duration(self.overlap)


class Also(Table):
    """What else is read for each row: its thread, its rating. The answer stands in the row under `name`."""

    name: str = Field(description="under which expressions find the answer; a list of answers with `each`")
    path: PathTemplate = Field(description="with `{{ row.… }}`, and `{{ it }}` with `each`")
    each: Expression | None = Field(None, description="of the row: a list; one call is made for each element")


class One(Table):
    """How is a single row read anew?"""

    path: PathTemplate = Field(description="with `{{ id }}`")
    row: Expression = Field("@", description="the row in the answer, in the list's own shape")


class Call(Table):
    """One call of a write."""

    method: Literal["GET", "POST", "PUT", "PATCH"] = Field("POST", description="GET reads what later calls need")
    path: PathTemplate = Field(description="with `{{ item }}` and the other words of a write")
    body: Body = Field(
        {}, description="JSON; every text in it is a template, one that is a single `{{ … }}` keeps its type"
    )
    headers: dict[str, Template] = Field({}, description="that this call needs beyond the login")
    name: str = Field("answer", description="under which later templates and `id` find the answer")


class Find(Table):
    """How is an earlier attempt of a write found?"""

    path: PathTemplate = Field(description="of the call that shows what was written")
    each: Expression = Field(description="a list of { id, text }, of which one text holds the mark; or a list of tags")


class Write(Table):
    """How is one kind of action written?"""

    calls: tuple[Call, ...] = Field(min_length=1, description="made in this order")
    id: Expression | None = Field(
        None, description="of what was written, in { name: answer }; default: as `find` finds it"
    )
    find: Find | None = Field(None, description="without it a write whose answer is lost waits for a person")


class Tasks(Table):
    """Where does an improvement task stand?"""

    path: PathTemplate = Field(description="with `{{ id }}`; 404 means that it is missing")
    status: Expression = Field(description="of the task")
    values: dict[str, Literal["open", "done", "rejected"]] = Field(
        {}, description="the system's word -> ours; others are open"
    )


WriteKind = Literal["note", "reply", "tag", "task", "task_update"]


class RestOptions(SourceOptions, Mapping):
    """The whole description of a system."""

    base_url: str = Field(description="https://…; every call and every link stays on this host")
    username: str | None = Field(None, description="basic login, with password")
    password: SecretStr | None = Field(None, description="basic login, with username")
    token: SecretStr | None = Field(None, description="sent as Bearer, or in header_name")
    header_name: str | None = Field(None, description="the header that takes the token as it is")
    client_id: str | None = Field(None, description="OAuth client credentials, with client_secret and oauth_url")
    client_secret: SecretStr | None = Field(None, description="OAuth client credentials")
    oauth_url: str | None = Field(None, description="where OAuth tokens are had")
    scope: str | None = Field(None, description="OAuth scope, if one is needed")
    headers: dict[str, str] = Field({}, description="sent with every call; no secrets")
    requests_per_minute: int = Field(0, ge=0, description="pace of all calls; 0: none of our own")
    account: Account | None = Field(None, description="who we are")
    list: Listing = Field(description="how rows are listed")
    also: tuple[Also, ...] = Field((), description="what else is read for each row")
    one: One | None = Field(None, description="how a single row is read anew")
    write: dict[WriteKind, Write] = Field(
        {}, description="how notes, replies, tags, tasks and their updates are written"
    )
    task_status: Tasks | None = Field(None, description="how a task's state is read back")

    @property
    def is_local(self) -> bool:
        """Whether the system is on this machine, reached without a proxy."""
        return is_loopback(self.base_url) and not self.proxy

    @model_validator(mode="after")
    def _one_login(self) -> RestOptions:
        ways = [
            ("username, password", self.username is not None or self.password is not None),
            ("token", self.token is not None),
            ("client_id, client_secret, oauth_url", self.client_id is not None or self.client_secret is not None),
        ]
        chosen = [name for name, is_given in ways if is_given]
        if len(chosen) > 1:
            raise ValueError(f"several ways to log in: {' and '.join(chosen)}; keep one")
        needed: dict[str, Any] = {
            "username, password": (self.username, self.password),
            "client_id, client_secret, oauth_url": (self.client_id, self.client_secret, self.oauth_url),
        }
        if chosen and None in needed.get(chosen[0], ()):
            raise ValueError(f"the login needs all of {chosen[0]}")
        if self.header_name and self.token is None:
            raise ValueError("header_name needs token")
        return self
