"""Which of all the shipped words stand in a text?

The triggers of cues and signals, the words of dimensions, touchpoints and emotions, the moods: all of them are looked
for in one pass over the text, and what is read of it later looks only where one of its words stands.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from feedbackloop.understanding.dimensions_words import entries, table
from feedbackloop.understanding.expectation_memory import remembered
from feedbackloop.understanding.word_map import Found, WordMap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


_KINDS = ("cues", "signals", "emotions", "dimensions", "journey", "moods")


@remembered
def seen(words: str, language: str) -> Mapping[str, Sequence[Found]]:
    """Give the words found, in the order of the text, by kind of list. Remembered for the last texts: do not change it.

    Kinds: "cues" and "signals" (the triggers of each, under its name), "emotions", "dimensions", "journey", and "moods"
    ("+", "-", "~" negates, "^" strengthens, "=" says nothing).

    Args:
        words: Made ready by `expectation_text.normalised`.
        language: "en" or "zh".
    """
    found: dict[str, list[Found]] = {kind: [] for kind in _KINDS}
    for start, end, (kind, name) in _all_words(language).find(words):
        found[kind].append((start, end, name))
    return found


def moods(piece: str, language: str) -> Sequence[Found]:
    """Give the words of mood in a piece that was cut out of its text: at its ends words may begin and end."""
    return _words("moods", language).find(piece)


def within(found: Sequence[Found], span: tuple[int, int]) -> list[Found]:
    """Give the words that begin inside a span."""
    return [word for word in found if span[0] <= word[0] < span[1]]


@cache
def _all_words(language: str) -> WordMap[tuple[str, str]]:
    return WordMap((((kind, name), word) for kind in _KINDS for name, word in _entries(kind, language)), language)


@cache
def _words(kind: str, language: str) -> WordMap[str]:
    return WordMap(_entries(kind, language), language)


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
