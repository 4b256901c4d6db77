"""How are keywords, replies and tasks written, each at most once?

A message is made first, with our mark as its Message-ID, and then put on its issue: an attempt that broke off between the two is
found by the mark and completed. Objects are made through addresses that work one time (`@poe`), issues are changed only in the
state that was just read (`If-Match`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from feedbackloop.errors import Skippable
from feedbackloop.http import Declined
from feedbackloop.records import Action, ActionKind, Receipt, TaskState
from feedbackloop_connectors.desk.finding import GONE, missing, task_state
from feedbackloop_connectors.desk.values import Row, is_number
from feedbackloop_connectors.desk.writing import RACES, DeskWriter, target_of, too_fast, with_links
from feedbackloop_connectors.roundup.api import Api
from feedbackloop_connectors.roundup.own import mark, message_id
from feedbackloop_connectors.roundup.rows import moment

LINKS = 20
"""Issues named as evidence in a task's text."""


class Writer(DeskWriter):
    """Does one action. `me` gives the id of our account, `solved` are the names of finished statuses."""

    def __init__(self, api: Api, *, me: Callable[[], str], tag_prefix: str, solved: Sequence[str]) -> None:
        self._api = api
        self._me = me
        self._rejected_tag = f"{tag_prefix}rejected"
        self._solved = solved

    def why(self, refusal: Declined) -> str:
        """Say what a refused write means."""
        return "the issue is gone" if refusal.status in GONE else str(refusal)

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

    # --- kinds of writes ------------------------------------------------------------------------------------------------

    def note(self, action: Action) -> Receipt:
        """Refuse: every message goes to the nosy list."""
        raise Skippable("Roundup has no private notes: a note would be mailed to the customer", record=action.id)

    def reply(self, action: Action) -> Receipt:
        """Put a message on an issue, which goes to its nosy list."""
        return self._say(action, str(target_of(action, "issue")), action.text)

    def task_update(self, action: Action) -> Receipt:
        """Put a message on the task, and give it its new name."""
        return self._say(action, str(target_of(action, "issue")), _with_links(action), title=action.title)

    def _say(self, action: Action, issue_id: str, text: str, title: str = "") -> Receipt:
        """Put a message on an issue without moving its status: any message would reopen a solved one."""
        current, tag = self._api.issue_state(issue_id)  # gone is gone before anything is made
        message = self._message(action) or self._make_message(action, text)
        for _ in range(RACES):
            held = [str(one) for one in current.get("messages") or ()]
            change: Row = {"messages": sorted({*held, message}, key=int), "status": current.get("status")}
            if title and title != current.get("title"):
                change["title"] = title
            if self._changed(issue_id, change, tag):
                mute = {str(one) for one in current.get("nosy") or ()} <= {self._me()}
                note = "nobody but us is on the nosy list: the reply stands on the issue, no mail went out"
                return self._receipt(issue_id, message, note if mute and action.kind is ActionKind.REPLY else None)
            current, tag = self._api.issue_state(issue_id)
        raise too_fast(f"issue {issue_id}", action)

    def tag(self, action: Action) -> Receipt:
        """Add keywords to those that people set."""
        issue_id = str(target_of(action, "issue"))
        wanted = self._keywords(action.tags)
        for _ in range(RACES):
            current, tag = self._api.issue_state(issue_id)
            held = [str(one) for one in current.get("keyword") or ()]
            if self._changed(issue_id, {"keyword": sorted({*held, *wanted}, key=int)}, tag):
                return self._task_receipt({"id": issue_id})
        raise too_fast(f"issue {issue_id}", action)

    def task(self, action: Action) -> Receipt:
        """File an issue whose first message carries our mark."""
        message = self._message(action) or self._make_message(action, _with_links(action))
        values: Row = {"title": action.title, "messages": [message], "keyword": self._keywords(action.tags)}
        return self._task_receipt({"id": self._api.create("issue", values)})

    # --- parts ----------------------------------------------------------------------------------------------------------

    def _changed(self, issue_id: str, change: Row, tag: str) -> bool:
        try:
            self._api.change(issue_id, change, tag)
        except Declined as refusal:
            if refusal.status != 412:
                raise
            return False
        return True

    def _message(self, action: Action) -> str | None:
        """Give the id of the message that carries the action's mark."""
        wanted = mark(action.key, is_task=action.kind is ActionKind.TASK)
        found = [row for row in self._api.messages_marked(wanted) if str(row.get("messageid")).startswith(wanted)]
        return str(found[0]["id"]) if found else None

    def _make_message(self, action: Action, text: str) -> str:
        own = message_id(mark(action.key, is_task=action.kind is ActionKind.TASK), self._api.http.base_url)
        # without an author the issue refuses the message later: "no such user None"
        return self._api.create("msg", {"content": text, "author": self._me(), "messageid": own})

    def _keywords(self, tags: Sequence[str]) -> list[str]:
        """Give the ids of keywords, making those that the tracker does not have; their names are unique there."""
        known = {name: key for key, name in self._api.names("keyword").items()}
        for tag in tags:
            if tag not in known:
                try:
                    known[tag] = self._api.create("keyword", {"name": tag})
                except Declined:  # somebody was faster
                    known = {name: key for key, name in self._api.names("keyword").items()}
        missing = [tag for tag in tags if tag not in known]
        if missing:
            raise Skippable(f"the tracker takes no keyword {missing[0]!r}; may this account create keywords?")
        return [known[tag] for tag in tags]

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
        url, at = self._url(task), moment(str(row["activity"]))
        if self._rejected_tag in {keywords.get(str(one)) for one in row.get("keyword") or ()}:
            return task_state(task, "rejected", at=at, url=url)
        is_done = statuses.get(str(row.get("status"))) in self._solved
        return task_state(task, "done" if is_done else "open", at=at, url=url)

    def _receipt(self, issue_id: str, message: str, note: str | None = None) -> Receipt:
        url = f"{self._url(issue_id)}#msg{message}"
        return Receipt(external_id=message, url=url, written_ids=(message,), note=note)

    def _task_receipt(self, issue: Row) -> Receipt:
        name = str(issue["id"])
        return Receipt(external_id=name, url=self._url(name))

    def _url(self, issue_id: str) -> str:
        return f"{self._api.http.base_url}/issue{issue_id}"


def _with_links(action: Action) -> str:
    """Name the issues that a task rests on; Roundup makes a link of `issue12` wherever it stands."""
    links = [f"issue{item}" for item in action.linked if is_number(item)]
    return with_links(action.text or action.title, links, named=LINKS)
