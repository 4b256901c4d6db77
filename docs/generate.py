"""Which parts of the docs are made from the code, and are they up to date?

    python docs/generate.py            writes them anew
    python docs/generate.py --check    fails where a generated part differs from the code

The parts stand between cog's marks in `README.md` and `docs/**/*.md`. This file is for developers; it is not part of the package.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
import tomllib
import types
from collections.abc import Callable, Iterator, Sequence
from datetime import date, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import click
from cogapp import Cog
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from feedbackloop import hookspecs, hooktypes
from feedbackloop.cli import COMMANDS
from feedbackloop.cli import feedbackloop as group
from feedbackloop.settings import Settings
from feedbackloop.settings_types import Cap, Table

ROOT = Path(__file__).parents[1]
MARKS = "{{{cog }}} {{{end}}}"
"""Not cog's own square brackets: three closing ones stand in signatures."""
_SECTION = re.compile(r"^(Args|Returns|Raises|Example|Since|Used by):(.*)$")
_UNITS = (("w", 604800, 8), ("d", 86400, 3), ("h", 3600, 1), ("m", 60, 1), ("s", 1, 0))
_PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", SecretStr: "secret", date: "date"}
_PLAIN |= {timedelta: "duration", Cap: "cap, `1 per 30d`", object: "any"}


# --- hooks ---------------------------------------------------------------------------------------------------------


def hooks() -> str:
    """Describe every hook, in life-cycle order, under its exact signature."""
    return "\n".join(_hook(name, function) for name, function in hook_functions())


def hook_functions() -> list[tuple[str, Callable[..., Any]]]:
    """List the hooks in life-cycle order: as they stand in `hookspecs_reading.py`, then in `hookspecs.py`."""
    found = [(name, one) for name, one in vars(hookspecs).items() if hasattr(one, "feedbackloop_spec")]
    return sorted(found, key=lambda one: (one[1].__module__ == hookspecs.__name__, one[1].__code__.co_firstlineno))


def signature(function: Callable[..., Any]) -> str:
    """Write a hook's signature as its source has it, on one line."""
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert node.returns is not None
    return f"def {node.name}({ast.unparse(node.args)}) -> {ast.unparse(node.returns)}"


def example(function: Callable[..., Any]) -> str:
    """Give the example of a hook's docstring as plain code."""
    marked = (line.strip() for line in _sections(function)["Example"].splitlines())
    return "\n".join(re.sub(r"^(>>>|\.\.\.) ?", "", line) for line in marked if line)


def results() -> str:
    """Show the small records that hooks give and take, as their source has them."""
    classes = [one for one in vars(hooktypes).values() if inspect.isclass(one) and one.__module__ == hooktypes.__name__]
    return "\n".join(f"```python\n{inspect.getsource(one).strip()}\n```\n" for one in classes)


def _hook(name: str, function: Callable[..., Any]) -> str:
    parts = _sections(function)
    first = "; the first plugin that answers decides" if function.feedbackloop_spec["firstresult"] else ""  # type: ignore[attr-defined]
    lines = [f"## {name}", "", f"```python\n{signature(function)}\n```", "", parts["text"].strip(), ""]
    if first:
        lines += [f"Asked in turn{first}.", ""]
    for title in ("Args", "Returns", "Raises"):
        if title in parts:
            lines += [f"**{title}**", "", *_bullets(parts[title], listed=title != "Returns"), ""]
    lines += ["```python", example(function), "```", "", parts["Since"].strip(), ""]
    return "\n".join(lines)


def _bullets(text: str, *, listed: bool) -> Iterator[str]:
    """Write `name: meaning` lines as a list; a line that goes on is joined to the one before."""
    entries: list[str] = []
    for line in textwrap.dedent(text).strip("\n").splitlines():
        if listed and (not line.startswith(" ") or not entries):
            name, _, meaning = line.partition(": ")
            entries.append(f"- `{name}`: {meaning}")
        elif entries:
            entries[-1] += " " + line.strip()
        else:
            entries.append(line.strip())
    yield from entries


def _sections(function: Callable[..., Any]) -> dict[str, str]:
    """Split a Google docstring: section -> its text; what comes first is `text`."""
    parts: dict[str, list[str]] = {"text": []}
    current = "text"
    for line in inspect.cleandoc(function.__doc__ or "").splitlines():
        if match := _SECTION.match(line):
            current = match[1]
            line = line if current == "Since" else match[2]
        parts.setdefault(current, []).append(line)
    return {title: "\n".join(lines) for title, lines in parts.items()}


# --- config --------------------------------------------------------------------------------------------------------


def config() -> str:
    """List every key of the config with type, default and meaning."""
    blocks = []
    for name, field in Settings.model_fields.items():
        model = _model(field.annotation)
        if not field.exclude and model is not None:
            many = get_origin(field.annotation) is tuple
            blocks.append(_table(f"[[{name}]]" if many else f"[{name}]", name, model))
    return "\n".join(blocks)


def _table(title: str, dotted: str, model: type[BaseModel]) -> str:
    about = re.sub(r"^`[^`]*`[,:] ", "", inspect.cleandoc(model.__doc__ or "").splitlines()[0])
    about = about[0].upper() + about[1:]
    lines = [f"## `{title}`", "", about, "", "| key | type | default | meaning |", "| --- | --- | --- | --- |"]
    inner = []
    for name, field in model.model_fields.items():
        below = _model(field.annotation)
        if (
            below is not None
            and issubclass(below, Table)
            and get_origin(field.annotation) in (None, Union, types.UnionType)
        ):
            inner.append(_table(f"[{dotted}.{name}]", f"{dotted}.{name}", below))
            continue
        if get_origin(field.annotation) is dict and below is not None and below is not Cap:
            inner.append(_table(f"[{dotted}.{name}]", f"{dotted}.{name}", below))
        default = "required" if field.is_required() else _written(field.default)
        lines.append(f"| `{name}` | {_type(field)} | {default} | {field.description or ''} |")
    return "\n".join([*lines, "", *inner])


def _model(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model(part))), None)


def _type(field: FieldInfo) -> str:
    if any("_zone_name" in repr(mark) for mark in field.metadata):
        return "time zone"
    return _kind(field.annotation)


def _kind(annotation: Any) -> str:
    if annotation == tuple[time, time]:
        return "hours, `09:00-17:00`"
    if "_zone_name" in repr(annotation):
        return "time zone"
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _kind(inside[0])
    if origin is Literal:
        return " \\| ".join(f"`{one}`" for one in inside)
    if origin is tuple:
        return f"list of {_kind(inside[0])}"
    if origin is dict:
        return f"table of {_kind(inside[1])}"
    if origin in (Union, types.UnionType):
        return " or ".join(_kind(one) for one in inside if one is not type(None))
    return getattr(annotation, "__name__", "any").lower()


def _written(value: object) -> str:
    """Write a default as it would stand in the file; an empty one as nothing."""
    if value is None or value in ((), {}):
        return ""
    if isinstance(value, timedelta):
        return f'`"{_duration(value)}"`'
    if isinstance(value, tuple) and all(isinstance(one, time) for one in value):
        return f'`"{value[0]:%H:%M}-{value[1]:%H:%M}"`'
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, dict):
        caps = {name: f"{cap.count} per {_duration(cap.per)}" for name, cap in value.items()}
        return f'`"{next(iter(caps.values()))}"`'
    return f"`{list(value)}`".replace("'", '"') if isinstance(value, tuple) else f"`{value!r}`".replace("'", '"')


def _duration(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    # 48h and 30d read better than 2d and 4w: a unit is used from the number on that people count in it.
    unit, size = next((unit, size) for unit, size, least in _UNITS if seconds % size == 0 and seconds >= least * size)
    return f"{seconds // size}{unit}"


# --- commands ------------------------------------------------------------------------------------------------------


def commands() -> str:
    """List every command with its arguments and options; those that all share stand in front, once."""
    shared = {opt for one in group.params for opt in one.opts}
    context = click.Context(group, info_name="feedbackloop")
    lines = ["## For every command", "", *_options(group.params), ""]
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None, name
        lines += [_command(command, f"feedbackloop {name}", shared), ""]
    return "\n".join(lines)


def _command(command: click.Command, path: str, shared: set[str], level: int = 2) -> str:
    arguments = [_argument(one) for one in command.params if isinstance(one, click.Argument)]
    options = [one for one in command.params if isinstance(one, click.Option) and not shared & set(one.opts)]
    inside = command.commands if isinstance(command, click.Group) else {}
    below = "[COMMAND]" if inside and command.invoke_without_command else "COMMAND" if inside else ""  # type: ignore[attr-defined]
    usage = " ".join(part for part in (path, *arguments, "[OPTIONS]" if options else "", below) if part)
    lines = [f"{'#' * level} {path.removeprefix('feedbackloop ')}", "", f"```text\n{usage}\n```", ""]
    lines += [inspect.cleandoc(command.help or "").replace("\b", "").strip(), "", *_options(options)]
    for name, one in inside.items():
        lines += ["", _command(one, f"{path} {name}", shared, level + 1)]
    return "\n".join(lines).rstrip() + "\n"


def _argument(argument: click.Argument) -> str:
    name = (argument.metavar or argument.name or "").upper() + ("..." if argument.nargs == -1 else "")
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _options(params: Sequence[click.Parameter]) -> list[str]:
    options = [one for one in params if isinstance(one, click.Option) and not one.hidden]
    if not options:
        return []
    return ["| option | |", "| --- | --- |", *(f"| {_names(one)} | {_cell(one.help or '')} |" for one in options)]


def _names(option: click.Option) -> str:
    value = "" if option.is_flag or option.count else f" {option.metavar or _value(option)}"
    return ", ".join(f"`{name}{value}`" for name in (*option.opts, *option.secondary_opts))


def _value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return "/".join(str(one) for one in option.type.choices)
    return option.type.name.split()[0].upper()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# --- promises ------------------------------------------------------------------------------------------------------


def promises(*, short: bool) -> str:
    """List the promises of `promises.toml`, with the tests that hold each; `short`: with the first of them."""
    table = tomllib.loads((ROOT / "docs" / "promises.toml").read_text(encoding="utf-8"))
    if short:
        return "\n".join(f"- **{name}** {one['promise']}\n  (`{one['tests'][0]}`)" for name, one in table.items())
    blocks = []
    for name, one in table.items():
        tests = "\n".join(f"- `{test}`" for test in one["tests"])
        blocks.append(f"## {name}\n\n{one['promise']}\n\n{one['how']}\n\n{tests}\n")
    return "\n".join(blocks)


# --- running cog ---------------------------------------------------------------------------------------------------


def files() -> list[str]:
    """List the pages that hold generated parts."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [str(page) for page in pages if "{{{cog" in page.read_text(encoding="utf-8")]


def main(arguments: list[str]) -> int:
    """Write the generated parts, or check them."""
    mode = ["--check", "--diff"] if "--check" in arguments else ["-r"]
    advice = "--check-fail-msg=run `python docs/generate.py`"
    options = ["-P", "-I", str(ROOT / "docs"), "--verbosity=1", f"--markers={MARKS}", advice]
    return int(Cog().main(["cog", *options, *mode, *files()]) or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
