"""Which of all the shipped words stand in a text?

The triggers of cues and signals, the words of dimensions, touchpoints and emotions, the moods: all of them are looked
for in one pass over the text, and what is read of it later looks only where one of its words stands.

A word found is three whole numbers, as the automaton gives them (`word_map.Hit`), and stands on the list of every kind
for which it counts; its names are looked up by whoever reads the list. A text of 600 Chinese characters has two hundred
of them: a record for each would cost more than all that is done with it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from feedbackloop.understanding.lexicon.lists import entries, table
from feedbackloop.understanding.lexicon.word_map import Found, Hit, WordMap
from feedbackloop.understanding.memory import remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class Seen(NamedTuple):
    """The words found in one text by kind of list, each in the order of the text.

    `cues` and `signals` are the triggers of each, under its name; the names of `moods` are "+", "-", "~" (negates) and
    "^" (strengthens).
    """

    cues: list[Hit]
    signals: list[Hit]
    emotions: list[Hit]
    dimensions: list[Hit]
    journey: list[Hit]
    moods: list[Hit]


Names = tuple[tuple[str, ...], ...]
"""By the number of a word the names under which it stands."""


class _Lists(NamedTuple):
    words: WordMap[tuple[str, str]]
    kinds: tuple[tuple[int, ...], ...]
    """By the number of a word the places in `Seen` of the lists on which it stands."""
    names: dict[str, Names]
    """By kind."""


@remembered
def seen(words: str, language: str) -> Seen:
    """Give the words found. Remembered for the last texts: do not change it.

    Args:
        words: Made ready by `expectation_text.normalised`.
        language: "en" or "zh".
    """
    lists = _lists(language)
    found, kinds = Seen([], [], [], [], [], []), lists.kinds
    for hit in lists.words.hits(words):
        for kind in kinds[hit[0]]:
            found[kind].append(hit)
    return found


def names(kind: str, language: str) -> Names:
    """Give the names of a kind of list, a field of `Seen`, by the numbers of its words."""
    return _lists(language).names[kind]


def with_names(sources: Iterable[tuple[Sequence[Hit], Sequence[tuple[str, ...]]]]) -> list[Found]:
    """Give words found, each with its names, in the order of each list of words.

    Args:
        sources: Lists of words found, each with its names by number.
    """
    return [
        (start, end, name) for hits, names_of in sources for number, start, end in hits for name in names_of[number]
    ]


def within(found: Sequence[Found], span: tuple[int, int]) -> list[Found]:
    """Give the words that begin inside a span."""
    first, last = span
    return [word for word in found if first <= word[0] < last]


@cache
def moods(language: str) -> WordMap[str]:
    """Give the map of the words of mood alone, for pieces cut out of their text: at their ends words may begin and end."""
    return WordMap(_entries("moods", language), language)


@cache
def _lists(language: str) -> _Lists:
    """Make one map of all words, and say of each number on which lists its word stands, under which names."""
    words = WordMap(
        (((kind, name), word) for kind in Seen._fields for name, word in _entries(kind, language)), language
    )
    by_kind = {
        kind: tuple(tuple(name for of, name in one if of == kind) for one in words.names) for kind in Seen._fields
    }
    kinds = tuple(tuple(sorted({Seen._fields.index(kind) for kind, _ in one})) for one in words.names)
    return _Lists(words, kinds, by_kind)


def _entries(kind: str, language: str) -> Iterator[tuple[str, str]]:
    if kind == "cues":
        for cue in table(f"expectation_cues_{language}")["cue"]:
            yield from _triggers(cue["name"], cue, language)
    elif kind == "signals":
        for name, mark in table("signals")[language]["marks"].items():
            yield from _triggers(name, mark, language)
    elif kind == "emotions":
        for name, words in table("signals")[language]["emotions"].items():
            yield from ((name, word.replace("_", " ")) for word in words.split())
    else:
        yield from entries("expectation_polarity" if kind == "moods" else kind, language)


def _triggers(name: str, entry: Mapping[str, list[str]], language: str) -> Iterator[tuple[str, str]]:
    """Give the triggers of an entry: in English beginnings of words, whole words where a blank ends them."""
    for trigger in entry["triggers"]:
        yield name, trigger if language == "zh" else trigger.strip() if trigger.endswith(" ") else trigger + "*"
