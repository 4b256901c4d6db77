"""What does the loop do about it: tasks, follow-ups, and writes to the source systems?"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from msgspec import Struct

TaskStatus = Literal["seen", "proposed", "approved", "open", "done", "verified", "reopened", "rejected"]
Verdict = Literal["too_early", "worked", "no_change", "worse", "cannot_tell"]


class ActionKind(StrEnum):
    """One kind of write to a source system."""

    NOTE = "note"
    TAG = "tag"
    REPLY = "reply"
    TASK = "task"
    TASK_UPDATE = "task_update"


class ImprovementTask(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One cause to be mended by one team. `id` is made from the group: the same cause is the same task for ever."""

    id: str
    finding_id: str
    group: dict[str, str]
    title: str
    body: str
    team: str
    status: TaskStatus
    raised_week: str
    updated_week: str
    due_at: datetime | None = None
    priority: float = 0.0
    evidence: tuple[str, ...] = ()
    success_metric: str = ""
    source: str | None = None
    external_id: str | None = None
    external_url: str | None = None
    done_at: datetime | None = None
    verdict: Verdict | None = None
    verdict_at: datetime | None = None
    verdict_due_at: datetime | None = None
    verification: str | None = None


class FollowUp(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One closed-loop message to one customer about one matter, in three checkable parts.

    `draft` is the loop's own text where a person changed it. `held_at` is when it was held back; `outcome` is what its
    customer said next where they were held out for comparison, as `status` is for those who got their message; `answered_at`
    is when they said it.
    """

    id: str
    item: str
    customer: str | None
    cause: str
    language: str
    text: str
    feeling: str = ""
    understanding: str = ""
    action: str = ""
    manner: str = "warm"
    lint: tuple[str, ...] = ()
    decision: Literal["send", "wait", "hold"] = "send"
    reason: str | None = None
    wait_until: datetime | None = None
    status: Literal[
        "drafted",
        "waiting",
        "approved",
        "sent",
        "rejected",
        "held",
        "expired",
        "confirmed",
        "reopened",
        "unanswered",
    ] = "drafted"
    created_at: datetime | None = None
    sent_at: datetime | None = None
    draft: str = ""
    held_at: datetime | None = None
    outcome: Literal["confirmed", "reopened", "unanswered"] | None = None
    answered_at: datetime | None = None
    polished_by: str | None = None


class Action(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One write to a source system. `key` is its idempotency key, made from what the action is about.

    `item` is the item's id in its own source ("" for a new task). `data` by kind:
    note, reply: `text` · tag: `tags` · task: `title`, `body`, `due_at`, `tags`, `linked` (item ids) ·
    task_update: `external_id`, `text`, `linked`, and `title`, `body` where they changed.
    `draft` is the loop's own text where a person changed it.
    """

    id: str
    key: str
    kind: ActionKind
    source: str
    item: str = ""
    text: str = ""
    tags: tuple[str, ...] = ()
    title: str = ""
    due_at: datetime | None = None
    linked: tuple[str, ...] = ()
    external_id: str | None = None
    about: str = ""
    draft: str = ""


class Receipt(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the source system said of a write: the id by which it can be found again, and where to look at it.

    `written_ids` lists ids of messages or tickets that this write made: they are recognised when they come back.
    """

    external_id: str
    url: str | None = None
    written_ids: tuple[str, ...] = ()
    note: str | None = None


class TaskState(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Where an improvement task stands in the source system. `reopened` and `rejected` come from people there."""

    external_id: str
    status: Literal["open", "done", "rejected", "missing"]
    at: datetime | None = None
    url: str | None = None


class LedgerEntry(Struct, frozen=True):
    """One decision, for ever: codes and ids only, refusals included."""

    at: datetime
    what: str
    about: str
    decision: str
    reason: str
    by: str = "loop"


class Failure(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing that did not work in this run, as the report names it."""

    stage: str
    error: str
    source: str | None = None
    record: str | None = None
    permanent: bool = False
    field: str | None = None
