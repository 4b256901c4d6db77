"""Which word of feeling was meant by a word that is none?

An English word that is none is read as a word of feeling from which it differs by one slip: a letter left out, one too many,
one wrong, or two that changed places; or by which letters stand twice ("dissappointed"). The first letter is right. The words of
feeling are indexed by what is left of them without one letter (symmetric deletion; Garbe 2012), so that a word costs as many
look-ups as it has letters, and only the first time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

SHORTEST = 5
"""Shorter words are too near to each other."""
_LONGEST = 20
_TWICE = re.compile(r"(.)\1+")


def mended(word: str) -> str:
    """Give the word of feeling that was meant, or the word itself.

    Args:
        word: In small letters.
    """
    if not SHORTEST <= len(word) <= _LONGEST or word in _known():
        return word
    feelings, without, once = _index()
    by_doubles = once.get(_once(word))
    if by_doubles:
        return by_doubles
    for one in (word, *_shorter(word)):
        if one in feelings or one in without:
            for meant in [one] if one in feelings else without[one]:
                if _is_one_slip(word, meant):
                    return meant
    return word


def _shorter(word: str) -> list[str]:
    return [word[:place] + word[place + 1 :] for place in range(1, len(word))]


def _once(word: str) -> str:
    """Write letters that stand twice or more once."""
    return _TWICE.sub(r"\1", word)


def _is_one_slip(word: str, meant: str) -> bool:
    """Say whether the difference is one letter, or two neighbours that changed places."""
    if len(word) != len(meant):
        return True  # the index holds no others
    places = [place for place, pair in enumerate(zip(word, meant, strict=True)) if pair[0] != pair[1]]
    if len(places) == 1:
        return places[0] < len(word) - 1  # another last letter is mostly another form
    first, last = places[0], places[-1]
    return last == first + 1 and word[first] == meant[last] and word[last] == meant[first]


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    """Read the words that are words: common ones, those of service, and all others that are one slip from a word of feeling."""
    service = (entry.partition(":")[2] for entry in _lines("english_service.txt") if not entry.startswith("#"))
    near = _lines("english_near.txt")
    return frozenset(_lines("english_common.txt")).union(near, *(map(str.strip, words.split(",")) for words in service))


@lru_cache(maxsize=1)
def _index() -> tuple[frozenset[str], dict[str, list[str]], dict[str, str]]:
    """Read the words of feeling, what is left of each without one letter, and each with its double letters once."""
    feelings = _lines("english_feelings.txt")
    without: dict[str, list[str]] = {}
    for word in feelings:
        for one in _shorter(word):
            without.setdefault(one, []).append(word)
    return frozenset(feelings), without, {_once(word): word for word in reversed(feelings)}


def _lines(name: str) -> list[str]:
    return (files("feedbackloop.understanding") / "words" / name).read_text(encoding="utf-8").splitlines()
