"""No expression with which texts are read becomes slow, whatever a text repeats.

Every compiled expression of `understanding/` is collected: the constants, and those that are compiled when first asked for. From
each expression texts are derived: for every part that may repeat, what stands before it and then the part over and over. Four
times the text may take about four times as long: an expression that tries every split of it takes sixteen times, or for ever.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import msgspec
import pytest

import feedbackloop.understanding
from feedbackloop.understanding.lexicon.lists import table

STEPS = (16, 20, 24, 28, 32, 40, 250, 1_000, 4_000)
"""Characters of the pumped texts. Small steps first: what tries every split would not come back from a large one."""
LINEAR = 4 * 2.0
"""Four times the text may take this many times as long: noise doubles it at most, a second loop would make it 16."""
NOTICEABLE = 0.02
"""Seconds for the longest text below which it does not matter how the time grew; a second loop takes longer."""
WINDOWED = ("expectation", "quantity", "promise", "duration", "dimensions_words")
WINDOW = 1_000
"""What these modules search, they search in windows of a few hundred characters; so longer texts are not tried."""
MOST_PARTS = 12
"""Of expressions with very many parts that may repeat so many are pumped."""
ENDS = ("", "\x00\n")


def modules() -> list[Any]:
    """Give the modules of the room."""
    found = pkgutil.walk_packages(feedbackloop.understanding.__path__, f"{feedbackloop.understanding.__name__}.")
    return [importlib.import_module(one.name) for one in found]


def expressions() -> dict[str, list[re.Pattern[str]]]:
    """Give each compiled expression of the room under the module where it stands."""
    found: dict[str, list[re.Pattern[str]]] = {}
    seen: set[re.Pattern[str]] = set()
    for module in modules():
        values = [value for name, value in vars(module).items() if not name.startswith("__")]
        own = [pattern for pattern in dict.fromkeys(within([*values, *lazily(module)])) if pattern not in seen]
        seen.update(own)
        found[module.__name__.removeprefix("feedbackloop.understanding.")] = own
    return found


def lazily(module: Any) -> Iterator[Any]:
    """Give what the functions of a module give that read and compile something once."""
    names = [*table("expectation_signs")["en"], *table("expectation_signs")["zh"], *table("signals")["en"]["marks"]]
    asked = [(), ("en",), ("zh",), *((name, language) for name in dict.fromkeys(names) for language in ("en", "zh"))]
    for function in vars(module).values():
        if not hasattr(function, "cache_parameters") or function.__module__ != module.__name__:
            continue
        for arguments in asked:
            try:
                yield function(*arguments)
            except (TypeError, KeyError, ValueError, AttributeError, FileNotFoundError):
                continue


def within(values: Iterable[Any], depth: int = 6) -> Iterator[re.Pattern[str]]:
    """Give the expressions in any nesting of tuples, lists, mappings and records."""
    for value in values:
        if isinstance(value, re.Pattern):
            yield value
        elif depth and isinstance(value, dict):
            yield from within(value.values(), depth - 1)
        elif depth and isinstance(value, list | tuple | set | frozenset) and len(value) < 1000:
            yield from within(value, depth - 1)
        elif depth and isinstance(value, msgspec.Struct):
            yield from within((getattr(value, field) for field in value.__struct_fields__), depth - 1)


def pumped(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Give (what stands before, what repeats) for each part of an expression that may repeat without narrow bounds."""
    seen = set()
    for before, piece in _repeats(_parser.parse(pattern.pattern, pattern.flags), ""):
        if piece and (before, piece) not in seen:
            seen.add((before, piece))
            yield before, piece


def _repeats(parsed: Any, before: str) -> Iterator[tuple[str, str]]:
    for number, (kind, value) in enumerate(parsed):
        head = before + "".join(sample([one]) for one in list(parsed)[:number])
        for inner in _inside(kind, value):
            if kind in _LOOPS and value[1] > 8:
                yield head, sample(inner)
                yield head, sample(inner, last=True)
            yield from _repeats(inner, head)


_LOOPS = {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}


def _inside(kind: Any, value: Any) -> list[Any]:
    """Give the parts of which one part of an expression consists."""
    if kind in _LOOPS:
        return [value[2]]
    if kind is sre.SUBPATTERN:
        return [value[3]]
    if kind is sre.BRANCH:
        return list(value[1])
    if kind in (sre.ASSERT, sre.ASSERT_NOT):
        return [value[1]]
    return [value] if kind is sre.ATOMIC_GROUP else []


def sample(parsed: Any, *, last: bool = False) -> str:
    """Give a text that a part of an expression matches: the first way, or the last."""
    return "".join(_one(kind, value, last) for kind, value in parsed)


def _one(kind: Any, value: Any, last: bool) -> str:
    if kind is sre.LITERAL:
        return chr(value)
    if kind is sre.NOT_LITERAL:
        return "b" if value == ord("a") else "a"
    if kind is sre.ANY:
        return "a"
    if kind is sre.IN:
        return _member(value, last)
    if kind is sre.BRANCH:
        return sample(value[1][-1 if last else 0], last=last)
    if kind in _LOOPS:
        return sample(value[2], last=last) * max(value[0], 1 if value[1] else 0)
    inner = _inside(kind, value) if kind is not sre.ASSERT_NOT and kind is not sre.ASSERT else []
    return "".join(sample(one, last=last) for one in inner)


_CLASSES = {sre.CATEGORY_DIGIT: "1", sre.CATEGORY_SPACE: " ", sre.CATEGORY_WORD: "a", sre.CATEGORY_NOT_DIGIT: "a"}


def _member(members: Any, last: bool) -> str:
    """Give a character of a set."""
    if members[0][0] is sre.NEGATE:
        taken = re.compile(
            "[" + "".join(re.escape(chr(value)) for kind, value in members[1:] if kind is sre.LITERAL) + "\n]"
        )
        return next(character for character in "a b1,x；" if not taken.match(character))
    kind, value = members[-1 if last else 0]
    if kind is sre.LITERAL:
        return chr(value)
    if kind is sre.RANGE:
        return chr(value[0])
    return _CLASSES.get(value, "!")


def seconds(pattern: re.Pattern[str], text: str) -> float:
    """Give the time of the best of three searches that go through the whole text."""
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        for _match in pattern.finditer(text):
            pass
        best = min(best, time.process_time() - begun)
        if best < NOTICEABLE:
            break
    return best


def is_slow(pattern: re.Pattern[str], before: str, piece: str, end: str, longest: int) -> bool:
    """Pump a text up until the time grows faster than its length, or it is long enough."""
    last = 0.0
    for length in (step for step in STEPS if step <= longest):
        now = seconds(pattern, before + piece * (length // len(piece)) + end)
        if now > NOTICEABLE and (length < 1_000 or now > LINEAR * last):
            return True
        last = now
    return False


@cache
def collected() -> dict[str, list[re.Pattern[str]]]:
    return {name: found for name, found in expressions().items() if found}


def slow_parts(pattern: re.Pattern[str], longest: int = STEPS[-1]) -> list[str]:
    """Name the pumped texts with which the time of an expression grows faster than the text."""
    tried = [(before, piece, end) for before, piece in islice(pumped(pattern), MOST_PARTS) for end in ENDS]
    return [
        f"{pattern.pattern[:50]!r} on {before!r} + {piece!r} * n + {end!r}"
        for before, piece, end in tried
        if is_slow(pattern, before, piece, end, longest)
    ]


def test_all_expressions_are_found() -> None:
    assert sum(map(len, collected().values())) > 300


@pytest.mark.parametrize(
    "expression", [r"x\w+\d+!", r"(?:a|a)+!", r"^[ \t]*[-=]*[ \t]*(?=[^\n]{0,70}x)y", r"(\w+\s?)+:"]
)
def test_a_slow_expression_would_be_found(expression: str) -> None:
    assert slow_parts(re.compile(expression))


@pytest.mark.parametrize("module", sorted(collected()))
def test_time_grows_no_faster_than_the_text(module: str) -> None:
    longest = WINDOW if module.startswith(WINDOWED) else STEPS[-1]
    assert [slow for pattern in collected()[module] for slow in slow_parts(pattern, longest)] == []
