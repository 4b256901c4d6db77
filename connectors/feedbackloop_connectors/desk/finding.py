"""Is it there, may we see it, and where does a task stand?"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Literal, TypeVar

from feedbackloop.http import Declined, Denied
from feedbackloop.records import TaskState

Found = TypeVar("Found")
GONE = frozenset({404, 410})
"""How desks say that something is not there, or not there any more."""


def if_there(look: Callable[[], Found], gone: Collection[int] = GONE) -> Found | None:
    """Look something up; None where the desk says that it is gone.

    Args:
        look: Makes the call.
        gone: The statuses by which this desk says so; any other refusal is raised.
    """
    try:
        return look()
    except Declined as refusal:
        if refusal.status not in gone:
            raise
        return None


def if_shown(look: Callable[[], Found]) -> Found | None:
    """Look up what we can do without; None where the desk does not show it: gone, locked by the plan, or a right is missing.

    Args:
        look: Makes the call.

    Raises:
        Denied: Nothing is shown at all: the login is refused (401).
    """
    try:
        return look()
    except (Denied, Declined) as refusal:
        if refusal.status == 401:
            raise
        return None


def task_state(
    task: str, *, is_done: bool, is_rejected: bool = False, at: datetime | None = None, url: str | None = None
) -> TaskState:
    """Say where a task stands.

    Args:
        task: Its id.
        is_done: As its status says.
        is_rejected: It was turned down, whatever its status says.
        at: When that was decided; nothing is decided of an open one.
        url: Its address for people.
    """
    status: Literal["open", "done", "rejected"] = "rejected" if is_rejected else "done" if is_done else "open"
    return TaskState(external_id=task, status=status, at=None if status == "open" else at, url=url)


def missing(task: str) -> TaskState:
    """Say that a task is not there any more."""
    return TaskState(external_id=task, status="missing")
