"""The store keeps everything or nothing, refuses what is not its own, and is readable for its owner only."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feedbackloop.errors import LeaseError, LeaseLost, SchemaError, UsageError
from feedbackloop.records import LedgerEntry
from feedbackloop.store import Store
from feedbackloop.store.files import back_up, keep_a_log, lacks, read_copy
from feedbackloop.store.lease import Lease
from feedbackloop.store.schema import migration_names

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
ENTRY = LedgerEntry(NOW, "action", "act-1", "done", "note")


def test_the_file_and_its_log_are_readable_for_the_owner_only(tmp_path: Path) -> None:
    os.umask(0o022)
    with Store(tmp_path / "loop.db") as store, store.write():
        store.books.write_down([ENTRY])
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_it_waits_for_the_disk_and_writes_ahead(tmp_path: Path) -> None:
    with Store(tmp_path / "loop.db") as store:
        assert store.conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert store.conn.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert store.conn.execute("PRAGMA secure_delete").fetchone() == (1,)


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with Store(tmp_path / "loop.db") as store:
        with pytest.raises(KeyError), store.write():
            store.books.write_down([ENTRY])
            raise KeyError
        assert list(store.books.ledger()) == []


def test_the_ledger_refuses_changes(tmp_path: Path) -> None:
    with Store(tmp_path / "loop.db") as store:
        with store.write():
            store.books.write_down([ENTRY])
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.conn.execute("UPDATE ledger SET reason = 'other'")
        assert [entry for _, entry in store.books.ledger()] == [ENTRY]


def test_a_database_of_somebody_else_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    with sqlite3.connect(path) as theirs:
        theirs.execute("CREATE TABLE precious (x)")
    before = path.read_bytes()
    with pytest.raises(SchemaError, match="not a feedbackloop database"):
        Store(path)
    with sqlite3.connect(path) as theirs:
        assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("precious",)]
    assert len(before) == path.stat().st_size


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "loop.db"
    with Store(path) as store:
        store.conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('feedbackloop', 'm999_later', '')"
        )
    with pytest.raises(SchemaError, match=r"newer feedbackloop.*m999_later"):
        Store(path)


def test_what_a_database_lacks_is_said_without_a_write(tmp_path: Path) -> None:
    path = tmp_path / "loop.db"
    with Store(path) as store:
        assert lacks(path) == []  # while somebody has it open
        store.conn.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (migration_names()[-1],))
    before = path.read_bytes()
    assert lacks(path) == migration_names()[-1:]
    assert (path.read_bytes(), [one.name for one in tmp_path.iterdir()]) == (before, ["loop.db"])


def test_what_is_not_a_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("shopping list, certainly longer than the header of a database would be " * 20)
    with pytest.raises(UsageError, match=r"notes\.txt cannot be used"):
        Store(path)


def test_two_processes_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "loop.db"
    code = "import sys; from feedbackloop.store import Store; Store(sys.argv[1]).close()"
    started = [subprocess.Popen([sys.executable, "-c", code, str(path)], stderr=subprocess.PIPE) for _ in range(4)]
    errors = [process.communicate()[1] for process in started]
    assert [process.returncode for process in started] == [0] * 4, errors
    with Store(path) as store:
        names = [row[0] for row in store.conn.execute("SELECT name FROM _sqlite_migrations ORDER BY id")]
    assert names == migration_names()


def test_writers_in_two_threads_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "loop.db"
    Store(path).close()

    def write() -> None:
        with Store(path) as store:
            for _ in range(50):
                with store.write():
                    list(store.books.ledger())
                    store.books.write_down([ENTRY])

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store(path) as store:
        assert len(list(store.books.ledger())) == 100


def test_a_copy_is_whole_and_never_overwrites_by_accident(tmp_path: Path) -> None:
    with Store(tmp_path / "loop.db") as store:
        with store.write():
            store.books.write_down([ENTRY])
        back_up(tmp_path / "loop.db", tmp_path / "copy.db")
    with Store(tmp_path / "copy.db") as copy:
        assert len(list(copy.books.ledger())) == 1


def test_a_backup_leaves_an_old_database_and_its_copy_as_old_as_they_are(tmp_path: Path) -> None:
    path, newest = tmp_path / "loop.db", migration_names()[-1]
    with Store(path) as store:
        store.conn.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (newest,))
    before = path.read_bytes()
    back_up(path, tmp_path / "copy.db")
    assert path.read_bytes() == before
    assert lacks(tmp_path / "copy.db") == [newest]


def test_no_backup_is_made_of_a_file_that_is_not_ours(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE t (x)")
    with pytest.raises(SchemaError, match=r"not a feedbackloop database"):
        back_up(tmp_path / "other.db", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_who_is_sent_away_while_others_give_the_file_its_log_asks_again(tmp_path: Path) -> None:
    path = tmp_path / "loop.db"
    reader = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    reader.execute("CREATE TABLE t (x)")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM t").fetchall()  # holds what the log needs alone
    conn = sqlite3.connect(path, timeout=0, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        keep_a_log(conn, patience=0)
    ends = threading.Timer(0.2, reader.close)
    ends.start()
    keep_a_log(conn, patience=30)
    ends.join()
    assert conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    conn.close()


def test_a_log_that_another_one_recovers_is_waited_for(tmp_path: Path) -> None:
    class Recovered(sqlite3.Connection):
        """The first try meets another one's recovery."""

        tries = 0

        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            self.tries += 1
            if self.tries == 1:
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY_RECOVERY
                raise error
            return super().execute(sql, *values)

    with closing(sqlite3.connect(tmp_path / "log.db", factory=Recovered)) as conn:
        keep_a_log(conn)
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_reading_a_copy_writes_nothing_to_the_original(tmp_path: Path) -> None:
    path = tmp_path / "loop.db"
    Store(path).close()
    before = path.read_bytes()
    read_copy(path, tmp_path / "copy.db")
    assert path.read_bytes() == before


# --- the lease -----------------------------------------------------------------------------------------------------


def test_a_second_run_is_told_who_holds_the_database_and_since_when(tmp_path: Path) -> None:
    path = tmp_path / "loop.db"
    with Store(path) as first, Store(path) as second:
        first.lease = Lease.take(first.conn, path, "feedbackloop run")
        with pytest.raises(LeaseError, match=rf"feedbackloop run, process {os.getpid()} on .*, since 20"):
            Lease.take(second.conn, path, "feedbackloop run")
        first.lease.release(first.conn)
        Lease.take(second.conn, path, "feedbackloop run").release(second.conn)


def test_the_lease_of_a_killed_process_is_taken_over_at_once(tmp_path: Path) -> None:
    path = tmp_path / "loop.db"
    code = (
        "import sys, time; from feedbackloop.store import Store; from feedbackloop.store.lease import Lease;"
        "s = Store(sys.argv[1]); Lease.take(s.conn, s.path, 'run'); print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    with Store(path) as store:
        with pytest.raises(LeaseError):
            Lease.take(store.conn, path, "run")
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        Lease.take(store.conn, path, "run").release(store.conn)


def test_a_woken_holder_does_not_write_on(tmp_path: Path) -> None:
    path = tmp_path / "loop.db"
    with Store(path) as sleeper, Store(path) as other:
        sleeper.lease = Lease.take(sleeper.conn, path, "run")
        other.conn.execute("UPDATE lease SET expires_at = 1")  # as if it had slept past its time
        other.lease = Lease.take(other.conn, path, "run")
        with pytest.raises(LeaseLost), sleeper.write():
            sleeper.books.write_down([ENTRY])
        with other.write():
            other.books.write_down([ENTRY])
        assert len(list(other.books.ledger())) == 1


def test_short_transactions_beside_a_run_need_no_lease(tmp_path: Path) -> None:
    path = tmp_path / "loop.db"
    with Store(path) as run, Store(path) as review:
        run.lease = Lease.take(run.conn, path, "run")
        with review.write():
            review.books.write_down([ENTRY])
        with run.write():
            run.books.write_down([ENTRY])
        assert len(list(run.books.ledger())) == 2
