"""How much do a desk's own ratings teach? The learning curve of the local correction, on domains its base never saw.

    python benchmarks/local_ratings.py --data FOLDER [--out FILE.json]

Each English domain plays the desk: the shipped model's recipe is trained again without it (needs `benchmarks/requirements.txt`),
texts of the domain stand in for rated items, and others of it are kept back to measure on. The Chinese shipped model never saw
the shop reviews that play the Chinese desk. Texts are mixed with a fixed seed: time plays no part here. The strength of the
pull to zero was chosen on films, tweets and shops (marked *), how much rare labels count on tweets and products, and the size
of the trial part with restaurants in view: none of the figures is wholly blind.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec
import sentiment_sets as sets
from sentiment_fit import Plan, Rows, fit, fold, plan_for
from train_sentiment import STEPS, WORDS

from feedbackloop.understanding import sentiment_zh
from feedbackloop.understanding.correction import Correction, corrected
from feedbackloop.understanding.correction_fit import RatedText, learn
from feedbackloop.understanding.correction_trial import Trial, compare, tried
from feedbackloop.understanding.model import Clause, LinearModel, load_model, pack

SIZES = (50, 100, 200, 500, 1000, 2000)
KEPT_BACK = 1_500
NAMES = {sets.NEGATIVE: "negative", sets.NEUTRAL: "neutral", sets.POSITIVE: "positive"}
DOMAINS = {
    "films": "films *",
    "tweets": "tweets *",
    "products": "products",
    "restaurants": "restaurants",
    "phones": "phones",
}
CHOSEN_ON = "shops (zh) *"


class Desk(NamedTuple):
    """A model that does not know a domain, and texts of that domain with their labels."""

    name: str
    model: LinearModel
    clauses: Callable[[str], list[Clause]]
    rated: Sequence[RatedText]


def main() -> None:
    """Measure every domain and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with labelled sets as JSON lines")
    parser.add_argument("--out", type=Path, help="the figures as JSON")
    options = parser.parse_args()
    if not (options.data / "en_sentence_polarity_movie.jsonl").exists():
        sys.exit(f"nothing was measured: the labelled sets are not in {options.data}")
    figures = {}
    print(
        "domain        labels  macro F1        gain (95 %)               accuracy       log loss       own trial  seconds"
    )
    for desk in [*english(options.data), *chinese(options.data)]:
        figures[desk.name] = curve(desk)
    if options.out:
        options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def curve(desk: Desk) -> list[dict[str, object]]:
    """Learn from more and more labels; each step is measured on the same texts kept back."""
    kept = min(KEPT_BACK, len(desk.rated) // 3)
    test, pool = desk.rated[:kept], desk.rated[kept:]
    found = []
    for size in (one for one in SIZES if one <= len(pool)):
        began = time.perf_counter()
        learned = learn(desk.model, desk.clauses, pool[:size])
        took = time.perf_counter() - began
        better = corrected(desk.model, Correction(language="", version=0, base="", **learned))
        result = compare(desk.model, better, desk.clauses, test)
        adopted = tried(desk.model, desk.clauses, pool[:size]).is_adopted
        print(line(desk.name, size, result, adopted, took), flush=True)
        found.append(msgspec.to_builtins(result) | {"labels": size, "adopted": adopted, "seconds": round(took, 3)})
    return found


def line(name: str, size: int, result: Trial, adopted: bool, took: float) -> str:
    """Write one row of the table."""
    return (
        f"{name:13} {size:6}  {result.before:.3f} → {result.after:.3f}  {result.gain:+.3f} ({result.gain_low:+.3f} to "
        f"{result.gain_high:+.3f})  {result.accuracy_before:.3f} → {result.accuracy_after:.3f}  "
        f"{result.loss_before:.3f} → {result.loss_after:.3f}  {'adopted' if adopted else '-':9}  {took:.2f}"
    )


def english(folder: Path) -> list[Desk]:
    """Train without each domain in turn."""
    plan = plan_for("en", WORDS)
    examples = plan.read(folder)
    rows = Rows(plan, examples)
    return [
        Desk(name, without(plan, rows, domain), plan.clauses, mixed(plan, examples, domain))
        for domain, name in DOMAINS.items()
    ]


def without(plan: Plan, rows: Rows, domain: str) -> LinearModel:
    """Train the shipped recipe without a domain, with the shipped temperature."""
    shipped = load_model("sentiment_en")
    heat = 1 / (STEPS * shipped.unit)
    weights, bias = fold(plan, rows, fit(plan, rows, rows.domains != domain))
    whole = {feature: pack(round(one.real * STEPS), round(one.imag * STEPS)) for feature, one in weights.items()}
    return shipped._replace(
        weights={feature: one for feature, one in whole.items() if one}, bias=(bias.real / heat, bias.imag / heat)
    )


def mixed(plan: Plan, examples: Sequence[sets.Example], domain: str) -> list[RatedText]:
    """Give a domain's texts in a fixed random order."""
    own = [one for one in examples if one.source != "own" and plan.known[one.source].domain == domain]
    has_middle = any(one.label == sets.NEUTRAL for one in own)
    rated = [RatedText(f"{domain}/{n}", one.text, NAMES[one.label], has_middle) for n, one in enumerate(own)]
    Random(1).shuffle(rated)
    return rated


def chinese(folder: Path) -> list[Desk]:
    """Take the shipped Chinese model and shop reviews, which it was not trained on."""
    path = folder / "zh_online_shopping_sample.jsonl"
    labels = {"neg": "negative", "pos": "positive"}
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines() if path.exists() else [])
    rated = [RatedText(row["id"], row["text"], labels[row["label"]], False) for row in lines if row["label"] in labels]
    Random(1).shuffle(rated)
    return [Desk(CHOSEN_ON, load_model("sentiment_zh"), sentiment_zh.clauses, rated)] if rated else []


if __name__ == "__main__":
    main()
