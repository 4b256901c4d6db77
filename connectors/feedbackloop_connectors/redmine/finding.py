"""Was an action already done, though its answer was lost? And where do our tasks stand?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from feedbackloop.records import Action, ActionKind, Receipt, TaskState
from feedbackloop_connectors.desk.finding import if_there, missing, task_state
from feedbackloop_connectors.desk.values import Row, is_number, number, rows, table, text, when
from feedbackloop_connectors.desk.writing import target_of
from feedbackloop_connectors.marks import digest, is_same_text, mark, mark_in
from feedbackloop_connectors.redmine.account import Account
from feedbackloop_connectors.redmine.items import message_id, status_of, tags_of


class Finder:
    """Looks our own writes up."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._api = account.api

    def find(self, action: Action) -> Receipt | None:
        """Give the receipt of an earlier attempt; None: there was none that arrived."""
        self._account.me  # noqa: B018 - to a wrong key Redmine shows nothing, which would read as "not done"
        if action.kind is ActionKind.TASK:
            return self._task(action)
        if action.kind is not ActionKind.TASK_UPDATE and not is_number(action.item):
            return None
        issue = if_there(lambda: self._api.issue(target_of(action, "issue")))
        if issue is None:  # an issue that is gone holds nothing of ours
            return None
        return self._tagged(action, issue) if action.kind is ActionKind.TAG else self._said(action, issue)

    def _task(self, action: Action) -> Receipt | None:
        project = self._account.options.task_project
        found = self._api.described(project, mark(action.key)) if project else []
        found = [row for row in found if mark_in(text(row.get("description")) or "") == digest(action.key)]
        if not found:
            return None
        name = str(found[0].get("id"))
        note = f"{len(found)} issues carry this task's mark; the oldest counts" if len(found) > 1 else None
        return Receipt(external_id=name, url=self._account.url(name), written_ids=(name,), note=note)

    def _tagged(self, action: Action, issue: Row) -> Receipt | None:
        if not set(action.tags) <= set(tags_of(issue, self._account.options)):
            return None
        return Receipt(external_id=action.item, url=self._account.url(action.item))

    def _said(self, action: Action, issue: Row) -> Receipt | None:
        """Look among what our account wrote: notes by their mark, replies, which carry none, by their words."""
        is_it: Callable[[str], bool] = (
            (lambda said: is_same_text(said, action.text))
            if action.kind is ActionKind.REPLY
            else (lambda said: mark_in(said) == digest(action.key))
        )
        is_private = action.kind is ActionKind.NOTE
        for row in own_journals(issue, self._account.people.me):
            if is_it(str(row.get("notes"))) and row.get("private_notes") is is_private:
                name = message_id(row)
                return Receipt(external_id=name, url=self._account.url(target_of(action, "issue")), written_ids=(name,))
        return None

    # --- tasks --------------------------------------------------------------------------------------------------------

    def states(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand, in the order asked."""
        self._account.me  # noqa: B018 - to a wrong key every task would be missing
        found = {str(row.get("id")): row for row in self._api.issues([int(one) for one in ids if is_number(one)])}
        return [self._state(task, found.get(task) or self._alone(task)) for task in ids]

    def _alone(self, task: str) -> Row:
        """Ask for a task that the list left out: it is gone, or we may not see it any more, which raises."""
        return (if_there(lambda: self._api.issue(int(task))) if is_number(task) else None) or {}

    def _state(self, task: str, row: Row) -> TaskState:
        if not row:
            return missing(task)
        url = self._account.url(task)
        at = when(row.get("closed_on")) or when(row.get("updated_on"))
        is_rejected = table(row.get("status")).get("name") in self._account.options.rejected_statuses
        is_done = status_of(row, self._account.options) in {"solved", "closed"}
        return task_state(task, is_done=is_done, is_rejected=is_rejected, at=at, url=url)


def own_journals(issue: Row, me: int) -> list[Row]:
    """Give what our account did to an issue, oldest first."""
    return [row for row in rows(issue.get("journals")) if number(table(row.get("user")).get("id")) == me]
