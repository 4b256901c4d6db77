"""What are the things that the loop handles, in the field's own words?

Every record is a frozen msgspec Struct: typed, comparable, decoded from JSON without a detour over dicts. Times are aware and
in UTC. A connector makes `Item`s with the ids of its own system; the core adds the configured name of the source.
"""

from __future__ import annotations

from feedbackloop.records.action import (
    Action,
    ActionKind,
    Failure,
    FollowUp,
    ImprovementTask,
    LedgerEntry,
    Receipt,
    TaskState,
    TaskStatus,
    Verdict,
)
from feedbackloop.records.feedback import DIMENSIONS, Answer, Author, Customer, Item, Kind, Message, Rating, Status
from feedbackloop.records.judgement import (
    Comparison,
    Counted,
    Finding,
    Gap,
    GapType,
    Interval,
    Judgement,
    WeekCount,
    group_key,
    group_of,
)
from feedbackloop.records.understanding import (
    Aspect,
    Basis,
    Direction,
    Expectation,
    Label,
    Promise,
    PromiseState,
    Sentiment,
    Text,
    Understanding,
)

__all__ = [
    "DIMENSIONS",
    "Action",
    "ActionKind",
    "Answer",
    "Aspect",
    "Author",
    "Basis",
    "Comparison",
    "Counted",
    "Customer",
    "Direction",
    "Expectation",
    "Failure",
    "Finding",
    "FollowUp",
    "Gap",
    "GapType",
    "ImprovementTask",
    "Interval",
    "Item",
    "Judgement",
    "Kind",
    "Label",
    "LedgerEntry",
    "Message",
    "Promise",
    "PromiseState",
    "Rating",
    "Receipt",
    "Sentiment",
    "Status",
    "TaskState",
    "TaskStatus",
    "Text",
    "Understanding",
    "Verdict",
    "WeekCount",
    "group_key",
    "group_of",
]
