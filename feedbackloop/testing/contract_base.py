"""What do all parts of the connector contract stand on?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import pytest

from feedbackloop.connector import Ability, Connector
from feedbackloop.records import Item
from feedbackloop.testing.makers import item, message
from feedbackloop.testing.shelf import Shelf
from feedbackloop.testing.system import CannotDo, System

P = ParamSpec("P")
T = TypeVar("T")

WORDS = (
    "You promised delivery within 24 hours and it took three days.",
    "说好三天到货，结果等了一个星期。",
    'Great 👍 <b>thank you</b> & "goodbye"; DROP TABLE items; =1+1',
    "Line one\nLine two",
)
"""Texts that must come through unchanged: Chinese, emoji, markup, quotes, several lines."""


class ContractBase:
    """The fixture that an author overrides, and what the rules share."""

    @pytest.fixture
    def system(self) -> System:
        """Give a new and empty system for one test. Override this."""
        raise NotImplementedError("override the fixture `system`: return a new feedbackloop.testing.System")


def needs(connector: Connector[Any], ability: Ability) -> None:
    """Skip the test if the connector does not declare the ability."""
    if ability not in connector.abilities:
        pytest.skip(f"the connector {connector.name!r} does not declare Ability.{ability.name}")


def possible(ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do what only some systems can; skip the test where this one cannot."""
    try:
        return ask(*args, **kwargs)
    except CannotDo as reason:
        pytest.skip(str(reason))


def some_items(count: int) -> list[Item]:
    """Make items with one customer's message each, a minute apart."""
    return [
        item(f"T-{n}", message(WORDS[n % len(WORDS)], when=_minute(n), id=f"m-{n}"), when=_minute(n))
        for n in range(count)
    ]


def filled(system: System, count: int) -> dict[str, list[str]]:
    """Put items into a system; give the customers' words by the ids that they have there."""
    return {system.put(made): [made.messages[0].text] for made in some_items(count)}


def reading(system: System) -> Shelf:
    """Read everything there is with a new connector."""
    return Shelf().pull(system.connect())


def compare(expected: dict[str, list[str]], shelf: Shelf, cause: str) -> None:
    """Hold what should have been read against what was, and explain the difference."""
    found = shelf.texts()
    lost = sorted(expected.keys() - found.keys())
    foreign = sorted(found.keys() - expected.keys())
    assert not lost, f"{len(lost)} of {len(expected)} items were lost: {lost[:5]}. {cause}"
    assert not foreign, (
        f"items came that nobody put there: {foreign[:5]}. Own tasks and foreign records are no feedback."
    )
    for name, words in expected.items():
        assert found[name] == words, (
            f"the customers' words of {name} are {found[name]!r} and should be {words!r}. Words come through unchanged, "
            "each once; agents', machines' and own words are marked as such (Message.author, .automatic, .own)."
        )


def _minute(number: int) -> str:
    return f"2026-11-02T{9 + number // 60:02d}:{number % 60:02d}:00Z"
