"""Of which SERVQUAL dimensions does a text speak, and how?

Words of the shipped lists name a dimension; the clause in which a word stands gives the polarity, so that "food
great, waiter rude" is good for tangibles and bad for assurance. Source of the dimensions: Parasuraman, Zeithaml &
Berry (1988).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from feedbackloop.records import DIMENSIONS, Aspect, Text
from feedbackloop.understanding import expectation_polarity, expectation_text
from feedbackloop.understanding.expectation_clauses import clauses
from feedbackloop.understanding.expectation_scan import seen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from feedbackloop.understanding.dimensions_words import Found
    from feedbackloop.understanding.expectation_clauses import Clause

    Polarity = Callable[[str, str], float]

_LEANING = 1.2
"""How many words of a list the construction outweighs."""


def classify(text: Text, polarity: Polarity | None = None) -> list[Aspect]:
    """Give the dimensions of which a text speaks, the most spoken of first.

    Args:
        text: Cleaned; other languages than English and Chinese give nothing.
        polarity: Says how good a clause sounds, -1..+1, from the clause in lower case and its language; default: the
            lexicon of `expectation_polarity`.
    """
    language = expectation_text.reading(text.text, text.language)
    if language is None:
        return []
    words = expectation_text.normalised(text.text, language)
    return aspects(words, language, seen(words, language)["dimensions"], polarity)


def aspects(words: str, language: str, hits: Sequence[Found], polarity: Polarity | None) -> list[Aspect]:
    """Turn words found into aspects with the mean polarity of their clauses.

    Confidence grows with the number of words: 0.5 for one, 0.67 for two, 0.75 for three.
    """
    if not hits:
        return []
    parts = clauses(words, language)
    moods: dict[int, float] = {}
    found: dict[str, list[float]] = defaultdict(list)
    number = 0
    for place, _, name in sorted(hits):
        while number + 1 < len(parts) and parts[number + 1].start <= place:
            number += 1
        if number not in moods:
            moods[number] = mood(words, parts, number, language, polarity)
        found[name].append(moods[number])
    order = sorted(found, key=lambda name: (-len(found[name]), name))
    return [
        Aspect(name, round(sum(found[name]) / len(found[name]), 3), round(1 - 1 / (len(found[name]) + 1), 3))
        for name in order
    ]


def mood(words: str, parts: Sequence[Clause], number: int, language: str, polarity: Polarity | None) -> float:
    """Give the polarity of a clause; one without any opinion takes that of the next clause of its sentence.

    People name the thing first and judge it after a comma: 房间嘛，真的很脏.
    """
    if not parts:
        return 0.0
    own = _polarity(words, parts[number], language, polarity)
    if own or number + 1 >= len(parts) or parts[number + 1].sentence != parts[number].sentence:
        return own
    return _polarity(words, parts[number + 1], language, polarity) / 2


def _polarity(words: str, part: Clause, language: str, polarity: Polarity | None) -> float:
    if polarity is None:
        return expectation_polarity.mood(words, language, (part.start, part.end))
    return polarity(words[part.start : part.end], language)


def of_gap(inside: Sequence[Found], around: Sequence[Found], leaning: str | None = None) -> str:
    """Give the dimension of a gap.

    Args:
        inside: The words of the lists in what was expected and experienced; each is a vote.
        around: Those of the whole text; each is a quarter of a vote.
        leaning: The dimension for which the construction itself speaks: what was ordered and what came is
            reliability.

    Returns:
        The dimension with most votes; without any, reliability: doing what was promised is what that dimension is.
    """
    votes = dict.fromkeys(DIMENSIONS, 0.0)
    for words, weight in ((inside, 1.0), (around, 0.25)):
        for word in words:
            votes[word.name] += weight
    if leaning:
        votes[leaning] += _LEANING
    best = max(DIMENSIONS, key=lambda name: votes[name])
    return best if votes[best] else "reliability"
