"""How is `feedbackloop.toml` read, and what is said when it is wrong?

TOML is read by the standard library and validated by pydantic. All faults are reported at once, each with its full key and,
for an unknown one, the nearest that is known. Secrets come from the environment or a file, never from the config itself.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, SecretStr, ValidationError

from feedbackloop.errors import ConfigError
from feedbackloop.settings import LanguageModel, MailServer, Settings
from feedbackloop.settings_types import Resolved

_INTERNAL = {"path", "origins", "missing"}
ModelT = TypeVar("ModelT", bound=BaseModel)


def load(path: Path) -> Settings:
    """Read and validate `feedbackloop.toml`.

    Raises:
        ConfigError: The file is missing, is not TOML, or has faults; all faults are listed.
    """
    try:
        with path.open("rb") as file:
            raw = tomllib.load(file)
    except FileNotFoundError as error:
        raise ConfigError(
            [f"there is no config at {path}; write one with `feedbackloop init`, or name it with -c FILE"]
        ) from error
    except OSError as error:
        raise ConfigError([f"cannot be read: {error.strerror}"], str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"is not valid TOML: {error}"], str(path)) from error
    return from_dict(raw, path)


def from_dict(raw: dict[str, Any], path: Path | None = None) -> Settings:
    """Validate a config that is already a dict; see `load`."""
    origins = _Origins(path.parent if path else Path())
    resolved = origins.resolve(raw)
    faults = [f"{key}: unknown key{_nearest(key, _fields(Settings))}" for key in _INTERNAL & resolved.keys()]
    for key in _INTERNAL:
        resolved.pop(key, None)
    mail = resolved.setdefault("mail", {})
    if isinstance(mail, dict):
        _default_login(mail, raw.get("mail"), origins.of)
    faults += plain_secrets(MailServer, mail if isinstance(mail, dict) else {}, "mail")
    understand = resolved.get("understand")
    model = understand.get("language_model") if isinstance(understand, dict) else None
    faults += plain_secrets(LanguageModel, model if isinstance(model, dict) else {}, "understand.language_model")
    faults += _source_faults(resolved.get("sources"))
    try:
        settings = Settings(**resolved, path=path, origins=origins.of, missing=origins.missing)
    except ValidationError as error:
        raise ConfigError(faults + describe(error, Settings), str(path) if path else None) from error
    faults += _cross_check(settings)
    if faults:
        raise ConfigError(faults, str(path) if path else None)
    return settings


def validate_options(model: type[ModelT], section: dict[str, Any], where: str) -> ModelT:
    """Validate a connector's own table against its options' type.

    Raises:
        ConfigError: Faults, each with its full key.
    """
    faults = plain_secrets(model, section, where)
    if not faults:
        try:
            return model(**section)
        except ValidationError as error:
            faults = describe(error, model, where)
    raise ConfigError(faults)


def plain_secrets(model: type[BaseModel], section: dict[str, Any], where: str) -> list[str]:
    """Name the secrets that stand in the file itself: they must come from the environment or a file."""
    return [
        f'{where}.{name}: a secret is never written in the config; write {name} = {{ env = "NAME" }} or {{ file = "path" }}'
        for name, field in model.model_fields.items()
        if _is_secret(field.annotation)
        and isinstance(section.get(name), str)
        and not isinstance(section[name], Resolved)
    ]


def describe(error: ValidationError, model: type[BaseModel], where: str = "") -> list[str]:
    """Turn pydantic's faults into one sentence each, with the key's full name and the nearest known key."""
    sentences = []
    for fault in error.errors(include_url=False, include_input=False):
        place = [where] if where else []
        place += [str(part) for part in fault["loc"]]
        key = ".".join(place) or "config"
        if fault["type"] == "extra_forbidden":
            known = _fields(_model_at(model, fault["loc"][:-1]))
            sentences.append(f"{key}: unknown key{_nearest(str(fault['loc'][-1]), known)}")
        elif fault["type"] == "missing":
            sentences.append(f"{key}: is required and missing")
        else:
            sentences.append(f"{key}: {fault['msg'].removeprefix('Value error, ')}")
    return sentences


class _Origins:
    """Where each value of a config comes from, and what could not be had."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.of: dict[str, str] = {}
        self.missing: dict[str, str] = {}

    def resolve(self, value: Any, key: str = "") -> Any:
        """Replace `{ env = … }` and `{ file = … }` by what they name."""
        if isinstance(value, dict) and len(value) == 1 and ({"env", "file"} & value.keys()):
            (kind, name), *_ = value.items()
            if isinstance(name, str):
                return self._named(kind, name, key)
        if isinstance(value, dict):
            dotted = f"{key}." if key else ""
            return {k: self.resolve(v, f"{dotted}{k}") for k, v in value.items()}
        if isinstance(value, list):
            return [self.resolve(v, f"{key}.{i}") for i, v in enumerate(value)]
        self.of[key] = "config"
        return value

    def _named(self, kind: str, name: str, key: str) -> Resolved | None:
        self.of[key] = f"{kind} {name}"
        if kind == "env":
            found = os.environ.get(name)
            if found is None:
                self.missing[key] = f"{key}: the environment variable {name} is not set"
            return None if found is None else Resolved(found)
        try:
            return Resolved((self._folder / name).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            self.missing[key] = f"{key}: the file {name} cannot be read: {reason}"
            return None


def _default_login(mail: dict[str, Any], given: object, origins: dict[str, str]) -> None:
    """Take the mail server's login from SMTP_USER and SMTP_PASSWORD where the config does not say otherwise."""
    given = given if isinstance(given, dict) else {}
    for name, variable in (("username", "SMTP_USER"), ("password", "SMTP_PASSWORD")):
        if name not in given and variable in os.environ:
            mail[name] = Resolved(os.environ[variable])
            origins[f"mail.{name}"] = f"env {variable}"


def _source_faults(sources: object) -> list[str]:
    if not isinstance(sources, dict):
        return []
    faults = []
    for name, section in sources.items():
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
            faults.append(f"sources.{name}: a source's name is made of letters, digits, - and _")
        if isinstance(section, dict) and not isinstance(section.get("connector"), str):
            faults.append(f'sources.{name}.connector: is required and missing; write for example connector = "jsonl"')
    return faults


def _cross_check(settings: Settings) -> list[str]:
    """Find what pydantic cannot see: names that point to nothing."""
    faults = []
    known = settings.segment_names()
    for number, standard in enumerate(settings.standards):
        faults += [
            f"standards.{number}.segments.{name}: there is no segment of that name{_nearest(name, known)}"
            for name in standard.segments
            if name not in known
        ]
    where = settings.actions.tasks_in
    if where and settings.sources and where not in settings.sources:
        faults.append(f"actions.tasks_in: there is no source {where!r}{_nearest(where, tuple(settings.sources))}")
    return faults


def _is_secret(annotation: object) -> bool:
    return annotation is SecretStr or any(_is_secret(part) for part in get_args(annotation))


def _fields(model: type[BaseModel] | None) -> tuple[str, ...]:
    hidden = _INTERNAL if model is Settings else set()
    return tuple(name for name in model.model_fields if name not in hidden) if model else ()


def _nearest(name: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; known are {', '.join(sorted(known))}" if known else ""


def _model_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Follow a fault's place down to the model in which it lies."""
    current: type[BaseModel] | None = model
    for part in loc:
        field = current.model_fields.get(str(part)) if current else None
        if field is not None:
            current = _model_in(field.annotation)
        elif not isinstance(part, int) and current is None:
            return None
    return current


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
