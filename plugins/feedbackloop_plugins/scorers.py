"""The sentiment scorers that come with feedbackloop, and `auto`: the best registered one for each language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial

from feedbackloop import hookimpl
from feedbackloop.errors import UsageError
from feedbackloop.hookspecs import Scorer
from feedbackloop.records import Label, Sentiment, Text
from feedbackloop.understanding.language import UNKNOWN
from feedbackloop.understanding.sentiment.scoring import LANGUAGES, scorer_for, scorer_name

AUTO = "auto"
Score = Callable[[Sequence[Text]], list[Sentiment]]
_NEUTRAL_WITHIN = 0.1
"""Polarities up to this far from 0 are called neutral, as TextBlob's users mostly do."""


_OWN = "words, word pairs, word lists and what turns them, weighted; trained on open texts"


@hookimpl
def register_scorers() -> Sequence[Scorer]:
    """Bring our own scorers for English and Chinese, and TextBlob as the baseline."""
    own = [
        Scorer(scorer_name(language), (language,), partial(scorer_for, language), quality=50, description=_OWN)
        for language in LANGUAGES
    ]
    return [
        *own,
        Scorer("textblob", ("en",), _load_textblob, quality=10, description="TextBlob's lexicon, the baseline"),
    ]


@hookimpl
def score_sentiment(texts: Sequence[Text], scorer: str, scorers: Mapping[str, Scorer]) -> Sequence[Sentiment]:
    """Score each text with the named scorer, or with the best one for its language.

    Raises:
        UsageError: No scorer has this name.
    """
    if scorer != AUTO and scorer not in scorers:
        raise UsageError(f"no scorer is called {scorer!r}; there are auto, {', '.join(sorted(scorers))}")
    if scorer != AUTO and not scorers[scorer].languages:  # it answers through a hook of its own, and that one broke
        scorer = AUTO
    results = [Sentiment("unknown", None, None, scorer)] * len(texts)
    for name, places in _by_scorer(texts, scorer, scorers).items():
        scored = _loaded(scorers[name])([texts[place] for place in places])
        for place, sentiment in zip(places, scored, strict=True):
            results[place] = sentiment
    return results


def _by_scorer(texts: Sequence[Text], scorer: str, scorers: Mapping[str, Scorer]) -> dict[str, list[int]]:
    """Sort the texts' places by the scorer that knows their language; whom nobody knows is in no list."""
    chosen: dict[str, str | None] = {}
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        language = _scored_as(text)
        if language not in chosen:
            chosen[language] = _best(language, scorers.values() if scorer == AUTO else [scorers[scorer]])
        name = chosen[language]
        if name is not None:
            places.setdefault(name, []).append(place)
    return places


def _scored_as(text: Text) -> str:
    """A text without a letter (an emoji alone) has no language; faces mean the same everywhere."""
    is_wordless = text.language == UNKNOWN and not any(character.isalpha() for character in text.text[:1000])
    return "en" if is_wordless else text.language


def _best(language: str, scorers: Iterable[Scorer]) -> str | None:
    """Take the scorer of highest quality that knows the language; of equals the first by name."""
    able = [one for one in scorers if language in one.languages or "*" in one.languages]
    return min(able, key=lambda one: (-one.quality, one.name)).name if able else None


@lru_cache(maxsize=32)
def _loaded(scorer: Scorer) -> Score:
    """Load a scorer once a process."""
    return scorer.load()


def _load_textblob() -> Score:
    """TextBlob takes a quarter of a second to import, so it is imported when it is first asked for."""
    from textblob import TextBlob

    def score(texts: Sequence[Text]) -> list[Sentiment]:
        return [_of_textblob(text.text, TextBlob) for text in texts]

    return score


def _of_textblob(words: str, blob: Callable[[str], object]) -> Sentiment:
    """TextBlob tells a polarity and no confidence: how far the polarity stands from 0 stands in for it, not calibrated."""
    polarity = round(float(blob(words).sentiment.polarity), 4)  # type: ignore[attr-defined]
    label: Label = "neutral"
    if abs(polarity) > _NEUTRAL_WITHIN:
        label = "positive" if polarity > 0 else "negative"
    confidence = 1 - abs(polarity) if label == "neutral" else (1 + abs(polarity)) / 2
    return Sentiment(label, polarity, round(confidence, 4), "textblob")
