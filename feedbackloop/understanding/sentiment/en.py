"""Which features does an English text show its model?

Words, pairs of words, and words under a negation, clause by clause. A clause counts less where its words are not the writer's
verdict: what was thought, hoped or promised, what stands before "but", what is asked, what was once so, what others say. "But it
was not" and the answer "no" put what stands before them under a negation; praise that a mishap follows is no praise.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

from feedbackloop.understanding.language import unstretched
from feedbackloop.understanding.sentiment.model import Clause, Feature
from feedbackloop.understanding.sentiment.typos import mended

NEGATION = "n:"
"""Stands before a word that a negation reaches."""

MOCKING = "s:praise"
"""The feature that stands in the stead of praise which a mishap follows."""

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
_PAST_SHARE = 0.15
_OTHERS_SHARE = 0.4
_MOCKING_REACH = 14


@lru_cache(maxsize=1)
def marks() -> dict[str, str]:
    """Read what changes the words near it: word -> kind, once a process."""
    kinds = {word: kind for kind, words in _listed().items() if kind not in _PHRASES for word in words}
    return kinds | {"\n": "end"}


@lru_cache(maxsize=1)
def phrases() -> dict[str, frozenset[str]]:
    """Read what is looked for around a mark: who is named as others, praise that opens a sentence, mishaps; once a process."""
    return {kind: frozenset(words) for kind, words in _listed().items() if kind in _PHRASES}


def _listed() -> dict[str, list[str]]:
    path = files("feedbackloop.understanding") / "words" / "english_marks.txt"
    lines = (line.partition(": ") for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {kind: [word.replace("_", " ") for word in words.split()] for kind, _, words in lines}


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
    found = [mended(word) if word.isalpha() else word for word in _TOKEN.findall(unstretched(written))]
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
    for place, kind in [(place, kind) for place, kind in enumerate(map(kind_of, words)) if kind]:
        reader.take(place, kind)
    reader.finish()
    found: dict[float, list[Feature]] = {}
    for share, features in reader.found:
        found.setdefault(share, []).extend(features)
    return list(found.items())


class _Reader:
    """Walks over the marks of a text; keeps where the open clause began, how much it counts, and where its sentence began."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.pairs = list(map(" ".join, pairwise(words)))
        self.found: list[Clause] = []
        self.begin = 0
        self.share = 1.0
        self.is_negated = False
        self.ends_in_not = False
        self.sentence = 0
        self.sentence_begin = 0
        self.turned = 0

    def close(self, place: int) -> None:
        """End the open clause before this place; its last pair is the one with the mark that ended it."""
        features = self.words[self.begin : place]
        self.ends_in_not = self.is_negated and not features
        if self.is_negated:
            features[:_REACH] = [NEGATION + word for word in features[:_REACH]]
        features += self.pairs[max(self.begin - 1, 0) : place]
        self.found.append((self.share, features))
        self.begin = place + 1
        self.is_negated = False

    def take(self, place: int, kind: str) -> None:
        """End the open clause at a mark, and let the mark change what is before or after it."""
        is_opening = self.begin == self.sentence_begin and place - self.begin in _OPENING
        self.close(place)
        word = self.words[place]
        if kind in _SILENT:
            if is_opening and self._is_mocking(place):
                self.found[-1] = (1.0, [MOCKING])
            elif word == "!":
                self.found.append((self.share, [word]))
        else:
            self.found.append((self.share, [word]))
        getattr(self, "_" + kind)(place)

    def finish(self) -> None:
        """End the text."""
        self.close(len(self.words))
        self._end(len(self.words))

    def _is_mocking(self, place: int) -> bool:
        """Say whether praise that opens a sentence is followed by a mishap: "great, another delay"."""
        praise = " ".join(self.words[self.sentence_begin : place])
        said = phrases()
        return praise in said["praise"] and not said["mishap"].isdisjoint(
            self.words[place + 1 : place + _MOCKING_REACH]
        )

    def _not(self, _place: int) -> None:
        self.is_negated = True

    def _end(self, place: int) -> None:
        if self.ends_in_not and self.sentence < self.turned:
            self._deny(self.sentence, self.turned)
        self.sentence = self.turned = len(self.found)
        self.sentence_begin = place + 1
        self.share = 1.0

    def _asked(self, place: int) -> None:
        self._scale(_ASKED_SHARE)
        answer, after = [*self.words[place + 1 : place + 3], "\n", "\n"][:2]
        if marks().get(after) in _SILENT:
            if marks().get(answer) == "not":
                self._deny(self.sentence, len(self.found))
            elif answer in _AGREEING:
                self._scale(1 / _ASKED_SHARE)
        self._end(place)

    def _comma(self, _place: int) -> None:
        self.share = 1.0

    def _turn(self, _place: int) -> None:
        self._scale(_TURNED_SHARE)
        self.turned = len(self.found)
        self.share = 1.0

    def _conceded(self, _place: int) -> None:
        self.share = _CONCEDED_SHARE

    def _unreal(self, _place: int) -> None:
        self.share = _UNREAL_SHARE

    def _condition(self, _place: int) -> None:
        self.share *= _CONDITION_SHARE

    def _now(self, _place: int) -> None:
        """What is so now counts in full, also after "although"."""
        self.share = 1.0

    def _past(self, place: int) -> None:
        """What was once so counts little: "used to", "in the past". After a turn what stood before it counts in full again."""
        if self.words[place - 2 : place + 1] == ["in", "the", "past"] or self.words[place : place + 2] == [
            "used",
            "to",
        ]:
            self._scale(1 / _TURNED_SHARE, self.turned)
            self.share = _PAST_SHARE

    def _others(self, place: int) -> None:
        """What others say or think counts little, where they are named as others."""
        if place and f"{self.words[place - 1]} {self.words[place]}" in phrases()["named others"]:
            self.share = _OTHERS_SHARE

    def _scale(self, share: float, end: int | None = None) -> None:
        """Let what the sentence said so far count less, or more."""
        part = slice(self.sentence, end)
        self.found[part] = [(one * share, features) for one, features in self.found[part]]

    def _deny(self, begin: int, end: int) -> None:
        """Put clauses under a negation that came after them: "I thought it was good, but it was not"."""
        for number in range(begin, end):
            _, features = self.found[number]
            words = [str(one) for one in features if " " not in str(one) and one not in _PLAIN]
            self.found[number] = (1.0, [NEGATION + one for one in words if not one.startswith(NEGATION)])


_OPENING = range(1, 4)
_SILENT = frozenset({"end", "comma"})
_NO_CONTENT = """
i it you he she we they this that these those the a an my your our is was are were am be been being do did does have has had think
thought would could should will of in on at to for with and but or so very really ?
"""
_PLAIN = frozenset(_NO_CONTENT.split())
"""Words that carry nothing to deny."""
_PHRASES = frozenset({"named others", "praise", "mishap"})
_AGREEING = frozenset({"yes", "yeah", "yep", "yup", "absolutely", "definitely", "certainly"})
