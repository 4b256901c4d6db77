"""What do the tickets of one answer come to: items, erasures, rejected records?"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from feedbackloop.errors import BadRecord
from feedbackloop.http import Declined
from feedbackloop.records import Item
from feedbackloop_connectors.desk.pulling import Batch, is_later
from feedbackloop_connectors.desk.values import Row, number, rows
from feedbackloop_connectors.zendesk.account import Account
from feedbackloop_connectors.zendesk.gathering import Gathering
from feedbackloop_connectors.zendesk.items import Parts, build_item, is_erased, is_feedback


class Batcher:
    """Makes batches for one pull; `until` as in `Connector.pull`.

    Attributes:
        gathering: What it asks for beside the tickets.
    """

    def __init__(self, account: Account, until: datetime | None) -> None:
        self._api = account.api
        self._naming = account.naming
        self._until = until
        self.gathering = Gathering(account.api)

    def batch(self, answer: Row, version: float | None = None) -> Batch:
        """Make items of the tickets of one answer.

        A ticket that cannot be read is rejected with its reason; our own tasks, and tickets in which nobody but us has
        written, are left out.

        Args:
            answer: With the people that came along.
            version: For tickets that have none of their own.
        """
        tickets = rows(answer.get("tickets"))
        self._naming.learn_fields(self._api, tickets)
        living = [row for row in tickets if is_feedback(row)]
        wanted = [row for row in living if not is_later(row.get("created_at"), self._until)]
        batch = Batch(has_later=len(wanted) < len(living))
        batch.erased += [str(row["id"]) for row in tickets if is_erased(row) and number(row.get("id")) is not None]
        gathered = self.gathering.around(wanted, answer, version)
        for row in wanted:
            batch.add(row.get("id"), partial(self._item, row, gathered.get(number(row.get("id")) or 0)))
        return batch

    def _item(self, ticket: Row, parts: Parts | Declined | None) -> Item | None:
        if parts is None:
            raise BadRecord("is not a number", field="id")
        if isinstance(parts, Declined):
            raise BadRecord(f"its comments cannot be read: {parts}", field="comments")
        item = build_item(ticket, parts, self.gathering.people, self._naming)
        return None if _is_our_own(item) else item


def _is_our_own(item: Item) -> bool:
    return bool(item.messages) and all(message.own for message in item.messages)
