"""Of what do customers begin to speak where no touchpoint has a name for it?

Texts that name no touchpoint are counted by the words in them, week by week. A word that grew beyond noise (tested with all
other groups, see `feedbackloop.analysis.findings`) starts a theme; words that grew in the same texts are one theme. It is
called by its own words, and keeps that name: what shares its words or its texts in a later week is the same theme.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import pairwise

from msgspec import Struct

from feedbackloop.analysis.themes_words import CHINESE_EDGES, ENGLISH_IDLE
from feedbackloop.records import WeekCount, group_key

MOST_WORDS = 5000
"""So many words are tested, those in most texts of the window first: the rest are too rare to grow into a theme unseen."""
TOO_COMMON = 0.5
"""A word in more of the texts than this says nothing about them."""
SAME_TEXTS = 0.5
"""Words are one theme where so much of the texts that hold either hold both (Jaccard)."""
NEARLY_ALWAYS = 0.8
"""A word that stands inside a longer one in so much of its texts says nothing more than the longer one."""
NAMED_BY = 3
KEPT_WORDS = 8
LONGEST_TEXT = 2000
"""Characters of one item that are looked at: a theme shows in what people write first."""

_LATIN = re.compile(r"[a-z][a-z'’-]+[a-z]")
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")


class WeekWords(Struct, frozen=True):
    """One week's texts without a touchpoint: their items' keys, and for each word the places of the texts that hold it."""

    week: str
    keys: tuple[str, ...] = ()
    words: dict[str, tuple[int, ...]] = {}

    def holding(self, words: Iterable[str]) -> set[int]:
        """Give the places of the texts that hold at least one of some words."""
        return {place for word in words for place in self.words.get(word, ())}


class Theme(Struct, frozen=True):
    """What customers speak of, by its name for ever and by the words that mean it now."""

    name: str
    words: tuple[str, ...]

    @property
    def group(self) -> dict[str, str]:
        """What a theme's findings are grouped by."""
        return {"theme": self.name}


def words_of(text: str) -> set[str]:
    """Give the words of a text that could name a theme: English words and pairs of them, Chinese strings of two to four.

    Chinese is written without spaces, so every string counts that does not begin or end with a function word; of those that
    mean the same texts the longest is kept later, when there are texts to compare.
    """
    plain = text[:LONGEST_TEXT].casefold()
    return {*_english(plain), *_chinese(plain)}


def _english(plain: str) -> Iterator[str]:
    words = [word.replace("’", "'").removesuffix("'s") for word in _LATIN.findall(plain)]
    kept = [word if word not in ENGLISH_IDLE and len(word) > 2 else "" for word in words]
    yield from filter(None, kept)
    yield from (f"{one} {two}" for one, two in pairwise(kept) if one and two)


def _chinese(plain: str) -> Iterator[str]:
    for run in _HAN.findall(plain):
        for length in (2, 3, 4):
            for start in range(len(run) - length + 1):
                piece = run[start : start + length]
                if piece[0] not in CHINESE_EDGES and piece[-1] not in CHINESE_EDGES:
                    yield piece


def week_words(week: str, texts: Iterable[tuple[str, str]]) -> WeekWords:
    """Count the words of one week's texts.

    Args:
        week: Its name.
        texts: (item key, text), any order.
    """
    ordered = sorted(texts)
    places: dict[str, list[int]] = {}
    for place, (_, text) in enumerate(ordered):
        for word in words_of(text):
            places.setdefault(word, []).append(place)
    return WeekWords(week, tuple(key for key, _ in ordered), {word: tuple(places[word]) for word in sorted(places)})


def candidates(window: Sequence[WeekWords], known: Sequence[Theme], fewest: int) -> dict[str, list[WeekCount]]:
    """Give the weekly counts of everything that may have grown: the words of the whole window, and the themes known.

    Which words are tested depends on how many texts of the whole window hold them, not on when: a word picked because it
    grew would pass any test.

    Returns:
        Group key -> weeks; `items` are the texts without a touchpoint, `worse` those that hold the word.
    """
    totals = Counter[str]()
    for week in window:
        totals.update({word: len(places) for word, places in week.words.items()})
    limit = TOO_COMMON * sum(len(week.keys) for week in window)
    often = [word for word, number in totals.items() if fewest <= number <= limit]
    inside = {part for word in often for part in _parts(word) if totals[word] >= NEARLY_ALWAYS * totals[part]}
    often = [word for word in often if word not in inside]
    often.sort(key=lambda word: (-totals[word], -len(word), word))
    named = [Theme(word, (word,)) for word in often[:MOST_WORDS]]
    return {key: rows for theme in (*named, *known) for key, rows in [counted(theme, window)]}


def counted(theme: Theme, window: Sequence[WeekWords]) -> tuple[str, list[WeekCount]]:
    """Give a theme's group key and its weekly counts."""
    key = group_key(theme.group)
    return key, [WeekCount(key, week.week, len(week.keys), len(week.holding(theme.words)), 0) for week in window]


def clusters(grown: Mapping[str, float], now: WeekWords, known: Sequence[Theme]) -> list[Theme]:
    """Put words that grew together into themes.

    Args:
        grown: Words, and names of known themes, that grew beyond noise -> q-value.
        now: The week in which they did.
        known: Themes of earlier weeks: a cluster that shares half of its texts with one, or its strongest word, is that
            theme.

    Returns:
        Themes with their words of this week, most texts first; a known one keeps its name.
    """
    by_name = {theme.name: theme for theme in known}
    words = sorted(
        {word for name in grown for word in (by_name[name].words if name in by_name else (name,)) if word in now.words}
    )
    texts = {word: now.holding([word]) for word in words}
    kept = _longest(words, texts)
    found: list[tuple[list[str], set[int]]] = []
    for word in sorted(kept, key=lambda word: (-len(texts[word]), -len(word), word)):
        home = next((cluster for cluster in found if _jaccard(texts[word], texts[cluster[0][0]]) >= SAME_TEXTS), None)
        if home is None:
            found.append(([word], set(texts[word])))
        else:
            home[0].append(word)
            home[1].update(texts[word])
    return _merged([_settled(cluster, held, now, known) for cluster, held in found])


def _longest(words: Sequence[str], texts: Mapping[str, Set[int]]) -> list[str]:
    """Leave out words that stand inside a longer one in nearly all of their texts."""
    return [
        word
        for word in words
        if not any(
            word != other and word in other and len(texts[other]) >= NEARLY_ALWAYS * len(texts[word]) for other in words
        )
    ]


def _parts(word: str) -> Iterator[str]:
    """Give what a word is made of: the two words of a pair, the two longest pieces of a Chinese string."""
    if " " in word:
        yield from word.split(" ")
    elif _HAN.match(word):
        yield from (word[1:], word[:-1])


def _settled(cluster: Sequence[str], held: Set[int], now: WeekWords, known: Sequence[Theme]) -> Theme:
    for theme in known:
        if cluster[0] in theme.words or _jaccard(held, now.holding(theme.words)) >= SAME_TEXTS:
            return Theme(theme.name, tuple(dict.fromkeys((*cluster, *theme.words)))[:KEPT_WORDS])
    joint = "、" if _HAN.search(cluster[0]) else ", "
    return Theme(joint.join(cluster[:NAMED_BY]), tuple(cluster[:KEPT_WORDS]))


def _merged(themes: Sequence[Theme]) -> list[Theme]:
    """Make one of several clusters that turned out to be the same known theme."""
    found: dict[str, Theme] = {}
    for theme in themes:
        before = found.get(theme.name)
        words = dict.fromkeys((*(before.words if before else ()), *theme.words))
        found[theme.name] = Theme(theme.name, tuple(words)[:KEPT_WORDS])
    return list(found.values())


def _jaccard(one: Set[int], other: Set[int]) -> float:
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0
