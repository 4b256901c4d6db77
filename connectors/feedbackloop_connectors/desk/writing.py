"""How does an action become a write that is done at most once?

It is looked up first, whether an earlier attempt arrived; then written; and where the desk's answer does not name what was
written, looked up again.
"""

from __future__ import annotations

from collections.abc import Callable

from feedbackloop.errors import Retriable, Skippable, SourceError, UnknownOutcome
from feedbackloop.http import Declined
from feedbackloop.records import Action, ActionKind, Receipt
from feedbackloop_connectors.desk.finding import GONE
from feedbackloop_connectors.desk.values import is_number

RACES = 3
"""How often a ticket may move between our look and our write before we come back later."""


class DeskWriter:
    """Does one action. A subclass gives `find`, and the kinds of writes that its desk takes.

    `note`, `reply`, `tag`, `task` and `task_update` write and give the receipt, or None where it must be looked up. `gone` says
    what it means that a write is refused with 404 or 410.
    """

    gone: str = "the ticket is gone"

    def push(self, action: Action) -> Receipt:
        """Do the write, unless an earlier attempt arrived: its receipt is given then. See `Connector.push`.

        Raises:
            Skippable: Gone, refused as invalid, or of a kind that this desk does not take.
        """
        act: Callable[[Action], Receipt | None] = {
            ActionKind.NOTE: self.note,
            ActionKind.TAG: self.tag,
            ActionKind.REPLY: self.reply,
            ActionKind.TASK: self.task,
            ActionKind.TASK_UPDATE: self.task_update,
        }[action.kind]
        try:
            return self.find(action) or act(action) or self._looked_up(action)
        except Declined as refusal:
            raise Skippable(self.why(refusal), record=action.id) from refusal

    def find(self, action: Action) -> Receipt | None:
        """Give the receipt of an earlier attempt; None: there was none that arrived."""
        raise NotImplementedError

    def note(self, action: Action) -> Receipt | None:
        """Write what colleagues alone see."""
        raise _not_taken(action)

    def reply(self, action: Action) -> Receipt | None:
        """Write what the customer gets."""
        raise _not_taken(action)

    def tag(self, action: Action) -> Receipt | None:
        """Add tags to those that people set."""
        raise _not_taken(action)

    def task(self, action: Action) -> Receipt | None:
        """File an improvement task."""
        raise _not_taken(action)

    def task_update(self, action: Action) -> Receipt | None:
        """Bring a task up to date."""
        raise _not_taken(action)

    def why(self, refusal: Declined) -> str:
        """Say what a refused write means."""
        return self.gone if refusal.status in GONE else str(refusal)

    def unseen(self, action: Action) -> SourceError:
        """Give what it means that a write was taken and is not shown."""
        return UnknownOutcome(f"the desk took the {action.kind} and does not show it yet", record=action.id)

    def _looked_up(self, action: Action) -> Receipt:
        try:
            found = self.find(action)
        except Retriable as error:
            raise UnknownOutcome(f"{error}; written, and not looked at yet", record=action.id) from error
        if found is None:
            raise self.unseen(action)
        return found


def target_of(action: Action, noun: str = "ticket") -> int:
    """Give the number of the ticket that an action is on: its item's, or the task's.

    Raises:
        Skippable: It names none.
    """
    name = (action.external_id if action.kind == ActionKind.TASK_UPDATE else action.item) or ""
    if not is_number(name):
        raise Skippable(f"{name!r} is no {noun} of this desk", record=action.id)
    return int(name)


def too_fast(what: str, action: Action) -> Retriable:
    """Give what is raised when a ticket moved `RACES` times between our look and our write."""
    return Retriable(f"{what} is changing faster than it can be written to", record=action.id, wait_seconds=60)


def with_links(text: str, links: list[str], *, named: int, apart: str = "\n", more: str = "(and {} more)") -> str:
    """Put links to a task's evidence under its text.

    Args:
        text: What stands above, one empty line apart.
        links: To what the task rests on, in order.
        named: How many of them are written out.
        apart: What stands between two of them.
        more: How the rest is counted.
    """
    if not links:
        return text
    rest = [more.format(len(links) - named)] if len(links) > named else []
    return f"{text}\n\n{apart.join([*links[:named], *rest])}"


def _not_taken(action: Action) -> Skippable:
    return Skippable(f"this desk takes no {action.kind} from us", record=action.id)
