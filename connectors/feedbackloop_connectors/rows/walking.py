"""How is a list walked so that every page can be the last, and no row is lost or read twice?

A list that can be asked for what was written or changed since a time, oldest first, is asked again from the newest row seen:
page numbers shift when rows come in between, times do not. Only where a whole page lies at one moment its next page is asked for.
A list that comes newest first is followed down to where the last pull ended; its place moves when the bottom is reached.
Either way the rows of the last `overlap` are read again, because they may have been edited, and compared by content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import msgspec

from feedbackloop.clock import EARLIEST
from feedbackloop.connector import Rejected
from feedbackloop.errors import BadRecord, Retriable
from feedbackloop.http import Declined
from feedbackloop.records import Item
from feedbackloop_connectors.cursors import digest
from feedbackloop_connectors.rows.place import Place, Seen


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list: its rows, and the token of the next page (None: there is none)."""

    rows: list[Any]
    following: str | None = None


class Rows(Protocol):
    """What a walk needs to know of a list."""

    def sheet(self, since: datetime, token: str | None) -> Sheet:
        """Ask for one page."""

    def row_id(self, row: Any) -> str:
        """Give a row's id, or ""."""

    def stamp(self, row: Any) -> datetime | None:
        """Give a row's time in the list's order; None where it has none that can be read."""

    def item(self, row: Any) -> Item | None:
        """Read a row; None where it is no feedback (yet)."""


@dataclass(slots=True)
class Batch:
    """What one page gave, and where the list stands behind it."""

    items: list[Item] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    read: dict[str, Seen] = field(default_factory=dict)
    newest: datetime = EARLIEST
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a walk: what it gave, the place behind it, and whether it was the last."""

    batch: Batch
    place: Place
    is_last: bool


class Walker:
    """Walks one list.

    Args:
        rows: The list.
        overlap: How long a row may still change, or come late, after it was written.
        now: No place lies beyond it: a row dated 2056 must not hide those that come before.
    """

    def __init__(self, rows: Rows, overlap: timedelta, now: datetime) -> None:
        self._rows = rows
        self._overlap = overlap
        self._now = now

    def forward(self, place: Place) -> Iterator[Step]:
        """Walk a list that comes oldest first and can be asked for what is not older than a time."""
        anchor, token = place.anchor or _before(place.time, self._overlap), place.token
        while True:
            sheet = self._sheet(anchor, token)
            batch = self._batch(sheet, place)
            time = max(place.time, batch.newest)
            place = Place(time, self._kept(place, batch, time), since=place.since)
            if sheet.following is None:
                yield Step(batch, place, is_last=True)
                return
            anchor, token = (batch.newest, None) if batch.newest > anchor else (anchor, sheet.following)
            place = msgspec.structs.replace(place, anchor=anchor, token=token)
            yield Step(batch, place, is_last=False)

    def downward(self, place: Place) -> Iterator[Step]:
        """Walk a list that comes newest first, down to where the last walk ended and the overlap below."""
        floor, token = _before(place.time, self._overlap), place.token
        is_resumed = token is not None
        top = max(place.top or EARLIEST, place.time)
        while True:
            try:
                sheet = self._sheet(floor, token)
            except Declined:
                if not is_resumed:
                    raise
                token, is_resumed = None, False  # the page of an earlier walk is no longer known: begin at the top
                continue
            is_resumed = False
            batch = self._batch(sheet, place)
            top = max(top, batch.newest)
            seen = self._kept(place, batch, top)
            is_last = sheet.following is None or (batch.oldest is not None and batch.oldest < floor)
            if is_last:
                yield Step(batch, Place(top, seen, since=place.since), is_last=True)
                return
            token = sheet.following
            place = Place(place.time, seen, token=token, top=top, since=place.since)
            yield Step(batch, place, is_last=False)

    def single(self, row: Any) -> Batch:
        """Read one row by itself."""
        return self._batch(Sheet([row]), Place())

    def _sheet(self, since: datetime, token: str | None) -> Sheet:
        sheet = self._rows.sheet(since, token)
        if sheet.following is not None and sheet.following == token:
            raise Retriable("the list's pages stand still: the next one is the same; the next run tries again")
        return sheet

    def _batch(self, sheet: Sheet, place: Place) -> Batch:
        batch = Batch()
        for row in sheet.rows:
            self._take(row, batch, place)
        return batch

    def _take(self, row: Any, batch: Batch, place: Place) -> None:
        name, at = _tried(self._rows.row_id, row) or "", _tried(self._rows.stamp, row)
        if at is not None:
            batch.newest = max(batch.newest, min(at, self._now))
            batch.oldest = at if batch.oldest is None else min(batch.oldest, at)
        content = digest(row)
        known = batch.read.get(name) or place.seen.get(name)
        if name and known and known.digest == content:
            batch.read[name] = known
            return
        if name and at is not None:
            batch.read[name] = Seen(content, at)
        try:
            item = self._rows.item(row)
        except (BadRecord, ValueError) as error:
            batch.rejected.append(Rejected(name or "?", str(error), getattr(error, "field", None)))
            return
        if item is not None and (place.since is None or item.created_at >= place.since):
            batch.items.append(item)

    def _kept(self, place: Place, batch: Batch, time: datetime) -> dict[str, Seen]:
        """Forget rows that no later walk meets again."""
        floor = _before(time, self._overlap)
        return {name: one for name, one in (place.seen | batch.read).items() if one.at >= floor}


def _before(time: datetime, span: timedelta) -> datetime:
    return time - span if time - EARLIEST > span else EARLIEST


def _tried(ask: Callable[[Any], Any], row: Any) -> Any:
    """Ask a row that may be anything."""
    try:
        return ask(row)
    except (BadRecord, ValueError):
        return None
