"""Trains the sentiment models that ship, from open texts only, and says how good they are on domains held out.

    python benchmarks/train_sentiment.py --data FOLDER [--language en] [--date 2026-11-22] [--check]

Needs `benchmarks/requirements.txt`; nothing of it is needed to score. The same inputs and versions give the same bytes: `--check`
trains anew, compares with the files that are there, and writes nothing. The
temperature that makes confidences honest is fitted on the domains held out, never on texts that the weights have seen.
"""

from __future__ import annotations

import argparse
import json
import sys
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import sentiment_sets as sets
from sentiment_fit import Plan, Rows, fit, fold, plan_for, probabilities
from sklearn.metrics import f1_score, roc_auc_score

from feedbackloop.understanding.evaluation.measures import calibration, calibration_error
from feedbackloop.understanding.sentiment import en as sentiment_en
from feedbackloop.understanding.sentiment.model import SOFTENING, load_model

WORDS = Path(sentiment_en.__file__).parent / "words"
STEPS = 8
"""Steps of a weight per unit: weights are stored as whole numbers."""
SMALLEST = {"en": 1, "zh": 3}
"""Features with no larger weight are left out: in Chinese half of them, at no loss, and the table is walked through faster."""


def held_out(plan: Plan, rows: Rows) -> dict[str, tuple[Any, Any]]:
    """Train without each domain in turn: domain -> its labels, and the odds that were given to its texts."""
    found = {}
    for domain in plan.measured:
        test = rows.domains == domain
        machine = fit(plan, rows, ~test)
        found[domain] = (rows.labels[test], probabilities(plan, machine, rows.matrix[test]))
        print(domain, figures(*found[domain]), flush=True)
    return found


def figures(labels: Any, odds: Any) -> dict[str, float]:
    """Accuracy and AUC of positive against negative by the polarity's sign, macro F1 of all three, share called neutral."""
    polarity, best = odds[:, 2] - odds[:, 0], odds.argmax(1)
    signed = labels != sets.NEUTRAL
    found = {"called_neutral": (best == sets.NEUTRAL).mean()}
    if len(set(labels[signed])) > 1:
        is_positive = labels[signed] == sets.POSITIVE
        found["accuracy"] = ((polarity[signed] > 0) == is_positive).mean()
        found["auc"] = roc_auc_score(is_positive, polarity[signed])
    if len(set(labels)) > 2:
        found["macro_f1"] = f1_score(labels, best, average="macro")
    return {name: round(float(value), 3) for name, value in sorted(found.items())}


def temperature(results: dict[str, tuple[Any, Any]]) -> float:
    """Find what all log odds are divided by, so that the domains held out become most likely, each weighing the same."""
    best, lowest = 1.0, float("inf")
    for candidate in np.arange(0.5, 3.01, 0.05):
        losses = []
        for labels, odds in results.values():
            losses.append(-np.log(cooled(odds, candidate)[np.arange(len(labels)), labels]).mean())
        if np.mean(losses) < lowest:
            best, lowest = float(candidate), float(np.mean(losses))
    return round(best, 2)


def signed(labels: Any, odds: Any) -> tuple[Any, Any]:
    """Leave neutral texts out."""
    chosen = labels != sets.NEUTRAL
    return labels[chosen], odds[chosen]


def cooled(odds: Any, heat: float) -> Any:
    """Divide all log odds by the temperature."""
    warm = np.clip(odds, 1e-9, 1) ** (1 / heat)
    return warm / warm.sum(1, keepdims=True)


def curve(results: dict[str, tuple[Any, Any]], heat: float) -> dict[str, Any]:
    """Hold confidence against share right over all domains held out: mean confidence, share right and texts per tenth."""
    judged = []
    for labels, odds in results.values():
        shares = cooled(odds, heat)
        judged += zip(shares.max(1).tolist(), (shares.argmax(1) == labels).tolist(), strict=True)
    bins = calibration(judged)
    return {
        "error": calibration_error(bins),
        "tenths": [[round(one.confidence_mean, 3), round(one.share_right, 3), one.rows] for one in bins],
    }


def write_model(path: Path, weights: dict[str, complex], numbers: dict[str, Any], recipe: dict[str, Any]) -> int:
    """Write the model file and give the number of weights in it."""
    lines, smallest = [], SMALLEST[recipe["language"]]
    for feature, weight in sorted(weights.items()):
        polar, neutral = round(weight.real * STEPS), round(weight.imag * STEPS)
        if max(abs(polar), abs(neutral)) >= smallest and feature.strip() and feature.isprintable():
            lines.append(f"{feature}\t{polar}\t{neutral}\n")
    head = json.dumps({**recipe, "numbers": numbers}, sort_keys=True, ensure_ascii=False)
    path.write_text(head + "\n" + "".join(lines), encoding="utf-8", newline="\n")
    return len(lines)


def own_lists(language: str) -> list[Path]:
    """Give the lists of this project that a model is made from."""
    names = {
        "en": ("english_marks", "english_service", "english_common", "english_feelings", "english_near"),
        "zh": ("chinese", "chinese_marks", "chinese_traditional"),
    }
    return [*(WORDS / f"{name}.txt" for name in names[language]), sets.OWN / f"{language}.txt"]


def digest(path: Path) -> str:
    """Name the content of a file."""
    return blake2b(path.read_bytes(), digest_size=8).hexdigest()


def train(language: str, folder: Path, out: Path, date: str) -> None:
    """Measure on domains held out, train on all sets, write the model."""
    plan = plan_for(language, WORDS)
    rows = Rows(plan, plan.read(folder))
    results = held_out(plan, rows)
    judged = results if plan.tempers_neutral else {domain: signed(*one) for domain, one in results.items()}
    heat = temperature(judged)
    weights, bias = fold(plan, rows, fit(plan, rows, np.ones(len(rows.labels), dtype=bool)))
    recipe = {
        "language": language,
        "date": date,
        "texts": len(rows.labels),
        "licences": {name: known.licence for name, known in plan.known.items()},
        "lexicons": sets.LEXICONS,
        "held_out": {domain: figures(*result) for domain, result in results.items()},
        "calibration": curve(judged, heat),
        "written_here": {path.name: digest(path) for path in own_lists(language)},
        "made_with": {name: version(name) for name in ("numpy", "scipy", "scikit-learn")},
    }
    numbers = {
        "bias": [round(bias.real / heat, 4), round(bias.imag / heat, 4)],
        "unit": round(1 / STEPS / heat, 6),
        "softening": SOFTENING,
    }
    count = write_model(out / f"sentiment_{language}.model", weights, numbers, recipe)
    print(f"{language}: {count} weights from {len(rows.labels)} texts, temperature {heat}")


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the open sets as JSON lines")
    parser.add_argument("--language", choices=["en", "zh"], action="append", help="default: both")
    parser.add_argument("--out", type=Path, default=WORDS)
    parser.add_argument("--date", default="2026-11-22", help="the date that stands in the recipe")
    parser.add_argument("--check", action="store_true", help="compare with the files that are there")
    options = parser.parse_args()
    for language in options.language or ["en", "zh"]:
        if options.check:
            check(language, options)
        else:
            train(language, options.data, options.out, options.date)


def check(language: str, options: argparse.Namespace) -> None:
    """Train anew with the date of the file that is there, and stop with an error where its bytes differ."""
    shipped = options.out / f"sentiment_{language}.model"
    with TemporaryDirectory() as folder:
        train(language, options.data, Path(folder), load_model(shipped.stem).recipe["date"])
        if (Path(folder) / shipped.name).read_bytes() != shipped.read_bytes():
            sys.exit(f"{shipped.name} is not what the same inputs give now: rebuild it")
    print(f"{shipped.name}: the same bytes")


if __name__ == "__main__":
    main()
