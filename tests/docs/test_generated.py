"""Do the docs say what the code says: every hook, every config key, every example?"""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import click
import msgspec
import pluggy
import pytest

import feedbackloop
from feedbackloop import hookspecs
from feedbackloop.connector import Check
from feedbackloop.records import Action, Comparison, FollowUp, Item, Receipt
from feedbackloop.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
pytest.importorskip("cogapp", reason="cogapp is not installed: the generated parts are not checked")


def _generate() -> types.ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generate = _generate()
HOOKS = dict(generate.hook_functions())


def test_every_generated_part_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, DOCS / "generate.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_stands_in_the_docs_under_its_exact_signature(name: str) -> None:
    page = (DOCS / "hooks.md").read_text(encoding="utf-8")
    assert f"## {name}\n\n```python\n{generate.signature(HOOKS[name])}\n```" in page


def test_the_docs_name_no_hook_that_does_not_exist() -> None:
    page = (DOCS / "hooks.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## ([a-z_]+)$", page, re.MULTILINE)) == set(HOOKS)


@pytest.mark.parametrize("name", [name for name in hookspecs.__all__ if inspect.isclass(getattr(hookspecs, name))])
def test_every_record_of_the_hooks_is_shown_in_full(name: str) -> None:
    page = (DOCS / "hooks.md").read_text(encoding="utf-8")
    assert f"class {name}:" in page


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_tells_since_when_it_exists_and_who_uses_it(name: str) -> None:
    last = (HOOKS[name].__doc__ or "").rstrip().splitlines()[-1]
    assert re.search(r"Since: \d+\.\d+\. Used by: `feedbackloop_(plugins|connectors)\.\w+`", last)


@pytest.mark.parametrize("name", HOOKS)
def test_every_example_of_a_hook_is_short_and_fits_its_specification(name: str) -> None:
    code = generate.example(HOOKS[name])
    manager = pluggy.PluginManager("feedbackloop")
    manager.add_hookspecs(hookspecs)
    manager.register(_plugin(name, code))
    manager.check_pending()

    assert len(code.splitlines()) <= 10
    assert [one.plugin for one in getattr(manager.hook, name).get_hookimpls()]


def _plugin(name: str, code: str) -> types.ModuleType:
    module = types.ModuleType(f"example_of_{name}")
    module.__dict__.update(
        vars(hookspecs) | {"hookimpl": feedbackloop.hookimpl, "re": re, "msgspec": msgspec, "click": click}
    )
    for hook in HOOKS:
        module.__dict__.pop(hook, None)
    module.__dict__.update({"Comparison": Comparison, "Check": Check, "Path": Path, "is_sunday": lambda: True})
    exec(compile(code, module.__name__, "exec"), module.__dict__)
    return module


def _call(hook: str, **values: Any) -> Any:
    return getattr(_plugin(hook, generate.example(HOOKS[hook])), hook)(**values)


def _texts(*words: str) -> list[Any]:
    from feedbackloop.records import Text

    return [Text(id=str(number), text=word) for number, word in enumerate(words)]


def test_the_example_of_clean_text_cuts_at_the_house_mark() -> None:
    (text,) = _call("clean_text", texts=_texts("Late again. -- ACME -- call us"))
    assert text.text == "Late again. "


def test_the_example_of_redact_masks_house_numbers() -> None:
    assert _call("redact", texts=["CUST-42 waits"]) == ["[customer] waits"]


def test_the_example_of_compare_answers_for_each_item(item: Item) -> None:
    (comparison,) = _call("compare", items=[(item, None)], settings=Settings(), now=item.created_at)
    assert comparison.item == "desk/1"


def test_the_example_of_before_plan_strikes_out_december_only(item: Item) -> None:
    drafts = [
        FollowUp(id=name, item="desk/1", customer=None, cause="", language="en", text="", created_at=at)
        for name, at in (("fu-1", item.created_at.replace(month=12)), ("fu-2", item.created_at))
    ]
    assert set(_call("before_plan", tasks=[], follow_ups=drafts, settings=Settings())) == {"fu-1"}


def test_the_example_of_polish_drafts_rewords_the_feeling_alone() -> None:
    draft = FollowUp(
        id="fu-1",
        item="desk/1",
        customer=None,
        cause="",
        language="en",
        text="",
        feeling="We are sorry.",
        understanding="x",
    )
    assert _call("polish_drafts", drafts=[draft], settings=Settings()) == [
        hookspecs.Polished("We're sorry.", "x", "house style")
    ]


def test_the_example_of_before_push_vetoes_tags_and_leaves_notes() -> None:
    tag, note = (Action(id="act-1", key="k", kind=kind, source="desk") for kind in ("tag", "note"))
    assert _call("before_push", action=tag, settings=Settings()) == hookspecs.Veto("no tags on Sundays")
    assert _call("before_push", action=note, settings=Settings()) is None


def test_the_examples_that_say_nothing_new_answer_in_the_right_form() -> None:
    assert _call("find_expectations", texts=_texts("a", "b"), touchpoints={}) == [hookspecs.Found()] * 2
    assert _call("classify", texts=_texts("a"), touchpoints={}) == [hookspecs.Classified()]
    assert _call("score_sentiment", texts=[], scorer="auto", scorers={}) is None
    assert _call("register_scorers")[0].languages == ("en",)
    assert _call("register_commands")[0].name == "hello"
    assert _call("after_run") == ["the glossary was not reachable"]
    assert _call("check_service", settings=Settings()) == [Check("glossary", False, "not reachable", "start it")]
    (section,) = _call("digest_sections", week="2026-W41", team=None, facts={})
    assert (section.html, section.text) == ("<p>Rain.</p>", "Rain.")


@pytest.mark.parametrize("hook", ["after_push", "on_push_error"])
def test_the_examples_that_listen_write_one_log_line(hook: str) -> None:
    written: list[str] = []
    log = types.SimpleNamespace(
        info=lambda *line: written.append(line[0]), warning=lambda *line: written.append(line[0])
    )
    module = _plugin(hook, generate.example(HOOKS[hook]))
    module.__dict__["log"] = log
    action = Action(id="act-1", key="k", kind="note", source="desk")  # type: ignore[arg-type]
    values = {"receipt": Receipt(external_id="9")} if hook == "after_push" else {"error": OSError("gone")}
    getattr(module, hook)(action=action, **values)
    assert len(written) == 1


def test_every_config_key_stands_in_the_docs_with_its_meaning() -> None:
    page = (DOCS / "config.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        model = generate._model(field.annotation)
        if field.exclude or model is None:
            continue
        section = page.split(f"`[{name}]`")[-1].split(f"`[[{name}]]`")[-1]
        for key in model.model_fields:
            row = re.search(rf"^\| `{key}` \|.*\| (\S.*) \|$", section, re.MULTILINE)
            nested = f"`[{name}.{key}]`" in page
            assert row or nested, f"{name}.{key} has no meaning in docs/config.md"
