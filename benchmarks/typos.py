"""What do typing errors cost? Accuracy on domains held out, as written and with errors, for ours, TextBlob and VADER.

    python benchmarks/typos.py --data FOLDER

The edit model: each word of more than four letters has an error with odds of 1 in 5, drawn with a fixed seed; the error is, with
equal odds, a neighbour on the keyboard, two letters that changed places, a letter twice, or a letter left out; the first letter
stays. "Sure errors" puts one into every such word.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import sentiment_sets as sets
from sentiment_fit import Rows, fit, probabilities
from understanding_peers import peers
from understanding_quality import SERVICE, Bench, bench, by_peer, judged, means, row

_WORD = re.compile(r"[A-Za-z]{5,}")
_BOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = {
    letter: [
        other
        for line, keys in enumerate(_BOARD)
        for place, other in enumerate(keys)
        if other != letter and abs(line - its_line) <= 1 and abs(place - its_place) <= 1
    ]
    for its_line, its_keys in enumerate(_BOARD)
    for its_place, letter in enumerate(its_keys)
}


def mistyped(text: str, odds: float, draw: Random) -> str:
    """Write a text with errors in its longer words."""
    return _WORD.sub(lambda word: _with_error(word[0], draw) if draw.random() < odds else word[0], text)


def _with_error(word: str, draw: Random) -> str:
    place = draw.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    return draw.choice(
        (
            before + draw.choice(_NEIGHBOURS[letter.lower()]) + after,
            before + after[0] + letter + after[1:],
            before + letter + letter + after,
            before + after,
        )
    )


def main() -> None:
    """Print each scorer's figures on the service domains for no, some and sure errors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with labelled sets as JSON lines")
    own = bench(parser.parse_args().data)
    machines = {domain: fit(own.plan, own.rows, own.rows.domains != domain) for domain in SERVICE}
    rivals = peers("en")
    for name, odds in (("as written", 0.0), ("1 word in 5", 0.2), ("sure errors", 1.0)):
        found: dict[str, list[dict[str, float]]] = {}
        for domain in SERVICE:
            texts, labels = _typed(own, domain, odds)
            found.setdefault("ours", []).append(judged(labels, _odds(own, machines[domain], texts)).figures())
            for peer in rivals:
                found.setdefault(peer.name, []).append(by_peer(peer, texts, labels).figures())
        for scorer, figures in found.items():
            each = " ".join(f"{one['accuracy']:.3f}" for one in figures)
            print(f"{row(f'{name}, {scorer}', means(figures))}   {each}", flush=True)


def _typed(own: Bench, domain: str, odds: float) -> tuple[list[str], Any]:
    draw = Random(7)
    examples = [one for one in own.examples if own.plan.known[one.source].domain == domain]
    return [mistyped(one.text, odds, draw) for one in examples], np.array([one.label for one in examples])


def _odds(own: Bench, machine: Any, texts: Sequence[str]) -> Any:
    rows = Rows(own.plan, [sets.Example(text, 0, "own") for text in texts], features=own.rows.features)
    return probabilities(own.plan, machine, rows.matrix)


if __name__ == "__main__":
    main()
