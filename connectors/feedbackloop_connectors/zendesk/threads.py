"""Where do the comments of a page of tickets come from, for the fewest calls?

Few tickets: one call each. Many: the event export brings a thousand changes a call, with their comments. It knows only what
happened since its start, so each ticket's own count of comments decides: where events gave fewer, the ticket is asked itself.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from feedbackloop.errors import Retriable
from feedbackloop.http import Declined
from feedbackloop_connectors.desk.values import Row, number, rows, table, unix, when
from feedbackloop_connectors.zendesk.api import Api
from feedbackloop_connectors.zendesk.own import is_doubtful, own_comment_ids

log = logging.getLogger(__name__)

FEW_TICKETS = 25
"""Up to here one call a ticket is cheaper than sweeping events."""
KEPT_COMMENTS = 20_000
"""Comments held for tickets that the export has not brought yet; the oldest are dropped, their tickets asked one by one."""


class Threads:
    """Gathers comments; holds what the event export gave ahead of the tickets."""

    def __init__(self, api: Api, me: int | None) -> None:
        self._api = api
        self._me = me
        self._held: dict[int, dict[int, Row]] = {}
        self._held_count = 0
        self._swept_to: int | None = None
        self._can_sweep = True

    def of(self, tickets: Sequence[Row]) -> dict[int, list[Row] | Declined]:
        """Give each ticket's comments, oldest first, or the refusal that came instead."""
        if len(tickets) > FEW_TICKETS and self._can_sweep:
            try:
                self._sweep(tickets)
            except (Retriable, Declined) as error:  # the event export is known for 504s on busy accounts
                log.warning("the event export failed, comments are read ticket by ticket: %s", error)
                self._can_sweep = False
        found: dict[int, list[Row] | Declined] = {}
        for ticket in tickets:
            key = number(ticket.get("id"))
            if key is not None:
                found[key] = self._thread(key, number(ticket.get("comment_count")))
        return found

    def own_ids(self, ticket_id: int, comments: Sequence[Row]) -> set[int]:
        """Name the comments that are ours among those that do not tell themselves; costs calls only where there are such."""
        if any(is_doubtful(comment, self._me) for comment in comments):
            return own_comment_ids(self._api.audits(ticket_id))
        return set()

    def _thread(self, ticket_id: int, count: int | None) -> list[Row] | Declined:
        held = self._held.pop(ticket_id, {})
        self._held_count -= len(held)
        if held and len(held) == count:
            return sorted(held.values(), key=lambda comment: number(comment.get("id")) or 0)
        try:
            return list(self._api.comments(ticket_id))
        except Declined as refusal:  # deleted between the export and this call; a row that says so follows
            return refusal

    def _sweep(self, tickets: Sequence[Row]) -> None:
        """Read events up to the newest change on the page, within a budget of calls.

        A bulk change can put tickets of five years on one page: reading all their events would take more of the scarce export
        calls than asking each ticket, so the sweep stops after one call for every hundred tickets, and at least three.
        """
        end = max((number(ticket.get("generated_timestamp")) or 0 for ticket in tickets), default=0)
        at = self._swept_to if self._swept_to is not None else _where_most_begin(tickets)
        for _ in range(max(3, len(tickets) // 100)):
            if at is None or at > end:
                break
            page = self._api.events(at)
            for event in rows(page.get("ticket_events")):
                self._hold(event)
            reached = number(page.get("end_time"))
            if reached is None or reached <= at:
                break
            at = reached
            if page.get("end_of_stream"):
                break
        self._swept_to = at
        self._forget_oldest()

    def _hold(self, event: Row) -> None:
        ticket_id = number(event.get("ticket_id"))
        for child in rows(event.get("child_events")):
            key = number(child.get("id"))
            if ticket_id is None or key is None or child.get("event_type") != "Comment" or "body" not in child:
                continue
            thread = self._held.setdefault(ticket_id, {})
            self._held_count += key not in thread
            shared = {"created_at": event.get("created_at"), "metadata": table(event.get("metadata"))}
            thread[key] = shared | {name: value for name, value in child.items() if value is not None}

    def _forget_oldest(self) -> None:
        for ticket_id in list(self._held):
            if self._held_count <= KEPT_COMMENTS:
                return
            self._held_count -= len(self._held.pop(ticket_id))


def _where_most_begin(tickets: Sequence[Row]) -> int | None:
    """Give the second after which nine tickets of ten were opened: the tenth is old, and asking it alone is cheaper."""
    opened = sorted(unix(at) for ticket in tickets if (at := when(ticket.get("created_at"))))
    return opened[len(opened) // 10] if opened else None
