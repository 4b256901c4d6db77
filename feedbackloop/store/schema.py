"""Which tables does the database have, and how does an older one become a newer one?

Migrations are sqlite-utils' own; each runs in one transaction and is never changed after a release. Times are text in UTC
with milliseconds, so that they sort; records are JSON documents beside the few columns by which they are looked up.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from feedbackloop.errors import SchemaError

APPLICATION_ID = 0x66626C70  # "fblp": tells our files from other people's

migrations = Migrations("feedbackloop")


@migrations()
def m001_the_loop(db: Database) -> None:
    """Make every table of the first release."""
    for statement in _FIRST.split(";"):
        if statement.strip():
            db.conn.execute(statement)
    db.conn.execute(
        "CREATE TRIGGER ledger_is_append_only BEFORE UPDATE ON ledger"
        " BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    )


_FIRST = """
CREATE TABLE sources (
    name TEXT PRIMARY KEY, connector TEXT NOT NULL, cursor TEXT, backfill TEXT, fresh_as_of TEXT,
    caught_up INTEGER NOT NULL DEFAULT 0, last_error TEXT, seen_at TEXT
);
CREATE TABLE items (
    key TEXT PRIMARY KEY, source TEXT NOT NULL, kind TEXT NOT NULL, created_at TEXT NOT NULL, version REAL,
    customer TEXT, email TEXT, digest BLOB, document TEXT NOT NULL, understanding TEXT, judgements TEXT,
    stage TEXT NOT NULL, recheck_at TEXT, planned INTEGER NOT NULL DEFAULT 0, erased_at TEXT
);
CREATE INDEX items_by_stage ON items (stage);
CREATE INDEX items_by_recheck ON items (recheck_at) WHERE recheck_at IS NOT NULL;
CREATE INDEX items_by_plan ON items (planned) WHERE planned = 0;
CREATE INDEX items_by_created ON items (created_at);
CREATE INDEX items_by_customer ON items (customer) WHERE customer IS NOT NULL;
CREATE INDEX items_by_email ON items (email) WHERE email IS NOT NULL;
CREATE TABLE later (
    key TEXT PRIMARY KEY, source TEXT NOT NULL, at TEXT NOT NULL, document TEXT NOT NULL
);
CREATE INDEX later_by_time ON later (at);
CREATE TABLE ratings (
    item TEXT NOT NULL, scale TEXT NOT NULL, question TEXT NOT NULL, value REAL NOT NULL, low REAL NOT NULL,
    high REAL NOT NULL, at TEXT NOT NULL, PRIMARY KEY (item, scale, question)
);
CREATE INDEX ratings_by_time ON ratings (at);
CREATE TABLE gaps (
    id TEXT PRIMARY KEY, item TEXT NOT NULL, week TEXT NOT NULL, touchpoint TEXT, dimension TEXT, direction TEXT,
    confidence REAL NOT NULL, document TEXT NOT NULL
);
CREATE INDEX gaps_by_item ON gaps (item);
CREATE INDEX gaps_by_week ON gaps (week, touchpoint, dimension);
CREATE TABLE promises (
    id TEXT PRIMARY KEY, item TEXT NOT NULL, state TEXT NOT NULL, due_at TEXT, document TEXT NOT NULL
);
CREATE INDEX promises_by_item ON promises (item);
CREATE INDEX promises_by_due ON promises (state, due_at);
CREATE TABLE weekly (
    grp TEXT NOT NULL, week TEXT NOT NULL, items INTEGER NOT NULL, worse INTEGER NOT NULL, better INTEGER NOT NULL,
    PRIMARY KEY (grp, week)
);
CREATE INDEX weekly_by_week ON weekly (week);
CREATE TABLE tested (week TEXT PRIMARY KEY, at TEXT NOT NULL);
CREATE TABLE findings (
    id TEXT PRIMARY KEY, grp TEXT NOT NULL, week TEXT NOT NULL, raised INTEGER NOT NULL, document TEXT NOT NULL
);
CREATE INDEX findings_by_week ON findings (week, raised);
CREATE TABLE tasks (
    id TEXT PRIMARY KEY, team TEXT NOT NULL, status TEXT NOT NULL, source TEXT, external_id TEXT, document TEXT NOT NULL
);
CREATE TABLE follow_ups (
    id TEXT PRIMARY KEY, item TEXT NOT NULL, customer TEXT, email TEXT, cause TEXT NOT NULL, status TEXT NOT NULL,
    created_at TEXT NOT NULL, sent_at TEXT, document TEXT NOT NULL
);
CREATE INDEX follow_ups_by_item ON follow_ups (item);
CREATE INDEX follow_ups_by_customer ON follow_ups (customer);
CREATE INDEX follow_ups_by_email ON follow_ups (email);
CREATE TABLE actions (
    id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, source TEXT NOT NULL, item TEXT NOT NULL,
    about TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    unsure INTEGER NOT NULL DEFAULT 0, next_try_at TEXT, external_id TEXT, url TEXT, last_error TEXT,
    created_at TEXT NOT NULL, done_at TEXT, document TEXT NOT NULL
);
CREATE INDEX actions_by_status ON actions (status, created_at);
CREATE INDEX actions_by_about ON actions (about);
CREATE TABLE written (
    source TEXT NOT NULL, external_id TEXT NOT NULL, PRIMARY KEY (source, external_id)
);
CREATE TABLE set_aside (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, record TEXT NOT NULL, field TEXT, reason TEXT NOT NULL, at TEXT NOT NULL,
    again INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE ledger (
    n INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, what TEXT NOT NULL, about TEXT NOT NULL,
    decision TEXT NOT NULL, reason TEXT NOT NULL, by TEXT NOT NULL
);
CREATE INDEX ledger_by_about ON ledger (about);
CREATE TABLE digests (
    key TEXT PRIMARY KEY, week TEXT NOT NULL, team TEXT, intended_at TEXT NOT NULL, sent_at TEXT, went TEXT
);
CREATE TABLE lease (
    one INTEGER PRIMARY KEY CHECK (one = 1), token INTEGER NOT NULL, holder TEXT NOT NULL, pid INTEGER NOT NULL,
    host TEXT NOT NULL, born TEXT NOT NULL, since TEXT NOT NULL, expires_at REAL NOT NULL
);
CREATE TABLE notes (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@migrations()
def m002_local_corrections(db: Database) -> None:
    """Make room for what is learned from the desk's own ratings."""
    db.conn.execute(
        "CREATE TABLE corrections (language TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL,"
        " document TEXT NOT NULL, PRIMARY KEY (language, version))"
    )
    db.conn.execute(
        "CREATE TABLE correction_items (item TEXT NOT NULL, language TEXT NOT NULL, version INTEGER NOT NULL,"
        " PRIMARY KEY (item, language, version))"
    )


@migrations()
def m003_themes(db: Database) -> None:
    """Make room for words by week and for the themes found among them, and say of an item where it was judged."""
    db.conn.execute("ALTER TABLE items ADD COLUMN places TEXT")
    db.conn.execute(
        "UPDATE items SET places = (SELECT char(31) || group_concat(name, char(31)) || char(31) FROM"
        " (SELECT DISTINCT coalesce(json_extract(json_extract(j.value, '$.group'), '$.touchpoint'), '') AS name"
        " FROM json_each(items.judgements) j ORDER BY name)) WHERE judgements IS NOT NULL"
    )
    db.conn.execute(
        "CREATE TABLE theme_words (week TEXT PRIMARY KEY, starts_at TEXT NOT NULL, ends_at TEXT NOT NULL,"
        " document TEXT NOT NULL)"
    )
    db.conn.execute(
        "CREATE TABLE themes (name TEXT PRIMARY KEY, words TEXT NOT NULL, first_week TEXT NOT NULL,"
        " last_week TEXT NOT NULL)"
    )


@migrations()
def m004_persons(db: Database) -> None:
    """Make room for people who are known under several names."""
    for statement in (
        "CREATE TABLE identities (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, person INTEGER)",
        "CREATE INDEX identities_by_person ON identities (person) WHERE person IS NOT NULL",
        "CREATE TABLE identifiers (mark TEXT NOT NULL, identity INTEGER NOT NULL, PRIMARY KEY (mark, identity))"
        " WITHOUT ROWID",
        "CREATE INDEX identifiers_by_identity ON identifiers (identity)",
        "CREATE TABLE hand_links (one INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY (one, other))",
        "CREATE TABLE partings (identity INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY (identity, other))",
        "CREATE INDEX follow_ups_by_status ON follow_ups (status, created_at)",
        "CREATE INDEX follow_ups_by_created ON follow_ups (created_at)",
    ):
        db.conn.execute(statement)


def bring_up_to_date(conn: sqlite3.Connection, path: str) -> None:
    """Apply what is missing; refuse, untouched, a database that is newer than this program or not ours.

    Raises:
        SchemaError: Not ours, or newer.
    """
    if _fits(conn, path):
        return
    conn.execute("BEGIN IMMEDIATE")  # two processes may open a new file at once: the second finds it done
    try:
        if not _fits(conn, path):
            conn.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            migrations.apply(Database(conn, execute_plugins=False))
        conn.execute("COMMIT")
    except BaseException:
        conn.execute("ROLLBACK")
        raise


def migration_names() -> list[str]:
    """Name all migrations of this program, oldest first."""
    return [migration.name for migration in migrations.pending(Database(memory=True))]


def _fits(conn: sqlite3.Connection, path: str) -> bool:
    return not lacking(conn, path)


def lacking(conn: sqlite3.Connection, path: str) -> list[str]:
    """Name the migrations that a database lacks, oldest first; it is only read.

    Raises:
        SchemaError: Not ours, or newer.
    """
    tables = conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables:
        return migration_names()
    if conn.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise SchemaError(f"{path} is not a feedbackloop database; name another file in [loop] database")
    applied = {
        row[0] for row in conn.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'feedbackloop'")
    }
    known = migration_names()
    if unknown := applied - set(known):
        raise SchemaError(
            f"{path} was written by a newer feedbackloop (it has {', '.join(sorted(unknown))}); upgrade this one"
        )
    return [name for name in known if name not in applied]
