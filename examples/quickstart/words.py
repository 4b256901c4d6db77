"""What do customers and agents of the invented shop say?

The texts stand in `texts_en.toml` and `texts_zh.toml`. A deck deals them like cards: every text comes once before one comes
again.
"""

from __future__ import annotations

import random
import tomllib
from importlib.resources import files

MARKS = {"+": "good", "?": "question"}
HAPPY = {"on_time", "good_support", "quality_good"}
ASKING = {"shipping_question", "product_question"}


class Words:
    """All texts of one language, dealt in an order that the seed fixes."""

    def __init__(self, language: str, rng: random.Random) -> None:
        table = tomllib.loads((files(__package__) / f"texts_{language}.toml").read_text(encoding="utf-8"))
        self.language = language
        self.products: list[str] = table["products"]["names"]
        self._texts: dict[str, list[str]] = {f"agent {kind}": texts for kind, texts in table["agents"].items()}
        self._texts |= {f"subject {kind}": texts for kind, texts in table["subjects"].items()}
        self._texts |= table["customers"]
        self._decks: dict[str, list[str]] = {}
        self._rng = rng

    def deal(self, kind: str, product: str, order: str) -> tuple[str, str]:
        """Give the next text of a kind and its mood: good, bad or question."""
        if not self._decks.get(kind):
            self._decks[kind] = self._rng.sample(self._texts[kind], len(self._texts[kind]))
        text = self._decks[kind].pop().replace("{product}", product).replace("{order}", order)
        if text[0] in MARKS:
            return text[1:].strip(), MARKS[text[0]]
        return text, "good" if kind in HAPPY else "question" if kind in ASKING else "bad"

    def tail(self, mood: str, product: str, order: str) -> str:
        """Give a sentence that somebody in that mood may add."""
        return self.deal({"good": "tails_good", "bad": "tails_bad"}.get(mood, "tails"), product, order)[0]

    def subject(self, situation: str, product: str, order: str) -> str:
        """Give what stands in a ticket's subject."""
        return self.deal(f"subject {situation}", product, order)[0]

    def agent(self, situation: str, product: str, order: str) -> str:
        """Give what an agent answers in a situation."""
        kind = f"agent {situation}"
        return self.deal(kind, product, order)[0]

    def has_agent(self, situation: str) -> bool:
        """Say whether agents have words of their own for a situation."""
        return f"agent {situation}" in self._texts
