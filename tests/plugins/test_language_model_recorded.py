"""What a real small model answered (SmolLM2-135M-Instruct under llama-cpp-python 0.3.36), and what became of it.

Recorded on 2026-11-22, on sentences of ours or on public ones and then put on ours; long ones are shortened. The model is too
small for the task, which is what makes its answers worth keeping: each is wrong in a way of its own, and none may reach a result.
"""

from __future__ import annotations

import json

import pytest

from feedbackloop_plugins.language_model.masking import align
from feedbackloop_plugins.language_model.tasks import Expectations, Mood, Moods, rows

LATE = "The tea came two weeks late and the box was crushed."
LOVELY = "What a lovely shop, thank you!"
ANGRY = "I am angry: nobody answers my mails."
FIVE = "You promised two days and it took five days."


def kept(task: Moods | Expectations, text: str, words: str) -> object:
    """Say what is kept of an answer about one text."""
    row = (rows(words, task.row) or {}).get("t480")
    whole = align(text, text)
    assert whole is not None
    return task.keep(row, whole) if row else None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        # held to the schema while it wrote: figures have no bounds in a grammar
        (LATE, {"label": "negative", "polarity": 1.5, "confidence": 2.3, "because": LATE}),
        (FIVE, {"label": "positive", "polarity": 1.5, "confidence": 2.3, "because": FIVE}),
        # right, and proved with a word that nobody wrote
        (LOVELY, {"label": "positive", "polarity": 1.0, "confidence": 0.95, "because": "happy"}),
        # the label against its own figure
        (ANGRY, {"label": "negative", "polarity": 0.1, "confidence": 0.8, "because": "I am angry"}),
        # surer of anything else
        (ANGRY, {"label": "negative", "polarity": 0.0, "confidence": 0.25, "because": "I am angry"}),
    ],
)
def test_an_answer_that_fits_the_schema_and_not_the_text_is_dropped(text: str, answer: dict[str, object]) -> None:
    assert kept(Moods(), text, json.dumps({"answers": [{"id": "t480", **answer}]})) is None


def test_an_answer_that_fits_both_is_kept() -> None:
    answer = {"id": "t480", "label": "positive", "polarity": 1.0, "confidence": 0.85, "because": "a lovely shop"}
    assert kept(Moods(), LOVELY, json.dumps({"answers": [answer]})) == Mood("positive", 1.0, 0.85)


@pytest.mark.parametrize(
    "words",
    [
        # without a schema it repeats the question
        '{"texts": [{"id": "t480", "language": "en", "text": "What a lovely shop, thank you!"}]}',
        '{"texts": [{"id": "t480", "language": "en", "text": "The tea came two weeks late", "label": "TED-CRAFT-256139.jpg"}]}',
        # the same text answered twice, against itself
        '{"answers": [{"id": "t480", "label": "negative", "polarity": -0.5, "confidence": 0.7, "because": "lovely shop"}, '
        '{"id": "t480", "label": "positive", "polarity": 0.9, "confidence": 0.8, "because": "lovely shop"}]}',
    ],
)
def test_an_answer_out_of_form_is_no_answer(words: str) -> None:
    assert kept(Moods(), LOVELY, words) is None


def test_words_that_run_on_are_cut_by_the_schema_and_thrown_out_by_the_text() -> None:
    made_up = {"basis": "stated", "expected": "sstaedd" + "e" * 193, "experienced": None, "direction": "met"}
    more = {"dimension": "tangibles", "touchpoint": "sstaedd" + "e" * 193, "confidence": 0.1}
    words = json.dumps({"answers": [{"id": "t480", "expectations": [made_up | more]}]})
    assert kept(Expectations(("delivery",)), LATE, words) is None
