"""What belongs to the tickets of one answer beside their rows: people, threads, ratings?"""

from __future__ import annotations

from collections.abc import Sequence

from feedbackloop.errors import Refused
from feedbackloop.http import Declined
from feedbackloop_connectors.desk.values import Row, number
from feedbackloop_connectors.zendesk.api import Api
from feedbackloop_connectors.zendesk.items import Parts
from feedbackloop_connectors.zendesk.people import People
from feedbackloop_connectors.zendesk.ratings import RatingBook
from feedbackloop_connectors.zendesk.threads import Threads


class Gathering:
    """Gathers for one pull; what was asked once is not asked again."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._threads = Threads(api, None)
        self.people = People(api)
        self.book = RatingBook(api)

    def introduce(self) -> None:
        """Ask who we are, so that comments of our account are looked at twice.

        Raises:
            Refused: Nobody: the credentials are not accepted, though the answer was 200.
        """
        me = number(self._api.me().get("id"))
        if me is None:
            raise Refused("the credentials are not accepted (Zendesk takes us for an anonymous user)")
        self._threads = Threads(self._api, me)

    def around(self, tickets: Sequence[Row], answer: Row, version: float | None) -> dict[int, Parts | Declined]:
        """Give, by ticket, what belongs to it, or the refusal that came instead of its thread.

        Args:
            tickets: Rows of one answer.
            answer: The answer itself, for the people that came along.
            version: For rows that have none of their own.
        """
        self.people.learn(answer)
        threads = self._threads.of(tickets)
        comments = [comment for thread in threads.values() if not isinstance(thread, Declined) for comment in thread]
        self.people.need(number(comment.get("author_id")) for comment in comments)
        self.people.need(number(row.get("requester_id")) for row in tickets)
        found: dict[int, Parts | Declined] = {}
        for row in tickets:
            key = number(row.get("id"))
            thread = threads.get(key or 0)
            if isinstance(thread, Declined):
                found[key or 0] = thread
            elif key is not None and thread is not None:
                found[key] = Parts(thread, self._threads.own_ids(key, thread), self.book.of(row), version)
        return found
