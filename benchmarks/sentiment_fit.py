"""How are a language's weights fitted, and folded into one weight a feature?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sparse
import sentiment_sets as sets
from sklearn.linear_model import LogisticRegression

from feedbackloop.understanding.sentiment import en as sentiment_en
from feedbackloop.understanding.sentiment import zh as sentiment_zh
from feedbackloop.understanding.sentiment.model import SOFTENING, Clause, written


class Plan(NamedTuple):
    """How one language's model is trained.

    A feature is kept from `minimum` texts on; `strength` is 1 / regularisation. `towards_neutral` is added to the log odds of
    neutral: models trained without a domain call too little of it neutral (chosen once, on the domains held out).
    `tempers_neutral` is False where the neutral texts held out are mixed reviews of three stars, which words hardly tell from
    good and bad ones (AUC .62): with them in the temperature no text at all would be sure.
    """

    clauses: Callable[[str], list[Clause]]
    known: dict[str, sets.Set]
    read: Callable[[Path], list[sets.Example]]
    lexicons: list[dict[str, float]]
    minimum: int
    scale: float
    strength: float
    measured: list[str]
    towards_neutral: float
    tempers_neutral: bool


def plan_for(language: str, words: Path) -> Plan:
    """Give the plan of `en` or `zh`; `words` is the folder of the word lists."""
    if language == "zh":
        return Plan(sentiment_zh.clauses, sets.CHINESE, sets.chinese, [], 5, 2.0, 0.3, ["restaurants"], 0.0, False)
    domains = ["restaurants", "phones", "products", "tweets", "talk", "bank questions", "templates"]
    lexicons = sets.english_lexicons(words / "english_service.txt")
    return Plan(sentiment_en.clauses, sets.ENGLISH, sets.english, lexicons, 3, 2.0, 0.3, domains, 0.3, True)


class Rows:
    """Texts of one language as a matrix: the features' values, then four sums for each lexicon."""

    def __init__(self, plan: Plan, examples: Sequence[sets.Example], features: Sequence[str] = ()) -> None:
        """Take texts; without `features` those that enough of the texts share."""
        rows = [_values(plan.clauses(one.text)) for one in examples]
        counts = Counter(feature for row in rows for feature in row)
        common = (feature for feature, count in counts.items() if count >= plan.minimum)
        self.features = list(features) or sorted(common)
        self.labels = np.array([one.label for one in examples])
        self.weights = np.array([plan.known[one.source].weight * one.weight for one in examples])
        self.domains = np.array([plan.known[one.source].domain for one in examples])
        self.matrix = self._matrix(plan, rows)

    def _matrix(self, plan: Plan, rows: list[dict[str, float]]) -> Any:
        place = {feature: number for number, feature in enumerate(self.features)}
        sums = _remembered(partial(lexicon_sums, lexicons=plan.lexicons))
        data: list[float] = []
        columns: list[int] = []
        ends = [0]
        for row in rows:
            line: dict[int, float] = defaultdict(float)
            for feature, value in row.items():
                if feature in place:
                    line[place[feature]] += value * plan.scale
                for number, strength in sums(feature):
                    line[len(place) + number] += value * strength
            columns += line.keys()
            data += line.values()
            ends.append(len(data))
        return sparse.csr_matrix((data, columns, ends), shape=(len(rows), len(place) + 4 * len(plan.lexicons)))


def _values(clauses: Sequence[Clause]) -> dict[str, float]:
    """Each feature's value: its shares in the clauses, divided by the root of the text's length."""
    root = (sum(len(features) for _, features in clauses) + SOFTENING) ** 0.5
    values: dict[str, float] = defaultdict(float)
    for share, features in clauses:
        for feature in features:
            values[written(feature)] += share / root
    return values


def _remembered(sums: Callable[[str], list[tuple[int, float]]]) -> Callable[[str], list[tuple[int, float]]]:
    known: dict[str, list[tuple[int, float]]] = {}

    def remembered(feature: str) -> list[tuple[int, float]]:
        if feature not in known:
            known[feature] = sums(feature)
        return known[feature]

    return remembered


def lexicon_sums(feature: str, lexicons: list[dict[str, float]]) -> list[tuple[int, float]]:
    """Say to which of the lexicons' sums (glad, sad, and both under a negation) a feature adds, and how much."""
    is_negated = feature.startswith(sentiment_en.NEGATION)
    word = feature.removeprefix(sentiment_en.NEGATION)
    values = ((number, one.get(word, 0.0)) for number, one in enumerate(lexicons))
    return [(4 * number + 2 * is_negated + (value < 0), abs(value)) for number, value in values if value]


def fit(plan: Plan, rows: Rows, chosen: Any) -> LogisticRegression:
    """Fit the odds of the three labels on the chosen rows."""
    machine = LogisticRegression(C=plan.strength, max_iter=300, tol=1e-3)
    return machine.fit(rows.matrix[chosen], rows.labels[chosen], sample_weight=rows.weights[chosen])


def probabilities(plan: Plan, machine: LogisticRegression, matrix: Any) -> Any:
    """Give the odds of negative, neutral and positive, one line a text."""
    odds = machine.predict_proba(matrix) * np.exp([0.0, plan.towards_neutral, 0.0])
    return odds / odds.sum(1, keepdims=True)


def fold(plan: Plan, rows: Rows, machine: LogisticRegression) -> tuple[dict[str, complex], complex]:
    """Write what was learned, lexicons included, as one weight a feature.

    Returns:
        Feature -> weight, and the bias: real for positive against negative, imaginary for neutral against the middle of both.
    """
    negative, neutral, positive = machine.coef_
    low, middle, high = machine.intercept_
    learned = (positive - negative) + 1j * (neutral - (positive + negative) / 2)
    size = len(rows.features)
    folded = dict(zip(rows.features, learned[:size] * plan.scale, strict=True))
    for word in sorted({word for one in plan.lexicons for word in one}):
        for feature in (word, sentiment_en.NEGATION + word):
            sums = lexicon_sums(feature, plan.lexicons)
            folded[feature] = folded.get(feature, 0) + sum(learned[size + number] * value for number, value in sums)
    return folded, complex(high - low, middle - (high + low) / 2 + plan.towards_neutral)
