"""Can the desk be reached, who are we there, what may we do, what does it offer?"""

from __future__ import annotations

from collections.abc import Iterator

from feedbackloop.connector import Check
from feedbackloop.errors import SourceError
from feedbackloop_connectors.desk.checking import first_contact
from feedbackloop_connectors.desk.values import Row, number
from feedbackloop_connectors.redmine.account import Account
from feedbackloop_connectors.redmine.items import custom_field

LOGIN_FIX = "check api_key (My account › API access key), and that the REST interface is switched on in the settings"
READING = ("view_issues", "view_private_notes", "add_issue_notes", "edit_issues", "set_notes_private")
FILING = ("add_issues", "edit_issues", "add_issue_notes", "manage_issue_relations")


class Checker:
    """Asks the desk, one line of `feedbackloop check` after the other."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._options = account.options

    def checks(self) -> Iterator[Check]:
        """Yield one line each; the first that stops all others ends the list."""
        me = first_contact(lambda: self._account.me, login_fix=LOGIN_FIX)
        if isinstance(me, Check):
            yield me
            return
        yield Check("address", True, f"{self._account.http.base_url} answers")
        yield Check("login", True, str(me.get("login")))
        yield from self._project("project", self._options.project, READING)
        if self._options.task_project is None:
            yield Check("task project", True, "none set: no improvement tasks are filed here")
        else:
            yield from self._project("task project", self._options.task_project, FILING)

    def _project(self, what: str, name: str, needed: tuple[str, ...]) -> Iterator[Check]:
        try:
            project = self._account.project(name)
            key = number(project.get("id")) or 0
            missing = [one for one in needed if not self._account.may(one, key)]
            newest = self._account.api.newest(name)
        except SourceError as error:
            yield Check(
                what, False, str(error), f"correct the name, or make the account a member with {', '.join(needed)}"
            )
            return
        if missing:
            fix = f"add to the account's role in {name}: {', '.join(missing)}"
            yield Check(what, False, f"{name}: the account lacks {', '.join(missing)}", fix)
        else:
            yield Check(what, True, f"{name}: all needed permissions are there")
        if newest and what == "project":
            yield from self._fields(newest)

    def _fields(self, issue: Row) -> Iterator[Check]:
        options = self._options
        named = {
            "tag_field": options.tag_field,
            "email_field": options.email_field,
            "rating_field": options.rating_field,
        }
        for option, name in named.items():
            if name is None:
                continue
            is_there = bool(custom_field(issue, name))
            fix = None if is_there else f"correct {option}, or enable the field for the project and its trackers"
            yield Check(option, is_there, name if is_there else f"the newest issue has no custom field {name!r}", fix)
