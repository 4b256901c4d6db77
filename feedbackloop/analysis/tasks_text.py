"""How does an improvement task read for the team that owns it?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import NamedTuple

from msgspec import Struct

from feedbackloop.analysis.tasks_evidence import Cluster, Evidence, Example, Quote, clusters
from feedbackloop.analysis.tasks_metric import needed, target_share
from feedbackloop.analysis.wording import Wording, wording
from feedbackloop.analysis.wording_figures import Language, amount, day, interval, number, percent, points
from feedbackloop.analysis.wording_labels import (
    DIMENSION_NAMES,
    DIMENSION_WORDS,
    NO_DIMENSION,
    THEME_WORDS,
    group_words,
    touchpoint_word,
)
from feedbackloop.analysis.wording_text import inert, quotation
from feedbackloop.records import Finding, Interval

QUOTES = 3
EXAMPLES = 3
QUOTE = 240


class TaskText(Struct, frozen=True):
    """What a task says: a title that stays the same while the cause lasts, a body that follows the numbers."""

    title: str
    body: str
    success_metric: str


class ClusterLine(Struct, frozen=True, kw_only=True):
    """One thing that the cases have in common, ready to be printed."""

    what: str
    value: str
    cases: int
    known: int
    usual: str


class Frame(NamedTuple):
    """For whom and for when a task is written."""

    team: str
    language: Language
    due_at: datetime
    zone: tzinfo


def task_text(finding: Finding, evidence: Evidence, frame: Frame, *, templates: Wording | None = None) -> TaskText:
    """Write title, body and success metric of a task in the team's language.

    Args:
        finding: The newest finding of the group.
        evidence: Its items and masked quotes; quotes are made inert here.
        frame: Team, language, due date and zone.
        templates: The operator's own; default: those that ship.
    """
    values = {**_what(finding, frame), **_figures(finding, frame.language), **_evidence(finding, evidence, frame)}
    parts = (templates or wording()).blocks("task", frame.language, values)
    sections = ("expected", "experienced", "extent", "mend", "quotes", "causes", "success", "frame")
    body = "\n\n".join(parts[name] for name in sections if parts.get(name))
    return TaskText(title=parts.get("title", ""), body=body, success_metric=parts.get("metric", ""))


def _what(finding: Finding, frame: Frame) -> dict[str, object]:
    language = frame.language
    theme = inert(finding.group.get("theme", ""), 60)
    trouble = THEME_WORDS if theme else DIMENSION_WORDS.get(finding.dimension or "", NO_DIMENSION)
    return {
        "theme": theme,
        "touchpoint": f"“{theme}”" if theme else inert(touchpoint_word(finding.touchpoint, language), 60),
        "trouble": trouble[language],
        "dimension": DIMENSION_NAMES.get(finding.dimension or "", {}).get(language, ""),
        "group": inert(group_words(finding.group, language), 80),
        "gap_type": finding.gap_type or "",
        "team": inert(frame.team, 60),
        "due": day(frame.due_at, frame.zone, language),
    }


def _figures(finding: Finding, language: Language) -> dict[str, object]:
    """Write the numbers of a finding; what is not known is an empty string."""
    changed = finding.baseline_share is not None and finding.change_low is not None and finding.change_high is not None
    enough = needed(finding)
    return {
        "week": finding.week,
        "items": finding.items,
        "shortfalls": finding.shortfalls,
        "share": percent(finding.share, language),
        "range": interval(finding.share_low, finding.share_high, language),
        "baseline": percent(finding.baseline_share or 0.0, language) if changed else "",
        "baseline_items": number(finding.baseline_items, 0),
        "change": points(finding.share - (finding.baseline_share or 0.0)) if changed else "",
        "change_range": f"{points(finding.change_low or 0.0)} … {points(finding.change_high or 0.0)}"
        if changed
        else "",
        "q_value": _small(finding.q_value),
        "impact": [
            f"{inert(name, 30)} {number(i.value)} ({number(i.low)} … {number(i.high)})" for name, i in _impacts(finding)
        ],
        "target": percent(target_share(finding), language),
        "needed": enough or 0,
        "weeks": math.ceil((enough or 1) / max(1, finding.items)),
    }


def _impacts(finding: Finding) -> list[tuple[str, Interval]]:
    return sorted(finding.impact.items())


def _small(probability: float | None) -> str:
    if probability is None:
        return ""
    return "< 0.001" if probability < 0.001 else f"= {number(probability, 3)}"


def _evidence(finding: Finding, evidence: Evidence, frame: Frame) -> dict[str, object]:
    examples = evidence.examples[:EXAMPLES]
    quotes = [_quote(quote) for quote in evidence.quotes if quote.words.strip()][:QUOTES]
    return {
        "expected": _sides([(e.expected, e) for e in examples], frame.language),
        "experienced": _sides([(e.experienced, e) for e in examples if e.experienced is not None], frame.language),
        "quotes": quotes,
        "clusters": [_cluster(cluster, frame.language) for cluster in clusters(evidence, finding)[:3]],
        "more": max(0, len(evidence.items) - len(quotes)),
    }


def _sides(values: Sequence[tuple[float | int | str, Example]], language: Language) -> list[tuple[str, int]]:
    """Write one side of the examples with how many cases have it; equal ones are added up."""
    counted: Counter[str] = Counter()
    for value, example in values:
        text = inert(amount(value, example.unit, language), QUOTE)
        counted[f"“{text}”" if isinstance(value, str) and not example.unit else text] += example.items
    return list(counted.items())


def _quote(quote: Quote) -> tuple[str, str]:
    return quotation(quote.words, QUOTE), (quote.url or quote.item)


def _cluster(cluster: Cluster, language: Language) -> ClusterLine:
    return ClusterLine(
        what=cluster.what,
        value=inert(cluster.value, 60),
        cases=cluster.items,
        known=cluster.known,
        usual=percent(cluster.usual, language) if cluster.usual is not None else "",
    )
