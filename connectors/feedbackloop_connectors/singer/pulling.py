"""How is a tap read, so that its STATE never runs ahead of what is stored?

Rows of an incremental stream are items as they come, and a page's cursor holds the newest STATE before its end. Rows of a
stream that is sent whole, or whose parts come in other streams, wait in a file until the tap has ended well; those that changed
are items then, and only the last page's cursor moves.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import partial
from typing import Any

from msgspec.structs import replace

from feedbackloop.connector import Context, Page, Rejected
from feedbackloop.errors import BadRecord, Fatal, Retriable, SourceError
from feedbackloop_connectors.cursors import digest
from feedbackloop_connectors.desk.pulling import Batch
from feedbackloop_connectors.rest.expressions import search
from feedbackloop_connectors.singer.cursor import Cursor, Known
from feedbackloop_connectors.singer.messages import Activate, Record, Schema, State, read_message
from feedbackloop_connectors.singer.options import Part, SingerOptions
from feedbackloop_connectors.singer.process import Tap
from feedbackloop_connectors.singer.reading import StreamReader
from feedbackloop_connectors.singer.spool import Spool
from feedbackloop_connectors.singer.workplace import Workplace

PAGE = 200
"""Items of one page."""
BROKEN_LINES = 1000
"""From so many lines on that are no messages, the program is taken for no tap."""


class Puller:
    """One run of the tap."""

    def __init__(self, options: SingerOptions, context: Context) -> None:
        self._options = options
        self._context = context
        self._readers = {one.name: StreamReader(one, context.zone, options.time_format) for one in options.streams}
        self._parts: dict[str, list[Part]] = {}
        for stream in options.streams:
            for part in stream.also:
                self._parts.setdefault(part.stream, []).append(part)
        self._batch = Batch()
        self._versions: dict[str, int] = {}
        self._broken = 0
        self._heard_of: set[str] = set()

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all pages; the last one is caught up.

        Raises:
            Fatal: The tap cannot be started, or fails before it has sent anything.
            Retriable: It fails later.
        """
        state = cursor.state if self._options.keeps_state else None
        with Workplace(self._options, self._context) as place, Spool(place.folder) as spool:
            with place.tap(state) as tap:
                moved = yield from self._run(tap, cursor, spool)
            yield from self._compared(cursor, moved, spool)

    def _run(self, tap: Tap, cursor: Cursor, spool: Spool) -> Generator[Page, None, Cursor]:
        """Yield pages of incremental streams; give the cursor behind the tap's last message."""
        number, moved = 0, cursor
        try:
            for number, line in enumerate(tap.lines(), 1):
                moved = self._take(line, number, moved, spool)
                if len(self._batch.items) + len(self._batch.rejected) >= PAGE:
                    yield self._page(moved if self._is_incremental else cursor)
            tap.finish()
        except SourceError as error:
            if not number or not isinstance(error, Fatal):
                raise
            yield self._page(moved if self._is_incremental else cursor)
            raise Retriable(f"{error}; what it sent before is kept, the next run goes on") from error
        return moved

    @property
    def _is_incremental(self) -> bool:
        """Whether no row waits: only then may the tap's STATE be kept before its end."""
        return all(reader.is_incremental for reader in self._readers.values())

    def _take(self, line: bytes | None, number: int, cursor: Cursor, spool: Spool) -> Cursor:
        try:
            message = read_message(line)
        except BadRecord as bad:
            self._reject(number, bad)
            return cursor
        if isinstance(message, Schema | Record):
            self._heard_of.add(message.stream)
        match message:
            case State(value):
                return replace(cursor, state=value)
            case Schema(stream, is_incremental) if stream in self._readers:
                self._readers[stream].learn(is_incremental and self._options.keeps_state)
            case Activate(stream, version):
                self._versions[stream] = version
            case Record():
                self._record(message, number, cursor, spool)
        return cursor

    def _reject(self, number: int, bad: BadRecord) -> None:
        self._broken += 1
        if self._broken >= BROKEN_LINES:
            raise Fatal(f"{BROKEN_LINES} lines of what the program writes are no Singer messages; is it a tap?")
        self._batch.rejected.append(Rejected(bad.record or f"line {number}", str(bad), bad.field))

    def _record(self, message: Record, number: int, cursor: Cursor, spool: Spool) -> None:
        try:
            for part in self._parts.get(message.stream, ()):
                owner = search(part.key, message.row, f"also.{part.name}.key")
                if owner is not None:
                    spool.put_part(part.stream, str(owner), message.row)
        except BadRecord as bad:
            self._reject(number, bad)
        reader = self._readers.get(message.stream)
        if reader is None:
            return
        name = reader.name(message.row) or f"{message.stream}, line {number}"
        if reader.is_incremental:
            self._add(reader, name, message.row, cursor)
        else:
            spool.put(message.stream, name, message.row)

    def _add(self, reader: StreamReader, name: str, row: dict[str, Any], cursor: Cursor) -> None:
        try:
            if reader.is_deleted(row):
                self._batch.erased.append(name)
                return
        except BadRecord as bad:
            self._batch.rejected.append(Rejected(name, str(bad), bad.field))
            return
        self._batch.add(name, partial(reader.item, row, cursor.since))

    # --- streams that are sent whole ----------------------------------------------------------------------------------

    def _compared(self, begin: Cursor, moved: Cursor, spool: Spool) -> Iterator[Page]:
        """Yield what changed of the waiting rows, and last the cursor that knows them."""
        known = dict(begin.known)
        for name, reader in self._readers.items():
            if reader.is_incremental:
                continue
            held, now = known.get(name, Known()), {}
            for key, row in spool.rows(name):
                now[key] = self._compare(reader, key, row, begin, spool)
                if len(self._batch.items) + len(self._batch.rejected) >= PAGE:
                    yield self._page(begin)
            known[name] = self._kept(reader, held, now)
        state = moved.state if self._options.keeps_state else None
        yield self._page(replace(moved, state=state, known=known), is_last=True)

    def _compare(self, reader: StreamReader, key: str, row: dict[str, Any], begin: Cursor, spool: Spool) -> str:
        """Take up a row that is new or changed; give its digest."""
        try:
            row = reader.whole(row, spool)
        except BadRecord as bad:
            self._batch.rejected.append(Rejected(key, str(bad), bad.field))
            return ""
        content = digest(row)
        held = begin.known.get(reader.stream.name, Known())
        if held.rows.get(key) != content:
            self._add(reader, key, row, begin)
        return content

    def _kept(self, reader: StreamReader, held: Known, now: dict[str, str]) -> Known:
        """Say what is known of a stream after a run; what is gone from it is erased."""
        version = self._versions.get(reader.stream.name)
        is_new_reading = version is not None and version != held.version
        if is_new_reading or reader.stream.missing_is_gone:
            self._batch.erased += sorted(held.rows.keys() - now.keys())
            return Known(version, now)
        return Known(version if version is not None else held.version, held.rows | now)

    def _page(self, cursor: Cursor, *, is_last: bool = False) -> Page:
        warnings = tuple(said for reader in self._readers.values() for said in reader.warnings())
        silent = sorted(self._options.wanted - self._heard_of) if is_last else []
        if silent:
            remedy = "" if self._heard_of else '; does it want catalog_flag = "--properties", as old taps do?'
            warnings += (f"the tap said nothing of {', '.join(silent)}{remedy}",)
        batch, self._batch = self._batch, Batch()
        return batch.page(cursor, requests=0, is_last=is_last, warnings=warnings)
