"""How do the rows of one stream become items?"""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Any

from msgspec.structs import replace

from feedbackloop.errors import BadRecord
from feedbackloop.records import Item
from feedbackloop_connectors.described.expressions import search
from feedbackloop_connectors.described.mapping import Mapper
from feedbackloop_connectors.desk.pulling import Batch
from feedbackloop_connectors.singer.messages import DELETED, Record
from feedbackloop_connectors.singer.options import Part, Stream
from feedbackloop_connectors.singer.spool import Spool


class StreamReader:
    """Reads the rows of one stream.

    Attributes:
        stream: What the config says of it.
        is_incremental: Whether the tap sends changed rows alone: they are items at once. Other rows wait for the run's end,
            and are compared with what is known.
    """

    def __init__(self, stream: Stream, zone: tzinfo, time_format: str | None) -> None:
        self.stream = stream
        self.is_incremental = bool(stream.incremental) and not stream.also
        self._mapper = Mapper(stream, zone, time_format)

    def learn(self, is_incremental: bool) -> None:
        """Take up what the tap's SCHEMA says, unless the config knows better; a row that has parts must wait for them."""
        if self.stream.incremental is None:
            self.is_incremental = is_incremental and not self.stream.also

    def name(self, row: dict[str, Any]) -> str:
        """Give the item's id; empty where the row has none."""
        found = self._mapper.name(row)
        return f"{self.stream.prefix}{found}" if found else ""

    def item(self, row: dict[str, Any], since: datetime | None) -> Item | None:
        """Make an item; None for our own tasks, and for what was created before `since`.

        Raises:
            BadRecord: It cannot be read.
        """
        item = self._mapper.item(row)
        if item is None or (since is not None and item.created_at < since):
            return None
        return replace(item, id=f"{self.stream.prefix}{item.id}") if self.stream.prefix else item

    def is_deleted(self, row: dict[str, Any]) -> bool:
        """Say whether a row is there only to tell that it is gone."""
        return bool(row.get(DELETED)) or self._mapper.is_deleted(row)

    def take(self, row: dict[str, Any], name: str, since: datetime | None, batch: Batch) -> None:
        """Take up a row: as an item, as one that is gone, or as one that cannot be read."""
        try:
            if self.is_deleted(row):
                batch.erased.append(name)
                return
        except BadRecord as bad:
            batch.reject(name, bad)
            return
        batch.add(name, lambda: self.item(row, since))

    def keep_parts(self, record: Record, spool: Spool) -> None:
        """Let a row of another stream wait that belongs to a row of this one.

        Raises:
            BadRecord: The expression for its owner does not fit.
        """
        for part in self.stream.also:
            if part.stream == record.stream:
                owner = search(part.key, record.row, f"also.{part.name}.key")
                if owner is not None:
                    spool.put_part(part.stream, str(owner), record.row)

    def whole(self, row: dict[str, Any], spool: Spool) -> dict[str, Any]:
        """Give a row with its parts in it."""
        return row | {part.name: spool.parts(part.stream, self._owner(part, row)) for part in self.stream.also}

    def _owner(self, part: Part, row: dict[str, Any]) -> str:
        return str(search(part.of or self.stream.item["id"], row, f"also.{part.name}.of"))

    def warnings(self) -> tuple[str, ...]:
        """Give what was mended on the way, once."""
        return self._mapper.warnings()
