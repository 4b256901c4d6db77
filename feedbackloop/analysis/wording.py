"""How do the texts for teams, agents and customers come out of their templates?

Templates lie in `feedbackloop/templates`, one a kind of text and language, each a row of named blocks. An operator's folder may
hold files of the same names: the blocks in them win, the others stay as shipped. They run in jinja2's immutable sandbox, get
plain strings and small records only, and an unknown name in them is an error instead of a hole in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import BaseLoader, FileSystemLoader, PackageLoader, StrictUndefined
from jinja2.exceptions import TemplateError, TemplateNotFound
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from feedbackloop.analysis.wording_figures import Language
from feedbackloop.errors import ConfigError

__all__ = ["LANGUAGES", "Wording", "language_of", "wording"]

LANGUAGES: tuple[Language, ...] = ("en", "zh")
"""The languages in which templates ship."""

_BLANK_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+\n")


def language_of(code: str) -> Language | None:
    """Give the template language for an ISO code or a locale (`zh-CN` -> `zh`); None: there is none."""
    plain = code.lower().replace("_", "-").split("-")[0]
    return next((language for language in LANGUAGES if language == plain), None)


class Wording:
    """All templates, the operator's own blocks before those that ship."""

    def __init__(self, folder: Path | None = None) -> None:
        self._shipped = _environment(PackageLoader("feedbackloop", "templates"))
        self._own = _environment(FileSystemLoader(folder)) if folder else None

    def blocks(self, kind: str, language: Language, values: Mapping[str, object]) -> dict[str, str]:
        """Render every block of one template.

        Args:
            kind: `task`, `note` or `follow_up`.
            language: One of `LANGUAGES`.
            values: What the template may name.

        Returns:
            Block name -> text without blank edges; a block that says nothing is an empty string.

        Raises:
            ConfigError: The template has a fault; it is named with its line.
        """
        name = f"{kind}.{language}.j2"
        try:
            shipped = self._shipped.get_template(name)
            own = self._own_blocks(name)
            context = shipped.new_context(dict(values))
            context.blocks.update({block: [render] for block, render in own.items()})
            rendered = {block: _text(renders[0](context)) for block, renders in context.blocks.items()}
        except _FAULTS as error:
            line = getattr(error, "lineno", None)
            where = f"{name}, line {line}" if line else name
            raise ConfigError([f"template {where}: {error}"]) from error
        if unknown := sorted(own.keys() - shipped.blocks.keys()):
            known = ", ".join(shipped.blocks)
            raise ConfigError([f"template {name} has a block {unknown[0]!r}; the blocks are {known}"])
        return rendered

    def _own_blocks(self, name: str) -> Mapping[str, Callable[[Context], Iterator[str]]]:
        try:
            return self._own.get_template(name).blocks if self._own else {}
        except TemplateNotFound:
            return {}


_FAULTS = (TemplateError, ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
"""What a template can raise while it is read or run; whatever it is, the operator wants its name and the template's."""


def _environment(loader: BaseLoader) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=False,  # the result is plain text, and quoted words were made inert before
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _text(pieces: Iterator[str]) -> str:
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("\n", "".join(pieces) + "\n")).strip()


@lru_cache(maxsize=4)
def wording(folder: Path | None = None) -> Wording:
    """Give the templates of a folder, read once."""
    return Wording(folder)
