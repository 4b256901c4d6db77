"""Plugins are loaded one by one: a broken, misspelt or rival one costs only itself, and is named."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from feedbackloop import hookimpl
from feedbackloop.connector import Connector
from feedbackloop.errors import FeedbackloopError, Retriable, UsageError
from feedbackloop.manager import PluginManager

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a stranger's distribution: entry points by name, each with the source of its module."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(dist: str, **modules: str) -> None:
        info = tmp_path / f"{dist}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {dist}\nVersion: 1.0\n")
        lines = [f"{name.rstrip('_')} = {dist}_{name}" for name in modules]
        (info / "entry_points.txt").write_text("[feedbackloop]\n" + "\n".join(lines) + "\n")
        for name, source in modules.items():
            (tmp_path / f"{dist}_{name}.py").write_text(textwrap.dedent(source))

    return make


def plugin(**hooks: Callable[..., object]) -> ModuleType:
    module = ModuleType("stranger")
    for name, function in hooks.items():
        setattr(module, name, hookimpl(function))
    return module


def skipped(manager: PluginManager) -> dict[str, str]:
    return {one.name: one.skipped or "" for one in manager.skipped}


def test_a_plugin_that_cannot_be_imported_is_skipped_with_the_reason_and_the_rest_loads(install: Install) -> None:
    install("broken", flawed="import nothing_of_this_name")
    manager = PluginManager()
    assert "nothing_of_this_name" in skipped(manager)["flawed"]
    assert {"jsonl", "csv", "zendesk"} <= set(manager.connectors)


def test_two_plugins_claiming_one_name_are_both_named_and_none_wins_silently(install: Install) -> None:
    install("rival", zendesk="x = 1")
    manager = PluginManager()
    reason = skipped(manager)["zendesk"]
    assert "feedbackloop_connectors.zendesk" in reason
    assert "rival_zendesk" in reason
    assert "zendesk" not in manager.connectors


def test_a_misspelt_hook_is_reported_with_the_nearest_one(install: Install) -> None:
    source = """
        from feedbackloop import hookimpl
        @hookimpl
        def register_conectors():
            return []
    """
    install("typo", typo=source)
    assert (
        skipped(PluginManager())["typo"] == "there is no hook 'register_conectors'; did you mean register_connectors?"
    )


def test_a_hook_that_asks_for_an_unknown_value_is_skipped() -> None:
    manager = PluginManager({"odd": plugin(redact=lambda words: words)})
    assert "odd" in skipped(manager)


def test_two_offers_of_one_connector_name_are_an_error_that_names_both() -> None:
    made = [type("A", (Connector,), {"name": "desk"}), type("B", (Connector,), {"name": "desk"})]
    manager = PluginManager(
        {
            "first": plugin(register_connectors=lambda: [made[0]]),
            "second": plugin(register_connectors=lambda: [made[1]]),
        }
    )
    with pytest.raises(UsageError, match=r"two plugins claim the name 'desk': (first and second|second and first)"):
        _ = manager.connectors


def test_an_unknown_connector_is_an_error_that_names_the_nearest() -> None:
    manager = PluginManager({"one": plugin(register_connectors=lambda: [type("A", (Connector,), {"name": "zendesk"})])})
    with pytest.raises(UsageError, match=r"did you mean zendesk\?"):
        manager.connector("zendsk")


def test_without_any_plugin_it_says_how_to_install() -> None:
    with pytest.raises(UsageError, match="pip install -e"):
        PluginManager({}).connector("zendesk")


def test_one_raising_plugin_loses_only_its_own_answer() -> None:
    def fails() -> object:
        raise ZeroDivisionError("oops")

    manager = PluginManager(
        {"bad": plugin(register_scorers=fails), "good": plugin(register_scorers=lambda: [SimpleNamespace(name="mine")])}
    )
    assert list(manager.scorers) == ["mine"]
    assert [(one.source, one.record, one.error) for one in manager.failures] == [
        ("bad", "register_scorers", "ZeroDivisionError: oops")
    ]


def test_a_plugin_that_answers_too_little_is_passed_over_and_named() -> None:
    manager = PluginManager(
        {"all": plugin(redact=lambda texts: list(texts)), "short": plugin(redact=lambda texts: ["x"])}
    )
    assert manager.batch("redact", 2, texts=["a", "b"]) == ["a", "b"]
    assert [one.source for one in manager.failures] == ["short"]


def test_a_hook_that_nobody_answers_is_an_error_for_batches() -> None:
    with pytest.raises(FeedbackloopError, match="no plugin has the hook redact"):
        PluginManager({}).batch("redact", 1, texts=["a"])
    assert PluginManager({}).first("redact", texts=["a"]) is None


def test_a_plugin_may_come_before_the_built_in_one() -> None:
    first = ModuleType("eager")
    first.redact = hookimpl(tryfirst=True)(lambda texts: ["eager"] * len(texts))  # type: ignore[attr-defined]
    late = plugin(redact=lambda texts: ["late"] * len(texts))
    assert PluginManager({"eager": first, "late": late}).batch("redact", 1, texts=["a"]) == ["eager"]


def test_what_deliver_raises_reaches_the_caller() -> None:
    def deliver(mail: object) -> str:
        raise Retriable("the mail server is away")

    with pytest.raises(Retriable):
        PluginManager({"post": plugin(deliver=deliver)}).first("deliver", mail=None, settings=None)


def test_loading_all_plugins_imports_nothing_heavy() -> None:
    import subprocess

    code = (
        "import sys; from feedbackloop.manager import PluginManager; m = PluginManager(); m.commands;"
        "heavy = ('requests', 'textblob', 'nltk', 'pydantic', 'jinja2', 'holidays', 'sqlite_utils');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
