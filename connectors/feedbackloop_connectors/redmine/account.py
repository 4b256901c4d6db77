"""Which parts work together on one desk, who are we there, and what may we do?"""

from __future__ import annotations

from functools import cached_property

from feedbackloop.connector import Context
from feedbackloop.errors import Fatal, Refused
from feedbackloop.http import Declined, Denied
from feedbackloop_connectors.desk.values import Row, number, rows, table, words
from feedbackloop_connectors.redmine.api import Api
from feedbackloop_connectors.redmine.items import Reader
from feedbackloop_connectors.redmine.options import RedmineOptions
from feedbackloop_connectors.redmine.people import People


class Account:
    """The parts of one configured source, put together.

    Raises:
        Fatal: The address or the certificate file cannot be used.
    """

    def __init__(self, options: RedmineOptions, context: Context) -> None:
        self.options = options
        self.tag_prefix = context.tag_prefix
        key = options.api_key.get_secret_value()
        self.http = options.open_http(context, headers={"X-Redmine-API-Key": key})
        self.api = Api(self.http, options.page_size)
        self._permissions: dict[int, frozenset[str]] = {}

    @cached_property
    def me(self) -> Row:
        """Our account. Everything begins here: elsewhere a wrong key gives empty lists instead of a refusal.

        Raises:
            Refused: The key is not accepted.
        """
        found = self.api.me()
        if number(found.get("id")) is None:
            raise Refused("Redmine does not say who we are; check api_key")
        return found

    @cached_property
    def people(self) -> People:
        """The members of the project.

        Raises:
            Fatal: The project is not there, or not ours to see.
        """
        people = People(number(self.me.get("id")) or 0, self.options.customer_roles)
        self.project(self.options.project)
        people.learn(self.api.members(self.options.project))
        return people

    def project(self, name: str) -> Row:
        """Give a project.

        Raises:
            Fatal: It is not there, or not ours to see.
        """
        number(self.me.get("id"))
        try:
            return self.api.project(name)
        except Declined as refusal:
            raise Fatal(f"there is no project {name!r} on this desk") from refusal
        except Denied as refusal:
            raise Refused(f"this account is no member of the project {name!r}; add it with a role") from refusal

    def permissions(self, project_id: int) -> frozenset[str]:
        """Say what our roles in a project let us do; an administrator's `*` is everything."""
        if self.me.get("admin") is True:
            return frozenset({"*"})
        if project_id not in self._permissions:
            memberships = rows(self.me.get("memberships"))
            ours = [row for row in memberships if number(table(row.get("project")).get("id")) == project_id]
            ids = {number(role.get("id")) or 0 for row in ours for role in rows(row.get("roles"))}
            found = {name for role in sorted(ids) for name in words(self.api.role(role).get("permissions"))}
            self._permissions[project_id] = frozenset(found)
        return self._permissions[project_id]

    def may(self, permission: str, project_id: int) -> bool:
        """Say whether our account has a permission in a project."""
        return bool({permission, "*"} & self.permissions(project_id))

    def reader(self) -> Reader:
        """Give what makes items of issues."""
        return Reader(self.options, self.http.base_url, self.tag_prefix, self.people)

    def url(self, issue_id: int | str) -> str:
        """Give the address of an issue for people."""
        return f"{self.http.base_url}/issues/{issue_id}"
