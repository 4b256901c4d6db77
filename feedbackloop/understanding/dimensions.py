"""Of which SERVQUAL dimensions does a text speak, and how?

Words of the shipped lists name a dimension; the clause in which a word stands gives the polarity, so that "food
great, waiter rude" is good for tangibles and bad for assurance. Source of the dimensions: Parasuraman, Zeithaml &
Berry (1988).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from functools import cache
from math import tanh
from typing import TYPE_CHECKING

from feedbackloop.records import DIMENSIONS, Aspect, Text
from feedbackloop.understanding.lexicon import polarity as lexicon_polarity
from feedbackloop.understanding.lexicon import text as lexicon_text
from feedbackloop.understanding.lexicon.scan import names, seen
from feedbackloop.understanding.sentiment.model import load_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from feedbackloop.understanding.lexicon.lists import Found
    from feedbackloop.understanding.lexicon.word_map import Hit

    Polarity = Callable[[str, str], float]
    Source = tuple[Sequence[Hit], Sequence[tuple[str, ...]]]
    """Words found, and the names of each by its number."""

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_NEGATIONS = frozenset(
    [
        "not",
        "no",
        "never",
        "nothing",
        "don't",
        "didn't",
        "isn't",
        "wasn't",
        "doesn't",
        "can't",
        "won't",
        "couldn't",
        "without",
    ]
)
_LITTLE = 0.05
_AROUND = 0.25
"""How much of a vote a word outside the gap is."""
_LEANING = 1.6
"""How many words of a list the construction outweighs."""


class Clauses:
    """The clauses of one text, and how each sounds to one who looks for an opinion of what it names."""

    def __init__(self, words: str, language: str, polarity: Polarity | None = None) -> None:
        """Take a text that was made ready by `expectation_text.normalised`; `polarity` as in `classify`."""
        self._text = words, language
        self._polarity = polarity
        self._heard = heard = lexicon_polarity.heard(words, language)
        self._moods: list[float | None] = [None] * (len(heard.parts) or 1)
        if polarity is None and heard.parts:
            self._moods = [mood or None for mood in heard.moods]

    def moods(self) -> tuple[list[int], list[float | None]]:
        """Give where each clause begins, and its polarity as far as it is known; `mood` works the others out."""
        return self._heard.begins, self._moods

    def mood(self, number: int) -> float:
        """Give the polarity of a clause by its number.

        A clause without any opinion takes half of that of the next clause of its sentence: people name the thing first and judge
        it after a comma (房间嘛，真的很脏).
        """
        mood = self._moods[number]
        if mood is None:
            mood = self._moods[number] = self._mood(number)
        return mood

    def _mood(self, number: int) -> float:
        parts = self._heard.parts
        if not parts:
            return 0.0
        own = self._own(number)
        if own or number + 1 >= len(parts) or parts[number + 1].sentence != parts[number].sentence:
            return own
        return self._own(number + 1) / 2

    def _own(self, number: int) -> float:
        part, (words, language) = self._heard.parts[number], self._text
        if self._polarity is not None:
            return self._polarity(words[part.start : part.end], language)
        mood = self._heard.moods[number]
        return lean(words[part.start : part.end]) if not mood and language == "en" else mood


def lean(clause: str) -> float:
    """Say how the single words of an English clause lean, -1..+1, by the weights of the sentiment model; 0 for a little.

    Cheaper than the model itself, and asked only where no word of the lexicon stands. A negation turns what leans to the good.
    """
    model = load_model("sentiment_en")
    words = _WORD.findall(clause)
    polar = model.sums([(1.0, words)])[0] - model.bias[0]
    if polar > 0 and not _NEGATIONS.isdisjoint(words):
        polar = -polar / 2
    leaning = tanh(polar / 2)
    return round(leaning, 3) if abs(leaning) >= _LITTLE else 0.0


def classify(text: Text, polarity: Polarity | None = None) -> list[Aspect]:
    """Give the dimensions of which a text speaks, the most spoken of first.

    Args:
        text: Cleaned; other languages than English and Chinese give nothing.
        polarity: Says how good a clause sounds, -1..+1, from the clause in lower case and its language; default: the
            lexicon of `lexicon.polarity`.
    """
    language = lexicon_text.reading(text.text, text.language)
    if language is None:
        return []
    words = lexicon_text.normalised(text.text, language)
    return aspects(sources(words, language), Clauses(words, language, polarity))


def sources(words: str, language: str) -> list[Source]:
    """Give the words of dimensions in a text, which was made ready by `expectation_text.normalised`, with their names."""
    return [(seen(words, language).dimensions, names("dimensions", language))]


def aspects(sources: Sequence[Source], parts: Clauses) -> list[Aspect]:
    """Turn words found into aspects with the mean polarity of their clauses, the most spoken of first.

    Confidence grows with the number of words: 0.5 for one, 0.67 for two, 0.75 for three.
    """
    found: defaultdict[str, list[float]] = defaultdict(list)
    begins, moods_of = parts.moods()
    for hits, names_of in sources:
        for word, start, _ in hits:
            number = bisect_right(begins, start) - 1
            mood = moods_of[number]
            if mood is None:
                mood = parts.mood(number)
            for name in names_of[word]:
                found[name].append(mood)
    order = sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))
    return [Aspect(name, round(sum(moods) / len(moods), 3), _sureness(len(moods))) for name, moods in order]


@cache
def _sureness(words: int) -> float:
    return round(1 - 1 / (words + 1), 3)


def of_gap(
    inside: Sequence[Found], around: Sequence[Found], leaning: str | None = None, weight: float = _LEANING
) -> str:
    """Give the dimension of a gap.

    Args:
        inside: The words of the lists in what was expected and experienced; each is a vote.
        around: Those of the whole text; each is a quarter of a vote.
        leaning: The dimension for which the construction itself speaks: what was ordered and what came is
            reliability.
        weight: How many words of a list that outweighs.

    Returns:
        The dimension with most votes; without any, reliability: doing what was promised is what that dimension is.
    """
    votes = dict.fromkeys(DIMENSIONS, 0.0)
    for words, vote in ((inside, 1.0), (around, _AROUND)):
        for name in _longest(words):
            votes[name] += vote
    if leaning:
        votes[leaning] += weight
    best = max(DIMENSIONS, key=lambda name: votes[name])
    return best if votes[best] else "reliability"


def _longest(words: Sequence[Found]) -> Iterator[str]:
    """Give the names of words in the order of the text; one within a longer one (菜 in 菜品) says the same."""
    best: Found | None = None
    for word in words:
        if best is None or word[1] > best[1]:
            if best and word[0] > best[0]:
                yield best[2]
            best = word
    if best:
        yield best[2]
