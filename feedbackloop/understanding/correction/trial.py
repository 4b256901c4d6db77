"""Is a correction better than the shipped model, and how sure is that?

What the oldest third of the ratings taught is tried on the middle third, what both taught on the newest third. A correction is
adopted when macro F1 or accuracy is better on both thirds together with 95 % confidence (paired bootstrap), and nothing got worse
there or on the newest third alone; then it is learned again from all ratings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from math import exp, log
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from feedbackloop.understanding.correction.correcting import Correction, corrected
from feedbackloop.understanding.correction.fit import RatedText, fit, learn
from feedbackloop.understanding.correction.labels import Label
from feedbackloop.understanding.evaluation.measures import Pair, accuracy, difference, macro_f1
from feedbackloop.understanding.sentiment.model import Clause, LinearModel, load_model, softmax
from feedbackloop.understanding.sentiment.scoring import LANGUAGES

MINIMUM = 100
"""Rated items of a language that are needed to try at all."""
MINIMUM_OF_A_LABEL = 5
"""So many of two labels at least, in each third."""
_SMALLEST = 1e-9


class Trial(Struct, frozen=True, kw_only=True):
    """How the shipped model and the corrected one did on ratings newer than those that taught.

    Attributes:
        labels: Rated items in all.
        tried: Of them the newer ones, on which both were tried; 0: there were too few to try.
        before, after: Macro F1 of the shipped and of the corrected model.
        gain, gain_low, gain_high: Their difference with its 95 % interval.
        accuracy_before, accuracy_after, loss_before, loss_after: Share right, and mean log loss.
        accuracy_gain_low: Where the 95 % interval of the difference in accuracy begins.
        harms_newest: Macro F1 or log loss got worse on the newest third alone.
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
    accuracy_gain_low: float = 0.0
    harms_newest: bool = False
    is_adopted: bool = False

    @property
    def is_worse(self) -> bool:
        """True if what was learned harmed."""
        return self.harms_newest or self.gain < 0 or self.loss_after > self.loss_before

    @property
    def words(self) -> str:
        """Say it in one sentence."""
        if not self.tried:
            return f"{self.labels} rated items are too few, or too much alike, to learn from"
        return (
            f"learned from {self.labels} rated items; on the newer {self.tried} macro F1 {self.before:.3f} → "
            f"{self.after:.3f} ({self.gain:+.3f}, {self.gain_low:+.3f} to {self.gain_high:+.3f}), "
            f"right {self.accuracy_before:.3f} → {self.accuracy_after:.3f}"
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
    """Try on newer ratings what the older ones taught, on top of any model; `rated` are oldest first."""
    oldest, middle, newest = thirds(rated)
    if len(rated) < MINIMUM or not all(map(_differ, (oldest, middle, newest))):
        return Trial(labels=len(rated))
    first = _answers_of_both(model, clauses, oldest, middle)
    last = _answers_of_both(model, clauses, [*oldest, *middle], newest)
    whole = _held([*first[0], *last[0]], [*first[1], *last[1]])
    alone = _held(*last)
    harms = alone.after < alone.before or alone.loss_after > alone.loss_before
    return replace(whole, labels=len(rated), harms_newest=harms, is_adopted=whole.is_adopted and not harms)


def thirds(rated: Sequence[RatedText]) -> tuple[Sequence[RatedText], Sequence[RatedText], Sequence[RatedText]]:
    """Part rated texts, oldest first, in oldest, middle and newest."""
    first, second = round(len(rated) / 3), round(len(rated) * 2 / 3)
    return rated[:first], rated[first:second], rated[second:]


def _answers_of_both(
    model: LinearModel,
    clauses: Callable[[str], list[Clause]],
    older: Sequence[RatedText],
    newer: Sequence[RatedText],
) -> tuple[list[_Answer], list[_Answer]]:
    """Let the model and what the older ratings make of it read the newer ones."""
    learned = Correction(language="", version=0, base="", **learn(model, clauses, older))
    return _answers(model, corrected(model, learned), clauses, newer)


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
    return _held(*_answers(first, second, clauses, rated))


def _answers(
    first: LinearModel, second: LinearModel, clauses: Callable[[str], list[Clause]], rated: Sequence[RatedText]
) -> tuple[list[_Answer], list[_Answer]]:
    split_up = [clauses(one.words) for one in rated]
    before, after = (
        [_answer(model.sums(parts), one) for parts, one in zip(split_up, rated, strict=True)]
        for model in (first, second)
    )
    return before, after


def _held(before: Sequence[_Answer], after: Sequence[_Answer]) -> Trial:
    """Hold two models' answers to the same ratings against each other."""
    was, now = [one.pair for one in before], [one.pair for one in after]
    gain, low, high = difference(was, now, macro_f1)
    accuracy_gain, accuracy_low, _ = difference(was, now, accuracy)
    counts = Counter(was), Counter(now)
    trial = Trial(
        labels=len(before),
        tried=len(before),
        before=round(macro_f1(counts[0]), 4),
        after=round(macro_f1(counts[1]), 4),
        gain=gain,
        gain_low=low,
        gain_high=high,
        accuracy_before=round(accuracy(counts[0]), 4),
        accuracy_after=round(accuracy(counts[1]), 4),
        loss_before=_mean_loss(before),
        loss_after=_mean_loss(after),
        accuracy_gain_low=accuracy_low,
    )
    no_worse = gain >= 0 and accuracy_gain >= 0 and trial.loss_after <= trial.loss_before
    # Each interval leaves 2.5 % below it: of corrections that bring nothing 5 % at most pass one of the two.
    return replace(trial, is_adopted=max(low, accuracy_low) > 0 and no_worse)


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
