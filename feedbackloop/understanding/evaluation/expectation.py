"""How good is a reading of expectations, and of dimensions, on labelled texts?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from random import Random

from msgspec import Struct

from feedbackloop.records import Expectation
from feedbackloop.understanding.evaluation.measures import (
    MINIMUM,
    RESAMPLES,
    SEED,
    Evaluation,
    Measure,
    Mistake,
    Pair,
    Report,
    accuracy,
    confusion,
    group_order,
    length_class,
    macro_f1,
    measured,
)

_TOKEN = re.compile(r"[a-z0-9']+|[\u3400-\u9fff]|[^\W\d_]+", re.IGNORECASE)
_WORST = 20
Value = float | int | str | None


class LabelledExpectation(Struct, frozen=True, kw_only=True):
    """One row of a labelled file. `direction` is against the expectation; pieces and values are None where not said."""

    text: str
    has_expectation: bool
    id: str = ""
    lang: str = "und"
    expected: str | None = None
    experienced: str | None = None
    direction: str | None = None
    dimension: str | None = None
    promised_value: Value = None
    promised_unit: str | None = None
    actual_value: Value = None
    actual_unit: str | None = None


class LabelledDimension(Struct, frozen=True, kw_only=True):
    """One row with the SERVQUAL dimension of which it speaks; rows without one are skipped."""

    text: str
    dimension: str | None = None
    id: str = ""
    lang: str = "und"


def best_expectation(found: Sequence[Expectation]) -> Expectation | None:
    """Of all expectations with a direction the surest; of equals the first. None: the text states no settled expectation."""
    settled = [one for one in found if one.direction is not None]
    return max(settled, key=lambda one: one.confidence, default=None)


def evaluate_expectation(
    rows: Sequence[LabelledExpectation],
    given: Mapping[str, Sequence[Sequence[Expectation]]],
    seconds: Mapping[str, float] | None = None,
) -> Evaluation:
    """Hold finders of expectations against labels.

    Args:
        rows: Labelled texts.
        given: Finder's name -> what it found in each row, in order.
        seconds: Finder's name -> time for all rows.

    Returns:
        For each finder: detection (F1 and false alarms), direction over the rows that were rightly detected, the pieces' token
        F1, exact values and the dimension over all rows that state an expectation.
    """
    reports = []
    for name, found in given.items():
        answers = [best_expectation(one) for one in found]
        took = (seconds or {}).get(name)
        reports.append(_expectation_report(name, rows, answers, len(rows) / took if took else None))
    return Evaluation(task="expectation", rows=len(rows), skipped=0, reports=tuple(reports))


def evaluate_dimension(
    rows: Sequence[LabelledDimension],
    given: Mapping[str, Sequence[str | None]],
    seconds: Mapping[str, float] | None = None,
) -> Evaluation:
    """Hold readers of dimensions against labels: the first dimension that each gave counts, None is no answer."""
    kept = [place for place, row in enumerate(rows) if row.dimension]
    reports = []
    for name, answers in given.items():
        pairs = [(rows[place].dimension or "", answers[place] or "none") for place in kept]
        wrong = [
            Mistake(rows[place].id, rows[place].text[:300], *pair, 0.0)
            for place, pair in zip(kept, pairs, strict=True)
            if pair[0] != pair[1]
        ]
        took = (seconds or {}).get(name)
        reports.append(
            Report(
                scorer=name,
                measures=(measured("accuracy", pairs, accuracy), measured("macro_f1", pairs, macro_f1)),
                groups=_grouped(
                    [rows[place] for place in kept], pairs, lambda some: (measured("accuracy", some, accuracy),)
                ),
                confusion=confusion(pairs),
                worst=tuple(wrong[:_WORST]),
                texts_per_second=round(len(rows) / took, 1) if took else None,
            )
        )
    return Evaluation(task="dimension", rows=len(kept), skipped=len(rows) - len(kept), reports=tuple(reports))


def _grouped(
    rows: Sequence[LabelledDimension | LabelledExpectation],
    pairs: Sequence[Pair],
    figures: Callable[[Sequence[Pair]], tuple[Measure, ...]],
) -> dict[str, tuple[Measure, ...]]:
    places: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        for name in (f"language {row.lang}", length_class(row.text)):
            places.setdefault(name, []).append(place)
    return {
        name: figures([pairs[place] for place in group])
        for name, group in sorted(places.items(), key=lambda pair: group_order(pair[0]))
        if len(group) >= MINIMUM
    }


def _expectation_report(
    name: str, rows: Sequence[LabelledExpectation], answers: Sequence[Expectation | None], speed: float | None
) -> Report:
    pairs = [
        (_direction(row.direction if row.has_expectation else None, row.has_expectation), _direction_of(answer))
        for row, answer in zip(rows, answers, strict=True)
    ]
    wrong = [
        Mistake(row.id, row.text[:300], *pair, answer.confidence if answer else 0.0)
        for row, pair, answer in zip(rows, pairs, answers, strict=True)
        if pair[0] != pair[1]
    ]
    stated = [(row, answer) for row, answer in zip(rows, answers, strict=True) if row.has_expectation]
    return Report(
        scorer=name,
        measures=(*_detection(pairs), *_pieces(stated), *_values(stated), _dimension(stated)),
        groups=_grouped(rows, pairs, _detection),
        confusion=confusion(pairs),
        worst=tuple(sorted(wrong, key=lambda one: -one.confidence)[:_WORST]),
        texts_per_second=round(speed, 1) if speed else None,
    )


def _direction(direction: str | None, is_stated: bool) -> str:
    return (direction or "open") if is_stated else "none"


def _direction_of(answer: Expectation | None) -> str:
    return _direction(answer.direction, True) if answer else "none"


def detection_f1(counts: Mapping[Pair, int]) -> float:
    """F1 of "states a settled expectation" over all rows."""
    right = sum(count for (label, given), count in counts.items() if label != "none" and given != "none")
    wrong = sum(count for (label, given), count in counts.items() if (label == "none") != (given == "none"))
    return 2 * right / max(1, 2 * right + wrong)


def _detection(pairs: Sequence[Pair]) -> tuple[Measure, ...]:
    plain = [("yes" if given != "none" else "no", "yes") for label, given in pairs if label == "none"]
    both = [pair for pair in pairs if "none" not in pair]
    found = [measured("detection_f1", pairs, detection_f1)]
    if plain:
        found.append(measured("false_alarms", plain, accuracy))
    if both:
        found.append(measured("direction_macro_f1", both, macro_f1))
    return tuple(found)


def token_f1(label: str | None, given: str | None) -> float:
    """Overlap of two pieces in words, or in characters where the text is Chinese; 1 if both are missing, 0 if one is."""
    expected, got = (_TOKEN.findall((piece or "").lower()) for piece in (label, given))
    if not expected or not got:
        return float(expected == got)
    shared = sum(min(expected.count(token), got.count(token)) for token in set(expected))
    return 2 * shared / (len(expected) + len(got))


def _pieces(stated: Sequence[tuple[LabelledExpectation, Expectation | None]]) -> list[Measure]:
    found = []
    for name in ("expected", "experienced"):
        scores = [
            token_f1(getattr(row, name), getattr(answer, name) if answer else None)
            for row, answer in stated
            if getattr(row, name)
        ]
        if scores:
            found.append(mean(f"{name}_token_f1", scores))
    return found


def _values(stated: Sequence[tuple[LabelledExpectation, Expectation | None]]) -> list[Measure]:
    found = []
    for name in ("promised", "actual"):
        pairs = [
            ("right", "right" if _same_value(row, answer, name) else "wrong")
            for row, answer in stated
            if getattr(row, f"{name}_value") is not None
        ]
        if pairs:
            found.append(measured(f"{name}_value_exact", pairs, accuracy))
    return found


def _same_value(row: LabelledExpectation, answer: Expectation | None, name: str) -> bool:
    if answer is None:
        return False
    parts = [(str(getattr(one, f"{name}_value")), getattr(one, f"{name}_unit")) for one in (row, answer)]
    (value, unit), (got, got_unit) = parts
    return unit == got_unit and (value == got or _number(value) == _number(got) is not None)


def _number(words: str) -> float | None:
    try:
        return float(words)
    except ValueError:
        return None


def _dimension(stated: Sequence[tuple[LabelledExpectation, Expectation | None]]) -> Measure:
    pairs = [
        (row.dimension, (answer.dimension if answer else None) or "none") for row, answer in stated if row.dimension
    ]
    return measured("dimension_accuracy", pairs, accuracy)


def mean(name: str, scores: Iterable[float]) -> Measure:
    """Give the mean of scores with a percentile bootstrap."""
    values = list(scores)
    draw = Random(SEED)  # noqa: S311  (resampling, nothing secret)
    sums = list(accumulate([1] * len(values)))
    means = sorted(sum(draw.choices(values, cum_weights=sums, k=len(values))) / len(values) for _ in range(RESAMPLES))
    cut = round(RESAMPLES * 0.025)
    return Measure(
        name, round(sum(values) / len(values), 4), round(means[cut], 4), round(means[-1 - cut], 4), len(values)
    )
