"""What is forgiven on a line of feedback, and how is a fault named?

The long way that a line takes when it does not fit the typed form at once: unknown keys are kept, ids may be numbers, a day may
stand alone, a desk may have its own words for a status.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

import msgspec

from feedbackloop import clock
from feedbackloop.errors import BadRecord
from feedbackloop.plain_json import MAXIMUM_TEXT, sound
from feedbackloop.wire.shape import KNOWN, WireCustomer, WireItem

_NAMES = frozenset(WireItem.__struct_fields__)
_CUSTOMER_NAMES = frozenset(WireCustomer.__struct_fields__)
_TIMES = ("created_at", "updated_at", "solved_at", "due_at")
_PLACE = re.compile(r"^(.*?)(?: - at `\$\.?(.*)`)?$", re.DOTALL)
_EXAMPLE = "2026-11-02T09:00:00Z"


@dataclass(slots=True)
class Forgiver:
    """Brings dicts into the typed form. `warnings` says what was mended.

    Attributes:
        zone: Of times without a zone.
        time_format: strptime pattern that is tried before ISO 8601.
        has_scale: A top-level `rating` is a rating, not an unknown key.
    """

    zone: tzinfo = UTC
    time_format: str | None = None
    has_scale: bool = False
    warnings: list[str] = field(default_factory=list)
    _strange: set[str] = field(default_factory=set)

    def typed(self, record: dict[str, object]) -> WireItem:
        """Give the typed form.

        Raises:
            BadRecord: A field cannot be forgiven; it is named with the reason.
        """
        name = _name(record.get("id"))
        try:
            checked = sound(record, cut=lambda place, length: self._cut(name, place, length))
            assert isinstance(checked, dict)
            return msgspec.convert(self._forgiven(checked), WireItem)
        except msgspec.ValidationError as error:
            raise _bad(error, name) from error
        except BadRecord as error:
            error.record = error.record or name
            raise

    def _cut(self, name: str | None, place: str, length: int) -> None:
        self.warnings.append(f"{name or 'a record'}: {place} was cut from {length} to {MAXIMUM_TEXT} characters")

    def _forgiven(self, record: dict[str, Any]) -> dict[str, Any]:
        if self.has_scale and record.get("rating") is not None and not record.get("ratings"):
            rating = {"value": record.pop("rating"), "comment": record.pop("rating_comment", None)}
            record["ratings"] = [rating]
        known = _known_keys(record, _NAMES)
        self._status(known)
        _textual(known, "id")
        self._times(known, _TIMES, "")
        customer = known.get("customer")
        if isinstance(customer, dict):
            known["customer"] = customer = _known_keys(customer, _CUSTOMER_NAMES)
            _textual(customer, "id")
        for part in ("messages", "ratings", "answers"):
            self._parts(known.get(part), part)
        return known

    def _status(self, known: dict[str, Any]) -> None:
        """Take a source's own word for a status by its first part (`closed_untimely` is closed), and keep it under `fields`.

        A desk's vocabulary is no reason to lose what a customer said; the first record with each unknown word is named.
        """
        given = known.get("status")
        if not isinstance(given, str) or given in KNOWN["status"]:
            return
        word = given.strip().lower()
        first = re.split(r"[^a-z]", word, maxsplit=1)[0]
        known["status"] = first if first in KNOWN["status"] else None
        if known["status"] != word and isinstance(known.get("fields") or {}, dict):
            known["fields"] = {"status": given} | (known.get("fields") or {})
        if word and known["status"] is None and word not in self._strange:
            self._strange.add(word)
            choice = ", ".join(KNOWN["status"])
            self.warnings.append(f"status {given[:40]!r} is not one of {choice}; it is kept under fields.status")

    def _parts(self, parts: object, name: str) -> None:
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, dict):
                _textual(part, "id")
                _textual(part, "question")
                self._times(part, ("at",), f"{name}[{index}].")

    def _times(self, record: dict[str, Any], names: tuple[str, ...], place: str) -> None:
        for name in names:
            value = record.get(name)
            if isinstance(value, str):
                record[name] = self._time(value.strip(), place + name) if value.strip() else None
            elif value is not None:
                raise BadRecord(f"is not a time such as {_EXAMPLE}", field=place + name)

    def _time(self, text: str, place: str) -> datetime:
        moment = _strptime(text, self.time_format) or _fromisoformat(text)
        if moment is None:
            hint = f"{text[:40]!r} is not a time such as {_EXAMPLE}"
            raise BadRecord(f"{hint}; is `time_format` right?" if self.time_format else hint, field=place)
        try:
            return clock.bounded(moment if moment.tzinfo else moment.replace(tzinfo=self.zone))
        except ValueError as error:
            raise BadRecord(str(error), field=place) from error


def _strptime(text: str, pattern: str | None) -> datetime | None:
    try:
        return datetime.strptime(text, pattern) if pattern else None  # noqa: DTZ007  the source's zone comes after
    except ValueError:
        return None


def _fromisoformat(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _known_keys(record: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """Give the keys that the form knows; the others go under `fields`, where a key that is there already stays."""
    known = {key: value for key, value in record.items() if key in names}
    if len(known) < len(record) and isinstance(known.get("fields") or {}, dict):
        unknown = {key: value for key, value in record.items() if key not in names}
        known["fields"] = unknown | (known.get("fields") or {})
    return known


def _textual(record: dict[str, Any], key: str) -> None:
    """Take a whole number for an id as its digits: many systems count their records."""
    if type(record.get(key)) is int:
        record[key] = str(record[key])


def _name(value: object) -> str | None:
    return str(value)[:80] if isinstance(value, str | int) and value != "" else None


def _bad(error: msgspec.ValidationError, name: str | None) -> BadRecord:
    """Say in our words which field is wrong and what would be right."""
    match = _PLACE.match(str(error))
    reason, place = (match[1], match[2] or "") if match else (str(error), "")
    missing = re.match(r"Object missing required field `(\w+)`", reason)
    if missing:
        return BadRecord("is missing", field=f"{place}.{missing[1]}".lstrip("."), record=name)
    if place in {"id", "created_at"} and reason.endswith("got `null`"):
        return BadRecord("is missing", field=place, record=name)
    known = KNOWN.get(place.rpartition(".")[2])
    if known:
        return BadRecord(f"is not one of {', '.join(known)}", field=place, record=name)
    return BadRecord(reason[:200].replace("`", ""), field=place or None, record=name)
