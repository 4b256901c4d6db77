"""How is a description of an interface read: JSON or YAML, OpenAPI 3 or Swagger 2, with references inside the file?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from feedbackloop.errors import UsageError

METHODS = ("get", "post", "put", "patch")
_DEPTH = 12
Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. Schemas are as written; `Document.resolved` follows their references.

    Attributes:
        params: Name -> parameter, of path and query.
        asked: The schema of the body that it takes.
        answer: The schema of its successful answer.
        example: Of that answer, where the description has one.
    """

    method: str
    path: str
    params: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: Schema = field(default_factory=dict)
    answer: Schema = field(default_factory=dict)
    example: Any = None

    def of_query(self) -> list[str]:
        """Name the parameters of the query."""
        return [name for name, one in self.params.items() if one.get("in") == "query"]


class Document:
    """One description."""

    def __init__(self, content: dict[str, Any]) -> None:
        self.content = content
        self.is_swagger = str(content.get("swagger", "")).startswith("2")

    @property
    def base_url(self) -> str | None:
        """The address that the description names first."""
        servers = self.content.get("servers")
        if isinstance(servers, list) and servers and isinstance(servers[0], dict):
            url = str(servers[0].get("url") or "")
            for name, one in (servers[0].get("variables") or {}).items():
                url = url.replace(f"{{{name}}}", str(one.get("default") or name) if isinstance(one, dict) else name)
            return url.rstrip("/") if "://" in url else None
        host = self.content.get("host")
        scheme = (self.content.get("schemes") or ["https"])[0]
        return f"{scheme}://{host}{self.content.get('basePath') or ''}".rstrip("/") if host else None

    @property
    def logins(self) -> list[dict[str, Any]]:
        """The ways to log in."""
        components = self.content.get("components") or {}
        table = self.content.get("securityDefinitions") if self.is_swagger else components.get("securitySchemes")
        return [self.resolved(one) for one in (table or {}).values()]

    def operations(self) -> Iterator[Operation]:
        """Yield all calls, in the order of the file."""
        for path, item in (self.content.get("paths") or {}).items():
            table = self.resolved(item)
            for method in METHODS:
                if isinstance(table.get(method), dict):
                    yield self._operation(method, path, table, table[method])

    def resolved(self, node: Any, depth: int = 0) -> Schema:
        """Give an object with its reference followed and the parts of `allOf` in one; the first of `oneOf` and `anyOf` counts."""
        if not isinstance(node, dict) or depth > _DEPTH:
            return {}
        if isinstance(node.get("$ref"), str):
            return self.resolved(self._at(node["$ref"]), depth + 1)
        found = dict(node)
        for part in node.get("allOf") or ():
            found = _merged(found, self.resolved(part, depth + 1))
        for kind in ("oneOf", "anyOf"):
            options = [self.resolved(one, depth + 1) for one in node.get(kind) or ()]
            telling = next((one for one in options if one.get("properties") or one.get("items")), None)
            found = _merged(found, telling or (options[0] if options else {}))
        return found

    def _at(self, reference: str) -> Any:
        node: Any = self.content
        for part in reference.removeprefix("#/").split("/") if reference.startswith("#/") else ():
            name = part.replace("~1", "/").replace("~0", "~").replace("%20", " ")
            node = node.get(name) if isinstance(node, dict) else None
        return node if node is not self.content else None

    def _operation(self, method: str, path: str, shared: dict[str, Any], own: dict[str, Any]) -> Operation:
        listed = [self.resolved(one) for one in [*(shared.get("parameters") or ()), *(own.get("parameters") or ())]]
        params = {str(one.get("name")): one for one in listed if one.get("in") in {"path", "query"}}
        body = next((one.get("schema") for one in listed if one.get("in") == "body"), None)
        asked = body or _json_of(self.resolved(own.get("requestBody"))).get("schema")
        answers = own.get("responses") or {}
        good = next((answers[code] for code in answers if str(code).startswith("2")), None)
        answer = self.resolved(good)
        content = _json_of(answer)
        schema = answer.get("schema") if self.is_swagger else content.get("schema")
        return Operation(method, path, params, asked or {}, schema or {}, _example_of(self, content, answer))


def load(path: Path) -> Document:
    """Read a description.

    Raises:
        UsageError: The file cannot be read, or is no description with paths.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from error
    try:
        content = json.loads(text)
    except ValueError:
        content = _yaml(text, path)
    except RecursionError as error:
        raise UsageError(f"{path} is nested too deeply") from error
    if not isinstance(content, dict) or not isinstance(content.get("paths"), dict) or not content["paths"]:
        raise UsageError(f"{path} describes no calls: it has no `paths`; an OpenAPI 3 or Swagger 2 file is needed")
    return Document(content)


def _yaml(text: str, path: Path) -> Any:
    try:
        import yaml
    except ImportError as error:
        raise UsageError(f"{path} is no JSON; to read YAML: pip install pyyaml") from error

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the fast one, where it is there
        """Takes times and a bare `=` for the texts that they are."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in known if tag.rpartition(":")[2] not in {"timestamp", "value"}]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    try:
        return yaml.load(text, Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"{path} is neither JSON nor YAML: {str(error).splitlines()[0]}") from error


def _json_of(node: Schema) -> dict[str, Any]:
    content = node.get("content")
    if not isinstance(content, dict):
        return {}
    chosen = next((one for kind, one in content.items() if "json" in kind), None) or next(iter(content.values()), None)
    return chosen if isinstance(chosen, dict) else {}


def _example_of(document: Document, content: dict[str, Any], answer: Schema) -> Any:
    if content.get("example") is not None:
        return content["example"]
    several = content.get("examples") or answer.get("examples")
    first = next(iter(several.values()), None) if isinstance(several, dict) else None
    found = document.resolved(first) if isinstance(first, dict) else first
    return found.get("value", found) if isinstance(found, dict) else found


def _merged(one: Schema, other: Schema) -> Schema:
    properties = {**(one.get("properties") or {}), **(other.get("properties") or {})}
    return {**other, **one, **({"properties": properties} if properties else {})}
