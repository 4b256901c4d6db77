"""How far do a survey reply's perceptions lie from its expectations?

Expectation and perception are paired by question; what is left over is paired by dimension. A rating alone is no
gap: it says how content somebody is, not what was expected.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from statistics import fmean

from feedbackloop.analysis import gap_quantity as quantity
from feedbackloop.analysis.gap_yardstick import gap_id
from feedbackloop.analysis.standards import Case
from feedbackloop.records import Answer, Direction, Gap


def survey_gaps(case: Case) -> Iterator[Gap]:
    """Give a gap for each answer pair; answers off their own scale and pairs on two scales are left out."""
    usable = [a for a in case.item.answers if a.max > a.min and a.min <= a.value <= a.max]
    for name, expected, experienced in _pairs(usable):
        low, high = expected[0].min, expected[0].max
        e, p = fmean(a.value for a in expected), fmean(a.value for a in experienced)
        dimension = next((a.dimension for a in (*experienced, *expected) if a.dimension), None)
        yield Gap(
            id=gap_id(case.item.key, "survey", name),
            item=case.item.key,
            basis="survey",
            at=case.item.created_at,
            touchpoint=case.touchpoint,
            dimension=dimension,
            segment=case.segment,
            expected=quantity.tidy(e),
            experienced=quantity.tidy(p),
            unit=f"points {low:g}-{high:g}",
            disconfirmation=round(quantity.answer_pair(e, p, low, high), 3),
            direction=_direction(e, p),
            evidence=f"{name}: {quantity.tidy(e)} expected, {quantity.tidy(p)} experienced",
            name=name,
        )


def _pairs(answers: list[Answer]) -> Iterator[tuple[str, list[Answer], list[Answer]]]:
    """Pair by question and scale first, then the rest by dimension and scale; several of a side are averaged."""
    rest: list[Answer] = []
    for key in ("question", "dimension"):
        pool, rest = (answers, []) if key == "question" else (rest, [])
        named = sorted((a for a in pool if getattr(a, key)), key=lambda a: (getattr(a, key), a.min, a.max))
        for name, group in groupby(named, key=lambda a: (getattr(a, key), a.min, a.max)):
            members = list(group)
            expected = [a for a in members if a.role == "expectation"]
            experienced = [a for a in members if a.role == "perception"]
            if expected and experienced:
                yield name[0], expected, experienced
            else:
                rest += members


def _direction(expected: float, experienced: float) -> Direction:
    if experienced == expected:
        return "met"
    return "worse" if experienced < expected else "better"
