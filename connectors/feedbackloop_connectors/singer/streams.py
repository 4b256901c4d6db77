"""What do the rows of a tap come to, at once or at the run's end?

Rows of an incremental stream are taken up as they come. Rows of a stream that is sent whole, or whose parts come in other
streams, wait in a file until the tap has ended well; those that changed are taken up then.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from feedbackloop.errors import BadRecord
from feedbackloop_connectors.cursors import digest
from feedbackloop_connectors.desk.pulling import Batch
from feedbackloop_connectors.singer.cursor import Cursor, Known
from feedbackloop_connectors.singer.messages import Record
from feedbackloop_connectors.singer.options import SingerOptions
from feedbackloop_connectors.singer.reading import StreamReader
from feedbackloop_connectors.singer.spool import Spool


class Streams:
    """The streams of one run whose rows are items. Use it with `with`.

    Attributes:
        batch: What rows came to; whoever makes pages takes it and puts a new one.
        known: Stream -> what is known of it; of those that are sent whole, as `compared` leaves it.
    """

    def __init__(self, options: SingerOptions, zone: tzinfo, folder: Path) -> None:
        self._readers = {one.name: StreamReader(one, zone, options.time_format) for one in options.streams}
        self._spool = Spool(folder)
        self._versions: dict[str, int] = {}
        self.batch = Batch()
        self.known: dict[str, Known] = {}

    def __enter__(self) -> Streams:
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()

    @property
    def is_incremental(self) -> bool:
        """Whether no row waits: only then may the tap's STATE be kept before its end."""
        return all(reader.is_incremental for reader in self._readers.values())

    def learn(self, stream: str, is_incremental: bool) -> None:
        """Take up what the tap's SCHEMA says of a stream."""
        if stream in self._readers:
            self._readers[stream].learn(is_incremental)

    def number(self, stream: str, version: int) -> None:
        """Take up the number that the tap gives to this reading of a stream."""
        self._versions[stream] = version

    def keep_parts(self, record: Record) -> None:
        """Let a row wait for the rows that it belongs to.

        Raises:
            BadRecord: The expression for its owner does not fit.
        """
        for reader in self._readers.values():
            reader.keep_parts(record, self._spool)

    def take(self, record: Record, line: int, since: datetime | None) -> None:
        """Take up a row, or let it wait; `line` names one without an id."""
        reader = self._readers.get(record.stream)
        if reader is None:
            return
        name = reader.name(record.row) or f"{record.stream}, line {line}"
        if reader.is_incremental:
            reader.take(record.row, name, since, self.batch)
        else:
            self._spool.put(record.stream, name, record.row)

    def compared(self, begin: Cursor) -> Iterator[None]:
        """Take up what changed of the rows that wait; stops after each, so that a page can be made."""
        self.known = dict(begin.known)
        for name, reader in self._readers.items():
            if reader.is_incremental:
                continue
            held, now = begin.known.get(name, Known()), {}
            for key, row in self._spool.rows(name):
                now[key] = self._compare(reader, key, row, held, begin.since)
                yield
            self.known[name] = self._kept(reader, held, now)

    def _compare(self, reader: StreamReader, key: str, row: dict[str, Any], held: Known, since: datetime | None) -> str:
        """Take up a row that is new or changed; give its digest."""
        try:
            row = reader.whole(row, self._spool)
        except BadRecord as bad:
            self.batch.reject(key, bad)
            return ""
        content = digest(row)
        if held.rows.get(key) != content:
            reader.take(row, key, since, self.batch)
        return content

    def _kept(self, reader: StreamReader, held: Known, now: dict[str, str]) -> Known:
        """Say what is known of a stream after a run; what is gone from it is erased."""
        version = self._versions.get(reader.stream.name)
        is_new_reading = version is not None and version != held.version
        if is_new_reading or reader.stream.missing_is_gone:
            self.batch.erased += sorted(held.rows.keys() - now.keys())
            return Known(version, now)
        return Known(version if version is not None else held.version, held.rows | now)

    def warnings(self) -> tuple[str, ...]:
        """Give what was mended on the way, once."""
        return tuple(said for reader in self._readers.values() for said in reader.warnings())
