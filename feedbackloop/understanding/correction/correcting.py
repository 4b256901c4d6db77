"""How does a desk's own experience correct the sentiment model that ships?

A correction scales and shifts the shipped model's two sums and adds weights of its own for the words of this desk. Folded into
the shipped weights it is one linear model again: a corrected text costs as much as any other. How a correction is fitted says
`correction.fit`, when it is good enough `correction.trial`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b

from msgspec import Struct

from feedbackloop.records import Sentiment, Text
from feedbackloop.understanding.sentiment.model import LinearModel, load_model, pack, read_feature, unpack
from feedbackloop.understanding.sentiment.scoring import LANGUAGES, score_with, scorer_name

Pair = tuple[float, float]
"""One number for positive against negative, one for neutral against both: log odds."""

_FINER = 8
"""Steps of a corrected weight for one of the shipped model, which stores them coarsely."""
_LARGEST = 1_000
"""No weight may be larger, so that sums of a whole text stay within what one packed number holds."""


class Correction(Struct, frozen=True, kw_only=True):
    """What was learned from one desk's ratings in one language.

    Attributes:
        version: Grows by one with each fit of the language; stands in the scorer's name.
        base: Fingerprint of the shipped model that is corrected; with another one the correction means nothing.
        scale, shift: For the shipped model's two sums.
        weights: Feature -> what it adds; only features that several rated items share.
    """

    language: str
    version: int
    base: str
    scale: Pair = (1.0, 1.0)
    shift: Pair = (0.0, 0.0)
    weights: dict[str, Pair] = {}

    @property
    def scorer(self) -> str:
        """The name that stands in results: `linear-en+local3`."""
        return f"{scorer_name(self.language)}+local{self.version}"


@lru_cache(maxsize=4)
def fingerprint(language: str) -> str:
    """Name the shipped model of a language by its recipe."""
    recipe = json.dumps(load_model(f"sentiment_{language}").recipe, sort_keys=True)
    return blake2b(recipe.encode(), digest_size=8).hexdigest()


def fits(correction: Correction) -> bool:
    """Say whether the shipped model is still the one that was corrected."""
    return correction.language in LANGUAGES and correction.base == fingerprint(correction.language)


def corrected(model: LinearModel, correction: Correction) -> LinearModel:
    """Fold a correction into a model; the model itself stays as it is."""
    unit = model.unit / _FINER
    own = {read_feature(line, model.recipe["language"]): pair for line, pair in correction.weights.items()}
    scale = tuple(_FINER * one for one in correction.scale)
    weights = {feature: _packed(packed, scale, own.get(feature), unit) for feature, packed in model.weights.items()}
    weights |= {feature: _packed(0, scale, pair, unit) for feature, pair in own.items() if feature not in weights}
    bias = [
        factor * one + shift for one, factor, shift in zip(model.bias, correction.scale, correction.shift, strict=True)
    ]
    return model._replace(weights=weights, bias=(bias[0], bias[1]), unit=unit)


def _packed(packed: int, scale: Sequence[float], added: Pair | None, unit: float) -> int:
    neutral, polar = unpack(packed)
    more = added or (0.0, 0.0)
    return pack(_whole(polar * scale[0] + more[0] / unit), _whole(neutral * scale[1] + more[1] / unit))


def _whole(weight: float) -> int:
    return max(-_LARGEST, min(_LARGEST, round(weight)))


def corrected_scorer(correction: Correction) -> Callable[[Sequence[Text]], list[Sentiment]]:
    """Give the function that scores batches with the corrected model."""
    model = corrected(load_model(f"sentiment_{correction.language}"), correction)
    clauses = LANGUAGES[correction.language]
    return score_with(lambda words: model.odds(clauses(words)), correction.scorer)
