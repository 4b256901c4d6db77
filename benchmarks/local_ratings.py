"""How much do a desk's own ratings teach? The learning curve of the local correction, on domains its base never saw.

    python benchmarks/local_ratings.py --data FOLDER [--out FILE.json] [--airline]

Each English domain plays the desk: the shipped model's recipe is trained again without it (needs `benchmarks/requirements.txt`),
texts of the domain stand in for rated items, and others of it are kept back to measure on. The Chinese shipped model never saw
the shop reviews that play the Chinese desk. Texts are mixed with a fixed seed: time plays no part here. The strength of the
pull to zero was chosen on films, tweets and shops (marked *), how much rare labels count on tweets and products, and the size
of the trial part with restaurants in view: none of the figures is wholly blind.

`--airline` draws an airline desk's shares (63 % negative, 21 % neutral, 16 % positive) out of domains that have three labels,
with several seeds, and says how often the trial adopts what was learned.
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
import numpy as np
import sentiment_sets as sets
from sentiment_fit import Plan, Rows, fit, fold, plan_for
from train_sentiment import STEPS, WORDS

from feedbackloop.understanding.correction.correcting import Correction, corrected
from feedbackloop.understanding.correction.fit import RatedText, learn
from feedbackloop.understanding.correction.trial import Trial, compare, tried
from feedbackloop.understanding.sentiment import zh as sentiment_zh
from feedbackloop.understanding.sentiment.model import Clause, LinearModel, load_model, pack

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
AIRLINE = {"negative": 0.63, "neutral": 0.21, "positive": 0.16}
AIRLINE_DOMAINS = (("tweets",), ("products",), ("talk",), ("tweets", "talk"))
AIRLINE_SIZES = (200, 500, 2000)
SEEDS = 6


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
    parser.add_argument("--airline", action="store_true", help="an airline desk's shares of the labels")
    options = parser.parse_args()
    if not (options.data / "en_sentence_polarity_movie.jsonl").exists():
        sys.exit(f"nothing was measured: the labelled sets are not in {options.data}")
    if options.airline:
        airline(options.data)
        return
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


def airline(folder: Path) -> None:
    """Print, for desks with an airline's shares, what is gained on texts kept back and how often it is adopted."""
    plan = plan_for("en", WORDS)
    examples = plan.read(folder)
    rows = Rows(plan, examples)
    print(
        f"{'domain held out':17}{'labels':>7}  {'accuracy':17}{'macro F1':17}{'2 classes':17}adopted  adopted gains (F1)"
    )
    for domains in AIRLINE_DOMAINS:
        model = without(plan, rows, *domains)
        rated = [one for domain in domains for one in mixed(plan, examples, domain)]
        for size in AIRLINE_SIZES:
            drawn = [parted for seed in range(SEEDS) if (parted := shared_out(rated, size, seed))]
            if drawn:
                print(f"{' + '.join(domains):17}{size:7}  {_means(model, plan.clauses, drawn)}", flush=True)


def shared_out(rated: Sequence[RatedText], size: int, seed: int) -> tuple[list[RatedText], list[RatedText]] | None:
    """Draw a desk with an airline's shares: so many to learn from, and the others; None where fewer than 500 would be left."""
    draw = Random(seed)
    of_label = {label: [one for one in rated if one.label == label] for label in AIRLINE}
    whole = min(size + KEPT_BACK, *(int(len(of_label[label]) / share) for label, share in AIRLINE.items()))
    desk = [one for label, share in AIRLINE.items() for one in draw.sample(of_label[label], int(whole * share))]
    draw.shuffle(desk)
    return (desk[:size], desk[size:]) if len(desk) >= size + 500 else None


def _means(
    model: LinearModel,
    clauses: Callable[[str], list[Clause]],
    drawn: Sequence[tuple[Sequence[RatedText], Sequence[RatedText]]],
) -> str:
    """Write the means over the draws: accuracy and macro F1 before and after, accuracy of the sign, how many were adopted."""
    figures, gains = [], []
    for labelled, kept in drawn:
        better = corrected(model, Correction(language="", version=0, base="", **learn(model, clauses, labelled)))
        result = compare(model, better, clauses, kept)
        signed = [one._replace(has_middle=False) for one in kept if one.label != "neutral"]
        sign = compare(model, better, clauses, signed)
        judged = [result.accuracy_before, result.accuracy_after, result.before, result.after]
        figures.append([*judged, sign.accuracy_before, sign.accuracy_after])
        if tried(model, clauses, labelled).is_adopted:
            gains.append(result.gain)
    means = [sum(column) / len(figures) for column in zip(*figures, strict=True)]
    shown = "".join(f"{means[place]:.3f} → {means[place + 1]:.3f}    " for place in (0, 2, 4))
    return f"{shown}{len(gains)} of {len(drawn)}   {' '.join(f'{gain:+.3f}' for gain in gains)}"


def english(folder: Path) -> list[Desk]:
    """Train without each domain in turn."""
    plan = plan_for("en", WORDS)
    examples = plan.read(folder)
    rows = Rows(plan, examples)
    return [
        Desk(name, without(plan, rows, domain), plan.clauses, mixed(plan, examples, domain))
        for domain, name in DOMAINS.items()
    ]


def without(plan: Plan, rows: Rows, *domains: str) -> LinearModel:
    """Train the shipped recipe without some domains, with the shipped temperature."""
    shipped = load_model("sentiment_en")
    heat = 1 / (STEPS * shipped.unit)
    weights, bias = fold(plan, rows, fit(plan, rows, ~np.isin(rows.domains, domains)))
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
