"""Which words grew among texts that name no touchpoint, and which themes do they make?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from feedbackloop.analysis import themes as analysis
from feedbackloop.analysis.findings import test_week
from feedbackloop.analysis.gap_yardstick import Yardstick
from feedbackloop.analysis.themes import Theme, WeekWords
from feedbackloop.clock import week_bounds, week_shift
from feedbackloop.records import Direction, Finding, Item, Text, Understanding, WeekCount
from feedbackloop.stages.turn import Turn

BATCH = 500


class Grown(Struct, frozen=True):
    """The themes that grew in one week, and their findings."""

    themes: tuple[Theme, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_window(turn: Turn, first: str, last: str) -> list[WeekWords]:
    """Give the words of all weeks of a span; those that are not kept are read from their items and kept."""
    weeks = [first]
    while weeks[-1] < last:
        weeks.append(week_shift(weeks[-1], 1))
    known = turn.store.themes.words(weeks)
    for week in weeks:
        if week not in known:
            known[week] = _read(turn, week)
    return [known[week] for week in weeks]


def _read(turn: Turn, week: str) -> WeekWords:
    bounds = week_bounds(week, turn.settings.loop.zone)
    words = analysis.week_words(week, _texts(turn, list(_unnamed(turn, week))))
    with turn.store.write():
        turn.store.themes.save_words(words, bounds)
    return words


def _unnamed(turn: Turn, week: str) -> Iterator[Item]:
    """Give the items of a week in which customers spoke and named no touchpoint."""
    yardstick = Yardstick(turn.settings)
    for item, read in turn.store.items.each(*week_bounds(week, turn.settings.loop.zone)):
        if read and item.status != "deleted" and not _is_named(read) and yardstick.own_touchpoint(item) is None:
            yield item


def _is_named(read: Understanding) -> bool:
    return bool(read.touchpoints) or any(one.touchpoint for one in read.expectations)


def _texts(turn: Turn, items: Sequence[Item]) -> Iterator[tuple[str, str]]:
    """Give (item key, the customer's own words)."""
    for start in range(0, len(items), BATCH):
        messages = [
            (item.key, message)
            for item in items[start : start + BATCH]
            for message in item.messages
            if message.author == "customer" and not message.automatic and message.text
        ]
        raw = [Text(id=one.id, text=one.text, at=one.at, author=one.author) for _, one in messages]
        clean = turn.plugins.batch("clean_text", len(raw), texts=raw, settings=turn.settings) if raw else []
        texts: dict[str, list[str]] = {}
        for (key, _), text in zip(messages, clean, strict=True):
            texts.setdefault(key, []).append(text.text)
        yield from ((key, "\n".join(parts)) for key, parts in texts.items())


def candidates(turn: Turn, window: Sequence[WeekWords]) -> dict[str, list[WeekCount]]:
    """Give the weekly counts of all words that may have grown."""
    return analysis.candidates(window, turn.store.themes.all(), turn.settings.detect.minimum_items)


def found(turn: Turn, window: Sequence[WeekWords], tested: Sequence[Finding]) -> Grown:
    """Make themes of the words that grew, each with its finding.

    A theme's finding has the share of the texts that use any of its words, and the q-value of its strongest word.
    """
    grown = {one.group["theme"]: one.q_value for one in tested if one.raised and one.q_value is not None}
    if not grown:
        return Grown()
    now, known = window[-1], turn.store.themes.all()
    sayable = _sayable(turn, grown, known)
    themes = analysis.clusters({word: q for word, q in grown.items() if word in sayable}, now, known)
    findings = {theme.name: _finding(turn, theme, window, grown) for theme in themes}
    kept = [theme for theme in themes if findings[theme.name].raised]
    return Grown(tuple(kept), tuple(findings[theme.name] for theme in kept))


def _sayable(turn: Turn, grown: dict[str, float], known: Sequence[Theme]) -> set[str]:
    """Leave out words that are masked when they are shown: a theme is never called by a customer's name."""
    words = sorted(grown)
    masked = turn.plugins.redacted(words)
    return {word for word, shown in zip(words, masked, strict=True) if word == shown} | {one.name for one in known}


def _finding(turn: Turn, theme: Theme, window: Sequence[WeekWords], grown: dict[str, float]) -> Finding:
    key, rows = analysis.counted(theme, window)
    (finding,) = test_week(window[-1].week, {key: rows}, turn.settings.detect)
    q_value = min((grown[name] for name in (theme.name, *theme.words) if name in grown), default=1.0)
    is_large = finding.shortfalls >= turn.settings.detect.minimum_items
    return replace(finding, q_value=q_value, raised=is_large, direction=_mood(turn, theme, window[-1]))


def _mood(turn: Turn, theme: Theme, week: WeekWords) -> Direction:
    """Say whether most of a theme's texts complain (worse) or praise (better); neither is `met`: only that it grew."""
    keys = [week.keys[place] for place in sorted(week.holding(theme.words))]
    labels = Counter(read.sentiment.label for _, read in turn.store.items.several(keys) if read)
    told = labels["negative"] + labels["positive"] + labels["neutral"]
    if 2 * labels["negative"] > told:
        return "worse"
    return "better" if 2 * labels["positive"] > told else "met"


def keep(turn: Turn, window: Sequence[WeekWords], themes: Sequence[Theme]) -> None:
    """Keep new themes, the weekly counts of all of them, and no words of weeks that are compared no more."""
    turn.store.themes.save(themes, window[-1].week)
    for theme in turn.store.themes.all():
        turn.store.themes.save_counts(row for row in analysis.counted(theme, window)[1] if row.items)
    turn.store.themes.drop_words_before(window[0].week)


def items_of(turn: Turn, finding: Finding) -> list[str]:
    """Give the items of a theme's finding, by key."""
    theme = next((one for one in turn.store.themes.all() if one.name == finding.group["theme"]), None)
    if theme is None:
        theme = Theme(finding.group["theme"], (finding.group["theme"],))
    (week,) = read_window(turn, finding.week, finding.week)
    return [week.keys[place] for place in sorted(week.holding(theme.words))]


def words_of(turn: Turn, name: str) -> tuple[str, ...]:
    """Give the words that mean a theme now."""
    return next((theme.words for theme in turn.store.themes.all() if theme.name == name), (name,))
