"""Is a message to a customer fit to be sent?

Everything here can be checked without understanding the matter: the three parts are there, the words are the customer's and not
the house's, nothing is promised that nothing backs, no placeholder was left. Words between quotation marks are somebody else's
and are checked for control characters only; so is the salutation, for people are called Will and Eta. A message with any fault
does not go out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from feedbackloop.analysis.lint_words import jargon
from feedbackloop.analysis.readability import difficulty, is_hard, sentences
from feedbackloop.analysis.wording_figures import Language, number
from feedbackloop.records import FollowUp

Code = Literal[
    "part_missing",
    "control_characters",
    "wrong_language",
    "placeholder",
    "unbacked_promise",
    "jargon",
    "shouting",
    "hard_to_read",
    "too_long",
]

MAX_LENGTH = 1500
"""Longest message in characters: what fits on one screen of a telephone, twice."""

_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|(?<!\w)\"[^\"\n]*\"")
_SALUTATION = re.compile(
    r"\A(?:hello|hi|hey|dear|good (?:morning|afternoon|evening|day))\b[^\n.!?{}\[\]]{0,60},[ \t]*\n"
    r"|\A[^\n。！？{}\[\]【】]{0,20}[，,]?(?:您好|你好)[：:，,！!][ \t]*\n",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"\{\{?[^}\n]{0,60}\}?\}|\{%|%\}|\[[^\]\n]{1,40}\]|【[^】\n]{1,20}】|\$\{|%\([a-z_]+\)s|<[A-Za-z_ ]{1,30}>"
    r"|\b(?:X{2,}|TBD|TBC|undefined|NaN|lorem ipsum)\b|某某|(?:待定|待补充)"
)
_COMMITMENT: dict[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:will|shall|won['’]t|going to|guarantee\w*|never again)\b|['’]ll\b"
        r"|\b(?:we|i) (?:promise|offer|refund|compensate|credit|owe)\b"
        r"|\byou (?:get|receive|are entitled)\b|\b(?:shortly|as soon as possible|right away|immediately)\b"
        r"|\bexpect (?:it|an?|the|your)\b[^.!?]{0,60}\b(?:by|within|before|tomorrow|on)\b"
        r"|\b(?:by|before) (?:tomorrow|tonight|next week|the end of)\b|\b(?:is|are) (?:on its|on their) way\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(
        r"保证|(?<!不)一定|将会|马上|立即|立刻|尽快|承诺(?!的|过|了|没)|绝不|不再发生|(?:明天|后天|下周)(?:就|给|为|会|将|可以)"
        r"|(?:小时|天|工作日)(?:之)?内(?:就|给您|为您|会|将)|(?:我们?|您|同事|团队)(?:会|将)|(?:给|为|向)您(?:退款|赔偿|补偿|补发|减免|赠送|返还)"
    ),
}
_SHOUTING = re.compile(r"\b[A-Z]{4,}\b[\s,]+\b[A-Z]{4,}\b|[!！?？]{2,}|[!！][?？]")
_ENGLISH = re.compile(
    r"\b(?:a|an|and|are|as|at|be|but|by|for|from|has|have|how|if|in|is|it|not|of|on|or|our|so|that|the|this|to|was|we|what"
    r"|when|with|you|your)\b",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[A-Za-zÀ-ɏ]+")


class Fault(Struct, frozen=True):
    """One reason why a message must not go out, with the words concerned and, where one is known, what to write instead."""

    code: Code
    words: str = ""
    instead: str = ""

    def line(self) -> str:
        """Write the fault as one line: `jargon: SLA -> what we promise`."""
        text = f"{self.code}: {self.words}" if self.words else self.code
        return f"{text} -> {self.instead}" if self.instead else text


class _Seen(Struct, frozen=True):
    """A message as the checks see it: whole, and without the words between quotation marks."""

    text: str
    own: str
    language: Language


def lint(draft: FollowUp, glossary: Mapping[str, str], backed: Collection[str] = ()) -> tuple[Fault, ...]:
    """Check a draft with its three parts; no fault: an empty tuple.

    Args:
        draft: With text and parts; its language decides what is checked how.
        glossary: The config's house words -> customers' words.
        backed: Texts whose sentences something backs (a due date of a task, an agent's own words).
    """
    language: Language = "zh" if draft.language == "zh" else "en"
    parts = {"feeling": draft.feeling, "understanding": draft.understanding, "action": draft.action}
    missing = [
        Fault("part_missing", name) for name, part in parts.items() if not part.strip() or part not in draft.text
    ]
    return (*missing, *lint_text(draft.text, language, glossary, backed))


def lint_text(
    text: str, language: Language, glossary: Mapping[str, str], backed: Collection[str] = ()
) -> tuple[Fault, ...]:
    """Check a message as a whole, for example after somebody edited it; see `lint`."""
    own = _QUOTED.sub("“”", _SALUTATION.sub("", text))
    faults: list[Fault] = [Fault("jargon", found.word, found.instead) for found in jargon(own, language, glossary)]
    faults += [Fault("unbacked_promise", sentence) for sentence in _unbacked(own, language, backed)]
    faults += [fault for check in _CHECKS for fault in check(_Seen(text, own, language))]
    return tuple(faults)


def lines(faults: Iterable[Fault]) -> tuple[str, ...]:
    """Write faults as `FollowUp.lint` holds them."""
    return tuple(fault.line() for fault in faults)


def _unbacked(own: str, language: Language, backed: Collection[str]) -> Iterator[str]:
    """Find sentences that commit us to something and that no backed text holds."""
    sure = {sentence for text in backed for sentence in sentences(_QUOTED.sub("“”", text))}
    return (s for s in sentences(own) if _COMMITMENT[language].search(s) and s not in sure)


def _control(seen: _Seen) -> Iterator[Fault]:
    bad = {c for c in seen.text if c != "\n" and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"}}
    if bad:
        yield Fault("control_characters", " ".join(f"U+{ord(c):04X}" for c in sorted(bad)))


def _placeholder(seen: _Seen) -> Iterator[Fault]:
    yield from (Fault("placeholder", match[0]) for match in _PLACEHOLDER.finditer(seen.own))


def _shouting(seen: _Seen) -> Iterator[Fault]:
    if match := _SHOUTING.search(seen.own):
        yield Fault("shouting", match[0])


def _length(seen: _Seen) -> Iterator[Fault]:
    if len(seen.text) > MAX_LENGTH:
        yield Fault("too_long", f"{len(seen.text)} characters", f"at most {MAX_LENGTH}")


def _readable(seen: _Seen) -> Iterator[Fault]:
    if is_hard(seen.own, seen.language):
        yield Fault("hard_to_read", number(difficulty(seen.own, seen.language), 0))


def _language(seen: _Seen) -> Iterator[Fault]:
    han, words = len(_HAN.findall(seen.own)), _WORD.findall(seen.own)
    if seen.language == "zh":
        wrong = han < 2 * len(words) or not han
    else:
        common = len(_ENGLISH.findall(seen.own))
        wrong = han > len(words) or not words or (len(words) >= 10 and common < len(words) / 6)
    if wrong:
        yield Fault("wrong_language", seen.language)


_CHECKS: tuple[Callable[[_Seen], Iterator[Fault]], ...] = (
    _control,
    _language,
    _placeholder,
    _shouting,
    _readable,
    _length,
)
