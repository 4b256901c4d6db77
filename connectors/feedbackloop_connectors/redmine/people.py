"""Who is a colleague, who a customer?

Redmine knows members of a project with their roles, accounts without a role, and one guest called Anonymous, who stands for
everybody that wrote by mail without an account.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from feedbackloop.records import Author
from feedbackloop_connectors.desk.values import Row, number, rows, table, text

ANONYMOUS = "Anonymous"


class People:
    """The members of the projects that were asked about. `me` is our own account's number."""

    def __init__(self, me: int, customer_roles: Sequence[str]) -> None:
        self.me = me
        self._customer_roles = frozenset(customer_roles)
        self._colleagues: set[int] = set()

    def learn(self, members: Iterable[Row]) -> None:
        """Take up members: one role that is not a customers' makes a colleague."""
        for member in members:
            who = number(table(member.get("user")).get("id"))
            names = {str(role.get("name")) for role in rows(member.get("roles"))}
            if who is not None and names - self._customer_roles:
                self._colleagues.add(who)

    def is_colleague(self, who: object) -> bool:
        """Say whether somebody, as Redmine names people (`id`, `name`), belongs to the company."""
        key = number(table(who).get("id"))
        return key == self.me or key in self._colleagues

    def author(self, who: object) -> Author:
        """Say in which role somebody writes."""
        return "agent" if self.is_colleague(who) else "customer"

    def is_mailed(self, who: object) -> bool:
        """Say whether Redmine mails its public notes to somebody as their customer."""
        return not is_anonymous(who) and not self.is_colleague(who)


def is_anonymous(who: object) -> bool:
    """Say whether somebody has no account: nothing that Redmine mails reaches them."""
    return text(table(who).get("name")) in {ANONYMOUS, None}
