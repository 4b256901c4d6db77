"""Who is one person under several names, and who was parted or put together by hand?

An identity is a customer of one source, `SOURCE/ID`. Identities with an identifier in common are one person, named after the
one that was known first: `person:N` stays the same over reruns, and no number is given twice. What people say counts for more:
an identity that was split off is never linked by an identifier again, only by hand.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class Joined(NamedTuple):
    """Two persons found to be one: the number that stays, the one that goes, and the kind of identifier they share."""

    stays: int
    goes: int
    by: str


class Persons:
    """Identities by person. Writing methods belong inside `Store.write`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    # --- meeting people ----------------------------------------------------------------------------------------------

    def meet(self, identifiers: Mapping[str, Iterable[str]]) -> list[Joined]:
        """Take note of customers with their identifiers, and link those who turn out to be one person.

        Args:
            identifiers: Customer, `SOURCE/ID` -> identifiers as `kind:value`. What was known of them before stays known: who
                changes an address is still the same person.

        Returns:
            Who was linked, in order; nothing where all was known.
        """
        if not identifiers:
            return []
        numbers = self._numbers(list(identifiers))
        self._conn.executemany(
            "INSERT INTO identities (key) VALUES (?)", [(key,) for key in identifiers if key not in numbers]
        )
        numbers |= self._numbers([key for key in identifiers if key not in numbers])
        known = set(
            self._conn.execute(
                "SELECT identity, mark FROM identifiers WHERE identity IN (SELECT value FROM json_each(?))",
                (json.dumps(list(numbers.values())),),
            )
        )
        fresh = [(numbers[key], mark) for key, marks in identifiers.items() for mark in marks]
        fresh = [pair for pair in dict.fromkeys(fresh) if pair not in known]
        self._conn.executemany("INSERT INTO identifiers (identity, mark) VALUES (?, ?)", fresh)
        return [joined for identity, mark in fresh for joined in self._link(identity, mark)]

    def _link(self, identity: int, mark: str) -> list[Joined]:
        found = self._conn.execute(
            "SELECT identity FROM identifiers WHERE mark = ? AND identity != ? ORDER BY identity", (mark, identity)
        ).fetchall()
        by = mark.partition(":")[0]
        pairs = [self._join(identity, other, by) for (other,) in found if self._may_link(identity, other)]
        return [joined for joined in pairs if joined]

    def _may_link(self, one: int, other: int) -> bool:
        """Say whether an identifier may link two identities: not where either was split off, nor against a split."""
        both = json.dumps([one, other])
        split_off = "SELECT EXISTS (SELECT 1 FROM partings WHERE identity IN (SELECT value FROM json_each(?)))"
        if self._conn.execute(split_off, (both,)).fetchone()[0]:
            return False
        against = (
            "SELECT EXISTS (SELECT 1 FROM partings WHERE identity IN (SELECT value FROM json_each(?1)) AND other IN"
            " (SELECT value FROM json_each(?2)) OR identity IN (SELECT value FROM json_each(?2)) AND other IN"
            " (SELECT value FROM json_each(?1)))"
        )
        sides = [json.dumps(self._members(self._person(side))) for side in (one, other)]
        return not self._conn.execute(against, sides).fetchone()[0]

    def _join(self, one: int, other: int, by: str) -> Joined | None:
        persons = sorted({self._person(one), self._person(other)})
        if len(persons) < 2:
            return None
        stays, goes = persons
        self._conn.execute("UPDATE identities SET person = ?1 WHERE coalesce(person, number) = ?2", (stays, goes))
        return Joined(stays, goes, by)

    def customers_of(self, items: Sequence[str]) -> dict[str, str]:
        """Give the customers of items that are stored and not erased, by item."""
        found = self._conn.execute(
            "SELECT key, customer FROM items WHERE key IN (SELECT value FROM json_each(?))"
            " AND customer IS NOT NULL AND erased_at IS NULL",
            (json.dumps(list(items)),),
        )
        return dict(found.fetchall())

    # --- by hand -----------------------------------------------------------------------------------------------------

    def merge(self, one: str, other: str) -> Joined | None:
        """Make two known customers one person for good; None if they are one already. Takes back what was split between them."""
        numbers = self._numbers([one, other])
        first, second = numbers[one], numbers[other]
        sides = [json.dumps(self._members(self._person(number))) for number in (first, second)]
        joined = self._join(first, second, "hand")
        if joined:
            self._conn.execute(
                "INSERT OR IGNORE INTO hand_links VALUES (?, ?)", (min(first, second), max(first, second))
            )
            for here, there in (sides, reversed(sides)):
                self._conn.execute(
                    "DELETE FROM partings WHERE identity IN (SELECT value FROM json_each(?))"
                    " AND other IN (SELECT value FROM json_each(?))",
                    (here, there),
                )
        return joined

    def split(self, key: str) -> list[str]:
        """Part one known identity from its person for good; gives those it was parted from, none if it stood alone.

        The others stay together as far as something other than this identity links them.
        """
        number = self._numbers([key])[key]
        others = [one for one in self._members(self._person(number)) if one != number]
        self._conn.execute("DELETE FROM hand_links WHERE one = ?1 OR other = ?1", (number,))
        self._conn.executemany("INSERT OR IGNORE INTO partings VALUES (?, ?)", [(number, one) for one in others])
        self._conn.execute("UPDATE identities SET person = NULL WHERE number = ?", (number,))
        self._sort_anew(others)
        return self._keys(others)

    def _sort_anew(self, members: Sequence[int]) -> None:
        """Put identities of one person together again by what links them."""
        group = {one: one for one in members}
        for one, other in self._links(members):
            low, high = sorted((group[one], group[other]))
            group = {member: low if at == high else at for member, at in group.items()}
        self._conn.executemany(
            "UPDATE identities SET person = ? WHERE number = ?", [(at, member) for member, at in group.items()]
        )

    def _links(self, members: Sequence[int]) -> list[tuple[int, int]]:
        inside = json.dumps(list(members))
        return self._conn.execute(
            "SELECT a.identity, b.identity FROM identifiers a JOIN identifiers b ON b.mark = a.mark AND b.identity > a.identity"
            " WHERE a.identity IN (SELECT value FROM json_each(?1)) AND b.identity IN (SELECT value FROM json_each(?1))"
            " AND NOT EXISTS (SELECT 1 FROM partings p WHERE p.identity IN (a.identity, b.identity))"
            " UNION SELECT one, other FROM hand_links WHERE one IN (SELECT value FROM json_each(?1))"
            " AND other IN (SELECT value FROM json_each(?1))",
            (inside,),
        ).fetchall()

    # --- reading -----------------------------------------------------------------------------------------------------

    def together(self, key: str) -> tuple[str, ...]:
        """Give all identities of the person behind a customer, the one known first in front; one never met stands alone."""
        number = self._numbers([key]).get(key)
        return tuple(self._keys(self._members(self._person(number)))) if number else (key,)

    def of_number(self, number: int) -> tuple[str, ...]:
        """Give the identities of `person:N`; none if nobody has that number."""
        return tuple(self._keys(self._members(number)))

    def knows(self, key: str) -> bool:
        """Say whether a customer of that name was met."""
        return bool(self._numbers([key]))

    def name_of(self, key: str) -> str:
        """Name the person behind a customer: `person:N` where several identities are linked, else the customer itself."""
        number = self._numbers([key]).get(key)
        if number is None:
            return key
        person = self._person(number)
        return f"person:{person}" if len(self._members(person)) > 1 else key

    def number_of(self, key: str) -> str:
        """Give the number of a known customer as `person:N`, which is given once: for the ledger, which holds no names."""
        return f"person:{self._numbers([key])[key]}"

    def with_identifier(self, mark: str) -> list[str]:
        """Name the customers who have an identifier, first known first."""
        found = self._conn.execute("SELECT identity FROM identifiers WHERE mark = ? ORDER BY identity", (mark,))
        return self._keys([row[0] for row in found])

    # --- forgetting --------------------------------------------------------------------------------------------------

    def forget(self, keys: Iterable[str]) -> int:
        """Erase those of these customers of whom no item is left, with all their identifiers; gives how many."""
        gone = [
            number
            for key, number in self._numbers(list(keys)).items()
            if not self._conn.execute("SELECT EXISTS (SELECT 1 FROM items WHERE customer = ?)", (key,)).fetchone()[0]
        ]
        for number in gone:
            others = [one for one in self._members(self._person(number)) if one != number]
            self._conn.execute("DELETE FROM identifiers WHERE identity = ?", (number,))
            self._conn.execute("DELETE FROM hand_links WHERE one = ?1 OR other = ?1", (number,))
            self._conn.execute("DELETE FROM partings WHERE identity = ?1 OR other = ?1", (number,))
            self._conn.execute("DELETE FROM identities WHERE number = ?", (number,))
            if others:  # they were one person and stay so, named after the first that is left
                self._conn.executemany(
                    "UPDATE identities SET person = ? WHERE number = ?", [(others[0], one) for one in others]
                )
        return len(gone)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _numbers(self, keys: Sequence[str]) -> dict[str, int]:
        query = "SELECT key, number FROM identities WHERE key IN (SELECT value FROM json_each(?))"
        return dict(self._conn.execute(query, (json.dumps(list(keys)),)).fetchall()) if keys else {}

    def _person(self, number: int) -> int:
        query = "SELECT coalesce(person, number) FROM identities WHERE number = ?"
        return int(self._conn.execute(query, (number,)).fetchone()[0])

    def _members(self, person: int) -> list[int]:
        query = "SELECT number FROM identities WHERE number = ?1 AND person IS NULL OR person = ?1 ORDER BY number"
        return [row[0] for row in self._conn.execute(query, (person,))]

    def _keys(self, numbers: Sequence[int]) -> list[str]:
        query = "SELECT key FROM identities WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number"
        return [row[0] for row in self._conn.execute(query, (json.dumps(list(numbers)),))]
