"""How well are expectations found in labelled sentences, and how fast?

    python benchmarks/expectations.py DATA.jsonl [--ordinary TEXTS.jsonl …]

DATA has one JSON a line: text, lang, has_expectation, expected, experienced, direction, dimension, promised_value,
promised_unit, actual_value, actual_unit, sampling. TEXTS hold ordinary sentences (`text`, `lang`), on which every
finding is taken for a false alarm.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from feedbackloop.records import Expectation, Text
from feedbackloop.understanding import dimensions, expectation, journey, signals

Row = dict[str, Any]
DIRECTIONS = ("worse", "met", "better")


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


def detection(data: list[Row]) -> str:
    """Say how many of the expectations are found and how many findings are right."""
    right = sum(bool(r["found"]) for r in data if r["has_expectation"])
    said, true = sum(bool(r["found"]) for r in data), sum(r["has_expectation"] for r in data)
    shares = f"precision {right / max(said, 1):.3f}, recall {right / max(true, 1):.3f}, n {len(data)}"
    return f"F1 {f1(right, said, true):.3f} ({shares})"


def by_direction(pairs: list[tuple[str, str | None]]) -> list[float]:
    """Give the F1 of each direction from (label, found) pairs."""
    return [
        f1(sum(g == p == d for g, p in pairs), sum(p == d for _, p in pairs), sum(g == d for g, _ in pairs))
        for d in DIRECTIONS
    ]


def direction(data: list[Row]) -> str:
    """Say how often the direction is right; what was not found counts as wrong, and then left out."""
    pairs = [(r["direction"], r["found"].direction if r["found"] else None) for r in data if r["has_expectation"]]
    each = by_direction(pairs)
    detected = mean(by_direction([pair for pair in pairs if pair[1]]))
    shown = ", ".join(f"{name} {score:.2f}" for name, score in zip(DIRECTIONS, each, strict=True))
    return f"macro-F1 {mean(each):.3f} ({shown}); of those detected {detected:.3f}"


def pieces(data: list[Row], field: str) -> str:
    """Say how much of a labelled piece is covered, word by word."""
    true = [(r[field], getattr(r["found"], field) if r["found"] else None) for r in data if r["has_expectation"]]
    said = [token_f1(gold, piece) for gold, piece in true if gold]
    every = [token_f1(gold, piece) for gold, piece in true]
    return f"token F1 {mean(said):.3f} where labelled (n {len(said)}), {mean(every):.3f} with the unsaid"


def same(gold: object, value: object) -> bool:
    """Compare values; 5:51 and 05:51 are one time."""
    return str(gold).zfill(5) == str(value).zfill(5) if ":" in str(gold) else gold == value


def durations(data: list[Row]) -> str:
    """Say how many of the labelled values have both value and unit right."""
    right = [
        float(
            bool(r["found"])
            and same(r[f"{side}_value"], getattr(r["found"], f"{side}_value"))
            and r[f"{side}_unit"] == getattr(r["found"], f"{side}_unit")
        )
        for r in data
        if r["has_expectation"]
        for side in ("promised", "actual")
        if r[f"{side}_unit"]
    ]
    return f"exact {mean(right):.3f} (n {len(right)})"


def dimension(data: list[Row]) -> str:
    """Say how often the dimension is right, of all that have one and of those found."""
    true = [r for r in data if r["has_expectation"] and r["dimension"]]
    right = [float(bool(r["found"]) and r["found"].dimension == r["dimension"]) for r in true]
    said = [float(r["found"].dimension == r["dimension"]) for r in true if r["found"]]
    return f"accuracy {mean(right):.3f} of all, {mean(said):.3f} of those detected (n {len(true)})"


def report(language: str, own: list[Row]) -> None:
    """Print all figures of one language."""
    mined = [row for row in own if row.get("sampling") != "random"]
    plain = [row for row in own if row.get("sampling") == "random" and not row["has_expectation"]]
    print(f"{language}\n  detection, cue-mined: {detection(mined)}\n  detection, all:       {detection(own)}")
    print(f"  false alarms:         {sum(bool(r['found']) for r in plain)} of {len(plain)} ordinary sentences")
    print(f"  direction:            {direction(own)}")
    print(f"  expected:             {pieces(own, 'expected')}\n  experienced:          {pieces(own, 'experienced')}")
    print(f"  values and units:     {durations(own)}\n  dimension:            {dimension(own)}")


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
    parser.add_argument("--ordinary", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    if not given.data.exists():
        print(f"{given.data} is not there: labelled expectations are no part of the project, give a file of your own.")
        return 2
    data = [row | {"found": found(row)} for row in rows(given.data)]
    for language in sorted({row["lang"] for row in data}):
        report(language, [row for row in data if row["lang"] == language])
    for path in given.ordinary:
        texts = rows(path)
        alarms = sum(found(row) is not None for row in texts)
        print(f"{path.name}: {alarms} findings in {len(texts)} texts ({alarms / len(texts):.1%}); {speed(texts)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
