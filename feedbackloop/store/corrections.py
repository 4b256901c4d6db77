"""What was learned from the desk's own ratings, which version of it is in use, and from whose words?

A version that is not in use keeps its figures and no weights. Weights stand for words that several people wrote, so a version
goes when one of the items that taught it is erased; the next run learns again, without them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from feedbackloop.records import Item
from feedbackloop.store import text
from feedbackloop.understanding.correction.correcting import Correction
from feedbackloop.understanding.correction.trial import Trial

State = Literal["in_use", "not_better", "replaced", "withdrawn", "erased"]
_NOTE = "local correction"
_MAX_VARIABLES = 500


class Version(Struct, frozen=True, kw_only=True):
    """One fit: what was learned, how its trial went, when, and what became of it."""

    correction: Correction
    trial: Trial
    fitted_at: datetime
    state: State = "not_better"


class Seen(NamedTuple):
    """What the last fit looked at: how many ratings, and the time of the newest."""

    ratings: int
    until: str


class Corrections:
    """Versions by language. Writing methods belong inside `Store.write`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    # --- the labels ------------------------------------------------------------------------------------------------

    def rated(self, scales: Sequence[str], since: datetime, limit: int) -> list[tuple[str, str]]:
        """Give (time, item) of the newest ratings on these scales, newest first; no more than `limit`."""
        marks = ",".join("?" * len(scales))
        found = self._conn.execute(
            f"SELECT at, item FROM ratings WHERE at >= ? AND lower(scale) IN ({marks}) ORDER BY at DESC, item LIMIT ?",  # noqa: S608 - only marks
            (text.stamp(since), *scales, limit),
        )
        return [(row[0], row[1]) for row in found]

    def rated_after(self, seen: Seen, scales: Sequence[str], limit: int) -> int:
        """Count the ratings that came after the last fit, up to `limit`."""
        marks = ",".join("?" * len(scales))
        found = self._conn.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM ratings WHERE at > ? AND lower(scale) IN ({marks}) LIMIT ?)",  # noqa: S608 - only marks
            (seen.until, *scales, limit),
        )
        return int(found.fetchone()[0])

    def items(self, keys: Sequence[str]) -> dict[str, Item]:
        """Give the items of these keys that could be read and whose words are still kept."""
        known: dict[str, Item] = {}
        for start in range(0, len(keys), _MAX_VARIABLES):
            part = keys[start : start + _MAX_VARIABLES]
            marks = ",".join("?" * len(part))
            query = (
                f"SELECT key, document FROM items WHERE key IN ({marks})"  # noqa: S608 - only marks
                " AND stage IN ('compare', 'done') AND erased_at IS NULL"
            )
            known.update({row[0]: text.load(row[1], Item) for row in self._conn.execute(query, part)})
        return known

    def seen(self) -> Seen | None:
        """Give what the last fit looked at; None: there was none, or someone was erased since."""
        row = self._conn.execute("SELECT value FROM notes WHERE name = ?", (_NOTE,)).fetchone()
        return Seen(*json.loads(row[0])) if row else None

    def mark_seen(self, seen: Seen) -> None:
        """Note what a fit looked at."""
        self._conn.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (_NOTE, json.dumps(seen)))

    # --- the versions ----------------------------------------------------------------------------------------------

    def next_version(self, language: str) -> int:
        """Give the number of the next fit of a language."""
        query = "SELECT coalesce(max(version), 0) + 1 FROM corrections WHERE language = ?"
        return int(self._conn.execute(query, (language,)).fetchone()[0])

    def in_use(self) -> list[Version]:
        """Give the versions that are in use, one a language at most, by language."""
        return self._read("state = 'in_use'")

    def newest(self) -> list[Version]:
        """Give the last fit of each language, by language."""
        return self._read(
            "version = (SELECT max(version) FROM corrections AS c WHERE c.language = corrections.language)"
        )

    def of_scorer(self, scorer: str) -> Version | None:
        """Give the version that a result's scorer names (`linear-en+local3`)."""
        return next((one for one in self._read("1") if one.correction.scorer == scorer), None)

    def save(self, version: Version, keys: Iterable[str]) -> None:
        """Store a fit; one in use takes the place of the one before.

        Args:
            version: As it is from now on.
            keys: The items whose words taught it.
        """
        one = version.correction
        if version.state == "in_use":
            self.retire(one.language, "replaced")
            self._conn.executemany(
                "INSERT OR IGNORE INTO correction_items (item, language, version) VALUES (?, ?, ?)",
                [(key, one.language, one.version) for key in keys],
            )
        self._conn.execute(
            "INSERT OR REPLACE INTO corrections (language, version, state, document) VALUES (?, ?, ?, ?)",
            (one.language, one.version, version.state, text.dump(version)),
        )

    def retire(self, language: str, state: State) -> bool:
        """Take the version in use out of use: its weights go, its figures stay. False if there was none."""
        found = [one for one in self.in_use() if one.correction.language == language]
        for one in found:
            self._silence(one, state)
        return bool(found)

    def forget(self, keys: Iterable[str]) -> int:
        """Drop what these items' words taught; gives how many versions went."""
        taught = {
            (row[0], row[1])
            for key in keys
            for row in self._conn.execute("SELECT language, version FROM correction_items WHERE item = ?", (key,))
        }
        gone = [one for one in self.in_use() if (one.correction.language, one.correction.version) in taught]
        for one in gone:
            self._silence(one, "erased")
        if gone:
            self._conn.execute("DELETE FROM notes WHERE name = ?", (_NOTE,))
        return len(gone)

    def _silence(self, one: Version, state: State) -> None:
        silent = replace(one, state=state, correction=replace(one.correction, weights={}))
        where = (one.correction.language, one.correction.version)
        self._conn.execute(
            "UPDATE corrections SET state = ?, document = ? WHERE language = ? AND version = ?",
            (state, text.dump(silent), *where),
        )
        self._conn.execute("DELETE FROM correction_items WHERE language = ? AND version = ?", where)

    def _read(self, where: str) -> list[Version]:
        query = f"SELECT document FROM corrections WHERE {where} ORDER BY language, version"  # noqa: S608 - callers' literals
        return [text.load(row[0], Version) for row in self._conn.execute(query)]
