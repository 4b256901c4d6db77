"""Was an action already done, though its answer was lost? And where do our tasks stand?"""

from __future__ import annotations

from collections.abc import Sequence

from feedbackloop.records import Action, ActionKind, Receipt, TaskState
from feedbackloop_connectors.desk.finding import missing, task_state
from feedbackloop_connectors.desk.values import Row, is_number
from feedbackloop_connectors.roundup.account import Account
from feedbackloop_connectors.roundup.own import mark
from feedbackloop_connectors.roundup.rows import moment


class Finder:
    """Looks our own writes up."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._api = account.api

    def find(self, action: Action) -> Receipt | None:
        """Give the receipt of an earlier attempt that was completed; None: there was none."""
        if action.kind is ActionKind.TAG:
            return self._tagged(action)
        message = self._message(action)
        issue = self._api.issue_with_message(message) if message else None
        if message is None or issue is None:
            return None
        return self._task_receipt(issue) if action.kind is ActionKind.TASK else self._receipt(str(issue["id"]), message)

    def states(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand, in the order asked: retired ones are missing, our prefix with `rejected` turns one down."""
        found = {str(row["id"]): row for row in self._api.issues_by_id([task for task in ids if is_number(task)])}
        statuses = self._api.names("status") if found else {}
        keywords = self._api.names("keyword") if found else {}
        return [self._state(task, found.get(task), statuses, keywords) for task in ids]

    # --- parts --------------------------------------------------------------------------------------------------------------

    def _message(self, action: Action) -> str | None:
        """Give the id of the message that carries the action's mark."""
        wanted = mark(action.key, is_task=action.kind is ActionKind.TASK)
        found = [row for row in self._api.messages_marked(wanted) if str(row.get("messageid")).startswith(wanted)]
        return str(found[0]["id"]) if found else None

    def _tagged(self, action: Action) -> Receipt | None:
        rows = self._api.issues_by_id([action.item]) if is_number(action.item) else []
        if not rows:
            return None
        names = self._api.names("keyword")
        held = {names.get(str(one)) for one in rows[0].get("keyword") or ()}
        return self._task_receipt(rows[0]) if set(action.tags) <= held else None

    def _state(self, task: str, row: Row | None, statuses: dict[str, str], keywords: dict[str, str]) -> TaskState:
        if row is None:
            return missing(task)
        held = {keywords.get(str(one)) for one in row.get("keyword") or ()}
        return task_state(
            task,
            is_done=statuses.get(str(row.get("status"))) in self._account.options.solved,
            is_rejected=f"{self._account.tag_prefix}rejected" in held,
            at=moment(str(row["activity"])),
            url=self._account.url(task),
        )

    def _receipt(self, issue_id: str, message: str, note: str | None = None) -> Receipt:
        url = f"{self._account.url(issue_id)}#msg{message}"
        return Receipt(external_id=message, url=url, written_ids=(message,), note=note)

    def _task_receipt(self, issue: Row) -> Receipt:
        name = str(issue["id"])
        return Receipt(external_id=name, url=self._account.url(name))
