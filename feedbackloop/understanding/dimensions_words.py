"""How are the shipped word lists and tables of wordings read, and how are many words found in a text in one pass?

A list file has lines "name: word word …"; `*` ends a word that may go on, `_` stands for a space inside one. A table
of wordings is a TOML file of patterns; line breaks in them, and the blanks after, are left out, and <NAME> stands for
a fragment.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_TOKEN = re.compile(r"[a-z]+(?:['-][a-z]+)*")
_REMEMBERED = 50_000
"""Words of which it is remembered what they begin with; a longer list of unknown words is an attack or a log file."""


class Found(NamedTuple):
    """One word of a map that stands in a text, and one of the names under which it stands in the map."""

    start: int
    end: int
    name: str


class WordMap:
    """Words with the names under which they stand, found in a lower-case text in one pass.

    English words are whole words (with `*` their beginnings), Chinese ones stand anywhere; words may overlap.
    """

    def __init__(self, entries: Iterable[tuple[str, str]], language: str) -> None:
        """Take (name, word) pairs; a word may stand under several names."""
        self._is_chinese = language == "zh"
        self._by_head: dict[str, list[tuple[str, str]]] = {}
        self._prefixes: dict[str, list[tuple[str, str]]] = {}
        self._known: dict[str, tuple[tuple[str, str], ...]] = {}
        self._heads: set[str] = set()
        for name, word in entries:
            self._add(name, word)

    def _add(self, name: str, word: str) -> None:
        if self._is_chinese:
            self._heads.add(word[0])
            self._by_head.setdefault(word[:2], []).append((word, name))
            return
        head = _TOKEN.match(word)
        if head is None:
            return
        if head[0] + "*" == word:
            self._prefixes.setdefault(word[:2], []).append((head[0], name))
        else:
            self._by_head.setdefault(head[0], []).append((word, name))

    def find(self, text: str) -> list[Found]:
        """Give all words of the map in a text, in its order."""
        return self._find_anywhere(text) if self._is_chinese else self._find_tokens(text)

    def _find_anywhere(self, text: str) -> list[Found]:
        by_head, found = self._by_head, []
        heads = self._heads
        for start, character in enumerate(text):
            if character not in heads:
                continue
            for word, name in by_head.get(text[start : start + 2], ()):
                if len(word) < 3 or text.startswith(word, start):
                    found.append(Found(start, start + len(word), name))
            if start + 1 < len(text):
                found.extend([Found(start, start + 1, name) for _, name in by_head.get(character, ())])
        return found

    def _find_tokens(self, text: str) -> list[Found]:
        known, found = self._known, []
        for match in _TOKEN.finditer(text):
            token = match[0]
            entries = known.get(token)
            if entries is None:
                entries = self._look_up(token)
            for phrase, name in entries:
                if phrase == token or not phrase:
                    found.append(Found(match.start(), match.end(), name))
                elif _stands(phrase, text, match.start()):
                    found.append(Found(match.start(), match.start() + len(phrase), name))
        return found

    def _look_up(self, token: str) -> tuple[tuple[str, str], ...]:
        """Give what a token may begin: (word or phrase, name); the word is "" where the token's beginning is enough."""
        entries = tuple(self._by_head.get(token, ())) + tuple(
            ("", name) for prefix, name in self._prefixes.get(token[:2], ()) if token.startswith(prefix)
        )
        if len(self._known) < _REMEMBERED:
            self._known[token] = entries
        return entries


def _stands(phrase: str, text: str, start: int) -> bool:
    """Say whether a phrase stands at a place and ends with a word; a phrase that ends in `*` may go on."""
    if phrase.endswith("*"):
        return text.startswith(phrase[:-1], start)
    end = start + len(phrase)
    return text.startswith(phrase, start) and not text[end : end + 1].isalpha()


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


def given(words: Mapping[str, Sequence[str]], language: str) -> WordMap:
    """Make a map of the config's own words: any case; in Chinese texts Latin words are found too."""
    return _given(tuple((name, word.strip().lower()) for name in sorted(words) for word in words[name]), language)


@cache
def _given(pairs: tuple[tuple[str, str], ...], language: str) -> WordMap:
    return WordMap(((name, word) for name, word in pairs if word), language)
