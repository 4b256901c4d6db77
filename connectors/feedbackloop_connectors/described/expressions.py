"""How are the config's JMESPath expressions and templates checked and used?

An expression reads a value out of an answer (https://jmespath.org). A template puts values into a path or a body; it runs in
Jinja's sandbox, and a value that it puts in is never read as a template itself, whatever a customer wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import quote

import jinja2
import jmespath
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jmespath.exceptions import JMESPathError
from pydantic import AfterValidator

from feedbackloop.errors import BadRecord

_UNFIT = (JMESPathError, RecursionError, TypeError, ValueError, ArithmeticError)
"""What jmespath raises where a value is not what an expression takes it for: of comparisons and of some functions its own
errors do not tell."""
_LONE = re.compile(r"\{\{((?:(?!\}\}|\{\{).)*)\}\}", re.DOTALL)
"""A text that is one expression and nothing else: it keeps its type."""


def _in_path(value: object) -> str:
    """Write a value so that it stays one piece of a path or query.

    Raises:
        TemplateError: There is no value, or it would climb out of its folder.
    """
    text = "" if value is None or isinstance(value, jinja2.Undefined) else str(value)
    if text in {"", ".", ".."}:
        raise jinja2.TemplateRuntimeError(f"{text!r} cannot stand in a path")
    return quote(text, safe="")


_TEXTS = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
_PATHS = _TEXTS.overlay(finalize=_in_path)


def _is_expression(text: str) -> str:
    try:
        jmespath.compile(text)
    except JMESPathError as error:
        raise ValueError(f"{text[:60]!r} is not JMESPath: {str(error).splitlines()[0]}") from None
    return text


def _is_template(text: str) -> str:
    try:
        _TEXTS.from_string(text)
    except jinja2.TemplateError as error:
        raise ValueError(f"{text[:60]!r} is not a template: {error}") from None
    return text


def _is_path(text: str) -> str:
    if not text.startswith("/") or text.startswith("//"):
        raise ValueError(f"{text[:60]!r} is not a path; write it from base_url on, with a / in front")
    return _is_template(text)


def _are_templates(value: Any) -> Any:
    for text in _leaves(value):
        _is_template(text)
    return value


Expression = Annotated[str, AfterValidator(_is_expression)]
Template = Annotated[str, AfterValidator(_is_template)]
PathTemplate = Annotated[str, AfterValidator(_is_path)]
Body = Annotated[dict[str, Any], AfterValidator(_are_templates)]


def search(expression: str, document: Any, field: str | None = None) -> Any:
    """Read a value; None where the expression leads nowhere.

    Raises:
        BadRecord: The expression does not fit the document (a value is of the wrong type); `field` is named.
    """
    try:
        return jmespath.search(expression, document)
    except _UNFIT as error:
        reason = str(error).partition("\n")[0][:200]
        raise BadRecord(f"{expression[:60]!r} does not fit: {reason}", field=field) from error


def path_of(template: str, words: Mapping[str, Any]) -> str:
    """Write a path; what is put in is quoted.

    Raises:
        BadRecord: A word is unknown or empty.
    """
    return str(_rendered(_PATHS, template, words))


def filled(value: Any, words: Mapping[str, Any]) -> Any:
    """Fill the templates in a JSON value. A text that is one `{{ … }}` and nothing else keeps the type of what it gives.

    Raises:
        BadRecord: A word is unknown, or the sandbox refuses what a template does.
    """
    if isinstance(value, dict):
        return {key: filled(one, words) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [filled(one, words) for one in value]
    return _rendered(_TEXTS, value, words) if isinstance(value, str) else value


def names_in(value: Any) -> set[str]:
    """Name the words that the templates in a JSON value ask for."""
    return {name for text in _leaves(value) for name in find_undeclared_variables(_TEXTS.parse(text))}


def _rendered(environment: jinja2.Environment, template: str, words: Mapping[str, Any]) -> Any:
    try:
        lone = _LONE.fullmatch(template.strip())
        if lone and environment is _TEXTS:
            return _plain(_compiled(lone[1])(**words))
        return _parsed(environment, template).render(words)
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise BadRecord(f"the template {template[:60]!r} fails: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, jinja2.Undefined):
        str(value)  # a strict one says by itself what is missing
    return list(value) if isinstance(value, Iterator | tuple | set) else value


@lru_cache(maxsize=1000)
def _parsed(environment: jinja2.Environment, template: str) -> jinja2.Template:
    return environment.from_string(template)


@lru_cache(maxsize=1000)
def _compiled(expression: str) -> Any:
    return _TEXTS.compile_expression(expression, undefined_to_none=False)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _leaves(one)
