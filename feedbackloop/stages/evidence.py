"""What stands behind a finding: which items, in whose words, and what do they have in common?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from feedbackloop.analysis.gap_judgements import value_at
from feedbackloop.analysis.segments import segment_of
from feedbackloop.analysis.tasks_evidence import Evidence, Example, Quote
from feedbackloop.clock import week_bounds
from feedbackloop.records import Direction, Finding, Gap, Item, Understanding
from feedbackloop.stages import themes
from feedbackloop.stages.renames import spellings_of
from feedbackloop.stages.turn import Turn

MOST_GAPS = 300
MOST_QUOTES = 3
MOST_EXAMPLES = 3
GROUPED_BY_GAP = {"touchpoint", "dimension"}


class _Case(NamedTuple):
    """One item behind a finding, with the gap that counts there; an item of a theme has none."""

    item: Item
    gap: Gap | None


def items_behind(turn: Turn, finding: Finding) -> list[str]:
    """Name the items that a finding counts, the surest first."""
    return [case.item.key for case in _first_of_each(_cases(turn, finding))]


def gather_evidence(turn: Turn, findings: Sequence[Finding]) -> dict[str, Evidence]:
    """Collect what stands behind findings: items, masked quotes, examples, and what the items have in common; by id."""
    usual: dict[str, dict[str, dict[str, float]]] = {}
    for week in {finding.week for finding in findings}:
        usual[week] = _usual(turn, week)
    return {finding.id: _evidence(turn, finding, usual[finding.week]) for finding in findings}


def _evidence(turn: Turn, finding: Finding, usual: Mapping[str, Mapping[str, float]]) -> Evidence:
    cases = _cases(turn, finding)
    items = [case.item for case in _first_of_each(cases)]
    gaps = [case.gap for case in cases if case.gap]
    words = themes.words_of(turn, finding.group["theme"]) if "theme" in finding.group else ()
    return Evidence(
        items=tuple(item.key for item in items),
        quotes=tuple(_quotes(turn, cases, words)),
        examples=tuple(_examples(gaps)),
        clusters=_clusters(items, gaps, turn),
        usual=usual,
    )


def _cases(turn: Turn, finding: Finding) -> list[_Case]:
    if "theme" in finding.group:
        keys = themes.items_of(turn, finding)
        return [_Case(item, None) for item, _ in turn.store.items.several(keys)]
    touchpoints = spellings_of(turn, finding.touchpoint)
    direction: Direction = "better" if finding.counted == "better" else "worse"
    gaps = turn.store.judgements.of_group(finding.week, touchpoints, finding.dimension, direction, MOST_GAPS)
    known = {item.key: (item, read) for item, read in turn.store.items.several(sorted({gap.item for gap in gaps}))}
    return [
        _Case(known[gap.item][0], gap)
        for gap in gaps
        if gap.item in known and _belongs(turn, finding, gap, *known[gap.item])
    ]


def _first_of_each(cases: Sequence[_Case]) -> list[_Case]:
    return list({case.item.key: case for case in reversed(cases)}.values())[::-1]


def _belongs(turn: Turn, finding: Finding, gap: Gap, item: Item, read: Understanding | None) -> bool:
    language = read.language if read else "und"
    rest = {name: value for name, value in finding.group.items() if name not in GROUPED_BY_GAP}
    segment = gap.segment or segment_of(item, turn.settings.segments)
    return all(value_at(item, segment, name, language) == value for name, value in rest.items())


def _quotes(turn: Turn, cases: Sequence[_Case], words: Sequence[str]) -> list[Quote]:
    chosen: dict[str, tuple[Item, str]] = {}
    for case in cases:
        said = _words(case, words)
        if said and case.item.key not in chosen:
            chosen[case.item.key] = case.item, said
        if len(chosen) == MOST_QUOTES:
            break
    if not chosen:
        return []
    masked = turn.plugins.redacted([said for _, said in chosen.values()])
    return [Quote(said, key, chosen[key][0].url) for key, said in zip(chosen, masked, strict=True)]


def _words(case: _Case, words: Sequence[str]) -> str:
    """Give the customer's own words: those behind the gap, those that hold a theme's words, else what they wrote last."""
    said = [message.text for message in case.item.messages if message.author == "customer" and not message.automatic]
    evidence = case.gap.evidence if case.gap else ""
    if evidence and any(part in text for text in said for part in evidence.split(" … ")):
        return evidence
    about = [text for text in said if any(word in text.casefold() for word in words)]
    return (about or said)[-1].strip()[:300] if said else ""


def _examples(gaps: Sequence[Gap]) -> list[Example]:
    counted = Counter((gap.expected, gap.experienced, gap.unit) for gap in gaps if gap.expected is not None)
    return [
        Example(expected=expected, experienced=experienced, unit=unit, items=number)
        for (expected, experienced, unit), number in counted.most_common(MOST_EXAMPLES)
        if expected is not None
    ]


def _usual(turn: Turn, week: str) -> dict[str, dict[str, float]]:
    """Give how all items of a week divide by channel, source and segment: a cluster is one only beside that."""
    start, end = week_bounds(week, turn.settings.loop.zone)
    counted: dict[str, Counter[str]] = {"channel": Counter(), "source": Counter(), "segment": Counter()}
    for item, _ in turn.store.items.each(start, end):
        counted["source"][item.source] += 1
        counted["segment"][segment_of(item, turn.settings.segments)] += 1
        if item.channel:
            counted["channel"][item.channel] += 1
    return {
        what: {value: number / values.total() for value, number in values.items()}
        for what, values in counted.items()
        if values
    }


def _clusters(items: Sequence[Item], gaps: Sequence[Gap], turn: Turn) -> dict[str, dict[str, int]]:
    names = {gap.item: gap.name for gap in gaps if gap.name}
    found = {
        "segment": Counter(segment_of(item, turn.settings.segments) for item in items),
        "channel": Counter(item.channel for item in items if item.channel),
        "source": Counter(item.source for item in items),
        "standard": Counter(names.values()),
    }
    return {what: dict(values) for what, values in found.items() if values}
