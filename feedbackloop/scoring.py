"""How do texts that stand alone become the lines of `score`, and scorers the tables of `evaluate`?"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

from feedbackloop.clock import iso, parse_time
from feedbackloop.manager import PluginManager
from feedbackloop.records import Aspect, Expectation, Text, Understanding
from feedbackloop.settings import Settings
from feedbackloop.stages.reading import read_texts

Row = dict[str, Any]
_EXPECTATION = (
    "basis",
    "expected",
    "experienced",
    "promised_value",
    "promised_unit",
    "actual_value",
    "actual_unit",
    "due_at",
    "direction",
    "dimension",
    "touchpoint",
    "confidence",
)


def read_line(number: int, line: bytes) -> Text | Row:
    """Read one line of texts; a bad one becomes a row that says which and why."""
    try:
        raw = json.loads(line)
        if not isinstance(raw, dict):
            return _bad(number, None, "is not a JSON object")
        ident, text = raw.get("id", str(number)), raw.get("text")
        if not isinstance(text, str):
            return _bad(number, ident, "text: is missing" if text is None else "text: is not a string")
        language = raw.get("language") or "und"
        if not isinstance(language, str):
            return _bad(number, ident, "language: is not a string")
        said = raw.get("at") or None
        if not isinstance(said, str | None):
            return _bad(number, ident, "at: is not a string")
        at = parse_time(said) if said else None
    except (ValueError, TypeError, RecursionError) as error:
        return _bad(number, None, f"{error}")
    return Text(id=str(ident), text=text, language=language[:2].lower() if language != "und" else "und", at=at)


def _bad(number: int, ident: object, reason: str) -> Row:
    return {"id": ident, "record": f"line {number}", "error": reason}


def score_lines(plugins: PluginManager, batch: Sequence[Text | Row], settings: Settings) -> Iterator[Row]:
    """Give one row for each line, in order, as the contract's section 5 says."""
    texts = [one for one in batch if isinstance(one, Text)]
    results = iter(read_texts(plugins, texts, settings) if texts else [])
    for one in batch:
        yield as_row(one.id, next(results)) if isinstance(one, Text) else one


def as_row(ident: str, understanding: Understanding) -> Row:
    """Write one understanding as `score` does."""
    mood = understanding.sentiment
    return {
        "id": ident,
        "language": understanding.language,
        "sentiment": {
            "label": mood.label,
            "polarity": _rounded(mood.polarity),
            "confidence": _rounded(mood.confidence),
            "scorer": mood.scorer,
        },
        "expectations": [_expectation(one) for one in understanding.expectations],
        "dimensions": [_aspect(one) for one in understanding.dimensions],
        "touchpoints": [_aspect(one) for one in understanding.touchpoints],
        **({"promises": [_promise_row(one) for one in understanding.promises]} if understanding.promises else {}),
        **({"signals": dict(sorted(understanding.signals.items()))} if understanding.signals else {}),
    }


def _promise_row(promise: Any) -> Row:
    return {"who": promise.who, "what": promise.what, "due_at": iso(promise.due_at) if promise.due_at else None}


def _expectation(one: Expectation) -> Row:
    row: Row = {name: getattr(one, name) for name in _EXPECTATION}
    row["due_at"] = iso(one.due_at) if one.due_at else None
    row["confidence"] = _rounded(one.confidence)
    row["promised_value"], row["actual_value"] = _number(one.promised_value), _number(one.actual_value)
    return row


def _number(value: float | int | str | None) -> float | int | str | None:
    """Write whole numbers as integers."""
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return int(value)
    return value


def _aspect(one: Aspect) -> Row:
    return {"name": one.name, "polarity": _rounded(one.polarity), "confidence": _rounded(one.confidence)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
