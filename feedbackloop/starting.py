"""What does a first config look like for each kind of source?"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources.abc import Traversable
from typing import get_args

import jinja2
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from feedbackloop.connector import Connector, SourceOptions

EXAMPLES = {
    "base_url": '"https://acme.zendesk.com"',
    "path": '"feedback.jsonl"',
    "email": '"loop@acme.example"',
    "start": '"2026-01-01"',
    "timezone": '"Europe/Berlin"',
    "touchpoint_field": '"category"',
}
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
    """Give one line for each option: open if required or usually needed, else commented out.

    Where there are several secrets they are ways to log in of which one is enough: only the first stands open.
    """
    options = connector.Options.model_fields
    secrets = [name for name, field in options.items() if _is_secret(field)]
    usual = {*secrets[:1], *(LOGINS if secrets else ())}
    for name, field in options.items():
        if name == "connector":
            continue
        open_one = field.is_required() or name in usual
        comment = f"  # {field.description}" if field.description else ""
        yield f"{'' if open_one else '# '}{name} = {_value(name, field, connector.name)}{comment}"


def _value(name: str, field: FieldInfo, connector: str) -> str:
    if _is_secret(field):
        return f'{{ env = "{connector.upper()}_{name.upper()}" }}'
    if name in EXAMPLES and (field.is_required() or field.default is None):
        return EXAMPLES[name].replace("feedback.jsonl", f"feedback.{'csv' if connector == 'csv' else 'jsonl'}")
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, int | float):
        return str(default)
    return '""' if default is None else _toml(default)


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(one)}" for key, one in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return f'"{value}"'


def _is_secret(field: FieldInfo) -> bool:
    return field.annotation is SecretStr or SecretStr in get_args(field.annotation)
