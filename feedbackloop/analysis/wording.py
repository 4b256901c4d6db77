"""How do the texts for teams, agents and customers come out of their templates?

Templates lie in `feedbackloop/templates`, one a kind of text and language, each a row of named blocks; an operator's folder may
hold files of the same names, which then win. They run in jinja2's immutable sandbox, get plain strings and small records only,
and an unknown name in them is an error instead of a hole in the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PackageLoader, StrictUndefined, Template
from jinja2.exceptions import TemplateError, TemplateNotFound
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
    """All templates, the operator's own first."""

    def __init__(self, folder: Path | None = None) -> None:
        own: list[BaseLoader] = [FileSystemLoader(folder)] if folder else []
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([*own, PackageLoader("feedbackloop", "templates")]),
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )

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
            template = self._environment.get_template(name)
            return {block: _render(template, block, values) for block in template.blocks}
        except TemplateNotFound as error:
            raise ConfigError([f"template {name} is missing"]) from error
        except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            line = getattr(error, "lineno", None)
            where = f"{name}, line {line}" if line else name
            raise ConfigError([f"template {where}: {error}"]) from error


def _render(template: Template, block: str, values: Mapping[str, object]) -> str:
    context = template.new_context(dict(values))
    text = "".join(template.blocks[block](context))
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("\n", text + "\n")).strip()


@lru_cache(maxsize=4)
def wording(folder: Path | None = None) -> Wording:
    """Give the templates of a folder, read once."""
    return Wording(folder)
