"""How are the shipped word lists and tables of wordings read?

A list file has lines "name: word word …"; `*` ends a word that may go on, `_` stands for a space inside one. A table
of wordings is a TOML file of patterns; line breaks in them, and the blanks after, are left out, and <NAME> stands for
a fragment.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from feedbackloop.understanding.lexicon.word_map import Found as Found
from feedbackloop.understanding.lexicon.word_map import WordMap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def content(name: str) -> str:
    """Give the text of a file in `words/`."""
    return resources.files("feedbackloop.understanding").joinpath("words", name).read_text("utf-8")


@cache
def table(name: str) -> dict[str, Any]:
    """Read a table of wordings, `words/NAME.toml`."""
    return tomllib.loads(content(f"{name}.toml"))


def joined(pattern: str, fragments: Mapping[str, str]) -> str:
    """Join the lines of a pattern and put the fragments in."""
    pattern = re.sub(r"(?:^|\n) *", "", pattern)
    return re.sub(r"<([A-Z_]+)>", lambda match: fragments[match[1]], pattern)


def entries(kind: str, language: str) -> Iterator[tuple[str, str]]:
    """Give the (name, word) pairs of a shipped list: "dimensions" or "journey", "zh" or else English."""
    for line in content(f"{kind}_{'zh' if language == 'zh' else 'en'}.txt").splitlines():
        if line and line[0] != "#":
            name, words = line.split(": ", 1)
            yield from ((name, word.replace("_", " ")) for word in words.split())


def given(words: Mapping[str, Sequence[str]], language: str) -> WordMap[str]:
    """Make a map of the config's own words: any case; in Chinese texts Latin words are found too."""
    return _given(tuple((name, word.strip().lower()) for name in sorted(words) for word in words[name]), language)


@cache
def _given(pairs: tuple[tuple[str, str], ...], language: str) -> WordMap[str]:
    return WordMap(((name, word) for name, word in pairs if word), language)
