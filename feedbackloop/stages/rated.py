"""Which words did customers write beside their ratings, and what do the ratings say of them?"""

from __future__ import annotations

from collections.abc import Iterable

from feedbackloop.records import Item
from feedbackloop.stages.reading import customers_words
from feedbackloop.stages.turn import Turn
from feedbackloop.understanding.correction.fit import RatedText
from feedbackloop.understanding.correction.labels import rated


def rated_texts(turn: Turn, items: Iterable[Item]) -> dict[str, list[RatedText]]:
    """Put the customers' own words beside what their ratings say, by language, in order; each item once."""
    labelled = {item.key: (item, label) for item in items if (label := rated(item.ratings))}
    found: dict[str, list[RatedText]] = {}
    for text in customers_words(turn.plugins, [item for item, _ in labelled.values()], turn.settings):
        label = labelled[text.id][1]
        if text.text:
            one = RatedText(text.id, text.text, label.label, label.has_middle)
            found.setdefault(text.language, []).append(one)
    return found
