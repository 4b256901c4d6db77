"""How often is a finding of each kind right? Fits the table behind the confidence of expectations.

    python benchmarks/calibrate_expectations.py DATA.jsonl [DATA.jsonl …] [--write]

DATA has one JSON a line: text, lang ("en" or "zh"), has_expectation, direction. Every text in which something with a
direction is found counts once, by its surest finding: right if an expectation is stated and the direction is the one
found. A ridge regression on the log odds gives each family of cues a level, drawn to that of all findings, and one
slope for the score. Without `--write` the table is shown, with how it would have done on texts that it was not fitted
on (ten folds).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from math import exp
from pathlib import Path
from typing import NamedTuple

from feedbackloop.understanding import expectation_reading, expectation_text
from feedbackloop.understanding.expectation import surest
from feedbackloop.understanding.expectation_confidence import MIDDLE, family

TABLE = Path(__file__).parents[1] / "feedbackloop/understanding/words/expectation_confidence.toml"
RIDGE_LEVEL, RIDGE_SLOPE = 1.0, 0.02
STEPS, RATE = 4000, 0.02
FOLDS = 10


class Finding(NamedTuple):
    """One text's surest finding."""

    text: str
    language: str
    family: str
    score: float
    is_right: bool


class Fit(NamedTuple):
    """What was fitted for one language, in log odds."""

    level: float
    shifts: dict[str, float]
    slope: float

    def share(self, finding: Finding) -> float:
        """Give the probability that a finding is right."""
        odds = self.level + self.shifts.get(finding.family, 0.0) + self.slope * (finding.score - MIDDLE)
        return 1 / (1 + exp(-odds))


def findings(paths: Sequence[Path]) -> Iterator[Finding]:
    """Read the surest finding with a direction of every labelled text that has one."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            words = expectation_text.normalised(row["text"], row["lang"])
            hits = [hit for hit in surest(expectation_reading.hits(words, row["lang"])) if hit.direction]
            if hits:
                is_right = row["has_expectation"] and row["direction"] == hits[0].direction
                yield Finding(row["text"], row["lang"], family(hits[0].cue), hits[0].score, is_right)


def fit(some: Sequence[Finding]) -> Fit:
    """Fit by plain gradient steps: a few dozen parameters, the same figures every time."""
    names = sorted({one.family for one in some})
    level, slope, shifts = 1.0, 0.0, dict.fromkeys(names, 0.0)
    for _ in range(STEPS):
        now = Fit(level, shifts, slope)
        errors = [(one, one.is_right - now.share(one)) for one in some]
        level += RATE * sum(error for _, error in errors) / len(some) * 10
        slope += RATE * (sum(error * (one.score - MIDDLE) for one, error in errors) - RIDGE_SLOPE * slope)
        shifts = {
            name: shift + RATE * (sum(error for one, error in errors if one.family == name) - RIDGE_LEVEL * shift)
            for name, shift in shifts.items()
        }
    return Fit(level, shifts, slope)


def held_out(some: Sequence[Finding]) -> list[tuple[float, bool]]:
    """Give (confidence, right) of each finding by a fit on the other folds; folds are made by the texts themselves."""
    fold = {one: int(hashlib.sha256(one.text.encode()).hexdigest(), 16) % FOLDS for one in some}
    pairs = []
    for number in range(FOLDS):
        fitted = fit([one for one in some if fold[one] != number])
        pairs += [(fitted.share(one), one.is_right) for one in some if fold[one] == number]
    return pairs


def reliability(pairs: Sequence[tuple[float, bool]]) -> str:
    """Show what was said against what came, by five steps of confidence, and the mean distance between them."""
    lines, distance = [], 0.0
    for low in (0.0, 0.5, 0.7, 0.8, 0.9):
        high = {0.0: 0.5, 0.5: 0.7, 0.7: 0.8, 0.8: 0.9, 0.9: 1.01}[low]
        part = [pair for pair in pairs if low <= pair[0] < high]
        if part:
            said, came = sum(p for p, _ in part) / len(part), sum(right for _, right in part) / len(part)
            distance += len(part) * abs(said - came)
            lines.append(f"  {low:.1f}-{min(high, 1):.1f}: said {said:.2f}, right {came:.2f} (n {len(part)})")
    return "\n".join([*lines, f"  mean distance {distance / len(pairs):.3f}"])


def as_table(all_found: Sequence[Finding], names: Sequence[str]) -> str:
    """Write the fitted table with its recipe."""
    lines = [
        "# How sure is a finding? Made by benchmarks/calibrate_expectations.py; see docs/expectations.md.",
        f"# Fitted on {len(all_found)} findings in {', '.join(names)}.",
    ]
    for language in ("en", "zh"):
        own = [one for one in all_found if one.language == language]
        fitted, counts = fit(own), Counter(one.family for one in own)
        right = Counter(one.family for one in own if one.is_right)
        lines += ["", f"[{language}]", f"slope = {fitted.slope:.3f}", f"[{language}.levels]"]
        lines.append(f"all = {fitted.level:.3f} # {sum(right.values())} of {len(own)} right")
        lines += [
            f"{name} = {fitted.level + shift:.3f} # {right[name]} of {counts[name]}"
            for name, shift in fitted.shifts.items()
        ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--write", action="store_true", help="write the table into the package")
    given = parser.parse_args()
    all_found = list(findings(given.data))
    content = as_table(all_found, [path.name for path in given.data])
    print(content)
    for language in ("en", "zh"):
        print(f"{language}, on texts it was not fitted on:")
        print(reliability(held_out([one for one in all_found if one.language == language])))
    if given.write:
        TABLE.write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
