"""How is feedback read from JSON lines, the project's own wire form?"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import IO, Any, ClassVar, cast

from feedbackloop.connector import SourceOptions
from feedbackloop.errors import BadRecord
from feedbackloop.plain_json import load_object
from feedbackloop.records import Item
from feedbackloop_connectors.files.mapping import cell_of, dotted, part_records, wire_record
from feedbackloop_connectors.files.options import PARTS, FileOptions
from feedbackloop_connectors.files.source import FileRecord, FileSource

MAXIMUM_LINE = 64_000_000
"""Bytes of one line; a longer one is rejected unread."""
_UTF_8 = frozenset(("utf-8", "utf-8-sig", "ascii"))


class JsonlOptions(FileOptions):
    """What may stand in a `[sources.NAME]` with `connector = "jsonl"`; needed is `path` alone."""

    @classmethod
    def is_target(cls, name: str) -> bool:
        """A line of JSON can hold whole lists too: `messages`, or `messages.text` for one key of each."""
        return name.partition(".")[0] in PARTS or super().is_target(name)


class JsonlConnector(FileSource[JsonlOptions, bytes]):
    """One JSON object a line (`docs/wire.md`); with `columns` any other shape of object."""

    name: ClassVar[str] = "jsonl"
    Options: ClassVar[type[SourceOptions]] = JsonlOptions

    def records(self) -> Iterator[FileRecord[bytes]]:
        """Yield every line that is not blank."""
        with self.opened() as file:
            read = file.readline if self.options.encoding in _UTF_8 else _recoded(file, self.options.encoding)
            for number, line in enumerate(_lines(read), 1):
                content = line.strip()
                if content:
                    yield number, content, content

    def item(self, payload: bytes) -> Item:
        """Read one line, through `columns`, `values` and `kind` where they are set."""
        if len(payload) > MAXIMUM_LINE:
            raise BadRecord(f"is longer than {MAXIMUM_LINE:,} bytes")
        if self._is_wire_form:
            return self.reader.line(payload)
        return self.reader.record(self._mapped(load_object(payload)))

    @cached_property
    def _is_wire_form(self) -> bool:
        return not (self.options.columns or self.options.values or self.options.kind)

    def _mapped(self, source: dict[str, Any]) -> dict[str, Any]:
        """Give the wire's record: mapped keys first, the line's own keys where nothing was mapped to them."""
        columns = self.options.columns
        values = {
            name: cell_of(column, partial(dotted, source))
            for name, column in columns.items()
            if name.partition(".")[0] not in PARTS
        }
        used = {name for column in columns.values() for name in ([column] if isinstance(column, str) else column)}
        record = {key: value for key, value in source.items() if key not in used}
        for name in set(self.options.values) - set(columns):
            values[name] = dotted(source, name)
        mapped = wire_record(values, self.options.values) | part_records(source, columns, self.options.values)
        return _merged({"kind": self.options.kind} if self.options.kind else {}, record, mapped)


def _merged(*records: dict[str, Any]) -> dict[str, Any]:
    """Lay records over one another, the later above; nested objects are merged."""
    merged: dict[str, Any] = {}
    for record in records:
        for key, value in record.items():
            under = merged.get(key)
            both = isinstance(value, dict) and isinstance(under, dict)
            merged[key] = _merged(cast("dict[str, Any]", under), value) if both else value
    return merged


def _lines(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield lines in UTF-8; of one that is too long only so much as shows that it is, the rest is passed over."""
    for line in iter(partial(read, MAXIMUM_LINE + 1), b""):
        if len(line) > MAXIMUM_LINE and not line.endswith(b"\n"):
            while (rest := read(MAXIMUM_LINE)) and not rest.endswith(b"\n"):
                pass
        yield line


def _recoded(file: IO[bytes], encoding: str) -> Callable[[int], bytes]:
    """Give a `readline` in UTF-8. Bytes that are not of the encoding stay as they are, so that their line is rejected."""
    text = io.TextIOWrapper(file, encoding, errors="surrogateescape", newline="\n")
    return lambda size: text.readline(size).encode("utf-8", "surrogateescape")
