"""The config says what is wrong, where, and what is near; secrets come from outside and are never shown."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.config import from_dict, load
from feedbackloop.errors import ConfigError
from feedbackloop.settings import Settings

MODEL = {"base_url": "http://127.0.0.1:8080/v1", "model": "tiny"}

FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"loop": {"timezon": "UTC"}}, "loop.timezon: unknown key; did you mean timezone?"),
    ({"lop": {}}, "lop: unknown key; did you mean loop?"),
    ({"path": "x"}, "path: unknown key"),
    ({"loop": {"timezone": "Europe/Berlim"}}, "loop.timezone: 'Europe/Berlim' is not a time zone"),
    (
        {"loop": {"retain": "two years"}},
        "loop.retain: 'two years' is not a duration; write for example 30m, 4h, 2d or 1w",
    ),
    ({"actions": {"notes": "sometimes"}}, "actions.notes:"),
    ({"actions": {"hold_out": 1.5}}, "actions.hold_out:"),
    ({"actions": {"restraint": {"per_customer": "one a month"}}}, "is not a cap; write for example 1 per 30d"),
    ({"actions": {"restraint": {"quiet_hours": "night"}}}, "is not a span of hours; write for example 09:00-17:00"),
    ({"understand": {"touchpoints": {"r": {"words": ["a"], "stage": "usage"}}}}, "understand.touchpoints.r"),
    ({"understand": {"executor": "cluster"}}, "is not one of local, processes"),
    ({"digest": {"schedule": "monday"}}, "digest.schedule: 'monday' is not a weekly time; write for example mon 08:00"),
    ({"standards": [{"name": "x", "metric": "field"}]}, "needs `field` and `met`"),
    ({"standards": [{"name": "x", "metric": "first_reply"}]}, "needs `within`"),
    (
        {"standards": [{"name": "x", "metric": "due", "segments": {"glod": "1h"}}], "segments": [{"name": "gold"}]},
        "standards.0.segments.glod: there is no segment of that name; did you mean gold?",
    ),
    ({"sources": {"a": {"path": "x"}}}, "sources.a.connector: is required and missing"),
    ({"sources": {"a/b": {"connector": "x"}}}, "sources.a/b: a source's name is made of"),
    ({"sources": {"a": {"connector": "x"}}, "actions": {"tasks_in": "b"}}, "actions.tasks_in: there is no source 'b'"),
    ({"mail": {"password": "hunter2"}}, "mail.password: a secret is never written in the config"),
    ({"understand": {"sentiment": "language_model"}}, "needs [understand.language_model] with base_url, model"),
    ({"understand": {"language_model": MODEL, "sentiment": "textblob"}}, "take out one of them"),
    ({"understand": {"language_model": MODEL, "executor": "processes"}}, 'needs executor = "local"'),
    ({"understand": {"language_model": MODEL | {"api_key": "hunter2"}}}, "language_model.api_key: a secret is never"),
    ({"understand": {"language_model": MODEL | {"max_cost_per_run": 1}}}, "needs price_in and price_out"),
    ({"understand": {"language_model": MODEL | {"modle": "x"}}}, "unknown key; did you mean model?"),
    ({"understand": {"language_model": "tiny"}}, "understand.language_model:"),
]


@pytest.mark.parametrize(
    ("table", "scorer"),
    [
        ({}, "auto"),
        ({"language_model": MODEL}, "language_model"),
        ({"language_model": MODEL, "sentiment": "auto"}, "language_model"),
        ({"language_model": MODEL | {"use_for": ["drafts"]}, "executor": "processes"}, "auto"),
    ],
)
def test_a_language_model_scores_where_it_is_there_for_it(table: dict[str, Any], scorer: str) -> None:
    assert from_dict({"understand": table}).understand.sentiment == scorer


@pytest.mark.parametrize(("raw", "says"), FAULTS, ids=[says[:40] for _, says in FAULTS])
def test_a_fault_is_named_with_its_key_and_what_to_do(raw: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as raised:
        from_dict(raw)
    assert says in "\n".join(raised.value.faults)
    assert "hunter2" not in str(raised.value)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as raised:
        from_dict({"loop": {"timezon": "x", "language": "fr"}, "detect": {"minimum_items": 0}})
    assert len(raised.value.faults) == 3


def test_an_empty_config_has_the_defaults_of_the_contract() -> None:
    settings = from_dict({})
    assert settings.loop.timezone == "UTC"
    assert (settings.actions.notes, settings.actions.tags, settings.actions.tasks) == ("review", "review", "review")
    assert settings.actions.max_age == timedelta(days=30)
    assert settings.actions.restraint.quiet_hours == (time(20), time(8))
    assert settings.detect.baseline_weeks == 13
    assert (settings.segments, settings.standards, settings.teams, settings.understand.glossary) == ((), (), (), {})


def test_a_secret_comes_from_the_environment_or_a_file_and_its_origin_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "hunter2")
    (tmp_path / "token").write_text("abc\n")
    config = tmp_path / "feedbackloop.toml"
    config.write_text(
        '[mail]\npassword = { env = "MAIL_PASSWORD" }\nusername = { file = "token" }\n'
        '[sources.z]\nconnector = "zendesk"\napi_token = { env = "NOT_SET_ANYWHERE" }\n'
    )
    settings = load(config)
    assert settings.mail.password is not None
    assert settings.mail.password.get_secret_value() == "hunter2"
    assert settings.mail.username == "abc"
    assert "hunter2" not in repr(settings)
    assert settings.origins["mail.password"] == "env MAIL_PASSWORD"
    assert settings.missing == {
        "sources.z.api_token": "sources.z.api_token: the environment variable NOT_SET_ANYWHERE is not set"
    }


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\xff\xfe", "is not valid TOML"), (b"[loop", "is not valid TOML"), (None, "feedbackloop init")],
)
def test_a_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes | None, says: str) -> None:
    path = tmp_path / "feedbackloop.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=says):
        load(path)


def test_a_team_owns_its_touchpoints_and_one_without_any_takes_the_rest() -> None:
    settings = from_dict({"teams": [{"name": "A", "touchpoints": ["delivery"]}, {"name": "B"}]})
    owners = [settings.team_for(touchpoint) for touchpoint in ("delivery", "billing", None)]
    assert [owner.name if owner else None for owner in owners] == ["A", "B", "B"]
    assert from_dict({"teams": [{"name": "A", "touchpoints": ["x"]}]}).team_for("y") is None


def test_a_segment_that_is_not_named_has_the_standard_cap() -> None:
    restraint = from_dict({"actions": {"restraint": {"per_customer": {"standard": "1 per 30d", "gold": "2 per 30d"}}}})
    caps = restraint.actions.restraint
    assert [cap.count if (cap := caps.cap(name)) else None for name in ("gold", "silver")] == [2, 1]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["loop", "actions", "standards", "sources", "mail", "detect", "understand", "teams"]), _json)
def test_whatever_stands_in_a_table_is_a_config_or_a_config_error(table: str, value: Any) -> None:
    try:
        assert isinstance(from_dict({table: value}), Settings)
    except ConfigError as error:
        assert all(fault for fault in error.faults)
