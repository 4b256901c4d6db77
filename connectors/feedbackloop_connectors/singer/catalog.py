"""Which streams does a tap offer, and how is it told which of them to send?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from feedbackloop.errors import BadRecord, Fatal
from feedbackloop.plain_json import load_object


def read_catalog(text: bytes) -> dict[str, Any]:
    """Read what a tap says when it is asked for its streams.

    Raises:
        Fatal: It is no catalog.
    """
    try:
        found = load_object(text)
    except BadRecord as error:
        raise Fatal(f"what the tap gives for --discover {error}; is it a Singer tap?") from error
    if not isinstance(found.get("streams"), list):
        raise Fatal("what the tap gives for --discover holds no `streams`; is it a Singer tap?")
    return found


def names_of(catalog: dict[str, Any]) -> list[str]:
    """Name the streams of a catalog."""
    return [_name(stream) for stream in catalog["streams"] if isinstance(stream, dict)]


def missing_streams(catalog: dict[str, Any], wanted: Iterable[str]) -> str | None:
    """Say which wanted streams a catalog does not have, and which are near; None: all are there."""
    known = names_of(catalog)
    said = []
    for name in sorted(set(wanted) - set(known)):
        close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        said.append(f"the tap has no stream {name!r}" + (f"; did you mean {close[0]!r}?" if close else ""))
    return f"{'; '.join(said)} It offers: {', '.join(sorted(known)[:30])}" if said else None


def select(catalog: dict[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
    """Mark the wanted streams with all their columns, and no other, in both ways that taps look for."""
    chosen = set(wanted)
    return catalog | {
        "streams": [_marked(one, _name(one) in chosen) for one in catalog["streams"] if isinstance(one, dict)]
    }


def _marked(stream: dict[str, Any], is_wanted: bool) -> dict[str, Any]:
    metadata = [one for one in stream.get("metadata") or [] if isinstance(one, dict)]
    if not any(one.get("breadcrumb") == [] for one in metadata):
        metadata.append({"breadcrumb": [], "metadata": {}})
    marked = [one | {"metadata": (one.get("metadata") or {}) | {"selected": is_wanted}} for one in metadata]
    schema = stream.get("schema")
    schema = schema | {"selected": is_wanted} if isinstance(schema, dict) else schema
    return stream | {"metadata": marked, "schema": schema, "selected": is_wanted}


def _name(stream: dict[str, Any]) -> str:
    return str(stream.get("tap_stream_id") or stream.get("stream"))
