"""How does a text feel: negative, neutral or positive, how strongly, and how sure is that?

English and Chinese have a linear model each. Polarity is the share of positive minus the share of negative; confidence is the
share of the label that was given. Nothing here reads a clock or draws a random number: the same text gives the same result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from types import MappingProxyType

from feedbackloop.records import Label, Sentiment, Text
from feedbackloop.understanding.sentiment import en as sentiment_en
from feedbackloop.understanding.sentiment import zh as sentiment_zh
from feedbackloop.understanding.sentiment.model import Clause, Odds, load_model

LANGUAGES = MappingProxyType({"en": sentiment_en.clauses, "zh": sentiment_zh.clauses})
"""The languages with a model of our own, and what splits their texts."""

_SAYS_SOMETHING = re.compile(r"[^\W\d_]|[\u2600-\u27bf\u2b50\U0001f300-\U0001faff]|<3|[:;=]['-]?[()dpo/\\|]")


def scorer_name(language: str) -> str:
    """Name our own scorer of a language, as it stands in results."""
    return f"linear-{language}"


def scorer_for(language: str) -> Callable[[Sequence[Text]], list[Sentiment]]:
    """Load a language's model and give the function that scores batches with it."""
    return score_with(odds_for(language), scorer_name(language))


def score_with(odds: Callable[[str], Odds], name: str) -> Callable[[Sequence[Text]], list[Sentiment]]:
    """Give the function that scores batches by these odds; results carry the name."""

    def score(texts: Sequence[Text]) -> list[Sentiment]:
        return [_sentiment(text.text, odds, name) for text in texts]

    return score


def odds_for(language: str) -> Callable[[str], Odds]:
    """Load a language's model and give the function that tells a text's odds of the three labels."""
    model = load_model(f"sentiment_{language}")
    clauses: Callable[[str], list[Clause]] = LANGUAGES[language]
    return lambda words: model.odds(clauses(words))


def polarity(words: str, language: str) -> float | None:
    """Say how a piece of a text feels, -1..+1; None in a language without a model, or where nothing is said."""
    if language not in LANGUAGES or not _SAYS_SOMETHING.search(words.lower()):
        return None
    odds = odds_for(language)(words)
    return round(odds.positive - odds.negative, 4)


def _sentiment(words: str, odds: Callable[[str], Odds], scorer: str) -> Sentiment:
    if not _SAYS_SOMETHING.search(words.lower()):
        return Sentiment("unknown", None, None, scorer)
    shares = odds(words)
    label: Label = "neutral"
    if shares.neutral < max(shares.positive, shares.negative):
        label = "positive" if shares.positive > shares.negative else "negative"
    return Sentiment(label, round(shares.positive - shares.negative, 4), round(max(shares), 4), scorer)
