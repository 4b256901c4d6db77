"""How is JSON from outside read so that nothing in it can break what comes after?

The standard parser lets pass what a database or another program cannot hold: NaN, 1e999, whole numbers beyond 64 bits, lone
surrogates, doubled keys, nesting without end. Here each is either mended (surrogates, overlong texts) or refused with its place.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable

import msgspec

from feedbackloop.errors import BadRecord

MAXIMUM_TEXT = 1_000_000
"""Characters of one string; what is longer is cut, and that is said."""
MAXIMUM_DEPTH = 40
"""Objects and lists inside one another."""

_DECODER = msgspec.json.Decoder()
_ENCODER = msgspec.json.Encoder()
_QUOTE = ord('"')
_HIDDEN_QUOTE = b"\\u0022"
_SURROGATES = re.compile("[\ud800-\udfff]")
_LARGEST = 2**63 - 1


def load_object(data: bytes) -> dict[str, object]:
    """Read one JSON object; a key that stands twice is an error, a control character inside a string is not.

    Raises:
        BadRecord: Not UTF-8, not JSON, not an object, nested too deeply, or with a doubled key, NaN or Infinity.
    """
    quick = _decoded(data)
    if quick is not None:
        return quick
    try:
        text = data.decode("utf-8", "surrogatepass").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise BadRecord(f"is not UTF-8 at byte {error.start + 1}; is `encoding` right?") from error
    try:
        value = json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_refuse_constant, strict=False)
    except RecursionError as error:
        raise BadRecord("is nested too deeply") from error
    except json.JSONDecodeError as error:
        raise BadRecord(f"is not JSON: {error.msg} at character {error.pos + 1}") from error
    except ValueError as error:  # a number of more than 4,300 digits
        raise BadRecord("holds a number that is too large") from error
    if not isinstance(value, dict):
        raise BadRecord("is not a JSON object")
    return value


def sound(value: object, field: str = "", *, cut: Callable[[str, int], None] | None = None, depth: int = 0) -> object:
    """Give the same value with every string free of lone surrogates and not longer than `MAXIMUM_TEXT`.

    Args:
        value: Any JSON value.
        field: Its dotted place, for the error.
        cut: Told of each text that was cut: its place and its former length.
        depth: How deep the value lies already.

    Raises:
        BadRecord: A number is not finite or beyond 64 bits, or the nesting is deeper than `MAXIMUM_DEPTH`.
    """
    if isinstance(value, str):
        return _sound_text(value, field, cut)
    if isinstance(value, dict | list):
        if depth >= MAXIMUM_DEPTH:
            raise BadRecord(f"is nested more than {MAXIMUM_DEPTH} deep", field=field or None)
        if isinstance(value, list):
            return [sound(v, f"{field}[{i}]", cut=cut, depth=depth + 1) for i, v in enumerate(value)]
        dot = f"{field}." if field else ""
        return {
            key if key.isascii() else _sound_text(key, field, None): one
            if one is None
            or (type(one) is str and one.isascii() and len(one) <= MAXIMUM_TEXT)  # most are: no call for them
            else sound(one, dot + key, cut=cut, depth=depth + 1)
            for key, one in value.items()
        }
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise BadRecord("is a whole number beyond 64 bits", field=field)
    if isinstance(value, float) and not math.isfinite(value):
        raise BadRecord("is not a finite number", field=field)
    return value


def _sound_text(value: str, field: str, cut: Callable[[str, int], None] | None) -> str:
    if len(value) > MAXIMUM_TEXT:
        if cut:
            cut(field, len(value))
        value = value[:MAXIMUM_TEXT]
    return value if value.isascii() else _SURROGATES.sub("\ufffd", value)


def _decoded(data: bytes) -> dict[str, object] | None:
    """Read what needs no second look five times as fast. A key that stands twice is noticed by the quotation marks it cost."""
    try:
        value = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(value, dict) or data.count(_QUOTE) != _ENCODER.encode(value).count(_QUOTE):
        return None
    if _HIDDEN_QUOTE in data:  # it is written as a quotation mark, and so would make up for one that was lost
        return None
    return value


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        double = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise BadRecord("stands twice in one object", field=double)
    return found


def _refuse_constant(name: str) -> object:
    raise BadRecord(f"holds {name}, which is not a number in JSON")
