"""What kinds of promises are there, and by which words are they made, done, got or missed?

    contact   call back, reply, keep informed: seen in the thread, or in the customer's words
    money     refund, credit, compensate
    delivery  send, ship, arrive
    repair    fix, resolve, replace, visit
    action    any other deed: check, escalate, cancel

The wordings stand in `words/promise.toml`, English and Chinese.
"""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct

from feedbackloop.understanding.lexicon.lists import joined, table

_CHINESE, _LATIN = re.compile("[\u4e00-\u9fff]"), re.compile("[a-z]{3}")


class Kind(Struct, frozen=True):
    """One kind of promise, both languages in one pattern where nothing else is said.

    Attributes:
        name: One of those above.
        dimension: The SERVQUAL dimension that such a promise is about.
        promised_en: Found in the promising clause.
        promised_zh: The same in Chinese: apart, for every sign of a clause is tried with each wording.
        done: Found in agents' later words.
        got: Found in customers' later words.
        about: What a customer's complaint about it names.
    """

    name: str
    dimension: str
    promised_en: re.Pattern[str]
    promised_zh: re.Pattern[str]
    done: re.Pattern[str]
    got: re.Pattern[str]
    about: re.Pattern[str]


class Grammar(Struct, frozen=True):
    """How one language commits itself.

    Attributes:
        triggers: Literals of which one stands in every text with a promise.
        commitment: Found in the promising clause: "will", 会.
        scheduled: Commits where a time is named with it: "leaves tomorrow", 需要3天.
        doing: A subject of the desk commits itself to a deed, whichever it is: "our team will …", 专员会….
        veto: Found in clauses that promise nothing: refusals, questions, duties of the other side.
        own: The speaker commits himself, not his company or a courier.
        condition: Makes a promise less sure: "once you", "hope to", 如有.
        hinges: On something that may not come: "if", 如果. Without a time limit nothing is promised then.
        follows: Begins a clause that gives the time limit of what was promised before it: "please allow 5 days".
        until_then: Points to a time limit that was named before: "by then", 届时.
    """

    triggers: tuple[str, ...]
    commitment: re.Pattern[str]
    scheduled: re.Pattern[str]
    doing: re.Pattern[str]
    veto: re.Pattern[str]
    own: re.Pattern[str]
    condition: re.Pattern[str]
    hinges: re.Pattern[str]
    follows: re.Pattern[str]
    until_then: re.Pattern[str]


@cache
def kinds() -> tuple[Kind, ...]:
    """Give the kinds in the order in which they are tried, "action" last."""
    fields = ("promised_en", "promised_zh", "done", "got", "about")
    return tuple(
        Kind(row["name"], row["dimension"], *(re.compile(joined(row[field], {})) for field in fields))
        for row in table("promise")["kind"]
    )


@cache
def grammar(language: str) -> Grammar:
    """Give the grammar of "en" or "zh"."""
    row = table("promise")["grammar"][language]
    fields = ("commitment", "scheduled", "doing", "veto", "own", "condition", "hinges", "follows", "until_then")
    return Grammar(tuple(row["triggers"]), *(re.compile(joined(row[field], {})) for field in fields))


@cache
def sign(name: str) -> re.Pattern[str]:
    """Give a pattern that holds for every kind.

    Args:
        name: "missed": a customer complains that something did not happen; "came" (customers) and "done_so" (agents): it did,
            where the clause also names what was promised; "not_so": such a clause tells the opposite, or of the future.
    """
    return re.compile(joined(table("promise")[name], {}))


@cache
def _any_deed() -> re.Pattern[str]:
    """Give one pattern for the English deeds of all kinds: most clauses name none, and one pass says so."""
    return re.compile("|".join(kind.promised_en.pattern for kind in kinds()).replace(r")\b|\b(?:", "|"))


def kind_of(words: str) -> Kind | None:
    """Give the kind of a promise by its words in lower case; None if they name no deed."""
    is_latin = words.isascii() or not _CHINESE.search(words)
    names_english = (is_latin or _LATIN.search(words)) and _any_deed().search(words)
    if is_latin and not names_english:
        return None
    return next(
        (
            kind
            for kind in kinds()
            if (not is_latin and kind.promised_zh.search(words)) or (names_english and kind.promised_en.search(words))
        ),
        None,
    )
