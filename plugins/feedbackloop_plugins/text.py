"""What does the built-in reading find in texts: expectations, promises, signals, dimensions and touchpoints?

Wordings and word lists in English and Chinese; texts of other languages come back with nothing found. An agent's text is read for
promises only: what it says of expectations are the customer's words told again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedbackloop import hookimpl
from feedbackloop.hookspecs import Classified, Found
from feedbackloop.understanding import expectation, journey, promise, signals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from feedbackloop.records import Text


@hookimpl
def find_expectations(texts: Sequence[Text], touchpoints: Mapping[str, Sequence[str]]) -> Sequence[Found]:
    """Find what was expected or promised, and how it turned out, in words."""
    return [_found(text, touchpoints) for text in texts]


@hookimpl
def classify(texts: Sequence[Text], touchpoints: Mapping[str, Sequence[str]]) -> Sequence[Classified]:
    """Say of which dimensions and touchpoints each text speaks."""
    return [Classified(*map(tuple, journey.subjects(text, touchpoints))) for text in texts]


def _found(text: Text, touchpoints: Mapping[str, Sequence[str]]) -> Found:
    if text.author == "agent":
        return Found(promises=tuple(promise.find_promises(text, touchpoints)))
    if text.author == "system":
        return Found()
    return Found(expectations=tuple(expectation.find(text, touchpoints)), signals=signals.read(text))
