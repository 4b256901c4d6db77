"""What is a text's sentiment: the model's reading where it counts, the built-in one in all other places?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feedbackloop.hookspecs import Redact, Scorer
from feedbackloop.records import Sentiment, Text
from feedbackloop_plugins import scorers as built_in_scorers
from feedbackloop_plugins.language_model.reading import Answered, Model
from feedbackloop_plugins.language_model.tasks import Mood, Moods

AUTO = "auto"


def sentiments(
    model: Model | None, texts: Sequence[Text], scorers: Mapping[str, Scorer], redact: Redact
) -> Sequence[Sentiment]:
    """Score texts; those without an answer by `auto`."""
    answers: Sequence[Answered | None] = model.read(Moods(), texts, redact) if model else [None] * len(texts)
    left = [text for text, answer in zip(texts, answers, strict=True) if answer is None]
    others = iter(built_in_scorers.score_sentiment(left, AUTO, scorers) if left else [])
    return [_sentiment(answer.kept, model.name) if answer and model else next(others) for answer in answers]


def _sentiment(mood: Mood, scorer: str) -> Sentiment:
    return Sentiment(mood.label, mood.polarity, mood.confidence, scorer)
