"""How are keywords, replies and tasks written, each at most once?

A message is made first, with our mark as its Message-ID, and then put on its issue: an attempt that broke off between the two is
found by the mark and completed. Objects are made through addresses that work one time (`@poe`), issues are changed only in the
state that was just read (`If-Match`).
"""

from __future__ import annotations

from collections.abc import Sequence

from feedbackloop.errors import Skippable
from feedbackloop.http import Declined
from feedbackloop.records import Action, ActionKind, Receipt
from feedbackloop_connectors.desk.values import Row, is_number
from feedbackloop_connectors.desk.writing import RACES, DeskWriter, target_of, too_fast, with_links
from feedbackloop_connectors.roundup.finding import Finder
from feedbackloop_connectors.roundup.own import mark, message_id

LINKS = 20
"""Issues named as evidence in a task's text."""


class Writer(Finder, DeskWriter):
    """Does one action; what stands there already is found as `Finder` says."""

    gone = "the issue is gone"

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
                mute = {str(one) for one in current.get("nosy") or ()} <= {self._account.me}
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

    def _make_message(self, action: Action, text: str) -> str:
        own = message_id(mark(action.key, is_task=action.kind is ActionKind.TASK), self._api.http.base_url)
        # without an author the issue refuses the message later: "no such user None"
        return self._api.create("msg", {"content": text, "author": self._account.me, "messageid": own})

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


def _with_links(action: Action) -> str:
    """Name the issues that a task rests on; Roundup makes a link of `issue12` wherever it stands."""
    links = [f"issue{item}" for item in action.linked if is_number(item)]
    return with_links(action.text or action.title, links, named=LINKS)
