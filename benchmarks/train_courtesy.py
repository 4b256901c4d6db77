"""Trains what tells courtesies from feedback, from courtesies written for this project and the sentences of open texts.

    python benchmarks/train_courtesy.py --data FOLDER [--language en] [--check]

Needs `benchmarks/requirements.txt`; nothing of it is needed to clean. The same inputs and versions give the same bytes: `--check`
trains anew, compares with the files that are there, and writes nothing. It prints how many courtesies of frames, and sentences of
texts, that were held out are told rightly.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import sentiment_sets as sets
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from feedbackloop.understanding.cleaning import odds as cleaning_odds
from feedbackloop.understanding.cleaning.odds import LINE, features

WORDS = Path(cleaning_odds.__file__).parent / "words"
WRITTEN = Path(__file__).parent / "cleaning"
STEPS = 10
"""Steps of a weight per unit of log odds: weights are stored as whole numbers."""
FILLINGS = 80
"""Sentences made of each frame, at most."""
SEEN = {"en": 4, "zh": 3}
"""Sentences in which a feature must stand."""
SMALLEST = {"en": 4, "zh": 4}
STRENGTH = 1.0
FOLDS = 5
LISTED = 2_000
"""Characters of a frame of feedback that lists whole sentences: eight times as many are made of it."""
OWN_WEIGHT, MEASURED_WEIGHT = 1.5, 3.0
SENTENCES = {"en": 30_000, "zh": 16_000}
LONGEST = 240
TALK = frozenset({"en_vader_tweets", "en_goemotions_test"})
"""Sets in which people talk to each other: what may be a courtesy there is not shown as feedback."""
_LINE = re.compile(r"[^\n]+")
_SENTENCE = re.compile(r"[^.!?。！？\n~～；;]+[.!?。！？~～]*")


class Example(NamedTuple):
    """One sentence: where it stands, whether it is a courtesy, of which frame or text it is, and how much it counts."""

    piece: str
    place: str
    is_courtesy: bool
    group: int
    weight: float = 1.0


class Frames:
    """Courtesies as written: sections of lines with slots and choices."""

    def __init__(self, path: Path) -> None:
        self.slots: dict[str, list[str]] = {}
        self.sections: dict[str, list[str]] = {}
        section = ""
        for line in filter(None, path.read_text(encoding="utf-8").splitlines()):
            if line.startswith("## "):
                section = line[3:]
            elif " = " in line and not line.startswith("#"):
                name, words = line.split(" = ", 1)
                self.slots[name] = words.split(" | ")
            elif not line.startswith("#"):
                self.sections.setdefault(section, []).append(line)

    def fill(self, frame: str, chance: random.Random) -> str:
        """Choose for each choice and slot, from the innermost out."""
        for _ in range(60):
            match = re.search(r"\[([^\[\]]*)\]|<(\w+)>", frame)
            if match is None:
                break
            chosen = chance.choice(match[1].split("|") if match[1] is not None else self.slots[match[2]])
            frame = frame[: match.start()] + chosen + frame[match.end() :]
        return re.sub(r"\s+([,.!?])|(?<=\s)\s+", r"\1", frame).strip()


def written(language: str) -> Iterator[Example]:
    """Make sentences of all frames: as written, in small letters, two joined, with a mark at the end."""
    frames = Frames(WRITTEN / f"courtesies_{language}.txt")
    chance = random.Random(1)
    group = 0
    for section, lines in frames.sections.items():
        for line in lines:
            group += 1
            many = FILLINGS * (8 if section == "feedback" and len(line) > LISTED else 1)
            for piece in sorted({frames.fill(line, chance) for _ in range(many)}):
                if section in {"head", "tail"} and chance.random() < 0.25:
                    other = frames.fill(chance.choice(lines), chance)
                    piece += (
                        chance.choice([", ", " and ", " - ", " ", "! "] if language == "en" else ["，", " "]) + other
                    )
                yield from _varied(piece, section, group, chance)


def _varied(piece: str, section: str, group: int, chance: random.Random) -> Iterator[Example]:
    is_courtesy, weight = section != "feedback", 1.0 if section != "feedback" else OWN_WEIGHT
    if chance.random() < 0.2:
        piece = piece.lower()
    elif section != "sign" or chance.random() < 0.4:
        piece = piece[:1].upper() + piece[1:]
    if section != "sign":
        piece += chance.choice(["", ".", "!", ".", "!!", ""])
        yield Example(piece, "", is_courtesy, group, weight)
    if section in {"sign", "tail", "feedback"}:
        yield Example(piece, LINE, is_courtesy, group, weight)


def measured(language: str) -> Iterator[Example]:
    """Give the sentences and lines of the wordings on which cleaning was measured before."""
    kinds = tomllib.loads((WRITTEN / "additions.toml").read_text(encoding="utf-8"))[language]
    for kind in ("greeting", "closing", "signature"):
        for group, wording in enumerate(one for wordings in kinds[kind].values() for one in wordings):
            for place, found in (("", _SENTENCE), (LINE, _LINE)):
                pieces = [match.group().strip() for side in wording.split("{}") for match in found.finditer(side)]
                if (kind == "greeting" and place) or (kind == "signature" and not place):
                    continue
                yield from (
                    Example(piece, place, True, 1000 + group, MEASURED_WEIGHT) for piece in pieces if len(piece) > 2
                )


def told(language: str, folder: Path) -> list[Example]:
    """Give sentences of open texts, which tell of a matter."""
    rows = sets.english(folder) if language == "en" else sets.chinese(folder)
    chance = random.Random(2)
    pieces = []
    for number, row in enumerate(rows):
        if row.source == "own":
            continue
        found = [match.group().strip() for match in _SENTENCE.finditer(row.text) if len(match.group().strip()) > 2]
        is_talk = row.source in TALK
        pieces += [
            (piece, number) for piece in found if len(piece) <= LONGEST and not (is_talk and _may_be_courtesy(piece))
        ]
    chance.shuffle(pieces)
    return [
        Example(piece, place, False, -1 - number)
        for row, (piece, number) in enumerate(pieces[: SENTENCES[language]])
        for place in ("", LINE)[: 1 + (row % 2)]
    ]


def _may_be_courtesy(piece: str) -> bool:
    """Say whether a sentence among people who talk may be a courtesy: it thanks, wishes, blesses or greets."""
    return any(feature in {"+t", "+h", "+g", "+e", "+b"} for feature in features(piece, "", "en"))


class Table(NamedTuple):
    """Sentences as rows of a matrix of features."""

    names: list[str]
    matrix: Any
    labels: Any
    weights: Any


def table(examples: list[Example], language: str) -> Table:
    """Count which features stand often enough, and mark them."""
    found = [features(one.piece, one.place, language) for one in examples]
    counts = Counter(name for row in found for name in set(row))
    names = sorted(name for name, count in counts.items() if count >= SEEN[language])
    place = {name: number for number, name in enumerate(names)}
    columns = [[place[name] for name in row if name in place] for row in found]
    starts = np.cumsum([0, *map(len, columns)])
    matrix = csr_matrix((np.ones(starts[-1]), np.concatenate(columns).astype(int), starts), (len(found), len(names)))
    labels = np.array([one.is_courtesy for one in examples])
    return Table(names, matrix, labels, np.array([one.weight for one in examples]))


def fit(rows: Table, keep: Any) -> LogisticRegression:
    """Fit a logistic regression; both sides together count the same."""
    machine = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=1, max_iter=300)
    return machine.fit(rows.matrix[keep], rows.labels[keep], rows.weights[keep])


def without_thanks(examples: list[Example], language: str) -> list[Example]:
    """Drop sentences of open texts that a first fit calls courtesies: tweets and talk are full of them."""
    rows = table(examples, language)
    odds = fit(rows, np.ones(len(examples), dtype=bool)).decision_function(rows.matrix)
    return [one for one, value in zip(examples, odds, strict=True) if one.group > 0 or value < 0]


def held_out(examples: list[Example], rows: Table) -> dict[str, float]:
    """Fit without a fifth of the frames and texts in turn; say what share of the rest is told rightly."""
    folds = np.array([one.group % FOLDS for one in examples])
    odds = np.zeros(len(examples))
    for number in range(FOLDS):
        test = folds == number
        odds[test] = fit(rows, ~test).decision_function(rows.matrix[test])
    lines = np.array([one.place == LINE for one in examples])
    own = np.array([one.group > 0 for one in examples])
    kinds = {
        "courtesies": rows.labels & ~lines,
        "lines of signatures": rows.labels & lines,
        "sentences of texts": ~own & ~lines,
        "sentences of texts as lines": ~own & lines,
        "feedback built alike": own & ~rows.labels,
    }
    return {name: round(float(((odds > 0) == rows.labels)[mask].mean()), 4) for name, mask in kinds.items()}


def train(language: str, folder: Path, out: Path) -> Path:
    """Train a language and write its file."""
    examples = without_thanks([*written(language), *measured(language), *told(language, folder)], language)
    rows = table(examples, language)
    figures = held_out(examples, rows)
    machine = fit(rows, np.ones(len(examples), dtype=bool))
    weights = {name: round(weight * STEPS) for name, weight in zip(rows.names, machine.coef_[0], strict=True)}
    kept = {
        name: weight for name, weight in weights.items() if abs(weight) >= SMALLEST[language] and name.isprintable()
    }
    known = sets.ENGLISH if language == "en" else sets.CHINESE
    recipe = {
        "language": language,
        "sentences": {"courtesies": int(rows.labels.sum()), "feedback": int((~rows.labels).sum())},
        "licences": {name: one.licence for name, one in known.items() if name != "own"},
        "written_here": {path.name: digest(path) for path in own_lists(language)},
        "held_out": figures,
        "made_with": {name: version(name) for name in ("numpy", "scipy", "scikit-learn")},
        "numbers": {"bias": round(float(machine.intercept_[0]), 3), "unit": 1 / STEPS},
    }
    head = json.dumps(recipe, sort_keys=True, ensure_ascii=False)
    path = out / f"courtesy_odds_{language}.txt"
    body = "".join(f"{name}\t{weight}\n" for name, weight in sorted(kept.items()))
    path.write_text(head + "\n" + body, encoding="utf-8", newline="\n")
    print(language, recipe["sentences"], figures, f"{len(kept)} features, {path.stat().st_size} bytes")
    return path


def own_lists(language: str) -> list[Path]:
    """Give the lists of this project that a file is made from."""
    kinds = [WORDS / "courtesy_kinds_en.txt"] if language == "en" else []
    return [WRITTEN / f"courtesies_{language}.txt", WRITTEN / "additions.toml", *kinds]


def digest(path: Path) -> str:
    """Name the content of a file."""
    return blake2b(path.read_bytes(), digest_size=8).hexdigest()


def main() -> None:
    """Read the options; train, or compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with the open sets as JSON lines")
    parser.add_argument("--language", choices=["en", "zh"], action="append", help="default: both")
    parser.add_argument("--out", type=Path, default=WORDS)
    parser.add_argument("--check", action="store_true", help="compare with the files that are there")
    options = parser.parse_args()
    languages = options.language or ["en", "zh"]
    if options.check:
        sys.exit(compare(languages, options.data))
    for language in languages:
        train(language, options.data, options.out)


def compare(languages: list[str], data: Path) -> int:
    """Train anew aside; give how many files differ."""
    with TemporaryDirectory() as folder:
        made = [train(language, data, Path(folder)) for language in languages]
        different = [path.name for path in made if path.read_bytes() != (WORDS / path.name).read_bytes()]
    print("different:", different or "none")
    return len(different)


if __name__ == "__main__":
    main()
