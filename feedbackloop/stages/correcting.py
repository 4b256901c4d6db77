"""How do corrections that were learned from the desk's own ratings reach the scorers, here and in other processes?

A correction is one more scorer, a little better than the one it corrects: `auto` finds it where nothing better is registered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial

import msgspec

from feedbackloop.hookspecs import Scorer
from feedbackloop.records import Sentiment, Text
from feedbackloop.settings import Understand
from feedbackloop.understanding.correction.correcting import Correction, corrected_scorer
from feedbackloop.understanding.sentiment.scoring import LANGUAGES, scorer_name

AUTO = "auto"
NOTHING = b"[]"
"""No corrections, encoded."""


def encoded(corrections: Sequence[Correction]) -> bytes:
    """Write corrections so that they can travel."""
    return msgspec.json.encode(corrections)


def with_corrections(scorers: Mapping[str, Scorer], settings: Understand, corrections: bytes) -> Mapping[str, Scorer]:
    """Add corrections to the registered scorers, where they would be used.

    Args:
        scorers: By name.
        settings: The config's.
        corrections: As `encoded` wrote them.
    """
    local = [one for one in _scorers(corrections) if corrects(one.languages[0], scorers, settings)]
    return {**scorers, **{one.name: one for one in local}} if local else scorers


def correctable(scorers: Mapping[str, Scorer], settings: Understand) -> list[str]:
    """Name the languages of which a correction would be used."""
    return [language for language in LANGUAGES if corrects(language, scorers, settings)]


def corrects(language: str, scorers: Mapping[str, Scorer], settings: Understand) -> bool:
    """Say whether a correction of this language would be used: `auto`, and our own scorer is the best there is."""
    own = scorers.get(scorer_name(language))
    if own is None or settings.sentiment != AUTO or settings.local_correction == "off":
        return False
    return own.quality == max(one.quality for one in scorers.values() if {language, "*"} & set(one.languages))


@lru_cache(maxsize=2)
def _scorers(corrections: bytes) -> tuple[Scorer, ...]:
    return tuple(
        Scorer(
            one.scorer,
            (one.language,),
            partial(_load, corrections, place),
            quality=100,
            description="corrected by this desk's own ratings",
        )
        for place, one in enumerate(msgspec.json.decode(corrections, type=list[Correction]))
    )


def _load(corrections: bytes, place: int) -> Callable[[Sequence[Text]], list[Sentiment]]:
    """Give a function that looks its model up: who keeps old functions does not keep old models."""
    return lambda texts: _score(corrections, place)(texts)


@lru_cache(maxsize=4)
def _score(corrections: bytes, place: int) -> Callable[[Sequence[Text]], list[Sentiment]]:
    return corrected_scorer(msgspec.json.decode(corrections, type=list[Correction])[place])
