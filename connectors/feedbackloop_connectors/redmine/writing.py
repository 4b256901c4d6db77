"""How are notes, tags, replies and tasks written, each at most once?

Redmine answers a change with nothing at all, and silently leaves out what the account may not do: a private note becomes a public
one. So rights are asked before, and what was written is read back.
"""

from __future__ import annotations

from feedbackloop.errors import Refused, Skippable
from feedbackloop.http import Declined
from feedbackloop.records import Action
from feedbackloop_connectors.desk.values import Row, is_number, number, rows, table
from feedbackloop_connectors.desk.writing import RACES, DeskWriter, target_of, too_fast, with_links
from feedbackloop_connectors.marks import marked
from feedbackloop_connectors.redmine.finding import Finder, own_journals
from feedbackloop_connectors.redmine.items import custom_field, split_tags, tags_of

LINKS = 20
"""Issues that a task is related to, one call each; up to `NAMED` are named in its text, which Redmine turns into links."""
NAMED = 50
TITLE = 255
"""Characters of a subject."""


class Writer(Finder, DeskWriter):
    """Does one action; what stands there already is found as `Finder` says."""

    gone = "the issue or project is gone, or not ours to see"

    def unseen(self, action: Action) -> Refused:
        """Redmine takes without a word what it then does not do."""
        return Refused(
            f"Redmine took the {action.kind} without a word and does not show it: "
            "the account's roles lack a permission (edit_issues, add_issue_notes), or the field is read-only"
        )

    def note(self, action: Action) -> None:
        """Write a private note, only where it surely will be private."""
        issue = self._api.issue(target_of(action, "issue"))
        project = number(table(issue.get("project")).get("id")) or 0
        for needed in ("set_notes_private", "view_private_notes"):
            if not self._account.may(needed, project):
                raise Refused(f"without the permission {needed} a note would be public; add it to the account's role")
        self._api.update(target_of(action, "issue"), {"notes": marked(action.text, action.key), "private_notes": True})

    def reply(self, action: Action) -> None:
        """Write a public note, only where Redmine or a plugin of it mails that to the customer."""
        author = self._api.issue(target_of(action, "issue")).get("author")
        if not (self._account.people.is_mailed(author) or self._account.options.mailed_by_plugin):
            raise Skippable(
                f"the customer of issue {action.item} has no account, so Redmine mails them nothing; "
                'set [actions] follow_ups_by = "mail", or mailed_by_plugin where a plugin does it',
                record=action.id,
            )
        self._api.update(target_of(action, "issue"), {"notes": action.text, "private_notes": False})

    def tag(self, action: Action) -> None:
        """Add tags to those that people set."""
        self._add_tags(target_of(action, "issue"), action)

    def _add_tags(self, number_of: int, action: Action) -> None:
        """Add tags to those that people set; what somebody set in the same moment is read in the journal and put back."""
        wanted = action.tags
        for _ in range(RACES):
            issue = self._api.issue(number_of)
            custom = custom_field(issue, self._account.options.tag_field)
            if not custom:
                raise Skippable(f"issue {number_of} has no custom field {self._account.options.tag_field!r}")
            held = tags_of(issue, self._account.options)
            values = list(dict.fromkeys([*held, *wanted]))
            if list(held) == values:
                return
            value = values if isinstance(custom.get("value"), list) else ", ".join(values)
            self._api.update(number_of, {"custom_fields": [{"id": custom.get("id"), "value": value}]})
            lost = self._overwritten(number_of, str(custom.get("id"))) - set(values)
            if not lost:
                return
            wanted = tuple(sorted(lost))
        raise too_fast(f"issue {number_of}", action)

    def _overwritten(self, number_of: int, field_id: str) -> set[str]:
        """Give the tags that stood there when our change arrived, as its journal tells."""
        ours = own_journals(self._api.issue(number_of), self._account.people.me)
        details = rows(ours[-1].get("details")) if ours else []
        before = [
            one.get("old_value") for one in details if one.get("property") == "cf" and one.get("name") == field_id
        ]
        return {tag for value in before for tag in split_tags(value)}

    # --- tasks --------------------------------------------------------------------------------------------------------

    def task(self, action: Action) -> None:
        """Open an issue with our mark in its text, related to its evidence."""
        project = self._account.options.task_project
        if project is None:
            raise Skippable("no task_project is set for this source", record=action.id)
        issue: Row = {
            "project_id": project,
            "subject": action.title[:TITLE],
            "description": marked(_with_names(action), action.key),
        }
        if action.due_at:
            issue["due_date"] = action.due_at.date().isoformat()
        made = self._api.create(issue)
        self._relate(made, action, set())
        if action.tags and self._account.options.tag_field:
            try:
                self._add_tags(made, action)
            except Skippable:  # the task's tracker has no such field: the task stands without
                return

    def task_update(self, action: Action) -> None:
        """Relations first, which are refused where they stand; name and note in one change."""
        on = target_of(action, "issue")
        task = self._api.issue(on)
        known = {str(row.get(end)) for row in rows(task.get("relations")) for end in ("issue_id", "issue_to_id")}
        self._relate(on, action, known)
        change: Row = {"notes": marked(_with_names(action), action.key), "private_notes": False}
        if action.title:
            change["subject"] = action.title[:TITLE]
        self._api.update(on, change)

    def _relate(self, task: int, action: Action, known: set[str]) -> None:
        """Relate a task to its evidence; an issue that is gone, or may not be related, is named in the text all the same."""
        for one in _linked(action)[:LINKS]:
            if one in known:
                continue
            try:
                self._api.relate(task, int(one))
            except Declined as refusal:
                if refusal.status not in {403, 404, 422}:
                    raise


def _linked(action: Action) -> list[str]:
    return [one for one in action.linked if is_number(one)]


def _with_names(action: Action) -> str:
    return with_links(action.text or action.title, [f"#{one}" for one in _linked(action)], named=NAMED, apart=" ")
