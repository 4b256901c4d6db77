"""Does a run open the sources that take part, each once, and let go of all of them?"""

from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from feedbackloop import hookimpl
from feedbackloop.config import from_dict
from feedbackloop.errors import UsageError
from feedbackloop.manager import PluginManager
from feedbackloop.stages.sources import Sources
from feedbackloop.testing import MemoryConnector


class Stubborn(MemoryConnector):
    """A connector that cannot be closed."""

    name: ClassVar[str] = "stubborn"

    def close(self) -> None:
        raise OSError("still busy")


class Both:
    @hookimpl
    def register_connectors(self) -> Any:
        return [MemoryConnector, Stubborn]


def sources(*only: str, **configured: str) -> Sources:
    config = {name: {"connector": kind, "system": name} for name, kind in configured.items()}
    return Sources(from_dict({"sources": config}), PluginManager({"both": Both()}), lambda: datetime.now(UTC), only)


def test_those_named_take_part_in_the_configs_order() -> None:
    assert sources(b="memory", a="memory").names == ("b", "a")
    assert sources("a", "b", b="memory", c="memory", a="memory").names == ("b", "a")


@pytest.mark.parametrize(
    ("known", "said"),
    [(sources("x", a="memory"), "no source 'x' in the config; known are a"), (sources(), "no \\[sources")],
)
def test_a_wrong_name_and_an_empty_config_are_said(known: Sources, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        _ = known.names


def test_a_source_is_opened_once_and_its_kind_is_known_without() -> None:
    known = sources(a="memory")
    assert known.kind("a") is MemoryConnector
    assert known.kind("elsewhere") is None
    assert list(known.close()) == []  # nothing was opened so far
    assert known.connector("a") is known.connector("a")


def test_what_is_not_configured_or_cannot_be_opened_has_no_abilities() -> None:
    known = sources(a="memory", b="nowhere")
    assert known.abilities("a") == MemoryConnector.abilities
    assert known.abilities("b") == known.abilities("elsewhere") == frozenset()


def test_one_that_cannot_be_closed_is_named_and_the_others_are_let_go() -> None:
    known = sources(a="memory", b="stubborn")
    first = known.connector("a")
    known.connector("b")
    assert [(name, str(error)) for name, error in known.close()] == [("b", "still busy")]
    assert known.connector("a") is not first
