"""How often is a finding of each kind right? Fits the table behind the confidence of expectations.

    python benchmarks/calibrate_expectations.py PLAIN.jsonl [PLAIN.jsonl …] [--rich DATA.jsonl …] [--write]

Rows are one JSON a line: text, lang ("en" or "zh"), has_expectation, direction. PLAIN are texts as they come, in which
something was found: they say how often such findings are right at a desk. In DATA expectations were looked for, so that
far more of what is found there is right; these rows count little, and speak for cues that plain text hardly shows.
Every text counts once, by its surest finding: right if an expectation is stated and the direction is the one found.

A ridge regression on the log odds gives each cue a level, drawn to that of its family, which is drawn to that of all,
a step for quantities that are held against each other, and one slope for the score. Without `--write` the table is
shown, with how it would have done on plain texts that it was not fitted on (ten folds).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import exp
from pathlib import Path
from typing import NamedTuple

from feedbackloop.understanding.expectation import reading as expectation_reading
from feedbackloop.understanding.expectation.confidence import MIDDLE, family
from feedbackloop.understanding.expectation.finding import compared, is_measured, surest
from feedbackloop.understanding.lexicon import text as lexicon_text

TABLE = Path(__file__).parents[1] / "feedbackloop/understanding/words/expectation_confidence.toml"
RICH = 0.1
"""How much a row counts in which expectations were looked for."""
RIDGE_CUE, RIDGE_FAMILY, RIDGE_SLOPE = 0.7, 0.3, 0.1
SWEEPS = 40
FOLDS = 10
FEWEST = 5
"""Findings of a cue, rich ones counted as they weigh, from which on it has a level of its own."""


class Finding(NamedTuple):
    """One text's surest finding."""

    text: str
    language: str
    cue: str
    family: str
    score: float
    is_measured: bool
    is_right: bool
    weight: float


class Fit(NamedTuple):
    """What was fitted for one language, in log odds: the level of all, shifts from it, and the slope."""

    level: float
    families: dict[str, float]
    cues: dict[str, float]
    slope: float
    measured: float

    def share(self, finding: Finding) -> float:
        """Give the probability that a finding is right."""
        shift = self.families.get(finding.family, 0.0) + self.cues.get(finding.cue, 0.0)
        shift += self.measured * finding.is_measured
        return 1 / (1 + exp(-(self.level + shift + self.slope * (finding.score - MIDDLE))))


def findings(paths: Sequence[Path], weight: float) -> Iterator[Finding]:
    """Read the surest finding with a direction of every labelled text that has one."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            words = lexicon_text.normalised(row["text"], row["lang"])
            hits = [hit for hit in surest(expectation_reading.hits(words, row["lang"])) if hit.direction]
            if hits:
                first, is_right = hits[0], row["has_expectation"] and row["direction"] == hits[0].direction
                kind = family(first.cue)
                measured = is_measured(compared(words, first, row["lang"]))
                yield Finding(row["text"], row["lang"], first.cue.name, kind, first.score, measured, is_right, weight)


def fit(some: Sequence[Finding]) -> Fit:
    """Fit by Newton's steps, one group of parameters after the other: those of one group do not touch each other."""
    families, cues = dict.fromkeys((one.family for one in some), 0.0), dict.fromkeys((one.cue for one in some), 0.0)
    now = Fit(0.0, families, cues, 0.0, 0.0)
    for _ in range(SWEEPS):
        now = now._replace(level=now.level + _steps(now, some, lambda _: ("", 1.0), {"": 0.0}, 0.0)[""])
        moved = _steps(now, some, lambda one: (one.family, 1.0), now.families, RIDGE_FAMILY)
        now = now._replace(families={name: now.families[name] + step for name, step in moved.items()})
        moved = _steps(now, some, lambda one: (one.cue, 1.0), now.cues, RIDGE_CUE)
        now = now._replace(cues={name: now.cues[name] + step for name, step in moved.items()})
        steep = _steps(now, some, lambda one: ("", one.score - MIDDLE), {"": now.slope}, RIDGE_SLOPE)
        now = now._replace(slope=now.slope + steep[""])
        step = _steps(now, some, lambda one: ("", float(one.is_measured)), {"": now.measured}, RIDGE_FAMILY)
        now = now._replace(measured=now.measured + step[""])
    return now


def _steps(
    now: Fit,
    some: Sequence[Finding],
    part: Callable[[Finding], tuple[str, float]],
    values: Mapping[str, float],
    ridge: float,
) -> dict[str, float]:
    """Give Newton's step of each parameter of a group: which one a finding speaks for, and with what factor, says `part`."""
    slopes, bends = Counter[str](), Counter[str]()
    for one in some:
        (name, factor), share = part(one), now.share(one)
        slopes[name] += one.weight * (one.is_right - share) * factor
        bends[name] += one.weight * share * (1 - share) * factor * factor
    return {name: (slopes[name] - ridge * value) / (bends[name] + ridge + 1e-9) for name, value in values.items()}


def held_out(some: Sequence[Finding]) -> list[tuple[float, bool]]:
    """Give (confidence, right) of each plain finding by a fit without its fold; folds are made by the texts themselves."""
    fold = {one: int(hashlib.sha256(one.text.encode()).hexdigest(), 16) % FOLDS for one in some}
    pairs = []
    for number in range(FOLDS):
        fitted = fit([one for one in some if fold[one] != number])
        pairs += [(fitted.share(one), one.is_right) for one in some if fold[one] == number and one.weight == 1]
    return pairs


def reliability(pairs: Sequence[tuple[float, bool]]) -> str:
    """Show what was said against what came, by steps of confidence, and the mean distance between them."""
    lines, distance, bounds = [], 0.0, (0.0, 0.2, 0.35, 0.5, 0.65, 0.8, 1.01)
    for low, high in pairwise(bounds):
        part = [pair for pair in pairs if low <= pair[0] < high]
        if part:
            said, came = sum(p for p, _ in part) / len(part), sum(right for _, right in part) / len(part)
            distance += len(part) * abs(said - came)
            lines.append(f"  {low:.2f}-{min(high, 1):.2f}: said {said:.2f}, right {came:.2f} (n {len(part)})")
    sure = [right for share, right in pairs if share >= 0.5]
    kept = sum(sure) / max(1, sum(right for _, right in pairs))
    lines.append(
        f"  from 0.5 on: right {sum(sure) / max(1, len(sure)):.2f} (n {len(sure)}), {kept:.2f} of all right ones"
    )
    return "\n".join([*lines, f"  mean distance {distance / len(pairs):.3f}"])


def as_table(all_found: Sequence[Finding], names: Sequence[str]) -> str:
    """Write the fitted table with its recipe."""
    lines = [
        "# How sure is a finding? Made by benchmarks/calibrate_expectations.py; see docs/expectations.md.",
        f"# Fitted on {len(all_found)} findings in {', '.join(names)}.",
        f"# Counts are right of all; where expectations were looked for, {1 / RICH:.0f} findings count as one.",
    ]
    for language in ("en", "zh"):
        own = [one for one in all_found if one.language == language]
        fitted = fit(own)
        met, right = Counter[str](), Counter[str]()
        for one in own:
            for name in (one.family, one.cue):
                met[name] += one.weight
                right[name] += one.weight * one.is_right
        lines += ["", f"[{language}]", f"all = {fitted.level:.3f}", f"slope = {fitted.slope:.3f}"]
        numbers = [one for one in own if one.is_measured]
        counted = sum(one.weight * one.is_right for one in numbers), sum(one.weight for one in numbers)
        lines.append(f"measured = {fitted.measured:.3f} # {counted[0]:.0f} of {counted[1]:.0f}")
        lines.append(f"[{language}.families]")
        levels = {name: fitted.level + shift for name, shift in sorted(fitted.families.items())}
        lines += [f"{name} = {level:.3f} # {right[name]:.0f} of {met[name]:.0f}" for name, level in levels.items()]
        of = {one.cue: one.family for one in own}
        lines.append(f"[{language}.cues]")
        lines += [
            f"{name} = {levels[of[name]] + shift:.3f} # {right[name]:.0f} of {met[name]:.0f}"
            for name, shift in sorted(fitted.cues.items())
            if met[name] >= FEWEST
        ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="+", help="texts as they come, in which something was found")
    parser.add_argument("--rich", type=Path, nargs="*", default=[], help="texts in which expectations were looked for")
    parser.add_argument("--write", action="store_true", help="write the table into the package")
    given = parser.parse_args()
    all_found = [*findings(given.data, 1.0), *findings(given.rich, RICH)]
    content = as_table(all_found, [path.name for path in (*given.data, *given.rich)])
    print(content)
    for language in ("en", "zh"):
        print(f"{language}, on plain texts it was not fitted on:")
        print(reliability(held_out([one for one in all_found if one.language == language])))
    if given.write:
        TABLE.write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
