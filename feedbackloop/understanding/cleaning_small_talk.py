"""Is an English sentence small talk: a wish for the reader, an excuse for writing, a word on the writing itself?

Such sentences are told by how they are built, not by their words: who wishes "you" or "your week" something pleasant tells
nothing of his own. "Hope you fix it" and "I hope you are ashamed" are built alike and mean a matter, so
the pleasant word, the time or the state must be there, and nothing of what customers complain about.
"""

from __future__ import annotations

import re

_PLEASANT = (
    r"(?:well|great|good|fine|lovely|wonderful|nice|fantastic|amazing|awesome|fab|fabulous|happy|healthy|health|safe"
    r"|blessed|ok|okay"
    r"|ripper|cracking|pleasant|beautiful|restful|relaxing|brilliant|super|superb|splendid|terrific|excellent|fun"
    r"|productive|sunny"
    r"|merry|peaceful|prosperous|swell|perfect|bright|strong|smoothly|thriving|rested|blast|best)"
)
_TIMES = (
    r"(?:day|morning|afternoon|evening|night|week|weekend|time|holidays?|break|christmas|xmas|easter|year|season"
    r"|summer|winter|spring"
    r"|autumn|fall|vacation|trip|start|one|new year|thanksgiving|ramadan|eid|diwali|\w{3,6}day)"
)
_SPACED = r"(?:[\w'-]{1,15} ){0,4}"
_WISH = re.compile(
    r"(?:and |so |first of all,? )?(?:(?:i|we) )?(?:(?:do|really|just|sincerely|truly|also|am|are) )?(?:hope|hopefully"
    r"|hoping|trust"
    r"|trusting|pray|praying|wish|wishing)(?: that)? (?:"
    r"(?:this|my|the) (?:[\w'-]{1,15} ){0,2}(?:finds|find|reaches|meets) (?:you|everyone)\b.{0,200}"
    rf"|(?:you|u|ya|y'all|everyone|everybody|all|things|life|everything|the family)(?:'re"
    rf"| ){_SPACED}.{{0,60}}\b{_PLEASANT}\b.{{0,200}}"
    rf"|(?:you|u|ya|y'all|everyone|everybody|all) {_SPACED}enjoy\w* .{{0,40}}\b{_TIMES}\b.{{0,200}}"
    rf"|(?:your|the) {_SPACED}{_TIMES} .{{0,40}}\b{_PLEASANT}\b.{{0,200}}"
    r")"
)
_TALKED = re.compile(
    r"(?:it(?:'s| is| was) )?(?:so |really |very |such |always )?(?:a )?(?:great|good|nice|lovely|pleasure|wonderful"
    r"|pleasant)(?: to)?"
    r" (?:talk|speak|chat|hear|meet|see|connect|catch)\w* (?:up )?(?:with |to |from )?you\b.{0,200}"
)
_EXCUSE = re.compile(
    r"(?:and |i am |i'm |im |so |very |really |my |please |once again ){0,6}(?:sorry|apologies|apologi[sz]e|forgive"
    r"|excuse|(?:i )?hope (?:you don't mind|i'm not|i am not))"
    r" (?:me )?(?:in advance )?(?:(?:to|for|about|if) )?(?:[\w']{1,10} ){0,3}(?:bother|disturb|troubl|pester|pain|pest"
    r"|nuisance|keep"
    r"|bug|hassl|long|late|lengthy|email|e-mail|messag|mail|writ|contact|typo|english|brevity|ramble|rambling"
    r"|imposition|intrusion)\w*\b.{0,200}"
)
_WRITING = re.compile(
    r"(?:.{0,60}\b)?(?:(?:i am|i'm|im|we are|i'd|i would|i|just|allow me|permit me|let me)\b.{0,25}\b(?:writing"
    r"|reaching out|getting in touch"
    r"|contacting|emailing|messaging|drop|inform|wanted to)\b|\b(?:bring|draw)\b.{0,30} your|here goes|me again"
    r"|fan of your|compliments of"
    r"|top of the morning|right place|drop you)\b.{0,200}"
)
_BLESSING = re.compile(
    r"(?:and )?(?:may |i pray )?(?:god|allah|the (?:good )?lord|jesus|heaven|the universe)\b.{0,20}\b(?:bless|keep"
    r"|protect|reward|grant"
    r"|guide|be with)\w*\b.{0,200}|(?:and )?(?:much|lots of|all my|all our) love\b.{0,200}|may (?:you"
    r"|your) .{0,60}\b(?:bless|happ|prosper|joy|peace)\w*.{0,200}"
)
_MATTER = re.compile(
    r"\b(?:not|no|never|nothing|nobody|n't|but|however|although|now|yourself|yourselves|ashamed|refund\w*|order\w*"
    r"|deliver\w*|broken|fix\w*"
    r"|money|paid|pay|product\w*|item\w*|complain\w*|disappoint\w*|wrong|problem\w*|bad|terrible|awful|worst|late"
    r"|wait\w*|cancel\w*|return\w*"
    r"|lawyer|sue|rot|burn|bankrupt|hell|los[ei]\w*|choke|karma|love (?:it|this|your)|improve\w*|learn|better|worth|price\w*"
    r"|quality|staff|food"
    r"|room|bill|charge\w*|account|broke|dirty|rude|slow)\b|n't\b"
)
"""Of what customers complain or praise: with any of these a sentence tells a matter of its own."""
_CLARITY = re.compile(r"hope (?:that|this|it) makes sense")
_PATTERNS = (_WISH, _TALKED, _BLESSING, _CLARITY)
_STIFF = frozenset(
    [
        *("late", "delay", "delayed", "hour", "say", "off"),
        *(
            "recent",
            "experience",
            "following",
            "attention",
            "bring",
            "bringing",
            "draw",
            "inform",
            "notice",
            "due",
            "permit",
            "allow",
        ),
        *(
            "purpose",
            "behalf",
            "directly",
            "mind",
            "right",
            "place",
            "sure",
            "goes",
            "drop",
            "line",
            "fan",
            "brand",
            "big",
            "again",
        ),
        *(
            "phone",
            "call",
            "yesterday",
            "earlier",
            "last",
            "bother",
            "bothering",
            "disturb",
            "disturbing",
            "trouble",
            "troubling",
        ),
        *(
            "pester",
            "pestering",
            "sorry",
            "apologies",
            "apologise",
            "apologize",
            "forgive",
            "excuse",
            "pain",
            "nuisance",
            "wanted",
        ),
        *(
            "messaging",
            "emailing",
            "top",
            "compliments",
            "long",
            "length",
            "sorry",
            "inform",
            "services",
            "only",
            "im",
            "not",
            "if",
        ),
        *(
            "where",
            "whether",
            "english",
            "bad",
            "typos",
            "using",
            "product",
            "purchase",
            "visit",
            "stay",
            "don't",
            "but",
            "like",
        ),
    ]
)
"""Words with which people excuse or announce that they write."""


def is_small_talk(low: str, known: frozenset[str], words: list[str]) -> bool:
    """Tell it of a piece in lower case.

    Args:
        low: The piece, with straight apostrophes.
        known: Words of which courtesies are made.
        words: The piece's words, as written.
    """
    if any(pattern.fullmatch(low) for pattern in _PATTERNS):
        return _MATTER.search(low) is None
    if _EXCUSE.fullmatch(low) or _WRITING.fullmatch(low):
        return all(word in known or word in _STIFF for word in (word.lower().replace("’", "'") for word in words))
    return False
