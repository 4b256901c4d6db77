"""Which calls read a described source: who are we, what is the next page of its list, what else belongs to a row?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedbackloop import clock
from feedbackloop.connector import Context
from feedbackloop.errors import BadRecord, Fatal, Refused, Retriable
from feedbackloop.http import Declined
from feedbackloop_connectors.described.expressions import filled, path_of, search
from feedbackloop_connectors.desk.finding import if_there
from feedbackloop_connectors.rest.door import described_door
from feedbackloop_connectors.rest.options import Also, RestOptions


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list as it came: its rows, the token of the next page (None: the end), and the server's time."""

    rows: list[Any]
    following: str | int | None = None
    at: datetime | None = None


class Asker:
    """Asks one source. A page's token is its number, an offset, a cursor or a link, as `paging` says.

    Attributes:
        door: Through which all calls go.
    """

    def __init__(self, options: RestOptions, context: Context) -> None:
        self._options = options
        self._listing = options.list
        self._zone = context.zone
        self.door = described_door(options, context)

    # --- who we are, and what belongs to a row -----------------------------------------------------------------------

    def who(self) -> str | None:
        """Name the account; None where the config does not say how to ask.

        Raises:
            Refused: The answer names none.
            Fatal: The expression does not fit the answer.
        """
        account = self._options.account
        if account is None:
            return None
        document = self.door.call("GET", path_of(account.path, {})).json()
        try:
            name = search(account.name, document)
        except BadRecord as error:
            raise Fatal(f"account.name: {error}") from error
        if not name:
            raise Refused("the system does not say who we are (account.name finds nothing); look at the credentials")
        return str(name)

    def single(self, name: str) -> list[Any]:
        """Read one row by its id; none where it is gone."""
        one = self._options.one
        assert one is not None
        answer = if_there(lambda: self.door.call("GET", path_of(one.path, {"id": name})))
        return [search(one.row, answer.json(), "one.row")] if answer else []

    def whole(self, row: Any) -> Any:
        """Give the row with the answers of the further calls in it.

        Raises:
            BadRecord: One of them is refused, or cannot be made for this row.
        """
        for also in self._options.also:
            if not isinstance(row, dict):
                raise BadRecord("is not a JSON object")
            try:
                row = row | {also.name: self._extra(also, row)}
            except Declined as refusal:
                raise BadRecord(str(refusal), field="also") from refusal
        return row

    def _extra(self, also: Also, row: dict[str, Any]) -> Any:
        if also.each is None:
            return self.door.call("GET", path_of(also.path, {"row": row})).json()
        elements = search(also.each, row, f"also.{also.name}.each")
        if not isinstance(elements, list):
            raise BadRecord("finds no list", field=f"also.{also.name}.each")
        paths = [path_of(also.path, {"row": row, "it": one}) for one in elements]
        return [self.door.call("GET", path).json() for path in paths]

    # --- the list -----------------------------------------------------------------------------------------------------

    def page(self, since: datetime, token: str | int | None) -> Sheet:
        """Read one page of what changed since.

        Args:
            since: Used where the list is asked with it.
            token: Of an earlier page's `following`; None for the first.

        Raises:
            Fatal: The answer holds no list where `rows` says, or a link leads to another host.
            Retriable: The pages do not move on.
        """
        try:
            return self._page(since, token)
        except BadRecord as error:
            raise Fatal(f"{error.field or 'list'}: {error}") from error

    def _page(self, since: datetime, token: str | int | None) -> Sheet:
        listing = self._listing
        path, params = path_of(listing.path, {"since": self._written(since)}), self._params(since, token)
        if listing.paging == "next" and isinstance(token, str):
            path, params = token, {}
        try:
            answer = self.door.call("GET", path, params=params)
        except Declined as refusal:
            if refusal.status == 404 and token is not None and listing.paging in {"page", "offset"}:
                return Sheet([])  # some systems say so that there are no more pages
            raise Fatal(f"{refusal}; look at list.path and list.params") from refusal
        document = answer.json()
        rows = search(listing.rows, document, "list.rows")
        if not isinstance(rows, list):
            raise Fatal(f"list.rows = {listing.rows!r} finds no list in the answer; is the path right?")
        following = self._following(document, len(rows), token)
        if following is not None and following == token:
            raise Retriable("the list's pages stand still: the next one is the same; the next run tries again")
        return Sheet(rows, following, answer.at)

    def _params(self, since: datetime, token: str | int | None) -> dict[str, Any]:
        listing = self._listing
        params: dict[str, Any] = filled(listing.params, {"since": self._written(since)})
        first = {"page": listing.first, "offset": 0}.get(listing.paging)
        value = first if token is None else token
        return (
            params if value is None or listing.paging == "next" else params | {listing.param or listing.paging: value}
        )

    def _following(self, document: Any, count: int, token: str | int | None) -> str | int | None:
        listing = self._listing
        if listing.paging == "none":
            return None
        if listing.paging in {"next", "cursor"}:
            found = search(listing.next or "", document, "list.next")
            return found if isinstance(found, str | int) and not isinstance(found, bool) and found != "" else None
        step = 1 if listing.paging == "page" else count
        here = token if isinstance(token, int) else listing.first if listing.paging == "page" else 0
        return here + step if count and self._goes_on(document, here + count) else None

    def _goes_on(self, document: Any, read: int) -> bool:
        listing = self._listing
        if listing.more:
            return bool(search(listing.more, document, "list.more"))
        total = search(listing.total, document, "list.total") if listing.total and listing.paging == "offset" else None
        return read < total if isinstance(total, int) else True

    def _written(self, since: datetime) -> str:
        pattern = self._listing.since_format
        if pattern == "epoch":
            return str(int(since.timestamp()))
        if pattern.endswith("Z"):
            return clock.bounded(since).strftime(pattern)
        return since.astimezone(self._zone).strftime(pattern)
