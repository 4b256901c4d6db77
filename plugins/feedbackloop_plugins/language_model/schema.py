"""In which form must an answer come, as a JSON schema?

Two strengths. The open one is the same for every request, which endpoints that prepare a schema once insist on. The exact one
names the texts asked about and bounds lists and quotations: a server that holds the model to it while it writes (a grammar) gets
one answer for each text and no endless one, from small models too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

_MOST = 8
_LONGEST = 200


def exact(schema: dict[str, Any], ids: Sequence[str]) -> dict[str, Any]:
    """Hold an open schema of `answers` to one answer for each text, in bounds.

    Args:
        schema: As `Task.schema` gives it.
        ids: Of the texts asked about; without any, the schema is none of `answers` and stays as it is.
    """
    if not ids:
        return schema
    bound: dict[str, Any] = _bounded(schema)
    answers = bound["properties"]["answers"]
    answers |= {"minItems": len(ids), "maxItems": len(ids)}
    answers["items"]["properties"]["id"] = {"type": "string", "enum": list(ids)}
    return bound


def _bounded(part: Any) -> Any:
    if isinstance(part, list):
        return [_bounded(one) for one in part]
    if not isinstance(part, dict):
        return part
    whole = {name: _bounded(one) for name, one in part.items()}
    if whole.get("type") == "string" and "enum" not in whole:
        whole["maxLength"] = _LONGEST
    if whole.get("type") == "array":
        whole["maxItems"] = _MOST
    return whole


def closed_schema(kind: type[Struct]) -> Any:
    """Write the JSON schema of a record without references, bounds and defaults, and with every field required."""
    schema = msgspec.json.schema(kind)
    names = schema.get("$defs", {})

    def inlined(part: Any) -> Any:
        if isinstance(part, list):
            return [inlined(one) for one in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return inlined(names[part["$ref"].rpartition("/")[2]])
        dropped = {"$defs", "title", "description", "default", "minimum", "maximum", "maxItems", "required"}
        kept = {name: inlined(one) for name, one in part.items() if name not in dropped}
        if "properties" in kept:
            kept |= {"required": list(kept["properties"]), "additionalProperties": False}
        return {"type": "string", **kept} if "enum" in kept else kept

    return inlined(schema)
