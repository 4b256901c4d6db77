"""Which more does the digest tell, beyond its built-in sections?

House words: what agents said in the company's own words, and how many customers had to ask back. Languages: who writes in
which language, where there is more than one. Both are made from the digest's facts, as any other plugin could.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from feedbackloop import hookimpl
from feedbackloop.hookspecs import Section

_HOUSE_WORDS = 96
"""After restraint, before the data window."""
_LANGUAGES = 97

_SAYS = {
    "en": {
        "title": "House words that customers did not understand",
        "used": "“{word}” was used {used} times; {asked} customers asked back.",
        "plain": "Customers say: {plain}",
        "languages": "Languages",
        "share": "{code} {percent}%",
        "joint": ", ",
        "end": ".",
    },
    "zh": {
        "title": "客户听不懂的内部用语",
        "used": "“{word}”用了 {used} 次，有 {asked} 位客户追问。",
        "plain": "客户的说法：{plain}",
        "languages": "语言",
        "share": "{code} {percent}%",
        "joint": "，",
        "end": "。",
    },
}

_NAMES = {
    "en": {"en": "English", "zh": "Chinese", "und": "unclear"},
    "zh": {"en": "英文", "zh": "中文", "und": "不明"},
}
"""Languages by their code; others are called by it."""


@hookimpl
def digest_sections(facts: Mapping[str, Any]) -> Sequence[Section]:
    """Add house words and languages to the digest; each only where there is something to say.

    `facts` are `feedbackloop.digest.facts.Facts` as builtins: dicts, lists, strings and numbers.
    """
    shown_in = str(facts.get("language"))
    shown_in = shown_in if shown_in in _SAYS else "en"
    house_words = _house_words(facts.get("house_words") or [], _SAYS[shown_in])
    sections = [house_words, _languages(facts.get("languages") or {}, shown_in)]
    return [section for section in sections if section]


def _house_words(words: Sequence[Mapping[str, Any]], says: Mapping[str, str]) -> Section | None:
    lines = [_house_word(word, says) for word in words if word["asked_back"]]
    if not lines:
        return None
    return Section(says["title"], _paragraphs(lines), "\n".join(f"  - {line}" for line in lines), _HOUSE_WORDS)


def _house_word(word: Mapping[str, Any], says: Mapping[str, str]) -> str:
    used = says["used"].format(word=_line(word["word"]), used=word["used"], asked=word["asked_back"])
    plain = _line(word.get("plain") or "")
    return f"{used} {says['plain'].format(plain=plain)}" if plain else used


def _languages(counts: Mapping[str, int], shown_in: str) -> Section | None:
    """Say how the languages share the week; one language alone is no news."""
    says = _SAYS[shown_in]
    total = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    parts = [
        says["share"].format(code=_NAMES[shown_in].get(code) or _line(code), percent=round(100 * n / total))
        for code, n in ordered
        if n
    ]
    if len(parts) < 2:
        return None
    text = says["joint"].join(parts) + says["end"]
    return Section(says["languages"], _paragraphs([text]), f"  {text}", _LANGUAGES)


def _line(text: str) -> str:
    return " ".join("".join(ch for ch in str(text) if ch.isprintable() or ch.isspace()).split())


def _paragraphs(lines: Sequence[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)
