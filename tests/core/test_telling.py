"""Signals are told in plain words, in one order; what says nothing is left out."""

from __future__ import annotations

import pytest

from feedbackloop.telling import signals_line


@pytest.mark.parametrize(
    ("signals", "told"),
    [
        ({}, ""),
        ({"actionability": "noise"}, "signals: asks for nothing"),
        # one contact and one channel are what every item has
        ({"effort": 0.25, "contacts": 1.0, "channels": 2.0}, "signals: over 2 channels; effort 0.25 of 1"),
        (
            {"channels": 1.0, "contacts": 3.0, "effort": 0.4},
            "signals: had to come back (counted in the words: 3 contacts); effort 0.40 of 1",
        ),
        ({"contradicts_rating": 1.0, "emotion": "joy"}, "signals: sounds glad; the words contradict the rating"),
        # what a plugin adds, and a word that the built-in reading does not have, are never lost
        ({"zeal": 0.5, "churn": 1.0}, "signals: says that they leave, or warns others off; zeal 0.5"),
        ({"emotion": "awe"}, "signals: emotion awe"),
    ],
)
def test_each_signal_has_its_words(signals: dict[str, float | str], told: str) -> None:
    assert signals_line(signals) == told
