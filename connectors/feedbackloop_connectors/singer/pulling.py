"""How is a tap read, so that its STATE never runs ahead of what is stored?

A page's cursor holds the newest STATE before its end where every row was taken up as it came. Where rows wait for the run's end,
only the last page's cursor moves.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from msgspec.structs import replace

from feedbackloop.connector import Context, Page, Rejected
from feedbackloop.errors import BadRecord, Fatal, Retriable, SourceError
from feedbackloop_connectors.desk.pulling import Batch
from feedbackloop_connectors.singer.cursor import Cursor
from feedbackloop_connectors.singer.messages import Activate, Record, Schema, State, read_message
from feedbackloop_connectors.singer.options import SingerOptions
from feedbackloop_connectors.singer.streams import Streams
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
        self._broken = 0
        self._heard_of: set[str] = set()

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all pages; the last one is caught up.

        Raises:
            Fatal: The tap cannot be started, or fails before it has sent anything.
            Retriable: It fails later.
        """
        zone = self._context.zone
        with (
            Workplace(self._options, self._context) as place,
            Streams(self._options, zone, place.folder) as streams,
        ):
            moved = yield from self._run(place, cursor, streams)
            for _ in streams.compared(cursor):
                if _is_full(streams.batch):
                    yield self._page(streams, cursor)
            state = moved.state if self._options.keeps_state else None
            yield self._page(streams, replace(moved, state=state, known=streams.known), is_last=True)

    def _run(self, place: Workplace, cursor: Cursor, streams: Streams) -> Generator[Page, None, Cursor]:
        """Yield pages of rows that need not wait; give the cursor behind the tap's last message."""
        number, moved = 0, cursor
        with place.tap(cursor.state if self._options.keeps_state else None) as tap:
            try:
                for number, line in enumerate(tap.lines(), 1):
                    moved = self._take(line, number, moved, streams)
                    if _is_full(streams.batch):
                        yield self._page(streams, moved if streams.is_incremental else cursor)
                tap.finish()
            except SourceError as error:
                if not number or not isinstance(error, Fatal):
                    raise
                yield self._page(streams, moved if streams.is_incremental else cursor)
                raise Retriable(f"{error}; what it sent before is kept, the next run goes on") from error
        return moved

    def _take(self, line: bytes | None, number: int, cursor: Cursor, streams: Streams) -> Cursor:
        try:
            message = read_message(line)
        except BadRecord as bad:
            self._reject(number, bad, streams)
            return cursor
        if isinstance(message, Schema | Record):
            self._heard_of.add(message.stream)
        match message:
            case State(value):
                return replace(cursor, state=value)
            case Schema(stream, is_incremental):
                streams.learn(stream, is_incremental and self._options.keeps_state)
            case Activate(stream, version):
                streams.number(stream, version)
            case Record():
                self._record(message, number, cursor, streams)
        return cursor

    def _record(self, record: Record, number: int, cursor: Cursor, streams: Streams) -> None:
        try:
            streams.keep_parts(record)
        except BadRecord as bad:
            self._reject(number, bad, streams)
        streams.take(record, number, cursor.since)

    def _reject(self, number: int, bad: BadRecord, streams: Streams) -> None:
        self._broken += 1
        if self._broken >= BROKEN_LINES:
            raise Fatal(f"{BROKEN_LINES} lines of what the program writes are no Singer messages; is it a tap?")
        streams.batch.rejected.append(Rejected(bad.record or f"line {number}", str(bad), bad.field))

    def _page(self, streams: Streams, cursor: Cursor, *, is_last: bool = False) -> Page:
        warnings = streams.warnings()
        silent = sorted(self._options.wanted - self._heard_of) if is_last else []
        if silent:
            remedy = "" if self._heard_of else '; does it want catalog_flag = "--properties", as old taps do?'
            warnings += (f"the tap said nothing of {', '.join(silent)}{remedy}",)
        batch, streams.batch = streams.batch, Batch()
        return batch.page(cursor, requests=0, is_last=is_last, warnings=warnings)


def _is_full(batch: Batch) -> bool:
    return len(batch.items) + len(batch.rejected) >= PAGE
