"""How is the file of the database opened, looked into and copied, beside others who have it open?"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from feedbackloop.errors import UsageError
from feedbackloop.store.schema import lacking

BUSY_SECONDS = 10.0
"""So long a connection waits for another one's lock."""
_PAUSE = 0.02
_PRIMARY = 0xFF
"""The part of SQLite's code for an error that says its kind: busy because another one recovers the log is busy too."""


def opened(path: Path) -> sqlite3.Connection:
    """Open the file, creating it with owner-only rights.

    Raises:
        UsageError: It cannot be opened or created.
    """
    try:
        _create_owner_only(path)
        return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise UsageError(f"the database {path} cannot be opened: {error}") from error


def keep_a_log(conn: sqlite3.Connection, *, patience: float = BUSY_SECONDS) -> None:
    """Let a database write ahead to a log, survive power cuts, and overwrite what is deleted.

    Of two who give a new file its log at once, SQLite sends one away without waiting, whatever its timeout is: both hold what
    the other needs. That one asks again.

    Args:
        conn: Outside any transaction.
        patience: Seconds after which it gives up.

    Raises:
        sqlite3.Error: The file is none of SQLite's, or locked for longer.
    """
    until = time.monotonic() + patience
    while not _has_log(conn, is_last_try=time.monotonic() >= until):
        time.sleep(_PAUSE)
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("PRAGMA secure_delete = ON")


def _has_log(conn: sqlite3.Connection, *, is_last_try: bool) -> bool:
    try:
        conn.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if is_last_try or error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def lacks(path: Path) -> list[str]:
    """Name the upgrades that a database of an earlier version still lacks, without writing anything to it.

    Raises:
        UsageError: It cannot be read.
        SchemaError: It is not ours, or newer than this program.
    """
    how = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
    try:
        with closing(_reader(path, how)) as conn:
            return lacking(conn, str(path))
    except sqlite3.Error as error:
        raise UsageError(f"the database {path} cannot be used: {error}") from error


def read_copy(path: Path, target: Path) -> None:
    """Copy a database without writing anything to it nor beside it, not even an upgrade of its schema.

    SQLite would make its side files for a reader too. Where there are none nobody has the database open, and it can be read as a
    file that does not change; should somebody open it meanwhile, it is read again as theirs.

    Raises:
        UsageError: It cannot be read.
    """
    log = path.with_name(path.name + "-wal")
    try:
        _create_owner_only(target)
        if not log.exists():
            _copy(path, target, "immutable=1")
        if log.exists():
            _copy(path, target, "mode=ro")
    except (OSError, sqlite3.Error) as error:
        raise UsageError(f"the database {path} cannot be copied to {target}: {error}") from error


def back_up(path: Path, target: Path) -> None:
    """Write a consistent copy while others read and write, and check it; an old database is copied as it is.

    Raises:
        UsageError: The copy cannot be written, or is not whole; nothing is left at `target` then.
        SchemaError: The database is not ours, or newer than this program.
    """
    lacks(path)
    try:
        read_copy(path, target)
        _see_it_is_whole(target)
    except UsageError:
        target.unlink(missing_ok=True)  # half a copy looks like a backup and is none
        raise


def _see_it_is_whole(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as conn:
            verdict = conn.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        verdict = str(error)
    if verdict != "ok":
        raise UsageError(f"the copy {path} is damaged: {verdict}")


def _copy(path: Path, target: Path, how: str) -> None:
    copy = sqlite3.connect(target)
    with closing(_reader(path, how)) as source, closing(copy):
        source.backup(copy)


def _reader(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=BUSY_SECONDS)


def _create_owner_only(path: Path) -> None:
    """Make the file before SQLite does, which would make it readable for everybody."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
