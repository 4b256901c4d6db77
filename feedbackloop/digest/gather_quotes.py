"""Which words of customers stand behind a group of gaps, and what do these gaps ask to mend?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from feedbackloop.analysis.gap_judgements import value_at
from feedbackloop.digest.facts import Quote
from feedbackloop.digest.gather_reading import PLAIN_GROUP, Reading
from feedbackloop.records import Gap, GapType, Item, Understanding


def masked_quotes(reading: Reading, gaps: Sequence[Gap], most: int) -> tuple[Quote, ...]:
    """Give customers' own words behind gaps, masked: one quote an item, the surest first."""
    spoken = {gap.item: gap for gap in reversed(gaps) if gap.basis in {"stated", "promised"} and gap.evidence}
    chosen = [gap.item for gap in gaps if gap.item in spoken]
    chosen = list(dict.fromkeys(chosen))[:most]
    known = {item.key: (item, read) for item, read in reading.store.items.several(chosen)}
    words = reading.masked([spoken[key].evidence for key in chosen])
    return tuple(
        Quote(said, key, known[key][0].url, read.language if (read := known[key][1]) else None)
        for key, said in zip(chosen, words, strict=True)
        if key in known
    )


def most_mended(gaps: Iterable[Gap]) -> GapType | None:
    """Say what most of these shortfalls ask to mend."""
    kinds = Counter[GapType](gap.gap_type for gap in gaps if gap.gap_type is not None)
    return min(kinds, key=lambda kind: (-kinds[kind], kind), default=None)


def in_group(reading: Reading, gaps: Sequence[Gap], group: dict[str, str]) -> list[Gap]:
    """Give the gaps that count in a group, whatever it was grouped by, in the order given."""
    found = [gap for gap in gaps if all(getattr(gap, key) == group[key] for key in PLAIN_GROUP & group.keys())]
    more = {key: value for key, value in group.items() if key not in PLAIN_GROUP}
    if not more:
        return found
    known = {item.key: (item, read) for item, read in reading.store.items.several(sorted({gap.item for gap in found}))}
    return [gap for gap in found if gap.item in known and _has(gap, *known[gap.item], more)]


def _has(gap: Gap, item: Item, read: Understanding | None, values: dict[str, str]) -> bool:
    language = read.language if read else "und"
    return all(value_at(item, gap.segment, name, language) == value for name, value in values.items())
