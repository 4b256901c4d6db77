"""Who are the people behind the feedback, over all sources?

Customers are met as their items arrive, in the transaction that stores them. What the config lets people be known by is written
down; where it changed since, or where the database comes from before people were linked, everybody is met again, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from feedbackloop.analysis.identity import identifiers
from feedbackloop.records import Item
from feedbackloop.stages.turn import Turn

BATCH = 500
_NOTE = "customers linked by"


def meet(turn: Turn, items: Sequence[Item]) -> None:
    """Take note of the customers of stored items and link those who are one person; inside `store.write()`."""
    persons, link_by = turn.store.persons, turn.settings.customers.link_by
    stored = persons.customers_of([item.key for item in items])
    known: dict[str, set[str]] = {}
    for item in items:
        if customer := stored.get(item.key):
            known.setdefault(customer, set()).update(identifiers(item, link_by))
    for joined in persons.meet({customer: sorted(marks) for customer, marks in known.items()}):
        turn.write_down("customer", f"person:{joined.stays}", "linked", f"person:{joined.goes}_by_{joined.by}")


def meet_again(turn: Turn) -> None:
    """Meet everybody whose items are stored, where that was never done by what the config names now."""
    wanted = ",".join(turn.settings.customers.link_by)
    if turn.store.books.note(_NOTE) == wanted:
        return
    everybody = turn.store.items.each(None, None)
    while batch := [item for item, _ in islice(everybody, BATCH)]:
        with turn.store.write():
            meet(turn, batch)
    with turn.store.write():
        turn.store.books.set_note(_NOTE, wanted)
