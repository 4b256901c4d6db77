"""How are the shipped word lists and tables of wordings read, and how are many words found in a text in one pass?

A list file has lines "name: word word …"; `*` ends a word that may go on, `_` stands for a space inside one. A table of wordings is
a TOML file of patterns; line breaks in them, and the blanks after, are left out, and <NAME> stands for a fragment.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class WordMap(Struct, frozen=True):
    """Words with the names under which they stand, and one pattern that finds them all."""

    pattern: re.Pattern[str]
    names: dict[str, tuple[str, ...]]

    def find(self, text: str) -> list[tuple[int, tuple[str, ...]]]:
        """Give place and names of every word found in a lower-case text."""
        return [(match.start(), self._named(match[0])) for match in self.pattern.finditer(text)]

    def _named(self, word: str) -> tuple[str, ...]:
        found = self.names.get(word)
        while not found and word:
            found, word = self.names.get(word + "*"), word[:-1]
        return found or ()


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


@cache
def shipped(kind: str, language: str) -> WordMap:
    """Read a shipped list: "dimensions" or "journey", "zh" or else English."""
    lines = content(f"{kind}_{'zh' if language == 'zh' else 'en'}.txt").splitlines()
    pairs = [line.split(": ", 1) for line in lines if line and line[0] != "#"]
    return word_map(((name, word.replace("_", " ")) for name, words in pairs for word in words.split()), language)


def given(words: Mapping[str, Sequence[str]], language: str) -> WordMap:
    """Make a map of the config's own words; plural and simple endings match in English without a mark."""
    entries = tuple((name, word.lower()) for name in sorted(words) for word in words[name] if word.strip())
    return _given(entries, language)


@cache
def _given(entries: tuple[tuple[str, str], ...], language: str) -> WordMap:
    chinese = language == "zh"
    return word_map(((name, word) for name, word in entries if _is_latin(word) or chinese), language)


def _is_latin(word: str) -> bool:
    return word.isascii()


def word_map(entries: Iterable[tuple[str, str]], language: str) -> WordMap:
    """Make a map of (name, word) pairs; a word may stand under several names."""
    names: dict[str, tuple[str, ...]] = {}
    for name, word in entries:
        if name not in names.get(word, ()):
            names[word] = (*names.get(word, ()), name)
    by_letter: dict[str, list[str]] = {}
    for word in sorted(names, key=lambda w: (-len(w), w)):
        by_letter.setdefault(word[0], []).append(word[1:])
    # Grouped by first letter, each place of the text is held against some thirty letters and not against all the words.
    joined = "|".join(f"{re.escape(c)}(?:{'|'.join(map(_escaped, rest))})" for c, rest in sorted(by_letter.items()))
    if not joined:
        joined = r"(?!)"
    return WordMap(re.compile(joined if language == "zh" else rf"(?<![a-z])(?:{joined})(?![a-z])"), names)


def _escaped(word: str) -> str:
    return re.escape(word[:-1]) + "[a-z]{0,12}" if word.endswith("*") else re.escape(word)
