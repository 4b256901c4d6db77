"""Which answers are known already?

A small file beside the database, for its owner only. The key of an answer is a keyed hash of everything that was asked; an
answer holds labels, figures and places, no words. So nothing in it says who wrote or what was written, and erasing a person
needs nothing done here. It may be deleted at any time: the model is then asked again.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_CHUNK = 500
_SCHEMA = """
CREATE TABLE IF NOT EXISTS secret (key BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS answers (asked BLOB PRIMARY KEY, answer BLOB NOT NULL) WITHOUT ROWID;
"""


class Memory:
    """Answers by what was asked. One that cannot be opened or written forgets; `fault` then says why."""

    def __init__(self, path: Path) -> None:
        self.fault: str | None = None
        self._conn: sqlite3.Connection | None = None
        self._secret = secrets.token_bytes(32)
        try:
            self._open(path)
        except (OSError, sqlite3.Error) as error:
            self._forget(error)

    def _open(self, path: Path) -> None:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
        self._conn = sqlite3.connect(path, timeout=5, isolation_level=None)
        self._conn.executescript(_SCHEMA)
        # One statement: two processes that open a new file at once agree on one secret.
        self._conn.execute("INSERT INTO secret SELECT ? WHERE NOT EXISTS (SELECT 1 FROM secret)", (self._secret,))
        self._secret = self._conn.execute("SELECT key FROM secret").fetchone()[0]

    def key(self, asked: bytes) -> bytes:
        """Give the key of what is asked."""
        return hmac.digest(self._secret, asked, hashlib.sha256)[:20]

    def known(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Give the answers known."""
        found: dict[bytes, bytes] = {}
        if self._conn is None:
            return found
        try:
            for start in range(0, len(keys), _CHUNK):
                some = keys[start : start + _CHUNK]
                marks = ",".join("?" * len(some))
                query = f"SELECT asked, answer FROM answers WHERE asked IN ({marks})"  # noqa: S608 - only marks
                found.update(self._conn.execute(query, some).fetchall())
        except sqlite3.Error as error:
            self._forget(error)
        return found

    def keep(self, answers: Mapping[bytes, bytes]) -> None:
        """Keep answers, all or none."""
        if self._conn is None or not answers:
            return
        try:
            self._conn.execute("BEGIN IMMEDIATE")
            self._conn.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?)", list(answers.items()))
            self._conn.execute("COMMIT")
        except sqlite3.Error as error:
            self._forget(error)

    def close(self) -> None:
        """Let go of the file."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def _forget(self, error: Exception) -> None:
        self.fault = str(error)
        self.close()
