"""How is everything kept, so that a crash at any instruction loses nothing and does nothing twice?

The only room that knows SQL. One SQLite file in WAL mode with `synchronous=FULL`; write transactions begin IMMEDIATE and first
make sure that the lease still is ours. `Store` opens the file; its parts each keep one kind of thing.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType

from feedbackloop.errors import UsageError
from feedbackloop.store.books import Books
from feedbackloop.store.corrections import Corrections
from feedbackloop.store.erasure import Erasure
from feedbackloop.store.items import Items
from feedbackloop.store.judgements import Judgements
from feedbackloop.store.lease import Lease
from feedbackloop.store.outbox import Outbox
from feedbackloop.store.persons import Persons
from feedbackloop.store.plans import Plans
from feedbackloop.store.schema import bring_up_to_date, lacking
from feedbackloop.store.sources import Sources
from feedbackloop.store.themes import Themes

__all__ = ["Store", "lacks", "read_copy"]

BUSY_SECONDS = 10.0


class Store:
    """One open database. Use as a context manager, or call `close`."""

    def __init__(self, path: Path | str) -> None:
        """Open the database, creating it with owner-only rights, and bring its schema up to date.

        Raises:
            UsageError: The file cannot be opened or created.
            SchemaError: It is not ours, or newer than this program.
        """
        self.path = Path(path)
        self.lease: Lease | None = None
        try:
            _create_owner_only(self.path)
            self.conn = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(f"the database {self.path} cannot be opened: {error}") from error
        try:
            self._prepare()
            bring_up_to_date(self.conn, str(self.path))
        except sqlite3.DatabaseError as error:
            self.conn.close()
            raise UsageError(f"the database {self.path} cannot be used: {error}") from error
        except BaseException:
            self.conn.close()
            raise

    def _prepare(self) -> None:
        self.conn.execute("PRAGMA journal_mode = WAL")
        self.conn.execute("PRAGMA synchronous = FULL")
        self.conn.execute("PRAGMA secure_delete = ON")

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Open one write transaction: all of it is stored, or nothing.

        Raises:
            LeaseLost: Another run took over while this process slept; nothing was written.
        """
        self.conn.execute("BEGIN IMMEDIATE")
        try:
            if self.lease:
                self.lease.fence(self.conn)
            yield self.conn
            self.conn.execute("COMMIT")
        except BaseException:
            # A full disk makes SQLite roll back by itself: a second ROLLBACK would hide what went wrong.
            if self.conn.in_transaction:
                self.conn.execute("ROLLBACK")
            raise

    @cached_property
    def sources(self) -> Sources:
        """Cursors, freshness, and what was set aside, by source."""
        return Sources(self.conn)

    @cached_property
    def items(self) -> Items:
        """Feedback and what was understood of it."""
        return Items(self.conn)

    @cached_property
    def judgements(self) -> Judgements:
        """Gaps, promises and weekly counts."""
        return Judgements(self.conn)

    @cached_property
    def themes(self) -> Themes:
        """Words by week, and the themes found among them."""
        return Themes(self.conn)

    @cached_property
    def plans(self) -> Plans:
        """Findings, improvement tasks and follow-ups."""
        return Plans(self.conn)

    @cached_property
    def outbox(self) -> Outbox:
        """Actions on their way to the source systems."""
        return Outbox(self.conn)

    @cached_property
    def books(self) -> Books:
        """The ledger, the digests sent, and small notes of the loop's own."""
        return Books(self.conn)

    @cached_property
    def corrections(self) -> Corrections:
        """What was learned from the desk's own ratings."""
        return Corrections(self.conn)

    @cached_property
    def persons(self) -> Persons:
        """Who is one person under several names."""
        return Persons(self.conn)

    @cached_property
    def erasure(self) -> Erasure:
        """Forgetting people and old texts."""
        return Erasure(self.conn)

    def health(self) -> tuple[str, int]:
        """Give SQLite's own verdict ("ok"), and how many items are kept."""
        verdict = self.conn.execute("PRAGMA quick_check").fetchone()[0]
        return str(verdict), int(self.conn.execute("SELECT count(*) FROM items").fetchone()[0])

    def copy_to(self, path: Path) -> None:
        """Write a consistent copy while others read and write; the copy is checked before this returns.

        Raises:
            UsageError: The copy cannot be written, or is not whole.
        """
        try:
            _create_owner_only(path)
            with closing(sqlite3.connect(path)) as target:
                self.conn.backup(target)
                verdict = target.execute("PRAGMA integrity_check").fetchone()[0]
        except (OSError, sqlite3.Error) as error:
            path.unlink(missing_ok=True)  # half a copy looks like a backup and is none
            raise UsageError(f"the copy {path} cannot be written: {error}") from error
        if verdict != "ok":
            raise UsageError(f"the copy {path} is damaged: {verdict}")

    def close(self) -> None:
        """Let go of the lease and the file."""
        if self.lease:
            self.lease.release(self.conn)
            self.lease = None
        self.conn.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


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
        raise UsageError(f"the database {path} cannot be read: {error}") from error


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
