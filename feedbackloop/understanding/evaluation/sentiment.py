"""How good is a sentiment scorer on labelled texts?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from feedbackloop.records import Sentiment
from feedbackloop.understanding.evaluation.measures import (
    MINIMUM,
    Bin,
    Difference,
    Evaluation,
    Measure,
    Mistake,
    Pair,
    Report,
    accuracy,
    auc,
    calibration,
    confusion,
    difference,
    group_order,
    length_class,
    macro_f1,
    measured,
)

LABELS = {"neg": "negative", "neu": "neutral", "pos": "positive"}
_WORST = 20


class LabelledText(Struct, frozen=True, kw_only=True):
    """One row of a labelled file; other keys are ignored. A row without a label is skipped."""

    text: str
    label: Literal["neg", "neu", "pos", "negative", "neutral", "positive"] | None = None
    id: str = ""
    lang: str = "und"


def evaluate_sentiment(
    rows: Sequence[LabelledText],
    given: Mapping[str, Sequence[Sentiment]],
    seconds: Mapping[str, float] | None = None,
) -> Evaluation:
    """Hold scorers against labels.

    Args:
        rows: Labelled texts; a label of None means that nobody said.
        given: Scorer's name -> one sentiment for each row, in order.
        seconds: Scorer's name -> time that it took for all rows, for the speed.

    Returns:
        A report a scorer, and each scorer against the first.
    """
    kept = [place for place, row in enumerate(rows) if row.label is not None]
    labelled = [rows[place] for place in kept]
    answers = {name: [results[place] for place in kept] for name, results in given.items()}
    reports = []
    for name, results in answers.items():
        took = (seconds or {}).get(name)
        reports.append(_report(name, labelled, results, len(rows) / took if took else None))
    return Evaluation(
        task="sentiment",
        rows=len(kept),
        skipped=len(rows) - len(kept),
        reports=tuple(reports),
        differences=_differences(labelled, answers),
    )


def _label(row: LabelledText) -> str:
    return LABELS.get(row.label or "", row.label or "")


def _pairs(rows: Sequence[LabelledText], results: Sequence[Sentiment]) -> list[Pair]:
    return [(_label(row), result.label) for row, result in zip(rows, results, strict=True)]


def _signs(rows: Sequence[LabelledText], results: Sequence[Sentiment]) -> list[Pair]:
    """Of rows that are labelled positive or negative: the label and the polarity's sign; no polarity is no answer."""
    return [
        (_label(row), "unknown" if not result.polarity else "positive" if result.polarity > 0 else "negative")
        for row, result in zip(rows, results, strict=True)
        if _label(row) != "neutral"
    ]


def _measures(rows: Sequence[LabelledText], results: Sequence[Sentiment]) -> tuple[Measure, ...]:
    pairs, signs = _pairs(rows, results), _signs(rows, results)
    area = auc(
        [
            (result.polarity or 0.0, _label(row) == "positive")
            for row, result in zip(rows, results, strict=True)
            if _label(row) != "neutral"
        ]
    )
    found = [measured("accuracy_2_class", signs, accuracy)] if signs else []
    found += [area] if area else []
    if any(label == "neutral" for label, _ in pairs):
        found += [measured("accuracy_3_class", pairs, accuracy), measured("macro_f1_3_class", pairs, macro_f1)]
    return tuple(found)


def _report(name: str, rows: list[LabelledText], results: list[Sentiment], speed: float | None) -> Report:
    judged = _judged(rows, results)
    bins = calibration(judged)
    return Report(
        scorer=name,
        measures=(*_measures(rows, results), *_calibration_error(judged, bins)),
        groups=_groups(rows, results),
        confusion=confusion(_pairs(rows, results)),
        calibration=bins,
        worst=_worst(rows, results),
        texts_per_second=round(speed, 1) if speed else None,
    )


def _groups(rows: list[LabelledText], results: list[Sentiment]) -> dict[str, tuple[Measure, ...]]:
    places: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        for name in (f"language {row.lang}", length_class(row.text)):
            places.setdefault(name, []).append(place)
    return {
        name: _measures([rows[place] for place in group], [results[place] for place in group])
        for name, group in sorted(places.items(), key=lambda pair: group_order(pair[0]))
        if len(group) >= MINIMUM
    }


def _judged(rows: list[LabelledText], results: list[Sentiment]) -> list[tuple[float, bool]]:
    """Give confidence and whether it was right; where no row is neutral, what was called neutral cannot be judged."""
    has_neutral = any(_label(row) == "neutral" for row in rows)
    return [
        (result.confidence, _label(row) == result.label)
        for row, result in zip(rows, results, strict=True)
        if result.confidence is not None and (has_neutral or result.label != "neutral")
    ]


def _calibration_error(judged: Sequence[tuple[float, bool]], bins: Sequence[Bin]) -> tuple[Measure, ...]:
    """Measure how far confidence stands from share right, the mean confidence of each tenth taken as it is."""
    means = {f"{one.confidence_from:.1f}": one.confidence_mean for one in bins}
    pairs = [
        (f"{min(9, int(confidence * 10)) / 10:.1f}", "right" if is_right else "wrong")
        for confidence, is_right in judged
    ]

    def error(counts: Mapping[Pair, int]) -> float:
        rows = sum(counts.values())
        gaps = (abs(mean * _in(counts, tenth) - counts.get((tenth, "right"), 0)) for tenth, mean in means.items())
        return sum(gaps) / max(1, rows)

    return (measured("calibration_error", pairs, error),) if pairs else ()


def _in(counts: Mapping[Pair, int], tenth: str) -> int:
    return counts.get((tenth, "right"), 0) + counts.get((tenth, "wrong"), 0)


def _worst(rows: list[LabelledText], results: list[Sentiment]) -> tuple[Mistake, ...]:
    """The surest mistakes first; of equals in the file's order."""
    wrong = [
        Mistake(row.id, row.text[:300], _label(row), result.label, result.confidence or 0.0)
        for row, result in zip(rows, results, strict=True)
        if result.label != _label(row)
    ]
    return tuple(sorted(wrong, key=lambda one: -one.confidence)[:_WORST])


def _differences(rows: list[LabelledText], answers: Mapping[str, list[Sentiment]]) -> tuple[Difference, ...]:
    names = list(answers)
    found = []
    for name in names[1:]:
        for measure, pairs, figure in (("accuracy_2_class", _signs, accuracy), ("macro_f1_3_class", _pairs, macro_f1)):
            first, second = pairs(rows, answers[names[0]]), pairs(rows, answers[name])
            if first:
                value, low, high = difference(first, second, figure)
                found.append(Difference(names[0], name, measure, value, low, high, is_sure=low > 0 or high < 0))
    return tuple(found)
