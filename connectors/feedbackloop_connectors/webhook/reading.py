"""Which items does a delivery hold?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from feedbackloop.connector import Context
from feedbackloop.errors import BadRecord
from feedbackloop.plain_json import load_object, sound
from feedbackloop.records import Item
from feedbackloop_connectors.described.expressions import search
from feedbackloop_connectors.described.mapping import Mapper
from feedbackloop_connectors.webhook.options import WebhookOptions


class Reader:
    """Reads deliveries as the config describes them."""

    def __init__(self, options: WebhookOptions, context: Context) -> None:
        self._options = options
        self._mapper = Mapper(options, context.zone, options.time_format)

    def name(self, row: Any) -> str:
        """Give the id of a row, or what can be said instead of one."""
        return self._mapper.name(row)

    def names(self, body: bytes) -> list[str]:
        """Name the items that a body speaks of; none where it cannot be read."""
        try:
            return [name for row in self.rows(body) if (name := self._mapper.name(row))]
        except BadRecord:
            return []

    def rows(self, body: bytes) -> list[Any]:
        """Give the rows of a body; none where it is not wanted.

        Raises:
            BadRecord: It is no JSON, or the expressions do not fit it.
        """
        document = sound(_document(body))
        if self._options.only is not None and not search(self._options.only, document, "only"):
            return []
        found = search(self._options.each, document, "each")
        if found is None:
            raise BadRecord(f"{self._options.each!r} finds nothing in the body", field="each")
        return found if isinstance(found, list) else [found]

    def is_deleted(self, row: Any) -> bool:
        """Say whether a row is there only to tell that its item is gone.

        Raises:
            BadRecord: The expression for the status does not fit.
        """
        return self._mapper.is_deleted(row)

    def item(self, row: Any, place: int, since: datetime | None) -> Item | None:
        """Make an item; None for our own tasks, and for what was created before `since`.

        Args:
            row: Of a delivery.
            place: Of that delivery in the inbox.
            since: As the cursor has it.

        Raises:
            BadRecord: It cannot be read.
        """
        item = self._mapper.item(row)
        if item is None or (since is not None and item.created_at < since):
            return None
        # deliveries overtake each other; where rows do not say when they changed, the later one counts
        has_version = item.version is not None or item.updated_at is not None
        return item if has_version else replace(item, version=place / 1e9)

    def warnings(self) -> tuple[str, ...]:
        """Give what was mended on the way, once."""
        return self._mapper.warnings()


def _document(body: bytes) -> Any:
    if body.lstrip()[:1] == b"[":
        try:
            return msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadRecord(f"is not JSON: {error}") from error
    return load_object(body)
