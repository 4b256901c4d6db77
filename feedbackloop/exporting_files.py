"""How do the rows of an export look as JSON lines, CSV or Parquet?"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

from feedbackloop.errors import UsageError

Row = dict[str, Any]

FORMATS = ("jsonl", "csv", "parquet")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def write(found: Iterable[Row], form: str, out: Path | TextIO) -> int:
    """Write rows; gives how many.

    Raises:
        UsageError: Parquet without its library, or onto a terminal; or the file cannot be written.
    """
    if form == "parquet":
        return _write_parquet(list(found), out)
    if isinstance(out, Path):
        try:
            with open(out, "w", encoding="utf-8", newline="", opener=_owner_only) as file:
                return _write_text(found, form, file)
        except OSError as error:
            raise UsageError(f"{out} cannot be written: {error.strerror}") from error
    return _write_text(found, form, out)


def _owner_only(path: str, flags: int) -> int:
    """Make the file for its owner's eyes: personal data stand in it. One that exists keeps its rights."""
    return os.open(path, flags, 0o600)


def _write_text(found: Iterable[Row], form: str, file: TextIO) -> int:
    return _write_csv(found, file) if form == "csv" else _write_lines(found, file)


def _write_lines(found: Iterable[Row], file: TextIO) -> int:
    written = 0
    for row in found:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
        written += 1
    return written


def _write_csv(found: Iterable[Row], file: TextIO) -> int:
    """Write a table whose columns are those of all rows; nested values stand as JSON."""
    kept = list(found)
    names = list(dict.fromkeys(name for row in kept for name in row))
    writer = csv.writer(file)
    writer.writerow(names)
    for row in kept:
        writer.writerow([_cell(row.get(name)) for name in names])
    return len(kept)


def _cell(value: object) -> object:
    """Make a cell inert: a text that a spreadsheet would take for a formula gets a leading apostrophe."""
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        text = value.replace("\x00", "")
        return f"'{text}" if text.startswith(_DANGEROUS) else text
    return value


def _write_parquet(found: list[Row], out: Path | TextIO) -> int:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow: run `pip install feedbackloop[parquet]`") from error
    if not isinstance(out, Path):
        raise UsageError("Parquet goes into a file: name one with --out")
    flat = [
        {name: json.dumps(v, ensure_ascii=False) if isinstance(v, dict | list) else v for name, v in row.items()}
        for row in found
    ]
    names = list(dict.fromkeys(name for row in flat for name in row))
    columns = {name: _column([row.get(name) for row in flat]) for name in names}
    try:
        with open(out, "wb", opener=_owner_only) as file:
            parquet.write_table(pyarrow.table(columns), file)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}") from error
    return len(found)


def _column(values: list[Any]) -> list[Any]:
    """Give a column one type: numbers stay numbers, anything mixed becomes text."""
    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1 or kinds <= {int, float}:
        return values
    return [None if value is None else str(value) for value in values]
