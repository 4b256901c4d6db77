"""What do TextBlob, VADER and SnowNLP say of texts? For the benchmarks; an absent package is left out and named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import NamedTuple


class Peer(NamedTuple):
    """A package that reads sentiment. `within` is how far from 0 its users call a polarity neutral."""

    name: str
    package: str
    language: str
    load: Callable[[], Callable[[str], float]]
    within: float

    def is_there(self) -> bool:
        """Say whether the package is installed."""
        return find_spec(self.package) is not None

    def label(self, polarity: float) -> str:
        """Name a polarity."""
        if abs(polarity) <= self.within:
            return "neutral"
        return "positive" if polarity > 0 else "negative"


def _textblob() -> Callable[[str], float]:
    from textblob import TextBlob

    return lambda text: float(TextBlob(text).sentiment.polarity)


def _vader() -> Callable[[str], float]:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    machine = SentimentIntensityAnalyzer()
    return lambda text: float(machine.polarity_scores(text)["compound"])


def _snownlp() -> Callable[[str], float]:
    from snownlp import SnowNLP

    return lambda text: 2 * float(SnowNLP(text).sentiments) - 1 if text.strip() else 0.0


PEERS = (
    Peer("TextBlob", "textblob", "en", _textblob, 0.1),
    Peer("VADER", "vaderSentiment", "en", _vader, 0.05),
    Peer("SnowNLP", "snownlp", "zh", _snownlp, 0.2),
)


def peers(language: str) -> Sequence[Peer]:
    """Give the installed peers of a language, and say which are missing."""
    own = [peer for peer in PEERS if peer.language == language]
    for peer in own:
        if not peer.is_there():
            print(f"{peer.name} is left out: `{peer.package}` is not installed (benchmarks/requirements.txt)")
    return [peer for peer in own if peer.is_there()]
