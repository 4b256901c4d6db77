"""Which words do the weeks' texts without a touchpoint hold, and which themes were found among them?

Words are counted once a week and kept for the weeks that are compared; a week whose items changed is forgotten and counted
again. So the cost of a test follows what is new.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from feedbackloop.analysis.themes import Theme, WeekWords
from feedbackloop.records import WeekCount
from feedbackloop.store import text


class Themes:
    """Words by week, and themes by name. Writing methods belong inside `Store.write`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def words(self, weeks: Sequence[str]) -> dict[str, WeekWords]:
        """Give the words of those of some weeks that were counted and did not change since."""
        marks = ",".join("?" * len(weeks))
        found = self._conn.execute(f"SELECT week, document FROM theme_words WHERE week IN ({marks})", tuple(weeks))  # noqa: S608 - only marks
        return {week: text.load(document, WeekWords) for week, document in found}

    def save_words(self, words: WeekWords, bounds: tuple[datetime, datetime]) -> None:
        """Keep the words of one week."""
        start, end = (text.stamp(moment) for moment in bounds)
        self._conn.execute(
            "INSERT OR REPLACE INTO theme_words VALUES (?, ?, ?, ?)", (words.week, start, end, text.dump(words))
        )

    def drop_words_before(self, week: str) -> None:
        """Let go of weeks that nothing is compared with any more: they hold words of customers."""
        self._conn.execute("DELETE FROM theme_words WHERE week < ?", (week,))

    def all(self) -> list[Theme]:
        """Give every theme that was ever found, by name."""
        found = self._conn.execute("SELECT name, words FROM themes ORDER BY name")
        return [Theme(name, tuple(text.load(words, list[str]))) for name, words in found]

    def save(self, themes: Iterable[Theme], week: str) -> None:
        """Keep themes, new ones and those whose words moved on."""
        self._conn.executemany(
            "INSERT INTO themes VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET words = excluded.words,"
            " last_week = max(last_week, excluded.last_week)",
            [(theme.name, text.dump(theme.words), week, week) for theme in themes],
        )

    def save_counts(self, counts: Iterable[WeekCount]) -> None:
        """Set the weekly counts of themes; they stand beside those of other groups, so that verdicts find them."""
        self._conn.executemany(
            "INSERT OR REPLACE INTO weekly VALUES (?, ?, ?, ?, ?)",
            [(row.group, row.week, row.items, row.worse, row.better) for row in counts],
        )
