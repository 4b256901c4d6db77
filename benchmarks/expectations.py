"""How well are expectations found in labelled sentences, and how fast?

    python benchmarks/expectations.py DATA.jsonl [--part read|unread] [--ordinary TEXTS.jsonl …]

DATA has one JSON a line: id, text, lang, has_expectation, expected, experienced, direction, dimension, promised_value,
promised_unit, actual_value, actual_unit, sampling. TEXTS hold ordinary sentences (`text`, `lang`), on which every
finding is taken for a false alarm. Whoever writes wordings reads the mistakes of the part "read" only; "unread" are the
rows whose id's SHA-1 begins with 0 to 5. Intervals are percentile bootstraps over rows, 95 %.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from math import isnan
from pathlib import Path
from random import Random
from typing import Any

from feedbackloop.records import Expectation, Text
from feedbackloop.understanding import dimensions, journey, signals
from feedbackloop.understanding.expectation import finding as expectation

Row = dict[str, Any]
DIRECTIONS = ("worse", "met", "better")
RESAMPLES = 1000


def rows(path: Path) -> list[Row]:
    """Read JSON lines."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def found(row: Row) -> Expectation | None:
    """Give the surest expectation with a direction."""
    text = Text(id=str(row.get("id")), text=row["text"], language=row["lang"])
    return next((e for e in expectation.find(text, {}) if e.direction), None)


def f1(right: int, said: int, true: int) -> float:
    """Give the harmonic mean of precision and recall from counts."""
    return 2 * right / (said + true) if said + true else 0.0


def mean(values: list[float]) -> float:
    """Give the mean; nan of nothing."""
    return sum(values) / len(values) if values else float("nan")


def tokens(piece: str | None) -> Counter[str]:
    """Count words of Latin text and characters of Chinese."""
    return Counter(re.findall(r"[a-z0-9$£€%'.:]+|[\u3400-\u9fff]", (piece or "").lower()))


def token_f1(gold: str | None, piece: str | None) -> float:
    """Compare two pieces as bags of tokens; both unsaid is right."""
    if not gold or not piece:
        return float(not gold and not piece)
    one, other = tokens(gold), tokens(piece)
    return f1((one & other).total(), one.total(), other.total())


Measure = Callable[[list[Row]], float]


def is_unread(row: Row) -> bool:
    """Say whether a row belongs to the part of which nobody reads the mistakes."""
    return hashlib.sha1(str(row["id"]).encode(), usedforsecurity=False).hexdigest()[0] in "012345"


def detection(data: list[Row]) -> float:
    """Give the F1 of "states an expectation"."""
    right = sum(bool(r["found"]) for r in data if r["has_expectation"])
    return f1(right, sum(bool(r["found"]) for r in data), sum(r["has_expectation"] for r in data))


def precision(data: list[Row]) -> float:
    """Give the share of findings that are expectations."""
    return mean([float(r["has_expectation"]) for r in data if r["found"]])


def recall(data: list[Row]) -> float:
    """Give the share of expectations that are found."""
    return mean([float(bool(r["found"])) for r in data if r["has_expectation"]])


def false_alarms(data: list[Row]) -> float:
    """Give the share of ordinary sentences in which something is found."""
    return mean([float(bool(r["found"])) for r in data if r.get("sampling") == "random" and not r["has_expectation"]])


def direction(data: list[Row]) -> float:
    """Give the macro-F1 over worse, met and better; what was not found counts as wrong."""
    pairs = [(r["direction"], r["found"].direction if r["found"] else None) for r in data if r["has_expectation"]]
    return mean(
        [
            f1(sum(g == p == d for g, p in pairs), sum(p == d for _, p in pairs), sum(g == d for g, _ in pairs))
            for d in DIRECTIONS
        ]
    )


def direction_of_found(data: list[Row]) -> float:
    """Give the same over what was rightly found."""
    return direction([row for row in data if row["found"]])


def pieces(field: str) -> Measure:
    """Give the measure of a piece: how much of the labelled one is covered, word by word."""
    return lambda data: mean(
        [token_f1(r[field], getattr(r["found"], field, None)) for r in data if r["has_expectation"] and r[field]]
    )


def same(gold: object, value: object) -> bool:
    """Compare values; 5:51 and 05:51 are one time."""
    return str(gold).zfill(5) == str(value).zfill(5) if ":" in str(gold) else gold == value


def values(data: list[Row]) -> float:
    """Give the share of the labelled values that have both value and unit right."""
    return mean(
        [
            float(
                same(r[f"{side}_value"], getattr(r["found"], f"{side}_value", None))
                and r[f"{side}_unit"] == getattr(r["found"], f"{side}_unit", None)
            )
            for r in data
            if r["has_expectation"]
            for side in ("promised", "actual")
            if r[f"{side}_unit"]
        ]
    )


def dimension(data: list[Row]) -> float:
    """Give the share of the labelled dimensions that are right; what was not found counts as wrong."""
    true = [r for r in data if r["has_expectation"] and r["dimension"]]
    return mean([float(getattr(r["found"], "dimension", None) == r["dimension"]) for r in true])


def dimension_of_found(data: list[Row]) -> float:
    """Give the same over what was rightly found."""
    return dimension([row for row in data if row["found"]])


MEASURES: dict[str, Measure] = {
    "detection F1": detection,
    "precision": precision,
    "recall": recall,
    "false alarms on ordinary": false_alarms,
    "direction macro-F1": direction,
    "direction, of what is found": direction_of_found,
    "expected, token F1": pieces("expected"),
    "experienced, token F1": pieces("experienced"),
    "values with units, exact": values,
    "dimension accuracy": dimension,
    "dimension, of what is found": dimension_of_found,
}


def interval(measure: Measure, data: list[Row]) -> tuple[float, float]:
    """Give the percentile bootstrap over rows."""
    draw = Random(7)
    drawn = sorted(score for _ in range(RESAMPLES) if not isnan(score := measure(draw.choices(data, k=len(data)))))
    cut = round(len(drawn) * 0.025)
    return (drawn[cut], drawn[-1 - cut]) if drawn else (float("nan"), float("nan"))


def report(language: str, own: list[Row]) -> None:
    """Print all figures of one language."""
    print(f"{language} ({len(own)} rows, {sum(r['has_expectation'] for r in own)} with an expectation)")
    for name, measure in MEASURES.items():
        low, high = interval(measure, own)
        print(f"  {name:28} {measure(own):.3f}  [{low:.3f}, {high:.3f}]")


def bodies(texts: list[Row], length: int = 600) -> list[Text]:
    """Join texts of one language, in their order, to bodies of about `length` characters."""
    joined: list[Text] = []
    piece = ""
    for row in texts:
        piece += row["text"] + " "
        if len(piece) >= length:
            joined.append(Text(id=str(len(joined)), text=piece[:length], language=row["lang"]))
            piece = ""
    return joined


def speed(texts: list[Row]) -> str:
    """Time everything of this part, in processor time, on bodies of about 600 characters."""
    batch = bodies(texts)
    spent = []
    for part in (batch[:5], batch[5:]):
        began = time.process_time()
        for text in part:
            expectation.find(text, {})
            dimensions.classify(text)
            journey.classify(text, {})
            signals.read(text)
        spent.append((time.process_time() - began) / max(1, len(part)))
    return f"{spent[1] * 1e3:.3f} ms a body of 600 characters (n {len(batch)}, first five {spent[0] * 1e3:.1f} ms each)"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--part", choices=("read", "unread"))
    parser.add_argument("--ordinary", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    if not given.data.exists():
        print(f"{given.data} is not there: labelled expectations are no part of the project, give a file of your own.")
        return 2
    data = [row | {"found": found(row)} for row in rows(given.data)]
    if given.part:
        data = [row for row in data if is_unread(row) == (given.part == "unread")]
    for language in sorted({row["lang"] for row in data}):
        report(language, [row for row in data if row["lang"] == language])
    for path in given.ordinary:
        texts = rows(path)
        alarms = sum(found(row) is not None for row in texts)
        print(f"{path.name}: {alarms} findings in {len(texts)} texts ({alarms / len(texts):.1%}); {speed(texts)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
