"""What does a first config look like for each kind of source?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from typing import Any, get_args, get_origin

import jinja2
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from feedbackloop.connector import Connector, SourceOptions

SOURCE = "sources.support"
"""The table that `init` writes."""
EXAMPLES = {
    "base_url": '"https://desk.example.com"',
    "path": '"feedback.jsonl"',
    "email": '"loop@acme.example"',
    "start": '"2026-01-01"',
    "timezone": '"Europe/Berlin"',
    "touchpoint_field": '"category"',
}
OF_ONE_CONNECTOR = {("zendesk", "base_url"): '"https://acme.zendesk.com"', ("csv", "path"): '"feedback.csv"'}
LOGINS = ("email", "username")
"""What goes with the first secret."""


def config_text(connector: type[Connector[SourceOptions]], templates: Traversable) -> str:
    """Write a commented config whose first source is of the given kind.

    The source's table is made from its options' type: what is required stands open, what has a default is commented out.
    """
    environment = jinja2.Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701 - TOML, not HTML
    template = environment.from_string((templates / "feedbackloop.toml").read_text(encoding="utf-8"))
    return template.render(connector=connector.name, options=list(option_lines(connector)))


def option_lines(connector: type[Connector[SourceOptions]]) -> Iterator[str]:
    """Give the lines of a source: one for each option, open if required or usually needed, else commented out.

    Where there are several secrets they are ways to log in of which one is enough: only the first stands open. Options that are
    tables of their own come last, as TOML needs it: those that are required with their keys, the others as one commented line.
    """
    fields = {name: field for name, field in connector.Options.model_fields.items() if name != "connector"}
    secrets = [name for name, field in fields.items() if _is_secret(field)]
    usual = {*secrets[:1], *(LOGINS if secrets else ())}
    own = sorted(fields, key=lambda name: (name in SourceOptions.model_fields, not fields[name].is_required()))
    for name in own:
        if not _is_section(fields[name]):
            is_open = fields[name].is_required() or name in usual
            yield _line(name, _value(name, fields[name], connector.name), fields[name], is_open=is_open)
    for name in own:
        if _is_section(fields[name]):
            yield from _section(f"{SOURCE}.{name}", fields[name])


def _section(place: str, field: FieldInfo) -> Iterator[str]:
    """Give a table of its own: its heading with what it is for, and its keys."""
    model, is_list = _model_of(field), _is_list(field)
    heading = f"[[{place}]]" if is_list else f"[{place}]"
    if not field.is_required():
        yield f"# {heading}{_comment(field)}"
        return
    yield ""
    yield f"{heading}{_comment(field)}"
    if model is None:
        yield from (f"{_key(name)} = {_toml(value)}" for name, value in _example(field, {}).items())
        return
    inner = model.model_fields
    for name, one in sorted(inner.items(), key=lambda pair: not pair[1].is_required()):
        if not _is_section(one):
            yield _line(name, _value(name, one, ""), one, is_open=one.is_required())
    for name, one in inner.items():
        if _is_section(one):
            yield from _section(f"{place}.{name}", one)


def _line(name: str, value: str, field: FieldInfo, *, is_open: bool) -> str:
    return f"{'' if is_open else '# '}{name} = {value}{_comment(field)}"


def _comment(field: FieldInfo) -> str:
    return f"  # {field.description}" if field.description else ""


def _value(name: str, field: FieldInfo, connector: str) -> str:
    if _is_secret(field):
        return f'{{ env = "{connector.upper().replace("-", "_")}_{name.upper()}" }}'
    if field.examples:
        return _toml(field.examples[0])
    if field.is_required() or field.default is None:
        known = OF_ONE_CONNECTOR.get((connector, name)) or EXAMPLES.get(name)
        if known:
            return known
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    return '""' if default is None else _toml(default)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(one)}" for key, one in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return json.dumps(str(value), ensure_ascii=False)


def _key(name: object) -> str:
    text = str(name)
    return text if text.replace("_", "").replace("-", "").replace(".", "").isalnum() else json.dumps(text)


def _example(field: FieldInfo, default: Any) -> Any:
    return field.examples[0] if field.examples else default


def _is_secret(field: FieldInfo) -> bool:
    return field.annotation is SecretStr or (
        get_origin(field.annotation) is not dict and SecretStr in get_args(field.annotation)
    )


def _is_section(field: FieldInfo) -> bool:
    """Say whether an option is a table of its own: one with keys that are known, or a required one with keys of one's own."""
    return _model_of(field) is not None or (get_origin(field.annotation) is dict and field.is_required())


def _is_list(field: FieldInfo) -> bool:
    return get_origin(field.annotation) in {tuple, list}


def _model_of(field: FieldInfo) -> type[BaseModel] | None:
    """Give the type of a table with known keys, alone, in a list, or where it may be left out."""
    kinds = [field.annotation, *get_args(field.annotation)]
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
