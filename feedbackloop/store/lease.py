"""Who may write to this database now?

One run at a time holds the lease, a row with a token that grows. A heartbeat keeps it alive while the run waits for slow
sources. A holder whose process is gone is replaced at once, one that is silent for too long when the lease expires; should it
wake up later, every write transaction first looks at the token and stops (fencing).
"""

from __future__ import annotations

import os
import socket
import sqlite3
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from feedbackloop import clock
from feedbackloop.errors import LeaseError, LeaseLost
from feedbackloop.store import text

LIFETIME_SECONDS = 90.0
HEARTBEAT_SECONDS = 20.0


@dataclass
class Lease:
    """The lease as one process holds it."""

    path: Path
    token: int
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @classmethod
    def take(cls, conn: sqlite3.Connection, path: Path, holder: str) -> Lease:
        """Take the lease and keep it alive.

        Raises:
            LeaseError: Another living run holds it; it is named with its start.
        """
        conn.execute("BEGIN IMMEDIATE")
        try:
            token = _seize(conn, holder)
        except BaseException:
            conn.execute("ROLLBACK")
            raise
        conn.execute("COMMIT")
        lease = cls(path, token)
        lease._thread = threading.Thread(target=lease._beat, name="lease", daemon=True)
        lease._thread.start()
        return lease

    def fence(self, conn: sqlite3.Connection) -> None:
        """Make sure, inside a write transaction, that the lease is still ours.

        Raises:
            LeaseLost: It is not.
        """
        row = conn.execute("SELECT token FROM lease").fetchone()
        if row is None or row[0] != self.token:
            raise LeaseLost("another run took this database over while this one was asleep; nothing more was written")
        conn.execute("UPDATE lease SET expires_at = ?", (time.time() + LIFETIME_SECONDS,))

    def release(self, conn: sqlite3.Connection) -> None:
        """Give the lease back; the token stays, so that it keeps growing."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=5)
        with suppress(sqlite3.Error):  # a full disk: the process is gone soon, and a dead holder is replaced at once
            conn.execute("UPDATE lease SET expires_at = 0, pid = 0 WHERE token = ?", (self.token,))

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_SECONDS):
            try:
                with closing(sqlite3.connect(self.path, timeout=5)) as conn, conn:
                    conn.execute(
                        "UPDATE lease SET expires_at = ? WHERE token = ?", (time.time() + LIFETIME_SECONDS, self.token)
                    )
            except sqlite3.Error:  # a busy database: the next beat comes before the lease expires
                continue


def _seize(conn: sqlite3.Connection, holder: str) -> int:
    row = conn.execute("SELECT token, holder, pid, host, born, since, expires_at FROM lease").fetchone()
    if row and _is_held(row[2], row[3], row[4], row[6]):
        raise LeaseError(
            f"another run holds {_file_of(conn)}: {row[1]}, process {row[2]} on {row[3]}, since {row[5]}; "
            "wait for it, or stop it"
        )
    token = row[0] + 1 if row else 1
    conn.execute(
        "INSERT OR REPLACE INTO lease VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
        (
            token,
            holder,
            os.getpid(),
            socket.gethostname(),
            _born(os.getpid()),
            text.stamp(clock.Clock().now()),
            time.time() + LIFETIME_SECONDS,
        ),
    )
    return token


def _is_held(pid: int, host: str, born: str, expires_at: float) -> bool:
    if expires_at < time.time():
        return False
    if host != socket.gethostname():
        return True
    return _is_alive(pid) and _born(pid) == born


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _born(pid: int) -> str:
    """Give when a process started, as far as the system tells: a reused process id is not the old holder."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _file_of(conn: sqlite3.Connection) -> str:
    return str(conn.execute("PRAGMA database_list").fetchone()[2])
