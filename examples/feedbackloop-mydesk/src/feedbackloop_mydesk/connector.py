"""How is mydesk read, and how does it get our notes and tags?

What is particular to your desk stands in four places: `MydeskOptions` (what a config says), `record` (what the desk's words
mean), and the paths in `pull` and `push`. The rest is how a source system is read without losing anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from feedbackloop import clock
from feedbackloop.connector import Ability, Check, Connector, Context, Page, Rejected, SourceOptions
from feedbackloop.errors import BadRecord, Retriable, SourceError
from feedbackloop.http import Http, is_loopback
from feedbackloop.records import Action, ActionKind, Item, Receipt
from feedbackloop.wire import Reader
from pydantic import Field, SecretStr

OVERLAP = timedelta(seconds=60)
"""A pull begins so long before the last one's end: a row may appear late. What comes twice is known to the core."""
BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)
AUTHORS = {"customer": "customer", "agent": "agent", "bot": "system"}
"""The desk's word for who wrote -> ours."""
STATES = {"new": "new", "open": "open", "waiting": "pending", "done": "solved"}
"""The desk's word for a state -> ours. A binned ticket is deleted."""


class MydeskOptions(SourceOptions):
    """What may stand in a `[sources.NAME]` with `connector = "mydesk"`."""

    base_url: str = Field(description="for example https://desk.example.com")
    token: SecretStr = Field(description="of an account that may write private notes")


class Mydesk(Connector[MydeskOptions]):
    """Tickets with their comments in, private notes and labels out."""

    name: ClassVar[str] = "mydesk"
    Options: ClassVar[type[SourceOptions]] = MydeskOptions
    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.PRIVATE_NOTES, Ability.TAGS, Ability.ERASURES})

    def __init__(self, options: MydeskOptions, context: Context) -> None:
        super().__init__(options, context)
        self._reader = Reader(context.zone, time_format=options.time_format)
        self._http = Http(
            options.base_url,
            authorization=f"Bearer {options.token.get_secret_value()}",
            ca_file=context.path(options.ca_file),
            proxy=options.proxy,
            plain_http=options.plain_http,
        )

    @property
    def is_local(self) -> bool:
        """Say whether the desk is on this machine."""
        return is_loopback(self.options.base_url) and not self.options.proxy

    def check(self) -> list[Check]:
        """Say whether the desk can be reached, and with which account."""
        try:
            who = self._http.get("/me")
        except SourceError as error:
            return [Check("account", False, str(error), "look at base_url and token")]
        return [Check("account", True, f"signed in as {who.get('name')}")]

    def start(self, since: datetime | None) -> str:
        """Give the cursor of a first pull: the time from which on tickets are asked for."""
        return clock.iso(self.beginning(since) or BEGINNING)

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:
        """Follow the tickets in the order in which they changed; a page's cursor is the newest change on it.

        Each call asks again from the newest change seen, for page numbers shift when a ticket changes meanwhile. Only where a
        whole page changed in one second its next page is asked for. `until` is not used: the desk has no such filter.
        """
        place = read_cursor(cursor)
        since, number = place - OVERLAP, 1
        while True:
            answer = self._http.get("/tickets", {"changed_since": clock.iso(since), "page": number})
            rows, more = objects(answer, "tickets"), bool(answer.get("more"))
            newest = max([since, *filter(None, map(changed_at, rows))])
            place = max(place, newest)
            yield self._page(rows, place, caught_up=not more)
            if not more:
                return
            if not rows:
                raise Retriable("the desk says that there is more and gives an empty page")
            since, number = (newest, 1) if newest > since else (since, number + 1)

    def push(self, action: Action) -> Receipt:
        """Add a private note that carries the action's key, or labels beside those that are there."""
        if action.kind is ActionKind.TAG:
            self._http.call("POST", f"/tickets/{action.item}/labels", body={"add": list(action.tags)})
            return Receipt(external_id=action.key)
        note = {"text": action.text, "private": True, "key": action.key}
        return receipt(self._http.call("POST", f"/tickets/{action.item}/comments", body=note).json())

    def find(self, action: Action) -> Receipt | None:
        """Look for a note with the action's key, or for the labels themselves."""
        if action.kind is ActionKind.TAG:
            labels = self._http.get(f"/tickets/{action.item}/labels").get("labels") or []
            return Receipt(external_id=action.key) if set(action.tags) <= set(labels) else None
        comments = objects(self._http.get(f"/tickets/{action.item}/comments"), "comments")
        return next((receipt(one) for one in comments if one.get("key") == action.key), None)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _page(self, rows: list[dict[str, Any]], newest: datetime, *, caught_up: bool) -> Page:
        items: list[Item] = []
        erased = tuple(str(row.get("id")) for row in rows if row.get("state") == "binned")
        rejected: list[Rejected] = []
        for row in rows:
            if row.get("state") == "binned":
                continue
            try:
                items.append(self._reader.record(record(row)))
            except BadRecord as error:
                rejected.append(Rejected(str(row.get("id")), str(error), error.field))
        cursor = clock.iso(newest)
        return Page(tuple(items), erased, cursor, rejected=tuple(rejected), requests=1, caught_up=caught_up)


def record(row: dict[str, Any]) -> dict[str, object]:
    """Say in feedbackloop's wire form what a ticket of the desk means; the reader checks every value."""
    return {
        "id": row.get("id"),
        "kind": "ticket",
        "created_at": row.get("created_at"),
        "updated_at": row.get("changed_at"),
        "subject": row.get("subject"),
        "status": STATES.get(str(row.get("state"))),
        "tags": row.get("labels"),
        "ratings": [{"scale": "stars", "value": row["stars"]}] if row.get("stars") is not None else [],
        "customer": row.get("requester"),
        "messages": [
            {
                "id": one.get("id"),
                "author": AUTHORS.get(str(one.get("by")), "system"),
                "at": one.get("at"),
                "public": not one.get("private"),
                "text": one.get("text"),
                "own": one.get("key") is not None,
            }
            for one in objects(row, "comments")
        ],
    }


def objects(table: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Give a list of objects out of an answer; what is no object is passed over."""
    found = table.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def changed_at(row: dict[str, Any]) -> datetime | None:
    """Say when a ticket changed; None where the desk gives no time."""
    try:
        return clock.parse_time(str(row.get("changed_at")))
    except ValueError:
        return None


def read_cursor(cursor: str) -> datetime:
    """Read a cursor; one that is not ours begins at the beginning, which loses nothing."""
    try:
        return max(clock.parse_time(cursor), BEGINNING + OVERLAP)
    except ValueError:
        return BEGINNING + OVERLAP


def receipt(comment: dict[str, Any]) -> Receipt:
    """Name what was written, so that it is known when it comes back."""
    name = str(comment["id"])
    return Receipt(external_id=name, written_ids=(name,))
