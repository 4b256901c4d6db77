"""What do the tickets of one answer come to: items, erasures, rejected records?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedbackloop.connector import Rejected
from feedbackloop.http import Declined
from feedbackloop.records import Item
from feedbackloop_connectors.zendesk.gathering import Gathering
from feedbackloop_connectors.zendesk.items import BadRecord, Parts, build_item, is_erased, is_feedback
from feedbackloop_connectors.zendesk.naming import Naming
from feedbackloop_connectors.zendesk.values import Row, moment, number


@dataclass(frozen=True, slots=True)
class Batch:
    """What one answer came to. `has_later`: it held tickets created after the pull's `until`, which were left out."""

    items: tuple[Item, ...] = ()
    erased: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    has_later: bool = False


class Batcher:
    """Makes batches for one pull; `until` as in `Connector.pull`."""

    def __init__(self, gathering: Gathering, naming: Naming, until: datetime | None) -> None:
        self._gathering = gathering
        self._naming = naming
        self._until = until

    def batch(self, tickets: Sequence[Row], answer: Row, version: float | None = None) -> Batch:
        """Make items of tickets.

        A ticket that cannot be read is rejected with its reason; our own tasks, and tickets in which nobody but us has
        written, are left out.
        """
        erased = tuple(str(row["id"]) for row in tickets if is_erased(row) and number(row.get("id")) is not None)
        living = [row for row in tickets if is_feedback(row)]
        wanted = [row for row in living if not self._is_later(row)]
        gathered = self._gathering.around(wanted, answer, version)
        made = [self._item(row, gathered.get(number(row.get("id")) or 0)) for row in wanted]
        items = tuple(one for one in made if isinstance(one, Item) and not _is_our_own(one))
        rejected = tuple(one for one in made if isinstance(one, Rejected))
        return Batch(items, erased, rejected, len(wanted) < len(living))

    def _item(self, ticket: Row, parts: Parts | Declined | None) -> Item | Rejected:
        name = str(ticket.get("id"))
        if parts is None:
            return Rejected(name, "is not a number", "id")
        if isinstance(parts, Declined):
            return Rejected(name, f"its comments cannot be read: {parts}", "comments")
        try:
            return build_item(ticket, parts, self._gathering.people, self._naming)
        except BadRecord as bad:
            return Rejected(name, str(bad), bad.field)

    def _is_later(self, ticket: Row) -> bool:
        try:
            created = moment(ticket.get("created_at"))
        except ValueError:
            return False
        return self._until is not None and created is not None and created > self._until


def _is_our_own(item: Item) -> bool:
    return bool(item.messages) and all(message.own for message in item.messages)
