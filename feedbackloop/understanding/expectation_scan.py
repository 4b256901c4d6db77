"""Which of all the shipped words stand in a text?

One pass finds the words of every list: the triggers of cues and signals, the words of dimensions, touchpoints and
emotions. What is read of a text later looks only where one of them stands.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from feedbackloop.understanding.dimensions_words import Found, WordMap, entries, table
from feedbackloop.understanding.expectation_memory import remembered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Seen = dict[str, list[Found]]
"""Kind of list (`_KINDS`) -> the words found, in the order of the text."""
_KINDS = ("cue", "dimensions", "journey", "polarity", "signals", "emotions")


@remembered
def seen(words: str, language: str) -> Seen:
    """Give the words found, by kind of list; every kind has its list. Remembered for the last texts: do not change
    it.

    Args:
        words: Made ready by `expectation_text.normalised`.
        language: "en" or "zh".
    """
    found: Seen = {kind: [] for kind in _KINDS}
    for word in _words(language).find(words):
        kind, name = _parted(word.name)
        found[kind].append(Found(word.start, word.end, name))
    return found


def within(found: Sequence[Found], span: tuple[int, int]) -> list[Found]:
    """Give the words that begin inside a span."""
    return [word for word in found if span[0] <= word.start < span[1]]


@cache
def _parted(label: str) -> tuple[str, str]:
    kind, _, name = label.partition(":")
    return kind, name


@cache
def _words(language: str) -> WordMap:
    return WordMap(_entries(language), language)


def _entries(language: str) -> Iterator[tuple[str, str]]:
    for kind in ("dimensions", "journey"):
        yield from ((f"{kind}:{name}", word) for name, word in entries(kind, language))
    yield from ((f"polarity:{mark}", word) for mark, word in entries("expectation_polarity", language))
    for cue in table(f"expectation_cues_{language}")["cue"]:
        yield from _triggers(f"cue:{cue['name']}", cue, language)
    signals = table("signals")[language]
    for name, mark in signals["marks"].items():
        yield from _triggers(f"signals:{name}", mark, language)
    for name, words in signals["emotions"].items():
        yield from ((f"emotions:{name}", word.replace("_", " ")) for word in words.split())


def _triggers(name: str, entry: Mapping[str, list[str]], language: str) -> Iterator[tuple[str, str]]:
    """Give the triggers of an entry: in English beginnings of words, whole words where a blank ends them."""
    for trigger in entry["triggers"]:
        yield name, trigger if language == "zh" else trigger.strip() if trigger.endswith(" ") else trigger + "*"
