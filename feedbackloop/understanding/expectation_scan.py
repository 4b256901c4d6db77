"""Which of all the shipped words stand in a text?

The triggers of cues and signals, the words of dimensions, touchpoints and emotions, the moods: each kind of list is
looked for in one pass when it is first asked for, and what is read of a text later looks only where one of its words
stands.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from feedbackloop.understanding.dimensions_words import entries, table
from feedbackloop.understanding.expectation_memory import remembered
from feedbackloop.understanding.word_map import Found, WordMap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


Places = list[tuple[int, int, str]]
"""Where words of a list begin and end, and what they stand for, in the order of the text."""


class Seen(dict[str, list[Found]]):
    """Kind of list -> its words that stand in one text, in its order; found when first asked for.

    Kinds: "dimensions", "journey", "signals", "emotions".

    Attributes:
        cues: The same for the triggers of cues (name of the cue).
        moods: The same for words of mood ("+", "-", "~" negates, "^" strengthens).
    """

    def __init__(self, words: str, language: str) -> None:
        super().__init__()
        self._text = words, language
        self._cues: Places | None = None
        self._moods: Places | None = None

    def __missing__(self, kind: str) -> list[Found]:
        words, language = self._text
        found = self[kind] = _words(kind, language).find(words)
        return found

    @property
    def cues(self) -> Places:
        if self._cues is None:
            words, language = self._text
            self._cues = _words("cue", language).places(words)
        return self._cues

    @property
    def moods(self) -> Places:
        if self._moods is None:
            words, language = self._text
            self._moods = _words("expectation_polarity", language).places(words)
        return self._moods


@remembered
def seen(words: str, language: str) -> Seen:
    """Give the words found, by kind of list. Remembered for the last texts: do not change it.

    Args:
        words: Made ready by `expectation_text.normalised`.
        language: "en" or "zh".
    """
    return Seen(words, language)


def within(found: Sequence[Found], span: tuple[int, int]) -> list[Found]:
    """Give the words that begin inside a span."""
    return [word for word in found if span[0] <= word.start < span[1]]


@cache
def _words(kind: str, language: str) -> WordMap:
    return WordMap(_entries(kind, language), language)


def _entries(kind: str, language: str) -> Iterator[tuple[str, str]]:
    if kind == "cue":
        for cue in table(f"expectation_cues_{language}")["cue"]:
            yield from _triggers(cue["name"], cue, language)
    elif kind == "signals":
        for name, mark in table("signals")[language]["marks"].items():
            yield from _triggers(name, mark, language)
    elif kind == "emotions":
        for name, words in table("signals")[language]["emotions"].items():
            yield from ((name, word.replace("_", " ")) for word in words.split())
    else:
        yield from entries(kind, language)


def _triggers(name: str, entry: Mapping[str, list[str]], language: str) -> Iterator[tuple[str, str]]:
    """Give the triggers of an entry: in English beginnings of words, whole words where a blank ends them."""
    for trigger in entry["triggers"]:
        yield name, trigger if language == "zh" else trigger.strip() if trigger.endswith(" ") else trigger + "*"
