"""Which features does an English text show its model?

Words, pairs of words, and words under a negation, clause by clause. A clause counts less where its words are not the writer's
verdict: what was thought, hoped or promised, what stands before "but", what is asked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from feedbackloop.understanding.language import unstretched
from feedbackloop.understanding.model import Clause, Feature

NEGATION = "n:"
"""Stands before a word that a negation reaches."""

_TOKEN = re.compile(
    r"[a-z]+(?:'[a-z]+)*|<3|[:;=]['-]?(?:[()/\\|*\[\]]|[dpo](?![a-z]))|\d+(?:/\d+|\+)?|[!?]|\.{2,}|[.,;:\n()\"]|[-—–]{2,}"
    r"|[\u2600-\u27bf\u2b50\U0001f300-\U0001faff]"
)
_NOISE = re.compile(r"https?://\S+|www\.\S+|[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}|@\w+|&\w+;|#(?=\w)")
_READ = 4_000
_SHORT = 40
"""Longer pieces are no words, and are not remembered."""
_REMEMBERED = 20_000
_REACH = 4
_TURNED_SHARE = 0.5
_CONCEDED_SHARE = 0.5
_UNREAL_SHARE = 0.3
_CONDITION_SHARE = 0.7
_ASKED_SHARE = 0.7


@lru_cache(maxsize=1)
def marks() -> dict[str, str]:
    """Read what changes the words near it: word -> kind, once a process."""
    path = files("feedbackloop.understanding") / "words" / "english_marks.txt"
    kinds = {"\n": "end"}
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, _, words = line.partition(": ")
        if not line.startswith("#"):
            kinds.update(dict.fromkeys(words.split(), kind))
    return kinds


def tokens(text: str) -> list[str]:
    """Split a text into lower-case words, marks and faces; addresses and names of accounts are left out."""
    found: list[str] = []
    for piece in text[:_READ].lower().split(" "):
        found += _known.get(piece) or _split(piece)
    return found


def _split(piece: str) -> list[str]:
    """Split what stands between two blanks: no word, mark, face or address goes over a blank."""
    written = piece
    if not piece.isascii():
        written = piece.replace("’", "'").replace("‘", "'").replace("…", "...").replace("“", '"').replace("”", '"')
    if "@" in piece or "#" in piece or "://" in piece or "www." in piece or "&" in piece:
        written = _NOISE.sub(" ", written)
    found = _TOKEN.findall(unstretched(written))
    if len(piece) < _SHORT and len(_known) < _REMEMBERED:
        _known[piece] = found
    return found


_known: dict[str, list[str]] = {}
"""Pieces and their words: nineteen of twenty pieces of a text were seen before."""


def clauses(text: str) -> list[Clause]:
    """Split a text into clauses with their features; see the module for what counts less."""
    words = tokens(text)
    reader = _Reader(words)
    kind_of = marks().get
    for place, kind in [(place, kind) for place, word in enumerate(words) if (kind := kind_of(word))]:
        reader.take(place, kind)
    reader.close(len(words))
    found: dict[float, list[Feature]] = {}
    for share, features in reader.found:
        found.setdefault(share, []).extend(features)
    return list(found.items())


class _Reader:
    """Walks over the marks of a text; keeps where the open clause began, how much it counts, and where its sentence began."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.pairs = [f"{one} {other}" for one, other in pairwise(words)]
        self.found: list[Clause] = []
        self.begin = 0
        self.share = 1.0
        self.is_negated = False
        self.sentence = 0

    def close(self, place: int) -> None:
        """End the open clause before this place; its last pair is the one with the mark that ended it."""
        features = self.words[self.begin : place]
        if self.is_negated:
            features[:_REACH] = [NEGATION + word for word in features[:_REACH]]
        features += self.pairs[max(self.begin - 1, 0) : place]
        self.found.append((self.share, features))
        self.begin = place + 1
        self.is_negated = False

    def take(self, place: int, kind: str) -> None:
        """End the open clause at a mark, and let the mark change what is before or after it."""
        self.close(place)
        word = self.words[place]
        if kind not in _SILENT or word == "!":
            self.found.append((self.share, [word]))
        getattr(self, "_" + kind)(place)

    def _not(self, _place: int) -> None:
        self.is_negated = True

    def _end(self, _place: int) -> None:
        self.sentence = len(self.found)
        self.share = 1.0

    def _asked(self, place: int) -> None:
        self._scale(_ASKED_SHARE)
        self._end(place)

    def _comma(self, _place: int) -> None:
        self.share = 1.0

    def _turn(self, _place: int) -> None:
        self._scale(_TURNED_SHARE)
        self.share = 1.0

    def _conceded(self, _place: int) -> None:
        self.share = _CONCEDED_SHARE

    def _unreal(self, _place: int) -> None:
        self.share = _UNREAL_SHARE

    def _condition(self, _place: int) -> None:
        self.share *= _CONDITION_SHARE

    def _used(self, place: int) -> None:
        if self.words[place + 1 : place + 2] == ["to"]:
            self.share = _UNREAL_SHARE

    def _scale(self, share: float) -> None:
        """Let what the sentence said so far count less."""
        self.found[self.sentence :] = [(one * share, features) for one, features in self.found[self.sentence :]]


_SILENT = frozenset({"end", "comma"})
