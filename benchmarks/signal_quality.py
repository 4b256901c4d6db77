"""How often are the signals right? Emotions on GoEmotions' test set, effort on labelled texts.

    python benchmarks/signal_quality.py --data FOLDER [--effort FILE.jsonl]

Texts are cleaned as in use. Intervals are Wilson's, 95 %. `--effort` names JSON lines (`text`, `language`, `effort`: true where
somebody had to come back about one matter or to try another way); without it the sentences written for the project are read.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from feedbackloop.records import Text
from feedbackloop.understanding.cleaning.clean import clean
from feedbackloop.understanding.signals import read

OWN = Path(__file__).parent / "sentiment_own" / "effort.txt"
GROUPS = {
    "anger": {"anger", "annoyance", "disgust"},
    "disappointment": {"disappointment", "sadness", "remorse", "grief"},
    "worry": {"fear", "nervousness"},
    "confusion": {"confusion"},
    "gratitude": {"gratitude"},
    "joy": {"joy", "love", "excitement", "admiration", "amusement"},
}
"""GoEmotions' labels that count as each of ours."""


class Row(NamedTuple):
    """A text, and whether somebody had an effort."""

    text: str
    language: str
    has_effort: bool


def main() -> None:
    """Print what the data at hand allow."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with en_goemotions_test.jsonl")
    parser.add_argument("--effort", type=Path, help="JSON lines with text, language, effort")
    options = parser.parse_args()
    emotions = options.data / "en_goemotions_test.jsonl" if options.data else None
    if emotions and emotions.exists():
        print_emotions([json.loads(line) for line in emotions.read_text(encoding="utf-8").splitlines()])
    else:
        print("emotions are left out: en_goemotions_test.jsonl is not in --data")
    rows = list(labelled(options.effort) if options.effort else written())
    for language in sorted({row.language for row in rows}):
        print_effort(language, [row for row in rows if row.language == language])


def print_emotions(rows: list[dict[str, object]]) -> None:
    """Print precision and recall of each emotion."""
    given = [_signals(str(row["text"]), "en").get("emotion") for row in rows]
    for name, group in GROUPS.items():
        is_so = [bool(group & set(row["emotions"] or ())) for row in rows]  # type: ignore[call-overload]  # JSON
        print(line(name, [one == name for one in given], is_so))


def print_effort(language: str, rows: list[Row]) -> None:
    """Print precision and recall of effort in one language."""
    given = ["effort" in _signals(row.text, row.language) for row in rows]
    print(line(f"effort, {language}", given, [row.has_effort for row in rows]))


def line(name: str, given: Iterable[bool], is_so: Iterable[bool]) -> str:
    """Write precision and recall with their intervals."""
    pairs = list(zip(given, is_so, strict=True))
    right = sum(one and other for one, other in pairs)
    return (
        f"{name:16} precision {share(right, sum(one for one, _ in pairs))}   "
        f"recall {share(right, sum(other for _, other in pairs))}"
    )


def share(part: int, whole: int) -> str:
    """Write a share with Wilson's 95 % interval (Wilson 1927, JASA 22)."""
    if not whole:
        return "-"
    z, p = 1.96, part / whole
    middle, half = p + z * z / 2 / whole, z * sqrt(p * (1 - p) / whole + (z / 2 / whole) ** 2)
    low, high = ((middle + sign * half) / (1 + z * z / whole) for sign in (-1, 1))
    return f"{p:.2f} ({low:.2f}–{high:.2f}) of {whole}"


def labelled(path: Path) -> Iterator[Row]:
    """Read labelled texts of one's own."""
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        yield Row(row["text"], row["language"], row["effort"])


def written() -> Iterator[Row]:
    """Read the sentences that were written for the project."""
    for row in OWN.read_text(encoding="utf-8").splitlines():
        head, _, text = row.partition(": ")
        if not row.startswith("#"):
            said, language = head.split()
            yield Row(text, language, said == "yes")


def _signals(text: str, language: str) -> dict[str, float | str]:
    return read(clean(Text(id="1", text=text, language=language)))


if __name__ == "__main__":
    main()
