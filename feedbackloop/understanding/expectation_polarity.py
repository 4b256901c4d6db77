"""Does a clause say good or bad things?

A small hand-made lexicon with negation, for clauses: it decides directions that the cue leaves open, and gives each dimension and
touchpoint the polarity of its own clause. Whole texts are the sentiment scorers' business.
"""

from __future__ import annotations

from functools import cache, lru_cache

from feedbackloop.understanding.dimensions_words import Found, WordMap, content

_NEGATED = -0.7
"""A negated word turns, and weakens a little: "not bad" is less than "good"."""
_BOOST = 1.3
_REACH = {False: 22, True: 4}
"""So many characters after a negation are negated: some four English words, or four Chinese characters."""
_VALUES = {"+": 1, "-": -1, "~": 0, "^": 0}


@cache
def lexicon(language: str) -> WordMap:
    """Read the lexicon of "zh", or else the English one: words under "+", "-", "~" (negates) and "^" (strengthens)."""
    lines = content(f"expectation_polarity_{'zh' if language == 'zh' else 'en'}.txt").splitlines()
    return WordMap(((line[0], word) for line in lines if line[:1] in _VALUES for word in line[1:].split()), language)


@lru_cache(maxsize=8192)
def polarity(clause: str, language: str) -> float:
    """Say how good a clause sounds, -1..+1; 0 where no word of the lexicon stands in it, or good and bad are even.

    Args:
        clause: A short piece of text; lower case for English.
        language: "zh" or anything else for English.
    """
    total, count, negated_until, boost = 0.0, 0, -1, 1.0
    for start, end, mark in _longest(clause, language):
        if mark == "~":
            negated_until = end + _REACH[language == "zh"]
        elif mark == "^":
            boost = _BOOST
        else:
            total += _VALUES[mark] * boost * (_NEGATED if start <= negated_until else 1.0)
            count, boost, negated_until = count + 1, 1.0, -1
    return max(-1.0, min(1.0, total / (count + 0.5) * 1.5)) if count else 0.0


def _longest(clause: str, language: str) -> list[Found]:
    """Give the words of the lexicon; of those that overlap the first, of those that begin together the longest."""
    kept: list[Found] = []
    for word in sorted(lexicon(language).find(clause), key=lambda found: (found.start, -found.end)):
        if not kept or word.start >= kept[-1].end:
            kept.append(word)
    return kept
