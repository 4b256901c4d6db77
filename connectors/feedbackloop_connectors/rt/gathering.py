"""What belongs to the tickets of one answer beside their rows: their texts, and who wrote them?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from feedbackloop.http import Declined, Denied
from feedbackloop_connectors.desk.values import Row, number
from feedbackloop_connectors.rt.api import MESSAGE_TYPES, Api
from feedbackloop_connectors.rt.items import SYSTEM, Thread, authors_of


class Gathering:
    """Gathers for one pull.

    Attributes:
        colleagues: Account name -> whether it belongs to the company ("privileged", in RT's words).
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self.colleagues: dict[str, bool] = {SYSTEM: False}

    def threads(self, tickets: Sequence[Row]) -> dict[int, Thread]:
        """Give, by ticket, its transactions with their texts; four calls or so for fifty tickets."""
        ids = [key for row in tickets if (key := number(row.get("id")))]
        by_ticket: dict[int, list[Row]] = {key: [] for key in ids}
        for row in self._api.messages(ids):
            by_ticket.setdefault(number(row.get("ObjectId")) or 0, []).append(row)
        for key in ids:
            if any(row.get("Type") == "AddLink" and row.get("Field") == "MergedInto" for row in by_ticket[key]):
                by_ticket[key] = self._api.history(key)  # alone tells what came in by the merge
        texts = self._texts(row for key in ids for row in by_ticket[key])
        found = {key: Thread(_in_order(by_ticket[key]), texts) for key in ids}
        self._meet(authors_of(list(found.values())))
        return found

    def _texts(self, transactions: Iterable[Row]) -> dict[int, list[Row]]:
        wanted = [number(row.get("id")) or 0 for row in transactions if row.get("Type") in MESSAGE_TYPES]
        found: dict[int, list[Row]] = {}
        for row in self._api.texts(wanted):
            found.setdefault(number(row.get("TransactionId")) or 0, []).append(row)
        return found

    def _meet(self, names: set[str]) -> None:
        """Ask of those who are new whether they are colleagues; who may not be asked about is taken for a customer."""
        for name in sorted(names - self.colleagues.keys()):
            try:
                self.colleagues[name] = str(self._api.user(name).get("Privileged")) == "1"
            except (Declined, Denied):
                self.colleagues[name] = False


def _in_order(transactions: Sequence[Row]) -> list[Row]:
    return sorted(transactions, key=lambda row: (str(row.get("Created")), number(row.get("id")) or 0))
