"""Trains the sentiment models that ship, from open texts only, and says how good they are on domains held out.

    python benchmarks/train_sentiment.py --data FOLDER [--language en] [--hold-out] [--date 2026-11-22]

Needs numpy, scipy, scikit-learn, snownlp, vaderSentiment and textblob; none of the first five is needed to score. The same
inputs and versions give the same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import scipy.sparse as sparse
import sentiment_sets as sets
from sklearn.linear_model import LogisticRegression

from feedbackloop.understanding import sentiment_en, sentiment_zh
from feedbackloop.understanding.model import Clause

WORDS = Path(sentiment_en.__file__).parent / "words"
SOFTENING = 4.0
STEPS = 8
"""Steps of a weight per unit: weights are stored as whole numbers, and what rounds to zero is left out."""


class Plan(NamedTuple):
    """How one language's model is trained."""

    clauses: Callable[[str], list[Clause]]
    known: dict[str, sets.Set]
    read: Callable[[Path], list[sets.Example]]
    lexicons: list[dict[str, float]]
    minimum: int
    scale: float
    strength: float


def plan_for(language: str) -> Plan:
    """Give the plan of `en` or `zh`."""
    if language == "zh":
        return Plan(sentiment_zh.clauses, sets.CHINESE, sets.chinese, [], 4, 2.0, 0.3)
    lexicons = sets.english_lexicons(WORDS / "english_service.txt")
    return Plan(sentiment_en.clauses, sets.ENGLISH, sets.english, lexicons, 2, 2.0, 1.0)


def word_row(clauses: Sequence[Clause]) -> dict[str, float]:
    """Give each feature's value: its share in the clauses, divided by the root of the text's length."""
    root = (sum(len(features) for _, features in clauses) + SOFTENING) ** 0.5
    values: dict[str, float] = defaultdict(float)
    for share, features in clauses:
        for feature in features:
            values[feature] += share / root
    return values


def lexicon_places(feature: str, lexicons: list[dict[str, float]]) -> list[tuple[int, float]]:
    """Say which of the lexicons' four sums (glad, sad, and both under a negation) a feature adds to, and how much."""
    is_negated = feature.startswith(sentiment_en.NEGATION)
    word = feature.removeprefix(sentiment_en.NEGATION)
    values = ((number, one.get(word, 0.0)) for number, one in enumerate(lexicons))
    return [(4 * number + 2 * is_negated + (value < 0), abs(value)) for number, value in values if value]


class Trainer:
    """Turns texts into rows, fits, and folds what was learned about the lexicons back into single weights."""

    def __init__(self, plan: Plan, rows: list[dict[str, float]]) -> None:
        self.plan = plan
        counts = Counter(feature for row in rows for feature in row)
        self.features = sorted(feature for feature, count in counts.items() if count >= plan.minimum)
        self.place = {feature: place for place, feature in enumerate(self.features)}

    def matrix(self, rows: list[dict[str, float]]) -> Any:
        """One line a text: the features' values, then the lexicons' sums."""
        data, columns, ends = [], [], [0]
        for row in rows:
            line: dict[int, float] = defaultdict(float)
            for feature, value in row.items():
                if feature in self.place:
                    line[self.place[feature]] += value * self.plan.scale
                for place, strength in lexicon_places(feature, self.plan.lexicons):
                    line[len(self.features) + place] += value * strength
            columns += line.keys()
            data += line.values()
            ends.append(len(data))
        width = len(self.features) + 4 * len(self.plan.lexicons)
        return sparse.csr_matrix((data, columns, ends), shape=(len(rows), width))

    def fit(self, rows: list[dict[str, float]], labels: Any, weights: Any) -> LogisticRegression:
        """Fit the odds of the labels."""
        machine = LogisticRegression(C=self.plan.strength, max_iter=400, tol=1e-4)
        return machine.fit(self.matrix(rows), labels, sample_weight=weights)

    def fold(self, machine: LogisticRegression) -> tuple[dict[str, complex], complex]:
        """Write what was learned as one complex weight a feature, and the bias."""
        coefficients, bias = _two_sums(machine)
        words = len(self.features)
        folded = dict(zip(self.features, coefficients[:words] * self.plan.scale, strict=True))
        for word in sorted({word for one in self.plan.lexicons for word in one}):
            for feature in (word, sentiment_en.NEGATION + word):
                places = lexicon_places(feature, self.plan.lexicons)
                folded[feature] = folded.get(feature, 0) + sum(coefficients[words + at] * size for at, size in places)
        return folded, bias


def _two_sums(machine: LogisticRegression) -> tuple[Any, complex]:
    """Turn coefficients per label into positive against negative (real) and neutral against both (imaginary)."""
    if len(machine.classes_) == 2:
        return machine.coef_[0] + 0j, complex(machine.intercept_[0])
    negative, neutral, positive = machine.coef_
    low, middle, high = machine.intercept_
    polar, between = positive - negative, neutral - (positive + negative) / 2
    return polar + 1j * between, complex(high - low, middle - (high + low) / 2)


def write_model(path: Path, weights: dict[str, complex], bias: complex, recipe: dict[str, Any]) -> int:
    """Write the model file and give the number of weights in it."""
    lines = []
    for feature, weight in sorted(weights.items()):
        polar, neutral = round(weight.real * STEPS), round(weight.imag * STEPS)
        if (polar or neutral) and feature.strip() and "\t" not in feature and "\n" not in feature:
            lines.append(f"{feature}\t{polar}\t{neutral}\n")
    numbers = {"bias": [round(bias.real, 4), round(bias.imag, 4)], "unit": 1 / STEPS, "softening": SOFTENING}
    head = json.dumps({**recipe, "numbers": {**numbers, "temperature": 1.0}}, sort_keys=True, ensure_ascii=False)
    path.write_text(head + "\n" + "".join(lines), encoding="utf-8", newline="\n")
    return len(lines)


def train(language: str, folder: Path, out: Path, date: str) -> None:
    """Train on all sets of one language and write its model."""
    plan = plan_for(language)
    examples = plan.read(folder)
    if language == "zh":
        examples = [one for one in examples if one.label != sets.NEUTRAL]
    rows = [word_row(plan.clauses(one.text)) for one in examples]
    trainer = Trainer(plan, rows)
    labels = np.array([one.label for one in examples])
    weights = np.array([plan.known[one.source].weight for one in examples])
    folded, bias = trainer.fold(trainer.fit(rows, labels, weights))
    if language == "zh":
        bias += 0.5j
    licences = {name: known.licence for name, known in plan.known.items()}
    recipe = {"language": language, "date": date, "texts": len(examples), "licences": licences}
    count = write_model(out / f"sentiment_{language}.model", folded, bias, recipe)
    print(f"{language}: {count} weights from {len(examples)} texts")


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the open sets as JSON lines")
    parser.add_argument("--language", choices=["en", "zh"], action="append", help="default: both")
    parser.add_argument("--out", type=Path, default=WORDS)
    parser.add_argument("--date", default="2026-11-22", help="the date that stands in the recipe")
    options = parser.parse_args()
    for language in options.language or ["en", "zh"]:
        train(language, options.data, options.out, options.date)


if __name__ == "__main__":
    main()
