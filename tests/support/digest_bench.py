"""A store with a week in it: what the tests of the digest's facts share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import msgspec

from feedbackloop import hookimpl
from feedbackloop.config import from_dict
from feedbackloop.digest.facts import Facts
from feedbackloop.digest.gather import gather
from feedbackloop.manager import PluginManager
from feedbackloop.records import (
    Aspect,
    Comparison,
    Customer,
    Finding,
    Gap,
    ImprovementTask,
    Item,
    Judgement,
    Message,
    Rating,
    Sentiment,
    Understanding,
    group_key,
)
from feedbackloop.settings import Settings
from feedbackloop.store import Store

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
WEEK = "2026-W47"
SENT = datetime(2026, 11, 23, 8, tzinfo=UTC)
GROUP = {"touchpoint": "delivery", "dimension": "reliability"}
SETTINGS = from_dict(
    {
        "teams": [{"name": "Logistics", "touchpoints": ["delivery"]}, {"name": "Rest", "language": "zh"}],
        "understand": {"glossary": {"system upgrade": "back at 14:00"}},
        "sources": {"desk": {"connector": "jsonl"}, "shop": {"connector": "csv"}},
    }
)


class Plugins:
    """Masks the name Anna, and takes off signatures."""

    @staticmethod
    @hookimpl
    def redact(texts: Sequence[str]) -> Sequence[str]:
        return [text.replace("Anna", "[name]") for text in texts]

    @staticmethod
    @hookimpl
    def clean_text(texts: Sequence[Any]) -> Sequence[Any]:
        return [msgspec.structs.replace(text, text=text.text.split("\n--")[0]) for text in texts]


def plugins() -> PluginManager:
    return PluginManager({"small": SimpleNamespace(redact=Plugins.redact, clean_text=Plugins.clean_text)})


def item(n: int, at: datetime = MONDAY, messages: Sequence[tuple[str, str]] = (), **more: Any) -> Item:
    said = tuple(
        Message(id=f"m{number}", author=author, at=at + timedelta(hours=number), text=text)  # type: ignore[arg-type]
        for number, (author, text) in enumerate(messages)
    )
    made = Item(
        id=f"T-{n}", kind="ticket", created_at=at, source="desk", messages=said, url=f"https://desk.example/{n}"
    )
    return msgspec.structs.replace(made, customer=Customer(id=f"c-{n}"), **more)


def gap(n: int, at: datetime = MONDAY, **more: Any) -> Gap:
    values: dict[str, Any] = {"direction": "worse", "basis": "stated", **GROUP, **more}
    return Gap(id=f"gap-{n}-{values['basis']}-{values['touchpoint']}", item=f"desk/T-{n}", at=at, **values)


def put(store: Store, items: Sequence[Item], comparisons: Sequence[Comparison] = (), language: str = "en") -> None:
    read = Understanding(
        language=language,
        sentiment=Sentiment("negative", -0.5, 0.8, "words 1"),
        touchpoints=(Aspect("delivery", -0.5, 0.9),),
    )
    known = {comparison.item: comparison for comparison in comparisons}
    with store.write():
        store.items.receive(items, SENT, "fbl-", set())
        store.items.save_understandings([(one.key, read) for one in items])
        store.judgements.save([known.get(one.key, Comparison(item=one.key)) for one in items], UTC)


def case(n: int, *gaps: Gap, week: str = WEEK, worse: bool = True, group: dict[str, str] = GROUP) -> Comparison:
    say = Judgement(group_key(group), week, worse=worse, better=any(one.direction == "better" for one in gaps))
    return Comparison(item=f"desk/T-{n}", gaps=gaps, judgements=(say,))


def facts(store: Store, settings: Settings = SETTINGS, team: str | None = None, now: datetime = SENT) -> Facts:
    chosen = next((one for one in settings.teams if one.name == team), None)
    return gather(store, settings, plugins(), week=WEEK, team=chosen, now=now)


def finding(**more: Any) -> Finding:
    made = Finding(
        id="find-1", group=GROUP, week=WEEK, items=20, shortfalls=8, share=0.4, share_low=0.2, share_high=0.6,
        baseline_share=0.1, q_value=0.01, raised=True,
    )  # fmt: skip
    return msgspec.structs.replace(made, **more)


def task(n: int, **more: Any) -> ImprovementTask:
    made = ImprovementTask(
        id=f"task-{n}", finding_id="find-1", group=GROUP, title=f"Fix {n}", body="", team="Logistics", status="open",
        raised_week=WEEK, updated_week=WEEK,
    )  # fmt: skip
    return msgspec.structs.replace(made, **more)


def plan(store: Store, tasks: Sequence[ImprovementTask], found: Sequence[Finding] = ()) -> None:
    with store.write():
        store.plans.save_findings(WEEK, found, SENT)
        store.plans.save_tasks(tasks)


def rated(n: int, at: datetime, scale: str, value: float, top: float) -> Item:
    low = {"nps": 0, "csat": 1 if top == 5 else 0, "ces": 1, "stars": 1}[scale]
    return item(n, at, ratings=(Rating(scale, value, low, top, at),))
