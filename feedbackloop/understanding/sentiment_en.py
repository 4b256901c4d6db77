"""Which features does an English text show its model?

Words, pairs of words, and words under a negation, clause by clause. A clause counts less where its words are not the writer's
verdict: what was thought, hoped or promised, what stands before "but", what is asked.
"""

from __future__ import annotations

import re

from feedbackloop.understanding.language import unstretched
from feedbackloop.understanding.model import Clause

_TOKEN = re.compile(
    r"[a-z]+(?:'[a-z]+)*|\d+(?:/\d+|\+)?|[!?]|\.{2,}|[.,;:\n()\"]|[-—–]{2,}|<3|[:;=]['-]?[()dpo/\\|*\[\]]"
    r"|[\u2600-\u27bf\u2b50\U0001f300-\U0001faff]"
)
_NOISE = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+|@\w+|&\w+;|#(?=\w)")
_READ = 4_000

NEGATION = "n:"
_REACH = 4

_NEGATORS = frozenset(
    [
        "not",
        "no",
        "never",
        "nobody",
        "nothing",
        "none",
        "nowhere",
        "neither",
        "nor",
        "without",
        "cannot",
        "cant",
        "dont",
        "didnt",
        "doesnt",
        "wont",
        "isnt",
        "wasnt",
        "arent",
        "werent",
        "couldnt",
        "wouldnt",
        "shouldnt",
        "havent",
        "hasnt",
        "hadnt",
        "aint",
        "hardly",
        "barely",
        "scarcely",
        "lacks",
        "lacking",
        "zero",
    ]
)
_ENDS = frozenset(".!?;\n")
_SEPARATORS = frozenset([",", ":", "(", ")", '"', "--", "---", "—", "–"])
_TURNS = frozenset(["but", "however", "nevertheless", "nonetheless", "except", "unfortunately", "sadly"])
_CONCESSIONS = frozenset(["although", "though", "while", "whereas", "despite", "unlike"])
_UNREAL = frozenset(
    [
        "thought",
        "expected",
        "expecting",
        "hoped",
        "hoping",
        "wish",
        "wished",
        "supposed",
        "promised",
        "claims",
        "claimed",
        "claim",
        "advertised",
        "assumed",
        "figured",
        "believed",
        "pretend",
        "allegedly",
        "apparently",
        "supposedly",
    ]
)
_CONDITIONS = frozenset(["if", "unless", "would", "could", "should", "might", "would've", "could've", "should've"])
_SPECIAL = _NEGATORS | _ENDS | _SEPARATORS | _TURNS | _CONCESSIONS | _UNREAL | _CONDITIONS | {"used"}

_BEFORE_TURN = 0.5
_CONCEDED = 0.5
_UNREAL_SHARE = 0.3
_CONDITION_SHARE = 0.7
_ASKED_SHARE = 0.7


def tokens(text: str) -> list[str]:
    """Split a text into lower-case words, marks and faces; addresses and names of accounts are left out."""
    low = text[:_READ].lower()
    if not low.isascii():
        low = low.replace("’", "'").replace("‘", "'").replace("…", "...").replace("“", '"').replace("”", '"')
    if "@" in low or "#" in low or "://" in low or "www." in low or "&" in low:
        low = _NOISE.sub(" ", low)
    return _TOKEN.findall(unstretched(low))


def clauses(text: str) -> list[Clause]:
    """Split a text into clauses with their features; see the module for what counts less."""
    words = tokens(text)
    pairs = [f"{one} {other}" for one, other in zip(words, words[1:], strict=False)]
    specials = [place for place, word in enumerate(words) if word in _SPECIAL or word.endswith("n't")]
    found: list[Clause] = []
    sentence = 0
    share = 1.0
    at = 0
    is_negated = False
    for place in [*specials, len(words)]:
        features = words[at:place]
        if is_negated:
            features[:_REACH] = [NEGATION + word for word in features[:_REACH]]
        features += pairs[max(at - 1, 0) : place]
        found.append((share, features))
        at = place + 1
        if place == len(words):
            break
        word = words[place]
        is_negated = False
        if word in _ENDS:
            if word in "!?":
                features.append(word)
            if word == "?":
                found[sentence:] = [(one * _ASKED_SHARE, rest) for one, rest in found[sentence:]]
            sentence, share = len(found), 1.0
        elif word in _TURNS:
            found[sentence:] = [(one * _BEFORE_TURN, rest) for one, rest in found[sentence:]]
            features.append(word)
            share = 1.0
        elif word in _SEPARATORS:
            share = 1.0
        elif word in _UNREAL or (word == "used" and words[at : at + 1] == ["to"]):
            features.append(word)
            share = _UNREAL_SHARE
        elif word in _CONCESSIONS:
            features.append(word)
            share = _CONCEDED
        elif word in _CONDITIONS:
            features.append(word)
            share *= _CONDITION_SHARE
        else:
            features.append(word)
            is_negated = word != "used"
    return found
