"""How do the texts for teams, agents and customers come out of their templates?

Templates lie in `feedbackloop/templates`, one a kind of text and language, each a row of named blocks. An operator's folder may
hold files of the same names: the blocks in them win, the others stay as shipped. They run in jinja2's immutable sandbox, get
plain strings and small records only, and an unknown name in them is an error instead of a hole in the text. While the loop runs,
a faulty file of the operator's is named and what ships is used in its place: nothing waits for it, and nothing is lost.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, FileSystemLoader, PackageLoader, StrictUndefined
from jinja2.exceptions import SecurityError, TemplateError, TemplateNotFound
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from feedbackloop.analysis.wording_figures import Language
from feedbackloop.errors import ConfigError
from feedbackloop.settings import Settings

__all__ = ["LANGUAGES", "ForgivingWording", "Wording", "language_of", "template_faults", "wording", "wording_of"]

LANGUAGES: tuple[Language, ...] = ("en", "zh")
"""The languages in which templates ship."""

LONGEST = 20_000
"""Characters that one block may say; more is a loop gone wild."""

KINDS = ("follow_up", "note", "task")

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
        self.folder = folder

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
            line = getattr(error, "lineno", None) or self._line_of(error, name)
            where = f"{self._path(name)}, line {line}" if line else self._path(name)
            raise ConfigError([f"template {where}: {error}"]) from error
        if unknown := sorted(own.keys() - shipped.blocks.keys()):
            known = ", ".join(shipped.blocks)
            raise ConfigError([f"template {self._path(name)} has a block {unknown[0]!r}; the blocks are {known}"])
        return rendered

    def _line_of(self, error: BaseException, name: str) -> int | None:
        """Find the operator's own line in a traceback: what runs are lines of Python made from the template."""
        if self._own is None or error.__traceback__ is None:
            return None
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.lineno and Path(frame.filename).name == name]
        return self._own.get_template(name).get_corresponding_lineno(lines[-1]) if lines else None

    def _path(self, name: str) -> str:
        return str(self.folder / name) if self.folder else name

    def _own_blocks(self, name: str) -> Mapping[str, Callable[[Context], Iterator[str]]]:
        try:
            return self._own.get_template(name).blocks if self._own else {}
        except TemplateNotFound:
            return {}


class ForgivingWording(Wording):
    """Templates that never stop the loop: where the operator's own has a fault, that is kept, and what ships is used.

    Attributes:
        faults: File name -> what is wrong with it, with its line; a file named here is not tried again until `take_faults`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(folder)
        self.faults: dict[str, str] = {}

    def blocks(self, kind: str, language: Language, values: Mapping[str, object]) -> dict[str, str]:
        """As `Wording.blocks`; a fault is kept instead of raised."""
        name = f"{kind}.{language}.j2"
        if self.folder is None or name in self.faults:
            return wording().blocks(kind, language, values)
        if not self.folder.is_dir():
            self.faults[""] = f"there is no folder {self.folder}, which [actions] templates names; what ships is used"
            return wording().blocks(kind, language, values)
        try:
            return super().blocks(kind, language, values)
        except ConfigError as error:
            self.faults[name] = f"{error}; the one that ships is used"
            return wording().blocks(kind, language, values)

    def take_faults(self) -> list[str]:
        """Give the faults found since the last time, and let the files be tried again: they may be mended."""
        found = list(self.faults.values())
        self.faults.clear()
        return found


def template_faults(folder: Path) -> dict[str, str]:
    """Say which files of an operator's folder cannot serve, and why; what shows only when it runs is not seen here."""
    if not folder.is_dir():
        return {str(folder): "there is no such folder"}
    names = {f"{kind}.{language}.j2" for kind in KINDS for language in LANGUAGES}
    found = {}
    environment = _environment(FileSystemLoader(folder))
    for path in sorted(folder.glob("*.j2")):
        try:
            blocks = environment.get_template(path.name).blocks
            shipped = _environment(PackageLoader("feedbackloop", "templates"))
            if path.name not in names:
                found[path.name] = f"is not one of {', '.join(sorted(names))}"
            elif unknown := sorted(blocks.keys() - shipped.get_template(path.name).blocks.keys()):
                found[path.name] = f"has a block {unknown[0]!r} that nothing shows"
        except _FAULTS as error:
            line = getattr(error, "lineno", None)
            found[path.name] = f"line {line}: {error}" if line else str(error)
    return found


class _Sandbox(ImmutableSandboxedEnvironment):
    """jinja2's sandbox, in which no sum can fill the memory either."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Let numbers of a sane size be multiplied, and nothing else."""
        if not all(isinstance(side, int | float) and abs(side) <= _LARGEST for side in (left, right)):
            raise SecurityError(f"{operator} is for numbers up to {_LARGEST}")
        if operator == "**" and right > _LARGEST_POWER:
            raise SecurityError(f"no power above {_LARGEST_POWER}")
        return super().call_binop(context, operator, left, right)


_LARGEST = 1_000_000
_LARGEST_POWER = 9

_FAULTS = (TemplateError, ArithmeticError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)
"""What a template can raise while it is read or run; whatever it is, the operator wants its name and the template's."""


def _environment(loader: BaseLoader) -> _Sandbox:
    return _Sandbox(
        loader=loader,
        undefined=StrictUndefined,
        autoescape=False,  # the result is plain text, and quoted words were made inert before
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _text(pieces: Iterator[str]) -> str:
    said = ""
    for piece in pieces:
        said += piece
        if len(said) > LONGEST:
            raise ValueError(f"a block says more than {LONGEST} characters")
    return _BLANK_LINES.sub("\n\n", _TRAILING.sub("\n", said + "\n")).strip()


@lru_cache(maxsize=4)
def wording(folder: Path | None = None) -> Wording:
    """Give the templates of a folder, read once."""
    return Wording(folder)


def wording_of(settings: Settings) -> ForgivingWording:
    """Give the templates that the config names, the shipped ones where it names none; the same object for the same folder."""
    folder = settings.templates_folder
    return _forgiving(folder.absolute() if folder else None)


@lru_cache(maxsize=4)
def _forgiving(folder: Path | None) -> ForgivingWording:
    return ForgivingWording(folder)
