"""Who are the people of a page of tickets?

Users and organizations come along with a page; who is missing is asked for by id. What is known is kept for the next pages, up
to a cap, so that memory does not grow with the account.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from feedbackloop.records import Author, Customer
from feedbackloop_connectors.desk.values import Row, number, rows, table, text, words
from feedbackloop_connectors.zendesk.api import Api

KEPT_PEOPLE = 5000
SYSTEM = -1
"""The author id of comments that nobody wrote."""


class People:
    """The users and organizations known so far."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._users: dict[int, Row] = {}
        self._organizations: dict[int, Row] = {}

    def learn(self, page: Row) -> None:
        """Take up the users and organizations that came along with a page."""
        _keep(self._users, rows(page.get("users")))
        _keep(self._organizations, rows(page.get("organizations")))

    def need(self, ids: Iterable[int | None]) -> None:
        """Ask for the users that are not known yet; the deleted and unknown among them stay unknown."""
        missing = sorted({i for i in ids if i is not None and i > 0} - self._users.keys())
        if missing:
            _keep(self._users, self._api.users(missing))

    def author(self, author_id: int | None, requester_id: int | None) -> Author:
        """Say in which role somebody wrote on a ticket: its requester is its customer, whoever that is."""
        if author_id == SYSTEM:
            return "system"
        if author_id is not None and author_id == requester_id:
            return "customer"
        role = self._users.get(author_id or 0, {}).get("role")
        return "customer" if role == "end-user" else "agent"

    def customer(self, user_id: int | None, organization_id: int | None) -> Customer:
        """Give the requester; somebody unknown has at least an id."""
        user = self._users.get(user_id or 0, {})
        organization = self._organizations.get(organization_id or number(user.get("organization_id")) or 0, {})
        return Customer(
            id=str(user_id) if user_id is not None else None,
            name=text(user.get("name")),
            email=text(user.get("email")),
            locale=text(user.get("locale")),
            timezone=text(user.get("iana_time_zone")),
            tags=words(user.get("tags")),
            organization=text(organization.get("name")),
            organization_tags=words(organization.get("tags")),
            fields=_filled({"external_id": user.get("external_id"), "verified": user.get("verified")})
            | _filled(user.get("user_fields")),
        )


def _keep(known: dict[int, Row], found: Iterable[Row]) -> None:
    for row in found:
        key = number(row.get("id"))
        if key is not None:
            known.pop(key, None)
            known[key] = row
    for oldest in list(known)[: max(0, len(known) - KEPT_PEOPLE)]:
        del known[oldest]


def _filled(fields: object) -> dict[str, Any]:
    return {name: value for name, value in table(fields).items() if value not in (None, "", [])}
