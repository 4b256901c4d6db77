"""How is everything kept, so that a crash at any instruction loses nothing and does nothing twice?

The only room that knows SQL. One SQLite file in WAL mode with `synchronous=FULL`; write transactions begin IMMEDIATE and first
make sure that the lease still is ours. `Store` opens the file; its parts each keep one kind of thing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType

from feedbackloop.errors import UsageError
from feedbackloop.store.books import Books
from feedbackloop.store.corrections import Corrections
from feedbackloop.store.erasure import Erasure
from feedbackloop.store.files import keep_a_log, opened
from feedbackloop.store.items import Items
from feedbackloop.store.judgements import Judgements
from feedbackloop.store.lease import Lease
from feedbackloop.store.outbox import Outbox
from feedbackloop.store.persons import Persons
from feedbackloop.store.plans import Plans
from feedbackloop.store.schema import bring_up_to_date
from feedbackloop.store.sources import Sources
from feedbackloop.store.themes import Themes

__all__ = ["Store"]


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
        self.conn = opened(self.path)
        try:
            keep_a_log(self.conn)
            bring_up_to_date(self.conn, str(self.path))
        except sqlite3.DatabaseError as error:
            self.conn.close()
            raise UsageError(f"the database {self.path} cannot be used: {error}") from error
        except BaseException:
            self.conn.close()
            raise

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

    @contextmanager
    def held(self, holder: str) -> Iterator[None]:
        """Hold the database for one run.

        Raises:
            LeaseError: Another living run holds it.
        """
        self.lease = Lease.take(self.conn, self.path, holder)
        try:
            yield
        finally:
            self.lease.release(self.conn)
            self.lease = None

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
