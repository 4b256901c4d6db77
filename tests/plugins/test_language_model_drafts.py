"""A draft is reworded without anybody's words leaving: quotations and personal data come back where they stood."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from feedbackloop import hookimpl
from feedbackloop.config import from_dict
from feedbackloop.hookspecs import Polished
from feedbackloop.manager import PluginManager
from feedbackloop.records import FollowUp
from feedbackloop_plugins import redaction
from feedbackloop_plugins.language_model import LanguageModelPlugin
from model_server import ModelServer

FEELING = "We are sorry."
UNDERSTANDING = "You wrote: “Wanda here, it took three days!” Order 123456 was promised for 4 November."
Polish = Callable[..., tuple[Polished | None, str]]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    made = ModelServer()
    yield made
    made.close()


@pytest.fixture
def polish(server: ModelServer, tmp_path: Path) -> Polish:
    def polish(
        feeling: str = FEELING,
        understanding: str = UNDERSTANDING,
        others: Mapping[str, object] = MappingProxyType({}),
        **table: Any,
    ) -> tuple[Polished | None, str]:
        model = {"base_url": server.url, "model": "tiny", "use_for": ["drafts"], **table}
        settings = from_dict({"understand": {"language_model": model}}, tmp_path / "feedbackloop.toml")
        plugins = PluginManager({"model": LanguageModelPlugin(), "redaction": redaction, **others})
        draft = FollowUp(
            id="fu-1",
            item="desk/1",
            customer="desk/c-1",
            cause="",
            language="en",
            text=f"Hello Wanda,\n\n{feeling}\n\n{understanding}\n\nWe sent it again.",
            feeling=feeling,
            understanding=understanding,
            action="We sent it again.",
        )
        given = plugins.first("polish_drafts", drafts=[draft], settings=settings, redact=plugins.redacted)
        return given[0], " ".join(plugins.remarks())

    return polish


def reword(server: ModelServer, feeling: Callable[[str], str], understanding: Callable[[str], str]) -> None:
    server.reworded = lambda data: {
        "feeling": feeling(data["feeling"]),
        "understanding": understanding(data["understanding"]),
    }


def same(part: str) -> str:
    return part


def test_a_single_masked_character_does_not_leave_either(server: ModelServer, polish: Polish) -> None:
    class Initials:
        """A house that masks initials."""

        @hookimpl(tryfirst=True)
        def redact(self, texts: Sequence[str]) -> list[str]:
            return [text.replace("W", "[name]") for text in texts]

    reword(server, same, same)
    given, _ = polish("We are sorry, W.", "Order late.", others={"initials": Initials()})
    assert json.loads(server.bodies[-1]["messages"][1]["content"])["feeling"] == "[1]e are sorry, [2]."
    assert given is not None
    assert given.feeling == "We are sorry, W."


def test_what_was_taken_out_comes_back_in_the_new_order(server: ModelServer, polish: Polish) -> None:
    reword(
        server, lambda part: "We are truly sorry.", lambda part: "For 4 November we had promised [2]; you wrote: [1]"
    )
    given, told = polish()
    assert given == Polished(
        "We are truly sorry.",
        "For 4 November we had promised 123456; you wrote: “Wanda here, it took three days!”",
        "language_model:tiny",
    )
    assert "1 draft reworded" in told


def test_neither_quotations_nor_names_nor_the_greeting_leave(server: ModelServer, polish: Polish) -> None:
    polish()
    assert json.loads(server.sent) == {
        "language": "en",
        "feeling": "We are sorry.",
        "understanding": "You wrote: [1] Order [2] was promised for 4 November.",
    }


@pytest.mark.parametrize(
    "answer",
    [
        lambda part: part.replace("[1]", ""),
        lambda part: part + " [1]",
        lambda part: part.replace("[2]", "[3]"),
        lambda part: part.replace("[2]", "[name]"),
    ],
)
def test_an_answer_that_loses_or_doubles_a_piece_is_dropped(
    server: ModelServer, polish: Polish, answer: Callable[[str], str]
) -> None:
    reword(server, same, answer)
    given, told = polish()
    assert given is None
    assert "not reworded (the answer lost its pieces)" in told


@pytest.mark.parametrize("fault", ["words", "half", "broken", "refused", "no_choices", "list"])
def test_without_an_answer_the_draft_stays_as_it_is(server: ModelServer, polish: Polish, fault: str) -> None:
    server.always = fault
    if fault == "list":
        server.always, server.reworded = "", lambda data: {"feeling": ["We"], "understanding": 3}
    given, told = polish()
    assert given is None
    assert "not reworded" in told


def test_caps_hold_for_drafts_too(server: ModelServer, polish: Polish) -> None:
    given, told = polish(max_requests_per_run=0)
    assert (given, server.bodies) == (None, [])
    assert "max_requests_per_run is reached" in told


def test_a_draft_with_numbers_in_brackets_of_its_own_is_left_alone(server: ModelServer, polish: Polish) -> None:
    given, _ = polish(understanding="See note [1] of the contract.")
    assert (given, server.bodies) == (None, [])


def test_the_length_of_a_draft_is_not_bounded_by_its_form(server: ModelServer, polish: Polish) -> None:
    polish()
    schema = server.bodies[0]["response_format"]["json_schema"]["schema"]
    assert schema["properties"] == {"feeling": {"type": "string"}, "understanding": {"type": "string"}}
