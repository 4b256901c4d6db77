"""What was expected in a text: the model's reading where it counts, the built-in one in all other places?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feedbackloop.hookspecs import Found, Redact
from feedbackloop.records import Text
from feedbackloop.settings import Settings
from feedbackloop.understanding.journey import JOURNEY
from feedbackloop_plugins import text as built_in
from feedbackloop_plugins.language_model.found import expectation
from feedbackloop_plugins.language_model.reading import Answered, Model
from feedbackloop_plugins.language_model.tasks import Expectations

SIGNAL = "expectations_by"
"""The signal that says which model read a text's expectations; without it the built-in rules did."""


def by_rules(texts: Sequence[Text], touchpoints: Mapping[str, Sequence[str]], settings: Settings) -> Sequence[Found]:
    """Read expectations and promises by the built-in rules."""
    return built_in.find_expectations(texts, touchpoints, settings)


def found(
    model: Model | None,
    texts: Sequence[Text],
    touchpoints: Mapping[str, Sequence[str]],
    rules: Sequence[Found],
    redact: Redact,
) -> Sequence[Found]:
    """Find expectations.

    What the built-in `rules` read stays where the model names nothing or gives no answer; agents' promises and signals stay.
    """
    results = list(rules)
    if model is None:
        return results
    theirs = [place for place, text in enumerate(texts) if text.author == "customer"]
    task = Expectations(tuple(dict.fromkeys((*touchpoints, *JOURNEY))))
    answers = model.read(task, [texts[place] for place in theirs], redact)
    for place, answer in zip(theirs, answers, strict=True):
        # Silence quotes nothing and so proves nothing: it does not outweigh what the rules found.
        if answer is not None and (answer.kept.pieces or not results[place].expectations):
            results[place] = _found(results[place], texts[place], answer, model.name)
    return results


def _found(rules: Found, text: Text, answer: Answered, by: str) -> Found:
    pieces = tuple(expectation(piece, text, answer.sent) for piece in answer.kept.pieces)
    return Found(pieces, rules.promises, {**rules.signals, SIGNAL: by})
