"""How does a row become an item?

The expressions of `item` make a record of the wire form out of it, `values` translates the system's words, and the wire's own
reader checks every value: a row that does not fit is named with the field, and the others go on.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import Any

from feedbackloop import clock
from feedbackloop.errors import BadRecord
from feedbackloop.records import Item
from feedbackloop.wire import Reader
from feedbackloop_connectors.described.expressions import search
from feedbackloop_connectors.described.options import Mapping
from feedbackloop_connectors.files.mapping import wire_record
from feedbackloop_connectors.marks import digest

OWN = re.compile(r"\bfbl-[0-9a-f]{16}\b")
OWN_TASK = re.compile(r"\bfbl-task-[0-9a-f]{16}\b")
_TIMES = frozenset({"created_at", "updated_at", "solved_at", "due_at", "at"})
_MILLISECONDS_FROM = 100_000_000_000
"""A number of seconds beyond the year 5138 is one of milliseconds."""


def mark_of(key: str, *, is_task: bool = False) -> str:
    """Give the mark that a write carries in its text, made from the action's key."""
    return f"fbl-{'task-' if is_task else ''}{digest(key)}"


class Mapper:
    """The described mapping of one source."""

    def __init__(self, options: Mapping, zone: tzinfo, time_format: str | None = None) -> None:
        self._options = options
        self._zone = zone
        self._time_format = time_format
        scale = options.rating.as_rating_scale() if options.rating else None
        self._reader = Reader(zone, time_format=time_format, rating=scale)

    def item(self, row: Any) -> Item | None:
        """Read one row; None for an improvement task of ours, which is no feedback.

        Raises:
            BadRecord: It cannot be read.
        """
        name = self.name(row)
        try:
            found = {target: search(path, row, target) for target, path in self._options.item.items()}
            words = {target: _with_default(table, found.get(target)) for target, table in self._options.values.items()}
            record = {"kind": self._options.kind} | wire_record(_numbers_as_times(found), words)
            customer = record.get("customer")
            who = customer.get("id") if isinstance(customer, dict) else None
            if isinstance(record.get("messages"), list):
                record["messages"] = [self._message(one, who) for one in record["messages"]]
            if isinstance(record.get("ratings"), list):
                record["ratings"] = [
                    _numbers_as_times(one) if isinstance(one, dict) else one for one in record["ratings"]
                ]
            return None if _is_own_task(record) else self._reader.record(record)
        except BadRecord as error:
            error.record = error.record or name
            raise

    def name(self, row: Any) -> str:
        """Give the id of a row, or what can be said instead of one."""
        try:
            found = search(self._options.item["id"], row, "id")
        except BadRecord:
            return ""
        return str(found)[:500] if isinstance(found, str | int) and found != "" else ""

    def is_deleted(self, row: Any) -> bool:
        """Say whether a row is there only to tell that its item is gone; nothing further is asked about it.

        Raises:
            BadRecord: The expression for the status does not fit.
        """
        path = self._options.item.get("status")
        word = search(path, row, "status") if path else None
        table = self._options.values.get("status", {})
        return isinstance(word, str | int) and table.get(str(word).strip(), str(word)) == "deleted"

    def changed_at(self, row: Any, expression: str | None) -> datetime | None:
        """Say when a row changed, as an expression on it tells; None where it does not say, or not in a readable way."""
        try:
            found = search(expression, row, "changed") if expression else None
            if isinstance(found, int | float) and not isinstance(found, bool):
                return clock.bounded(_from_number(found))
            text = str(found or "").strip()
            if self._time_format:
                return clock.bounded(datetime.strptime(text, self._time_format).replace(tzinfo=self._zone))
            return clock.parse_time(text, self._zone)
        except (ValueError, OverflowError, BadRecord):
            return None

    def warnings(self) -> tuple[str, ...]:
        """Give what was mended on the way, once."""
        found = tuple(self._reader.warnings)
        self._reader.warnings.clear()
        return found

    def _message(self, given: Any, customer: object) -> Any:
        """Say who wrote: by `author` and the table of words, else by whether `by` is the item's customer."""
        if not isinstance(given, dict):
            return given
        message = _numbers_as_times(given)
        if message.get("author") is None and "by" in message:
            by = message["by"]  # words of nobody are taken for a customer's
            message["author"] = "customer" if by is None or str(by) == str(customer) else "agent"
        message.pop("by", None)
        table = self._options.values.get("messages.author")
        if table and isinstance(message.get("author"), str | int):
            word = str(message["author"])
            message["author"] = table.get(word, table.get("*", word))
        text = message.get("text")
        if isinstance(text, str) and message.get("author") != "customer" and OWN.search(text):
            message["own"] = True
        return message


def _is_own_task(record: dict[str, Any]) -> bool:
    messages = record.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    text = first.get("text") if isinstance(first, dict) else None
    return isinstance(text, str) and OWN_TASK.search(text) is not None


def _with_default(table: dict[str, str], found: Any) -> dict[str, str]:
    """Give the table of words with the default filled in for the word at hand."""
    if "*" not in table or not isinstance(found, str | int | float) or str(found).strip() in table:
        return table
    return {str(found).strip(): table["*"]} | table


def _numbers_as_times(record: dict[str, Any]) -> dict[str, Any]:
    """Write times that are given as seconds or milliseconds since 1970 as text."""
    return {
        name: _time_text(value)
        if name in _TIMES and isinstance(value, int | float) and not isinstance(value, bool)
        else value
        for name, value in record.items()
    }


def _time_text(value: float) -> str:
    try:
        return clock.iso(_from_number(value))
    except (ValueError, OverflowError, OSError):
        return str(value)  # the reader refuses it with its place


def _from_number(value: float) -> datetime:
    seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except OSError as error:
        raise ValueError("is no time") from error
