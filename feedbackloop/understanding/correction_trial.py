"""Is a correction better than the shipped model, and how sure is that?

What was learned from the older ratings is tried on the newest ones. A correction is adopted when its macro F1 is better with
95 % confidence (paired bootstrap) and neither accuracy nor log loss got worse; then it is learned again from all ratings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import exp, log
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from feedbackloop.understanding.correction import Correction, corrected
from feedbackloop.understanding.correction_fit import RatedText, fit, learn
from feedbackloop.understanding.correction_labels import Label
from feedbackloop.understanding.evaluation import Pair, accuracy, difference, macro_f1
from feedbackloop.understanding.model import Clause, LinearModel, load_model, softmax
from feedbackloop.understanding.sentiment import LANGUAGES

MINIMUM = 100
"""Rated items of a language that are needed to try at all."""
MINIMUM_OF_A_LABEL = 5
"""So many of two labels at least, among the older and among the newest."""
NEWEST = 1 / 3
"""The share of ratings on which is tried what the others taught."""
_SMALLEST = 1e-9


class Trial(Struct, frozen=True, kw_only=True):
    """How the shipped model and the corrected one did on the newest ratings.

    Attributes:
        labels: Rated items in all.
        tried: Of them the newest, on which both were tried; 0: there were too few to try.
        before, after: Macro F1 of the shipped and of the corrected model.
        gain, gain_low, gain_high: Their difference with its 95 % interval.
        accuracy_before, accuracy_after, loss_before, loss_after: Share right, and mean log loss.
        is_adopted: Better with confidence.
    """

    labels: int
    tried: int = 0
    before: float = 0.0
    after: float = 0.0
    gain: float = 0.0
    gain_low: float = 0.0
    gain_high: float = 0.0
    accuracy_before: float = 0.0
    accuracy_after: float = 0.0
    loss_before: float = 0.0
    loss_after: float = 0.0
    is_adopted: bool = False

    @property
    def is_worse(self) -> bool:
        """True if what was learned harmed on the newest ratings."""
        return self.gain < 0 or self.loss_after > self.loss_before

    @property
    def words(self) -> str:
        """Say it in one sentence."""
        if not self.tried:
            return f"{self.labels} rated items are too few, or too much alike, to learn from"
        return (
            f"learned from {self.labels} rated items; on the newest {self.tried} macro F1 {self.before:.3f} → "
            f"{self.after:.3f} ({self.gain:+.3f}, {self.gain_low:+.3f} to {self.gain_high:+.3f})"
        )


def attempt(language: str, rated: Sequence[RatedText], version: int) -> tuple[Correction, Trial]:
    """Learn a correction and try it.

    Args:
        language: One that has a shipped model.
        rated: Rated texts, oldest first.
        version: Of the correction that is made.

    Returns:
        The correction, empty if it was not adopted, and how the trial went.
    """
    trial = tried(load_model(f"sentiment_{language}"), LANGUAGES[language], rated)
    return (fit(language, rated, version) if trial.is_adopted else _nothing(language, version)), trial


def tried(model: LinearModel, clauses: Callable[[str], list[Clause]], rated: Sequence[RatedText]) -> Trial:
    """Learn from the older of rated texts, oldest first, and try it on the newest, on top of any model."""
    older, newest = split(rated)
    if len(rated) < MINIMUM or not (_differ(older) and _differ(newest)):
        return Trial(labels=len(rated))
    learned = Correction(language="", version=0, base="", **learn(model, clauses, older))
    return replace(compare(model, corrected(model, learned), clauses, newest), labels=len(rated))


def split(rated: Sequence[RatedText]) -> tuple[Sequence[RatedText], Sequence[RatedText]]:
    """Part rated texts, oldest first, in older and newest."""
    cut = len(rated) - round(len(rated) * NEWEST)
    return rated[:cut], rated[cut:]


def _differ(rated: Sequence[RatedText]) -> bool:
    counts = Counter(one.label for one in rated)
    return sum(count >= MINIMUM_OF_A_LABEL for count in counts.values()) > 1


def _nothing(language: str, version: int) -> Correction:
    return Correction(language=language, version=version, base="")


class _Answer(NamedTuple):
    pair: Pair
    loss: float


def compare(
    first: LinearModel, second: LinearModel, clauses: Callable[[str], list[Clause]], rated: Sequence[RatedText]
) -> Trial:
    """Hold two models against ratings; a scale of two steps is asked for the sign alone."""
    split_up = [clauses(one.words) for one in rated]
    before, after = (
        [_answer(model.sums(parts), one) for parts, one in zip(split_up, rated, strict=True)]
        for model in (first, second)
    )
    was, now = [one.pair for one in before], [one.pair for one in after]
    gain, low, high = difference(was, now, macro_f1)
    counts = Counter(was), Counter(now)
    trial = Trial(
        labels=len(rated),
        tried=len(rated),
        before=round(macro_f1(counts[0]), 4),
        after=round(macro_f1(counts[1]), 4),
        gain=gain,
        gain_low=low,
        gain_high=high,
        accuracy_before=round(accuracy(counts[0]), 4),
        accuracy_after=round(accuracy(counts[1]), 4),
        loss_before=_mean_loss(before),
        loss_after=_mean_loss(after),
    )
    no_worse = trial.accuracy_after >= trial.accuracy_before and trial.loss_after <= trial.loss_before
    return replace(trial, is_adopted=low > 0 and no_worse)


def _mean_loss(answers: Sequence[_Answer]) -> float:
    return round(sum(one.loss for one in answers) / len(answers), 4)


def _answer(sums: tuple[float, float], one: RatedText) -> _Answer:
    given: Label
    if one.has_middle:
        shares: dict[Label, float] = dict(zip(("negative", "neutral", "positive"), softmax(*sums), strict=True))
        given = max(shares, key=lambda label: shares[label])
        return _Answer((one.label, given), -log(max(shares[one.label], _SMALLEST)))
    given = "positive" if sums[0] > 0 else "negative"
    positive = 1 / (1 + exp(-max(-30.0, min(30.0, sums[0]))))
    share = positive if one.label == "positive" else 1 - positive
    return _Answer((one.label, given), -log(max(share, _SMALLEST)))
