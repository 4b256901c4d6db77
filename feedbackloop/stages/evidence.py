"""What stands behind a finding: which items, in whose words, and what do they have in common?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from feedbackloop.analysis.gap_judgements import value_at
from feedbackloop.analysis.segments import segment_of
from feedbackloop.analysis.tasks_evidence import Evidence, Example, Quote
from feedbackloop.clock import week_bounds
from feedbackloop.records import Finding, Gap, Item, Understanding
from feedbackloop.stages.turn import Turn

MOST_GAPS = 300
MOST_QUOTES = 3
MOST_EXAMPLES = 3
GROUPED_BY_GAP = {"touchpoint", "dimension"}


def gather_evidence(turn: Turn, finding: Finding) -> Evidence:
    """Collect what stands behind a finding: items, masked quotes, examples, and what the items have in common."""
    gaps = turn.store.judgements.shortfalls(finding.week, finding.touchpoint, finding.dimension, MOST_GAPS)
    known = {item.key: (item, read) for item, read in turn.store.items.several(sorted({gap.item for gap in gaps}))}
    mine = [gap for gap in gaps if gap.item in known and _belongs(turn, finding, gap, *known[gap.item])]
    keys = list(dict.fromkeys(gap.item for gap in mine))
    return Evidence(
        items=tuple(keys),
        quotes=tuple(_quotes(turn, mine, {key: known[key][0] for key in keys})),
        examples=tuple(_examples(mine)),
        clusters=_clusters([known[key][0] for key in keys], mine),
        usual=_usual(turn, finding),
    )


def _belongs(turn: Turn, finding: Finding, gap: Gap, item: Item, read: Understanding | None) -> bool:
    language = read.language if read else "und"
    rest = {name: value for name, value in finding.group.items() if name not in GROUPED_BY_GAP}
    segment = gap.segment or segment_of(item, turn.settings.segments)
    return all(value_at(item, segment, name, language) == value for name, value in rest.items())


def _quotes(turn: Turn, gaps: Sequence[Gap], items: Mapping[str, Item]) -> list[Quote]:
    chosen: dict[str, str] = {}
    for gap in gaps:
        words = _words(gap, items[gap.item])
        if words and gap.item not in chosen:
            chosen[gap.item] = words
        if len(chosen) == MOST_QUOTES:
            break
    if not chosen:
        return []
    masked = turn.plugins.batch("redact", len(chosen), texts=list(chosen.values()))
    return [Quote(words, key, items[key].url) for key, words in zip(chosen, masked, strict=True)]


def _words(gap: Gap, item: Item) -> str:
    """Give the customer's own words behind a gap; for gaps seen by the clock or told by an agent, what they wrote last."""
    said = [message.text for message in item.messages if message.author == "customer" and not message.automatic]
    if gap.evidence and any(part in words for words in said for part in gap.evidence.split(" … ")):
        return gap.evidence
    return said[-1].strip()[:300] if said else ""


def _examples(gaps: Sequence[Gap]) -> list[Example]:
    counted = Counter((gap.expected, gap.experienced, gap.unit) for gap in gaps if gap.expected is not None)
    return [
        Example(expected=expected, experienced=experienced, unit=unit, items=number)
        for (expected, experienced, unit), number in counted.most_common(MOST_EXAMPLES)
        if expected is not None
    ]


def _usual(turn: Turn, finding: Finding) -> dict[str, dict[str, float]]:
    """Give how all items of the finding's week divide by channel, source and segment: a cluster is one only beside that."""
    start, end = week_bounds(finding.week, turn.settings.loop.zone)
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


def _clusters(items: Sequence[Item], gaps: Sequence[Gap]) -> dict[str, dict[str, int]]:
    segments = {gap.item: gap.segment for gap in gaps}
    names = {gap.item: gap.name for gap in gaps if gap.name}
    found = {
        "segment": Counter(segments.values()),
        "channel": Counter(item.channel for item in items if item.channel),
        "source": Counter(item.source for item in items),
        "standard": Counter(name for name in names.values()),
    }
    return {what: dict(values) for what, values in found.items() if values}
