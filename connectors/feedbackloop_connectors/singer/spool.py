"""Where do rows wait whose parts come later, so that memory stays flat?

In a file of the run's own folder. It is gone with the run; what was read is kept by the core alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

_TABLES = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    CREATE TABLE rows (stream TEXT, id TEXT, body BLOB, PRIMARY KEY (stream, id));
    CREATE TABLE parts (stream TEXT, owner TEXT, place INTEGER PRIMARY KEY, body BLOB);
    CREATE INDEX parts_of ON parts (stream, owner, place);
"""


class Spool:
    """The waiting rows of one run."""

    def __init__(self, folder: Path) -> None:
        self._file = sqlite3.connect(folder / "rows.db", isolation_level=None)
        self._file.executescript(_TABLES)
        self._file.execute("BEGIN")

    def put(self, stream: str, name: str, row: dict[str, Any]) -> None:
        """Let a row wait; one that came before under this name is replaced."""
        self._file.execute("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", (stream, name, msgspec.json.encode(row)))

    def put_part(self, stream: str, owner: str, row: dict[str, Any]) -> None:
        """Let a part of a row wait."""
        body = msgspec.json.encode(row)
        self._file.execute("INSERT INTO parts (stream, owner, body) VALUES (?, ?, ?)", (stream, owner, body))

    def rows(self, stream: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the rows of a stream with their names, in the order in which they came first."""
        for name, body in self._file.execute("SELECT id, body FROM rows WHERE stream = ? ORDER BY rowid", (stream,)):
            yield name, msgspec.json.decode(body)

    def parts(self, stream: str, owner: str) -> list[dict[str, Any]]:
        """Give the parts that belong to a row, in the order in which they came."""
        query = "SELECT body FROM parts WHERE stream = ? AND owner = ? ORDER BY place"
        return [msgspec.json.decode(body) for (body,) in self._file.execute(query, (stream, owner))]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
