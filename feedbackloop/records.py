"""What are the things that the loop handles, in the field's own words?

Every record is a frozen msgspec Struct: typed, comparable, decoded from JSON without a detour over dicts. Times are aware and
in UTC. A connector makes `Item`s with the ids of its own system; the core adds the configured name of the source.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

import msgspec
from msgspec import Struct

Kind = Literal["ticket", "review", "survey"]
Author = Literal["customer", "agent", "system"]
Status = Literal["new", "open", "pending", "solved", "closed", "deleted"]
Basis = Literal["stated", "promised", "standard", "due", "survey"]
Direction = Literal["worse", "met", "better"]
GapType = Literal["delivery", "communication", "standards"]
Label = Literal["negative", "neutral", "positive", "unknown"]
TaskStatus = Literal["seen", "proposed", "approved", "open", "done", "verified", "reopened", "rejected"]
Verdict = Literal["too_early", "worked", "no_change", "worse", "cannot_tell"]
PromiseState = Literal["open", "kept", "broken", "unknown"]

DIMENSIONS = ("reliability", "responsiveness", "assurance", "empathy", "tangibles")
"""SERVQUAL's five dimensions (Parasuraman, Zeithaml & Berry 1988)."""


class ActionKind(StrEnum):
    """One kind of write to a source system."""

    NOTE = "note"
    TAG = "tag"
    REPLY = "reply"
    TASK = "task"
    TASK_UPDATE = "task_update"


class Message(Struct, frozen=True, omit_defaults=True):
    """One message of a thread, as the source has it.

    `own` marks what feedbackloop wrote itself and reads back; `automatic` marks auto-responders and machine text.
    """

    id: str
    author: Author
    at: datetime
    text: str
    public: bool = True
    own: bool = False
    automatic: bool = False


class Rating(Struct, frozen=True, omit_defaults=True):
    """One rating on its own scale; one an item, scale and question, a later one replaces it."""

    scale: str
    value: float
    min: float
    max: float
    at: datetime | None = None
    comment: str | None = None
    question: str | None = None


class Answer(Struct, frozen=True, omit_defaults=True):
    """One answer of a SERVQUAL pair: what was expected, or what was perceived, on one scale."""

    question: str
    role: Literal["expectation", "perception"]
    value: float
    min: float
    max: float
    dimension: str | None = None


class Customer(Struct, frozen=True, omit_defaults=True):
    """The person behind an item, as this source knows them. `id` is the source's own."""

    id: str | None = None
    name: str | None = None
    email: str | None = None
    locale: str | None = None
    timezone: str | None = None
    tags: tuple[str, ...] = ()
    organization: str | None = None
    organization_tags: tuple[str, ...] = ()
    fields: dict[str, Any] = {}


class Item(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One piece of feedback: a ticket with its thread, a review, or a survey reply.

    `version` is the source's own stamp of this state where it has one (larger is newer): an older state never overwrites a
    newer one. `source` is set by the core.
    """

    id: str
    kind: Kind
    created_at: datetime
    source: str = ""
    updated_at: datetime | None = None
    version: float | None = None
    subject: str | None = None
    status: Status | None = None
    solved_at: datetime | None = None
    due_at: datetime | None = None
    channel: str | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()
    fields: dict[str, Any] = {}
    customer: Customer = Customer()
    messages: tuple[Message, ...] = ()
    ratings: tuple[Rating, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def key(self) -> str:
        """The item's name outside its source: `SOURCE/ID`."""
        return f"{self.source}/{self.id}"

    @property
    def customer_key(self) -> str | None:
        """The customer's name outside the source: `SOURCE/ID`, the mail address standing in where there is no id."""
        who = self.customer.id or (self.customer.email or "").strip().lower()
        return f"{self.source}/{who}" if who else None


# --- understanding -----------------------------------------------------------------------------------------------


class Text(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One text as scorers and finders see it: cleaned words of one author, with the time they were written.

    `raw` is what was said before cleaning; `offsets` maps each cleaned character back to its place in `raw` (empty: the same).
    """

    id: str
    text: str
    language: str = "und"
    at: datetime | None = None
    author: Author = "customer"
    raw: str | None = None
    offsets: tuple[int, ...] = ()


class Sentiment(Struct, frozen=True):
    """Polarity -1..+1 and calibrated confidence 0..1; both None for the label `unknown`."""

    label: Label
    polarity: float | None
    confidence: float | None
    scorer: str


class Aspect(Struct, frozen=True):
    """One dimension or touchpoint of which a text speaks, with the polarity of its own clause."""

    name: str
    polarity: float | None
    confidence: float


class Expectation(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What somebody expected, and how it turned out. Field by field as `score` writes it (contract, section 5).

    `text_id` names the text, `expected_span` and `experienced_span` the places in its raw words (start, end).
    """

    basis: Basis
    expected: str | None = None
    experienced: str | None = None
    promised_value: float | int | str | None = None
    promised_unit: str | None = None
    actual_value: float | int | str | None = None
    actual_unit: str | None = None
    due_at: datetime | None = None
    direction: Direction | None = None
    dimension: str | None = None
    touchpoint: str | None = None
    confidence: float = 0.5
    text_id: str | None = None
    expected_span: tuple[int, int] | None = None
    experienced_span: tuple[int, int] | None = None


class Promise(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What an agent or the company promised one customer, until when, and what became of it."""

    id: str
    who: str
    what: str
    said_at: datetime
    due_at: datetime | None = None
    state: PromiseState = "open"
    evidence: str | None = None
    touchpoint: str | None = None
    dimension: str | None = None
    text_id: str | None = None
    confidence: float = 0.5
    value: float | int | str | None = None
    unit: str | None = None
    settled_at: datetime | None = None


class Understanding(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What was understood of one item from its words. `signals` holds further readings by name, 0..1 or a short word."""

    language: str
    sentiment: Sentiment
    expectations: tuple[Expectation, ...] = ()
    dimensions: tuple[Aspect, ...] = ()
    touchpoints: tuple[Aspect, ...] = ()
    promises: tuple[Promise, ...] = ()
    signals: dict[str, float | str] = {}


# --- judgement -----------------------------------------------------------------------------------------------------


class Gap(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Expected E, experienced P and disconfirmation D of one item, kept apart (Oliver 1980; contract, section 6).

    `at` is the moment that names the week: the due time where there is one, else when the words were written.
    `direction` None: still open.
    """

    id: str
    item: str
    basis: Basis
    at: datetime
    gap_type: GapType | None = None
    touchpoint: str | None = None
    dimension: str | None = None
    segment: str = "standard"
    expected: float | int | str | None = None
    experienced: float | int | str | None = None
    unit: str | None = None
    disconfirmation: float | None = None
    direction: Direction | None = None
    confidence: float = 1.0
    evidence: str = ""
    due_at: datetime | None = None
    name: str | None = None


class Judgement(Struct, frozen=True):
    """One item's say in one group's week: judged, and how it came out. An item counts once a group and week."""

    group: str
    week: str
    worse: bool = False
    better: bool = False


class Comparison(Struct, frozen=True, kw_only=True):
    """All that comparing one item gave. `recheck_at`: when time alone can change it (a due time ahead), else None."""

    item: str
    gaps: tuple[Gap, ...] = ()
    promises: tuple[Promise, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    recheck_at: datetime | None = None


class WeekCount(Struct, frozen=True):
    """One group's week: how many items could be judged, how many fell short, how many went better than expected."""

    group: str
    week: str
    items: int
    worse: int
    better: int


class Interval(Struct, frozen=True):
    """A value with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


class Finding(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One group's test of one week. `raised`: more than noise after correction for testing many groups."""

    id: str
    group: dict[str, str]
    week: str
    items: int
    shortfalls: int
    share: float
    share_low: float
    share_high: float
    baseline_items: int = 0
    baseline_share: float | None = None
    change_low: float | None = None
    change_high: float | None = None
    p_value: float | None = None
    q_value: float | None = None
    phi: float = 1.0
    direction: Direction = "worse"
    gap_type: GapType | None = None
    impact: dict[str, Interval] = {}
    raised: bool = False

    @property
    def touchpoint(self) -> str | None:
        """The touchpoint of the group, if it was grouped by one."""
        return self.group.get("touchpoint")

    @property
    def dimension(self) -> str | None:
        """The SERVQUAL dimension of the group."""
        return self.group.get("dimension")


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
    """One closed-loop message to one customer about one matter, in three checkable parts."""

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


class Action(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One write to a source system. `key` is its idempotency key, made from what the action is about.

    `item` is the item's id in its own source ("" for a new task). `data` by kind:
    note, reply: `text` · tag: `tags` · task: `title`, `body`, `due_at`, `tags`, `linked` (item ids) ·
    task_update: `external_id`, `text`, `linked`, and `title`, `body` where they changed.
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


def group_key(group: dict[str, str]) -> str:
    """Write a group as one string: sorted JSON, so that equal groups have equal keys."""
    return msgspec.json.encode(dict(sorted(group.items()))).decode()


def group_of(key: str) -> dict[str, str]:
    """Read a group back from its key."""
    return msgspec.json.decode(key, type=dict[str, str])
