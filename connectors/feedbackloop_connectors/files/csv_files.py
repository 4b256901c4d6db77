"""How is feedback read from a CSV export?"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, ClassVar

from pydantic import Field, field_validator

from feedbackloop.connector import Check, SourceOptions
from feedbackloop.errors import BadRecord, Fatal
from feedbackloop.records import Item
from feedbackloop_connectors.files.mapping import wire_record
from feedbackloop_connectors.files.options import Column, FileOptions
from feedbackloop_connectors.files.source import FileRecord, FileSource

MAXIMUM_CELL = 16_000_000
"""Characters of one cell. A quote that is never closed swallows no more of the file than this."""

_FOREIGN = re.compile("[\udc80-\udcff]")


class CsvOptions(FileOptions):
    """What may stand in a `[sources.NAME]` with `connector = "csv"`; needed are `path`, `kind` and columns for the rest."""

    delimiter: str = Field(",", description="between two cells", min_length=1, max_length=1)

    model_config = FileOptions.model_config | {"str_strip_whitespace": False}  # a tab is a delimiter

    @field_validator("delimiter")
    @classmethod
    def _printable(cls, value: str) -> str:
        if value in '\r\n"':
            raise ValueError(f"{value!r} cannot stand between cells; write for example ',' or ';' or '\\t'")
        return value


@dataclass(frozen=True, slots=True)
class Row:
    """One row with the plan by which its header is read."""

    cells: list[str]
    plan: Plan
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How rows under one header are read.

    Attributes:
        header: The columns' names.
        steps: Dotted name -> the columns to look at, by place; what is not mapped goes to `fields`.
    """

    header: list[str]
    steps: dict[str, tuple[int, ...]]

    def values(self, cells: list[str]) -> dict[str, Any]:
        """Give dotted name -> the first cell with a value; where there is none the name is left out."""
        found, end = {}, len(cells)
        for name, places in self.steps.items():
            for place in places:
                if place < end and cells[place]:
                    found[name] = cells[place]
                    break
        return found


class CsvConnector(FileSource[CsvOptions, Row]):
    """One row an item; `columns` says which column is what, and what is not mapped lands in `fields`."""

    name: ClassVar[str] = "csv"
    Options: ClassVar[type[SourceOptions]] = CsvOptions

    def records(self) -> Iterator[FileRecord[Row]]:
        """Yield every row that is not blank; a row that cannot be read carries its fault."""
        csv.field_size_limit(max(csv.field_size_limit(), MAXIMUM_CELL))
        with self.opened() as file:
            text = io.TextIOWrapper(file, self.options.encoding, errors="surrogateescape", newline="")
            rows = csv.reader(text, delimiter=self.options.delimiter)
            header = next(_sound_rows(rows), None)
            if header is None:
                return
            plan = self._plan(header[1])
            seed = blake2b("\x1f".join(plan.header).encode("utf-8", "surrogateescape"), digest_size=8).digest()
            for line, cells, fault in _sound_rows(rows):
                content = seed + "\x1f".join(cells).encode("utf-8", "surrogateescape")
                yield line, content, Row(cells, plan, fault)

    def item(self, payload: Row) -> Item:
        """Read one row."""
        plan, cells = payload.plan, payload.cells
        if payload.fault:
            raise BadRecord(payload.fault)
        if len(cells) > len(plan.header) and any(cells[len(plan.header) :]):
            raise BadRecord(
                f"has {len(cells)} cells under {len(plan.header)} columns; is a cell with commas not quoted?"
            )
        values = plan.values(cells)
        if "id" not in plan.steps:
            values["id"] = "row-" + blake2b("\x1f".join(cells).encode("utf-8", "replace"), digest_size=8).hexdigest()
        try:
            return self._read(values)
        except BadRecord as error:
            error.record = error.record or values.get("id")
            raise

    def _read(self, values: dict[str, Any]) -> Item:
        _refuse_foreign_bytes(values, self.options.encoding)
        record = wire_record(values, self.options.values)
        if self.options.kind:
            record.setdefault("kind", self.options.kind)
        return self.reader.record(record)

    def check(self) -> list[Check]:
        """See `FileSource.check`; says too where ids come from if no column gives them."""
        checks = super().check()
        if checks[0].ok and (first := next(self.records(), None)) and "id" not in first[2].plan.steps:
            fix = "map columns.id to a column that stays the same when a row is corrected"
            checks.append(
                Check("ids", True, "no column holds an id: it is made from the row, a changed row is a new item", fix)
            )
        return checks

    def _plan(self, raw_header: list[str]) -> Plan:
        """Match the config's columns with the header.

        Raises:
            Fatal: A column is missing, stands twice, or nothing says the kind or the time.
        """
        header = [name.strip().removeprefix("\ufeff") for name in raw_header]
        columns = {name: _names(column) for name, column in self._columns(header).items()}
        for name, choices in columns.items():
            self._require(name, choices, header)
        if "kind" not in columns and self.options.kind is None:
            raise Fatal(f'nothing says what the rows of {self.path} are; set kind = "ticket", "review" or "survey"')
        places = {name: place for place, name in reversed(list(enumerate(header))) if name}
        steps = {name: tuple(places[one] for one in choices if one in places) for name, choices in columns.items()}
        used = {name for choices in columns.values() for name in choices}
        others = {f"fields.{name}": (place,) for name, place in sorted(places.items()) if name not in used}
        return Plan(header, others | steps)

    def _columns(self, header: list[str]) -> dict[str, Column]:
        """Give the mapping; where the config has none, columns that bear the wire's own names map to themselves."""
        columns = dict(self.options.columns)
        own_names = ("id", "created_at", "kind") if columns else tuple(header)
        for name in own_names:
            if name in header and name not in columns and self.options.is_target(name):
                columns[name] = name
        columns.setdefault("created_at", "created_at")
        return columns

    def _require(self, name: str, choices: tuple[str, ...], header: list[str]) -> None:
        found = [choice for choice in choices if choice in header]
        if not found:
            raise Fatal(f"{self.path} has no column {choices[0]!r} (for {name}){_hint(choices[0], header)}")
        doubled = next((choice for choice in found if header.count(choice) > 1), None)
        if doubled:
            raise Fatal(f"{self.path} has two columns {doubled!r} (for {name}); rename one")


def _names(column: Column) -> tuple[str, ...]:
    return (column,) if isinstance(column, str) else column


def _sound_rows(rows: Any) -> Iterator[tuple[int, list[str], str | None]]:
    """Yield first line, cells and fault of each row that is not blank."""
    read: Callable[[], list[str]] = rows.__next__
    while True:
        line = rows.line_num + 1
        try:
            cells = read()
        except StopIteration:
            return
        except csv.Error as error:
            yield line, [f"{line}"], f"cannot be read: {error}"
            continue
        if any(cells):
            yield line, cells, None


def _refuse_foreign_bytes(values: dict[str, Any], encoding: str) -> None:
    for name, value in values.items():
        if isinstance(value, str) and not value.isascii() and _FOREIGN.search(value):
            raise BadRecord(f"holds bytes that are not {encoding}; is `encoding` right?", field=name)


def _hint(name: str, header: list[str]) -> str:
    """Say what may have been meant."""
    if any("\x00" in cell for cell in header):
        return '; the file looks like UTF-16: set encoding = "utf-16"'
    folded = {cell.casefold(): cell for cell in header}
    close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {folded[close[0]]!r}?"
    if len(header) == 1 and (other := next((mark for mark in ";\t|," if mark in header[0]), None)):
        return f"; there is only one column: is delimiter = {other!r} right?"
    return f"; it has {', '.join(header[:30])}"
