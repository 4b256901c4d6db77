"""What do the hooks answer: the model's readings where they count, the built-in ones in all other places?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feedbackloop.hookspecs import Found, Redact, Scorer
from feedbackloop.records import Sentiment, Text
from feedbackloop.understanding.journey import JOURNEY
from feedbackloop_plugins import scorers as built_in_scorers
from feedbackloop_plugins.language_model.found import expectation
from feedbackloop_plugins.language_model.reading import Answered, Model
from feedbackloop_plugins.language_model.tasks import Expectations, Mood, Moods

AUTO = "auto"
SIGNAL = "expectations_by"
"""The signal that says which model read a text's expectations; without it the built-in rules did."""


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


def found(
    model: Model | None,
    texts: Sequence[Text],
    touchpoints: Mapping[str, Sequence[str]],
    rules: Sequence[Found],
    redact: Redact,
) -> Sequence[Found]:
    """Find expectations; promises of agents, signals, and texts without an answer stay as the built-in `rules` read them."""
    results = list(rules)
    if model is None:
        return results
    theirs = [place for place, text in enumerate(texts) if text.author == "customer"]
    task = Expectations(tuple(dict.fromkeys((*touchpoints, *JOURNEY))))
    answers = model.read(task, [texts[place] for place in theirs], redact)
    for place, answer in zip(theirs, answers, strict=True):
        if answer is not None:
            results[place] = _found(results[place], texts[place], answer, model.name)
    return results


def _found(rules: Found, text: Text, answer: Answered, by: str) -> Found:
    pieces = tuple(expectation(piece, text, answer.sent) for piece in answer.kept.pieces)
    return Found(pieces, rules.promises, {**rules.signals, SIGNAL: by})
