"""Makes the two word lists that are not written by hand: common English words, and traditional Chinese characters.

    python benchmarks/make_word_lists.py --data FOLDER

The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path
from typing import Any

import sentiment_sets as sets
from snownlp.normal.zh import zh2hans

from feedbackloop.understanding import language

WORDS = Path(language.__file__).parent / "words"
MINIMUM = 6
"""Texts in which a word must stand to be called common."""

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_HEAD = "# Traditional characters and, below, the simplified ones, from snownlp (MIT, Copyright (c) 2013 isnowfy).\n"


def common_english(folder: Path, function_words: Path) -> list[str]:
    """Give the words of many English texts, without other languages' function words."""
    counts: Counter[str] = Counter()
    for example in sets.english(folder):
        if example.source != "own":
            counts.update(set(_WORD.findall(example.text.lower().replace("’", "'"))))
    lines = [line.partition(":") for line in function_words.read_text(encoding="utf-8").splitlines()]
    own = {code: set(words.split()) for code, _, words in lines if words}
    foreign = set().union(*(words for code, words in own.items() if code != "en")) - own["en"]
    return sorted(
        word
        for word, count in counts.items()
        if count >= MINIMUM and word not in foreign and (len(word) > 1 or word in "ai")
    )


def simplified(pairs: dict[str, Any]) -> str:
    """Give the single characters and their simplified forms, one line each."""
    single = {old: new for old, new in pairs.items() if len(old) == len(new) == 1 and old not in {new, "著"}}
    old = sorted(single)
    return "".join(old) + "\n" + "".join(single[one] for one in old) + "\n"


def main() -> None:
    """Write both lists."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the open sets as JSON lines")
    folder = parser.parse_args().data
    words = common_english(folder, WORDS / "function_words.txt")
    (WORDS / "english_common.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    (WORDS / "chinese_traditional.txt").write_text(_HEAD + simplified(zh2hans), encoding="utf-8")


if __name__ == "__main__":
    main()
