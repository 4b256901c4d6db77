"""Where did the last pull get to, in every folder?"""

from __future__ import annotations

from datetime import datetime

from msgspec import field
from msgspec.structs import replace

from feedbackloop.clock import iso, parse_time
from feedbackloop_connectors.cursors import ForgivingCursor


class Cursor(ForgivingCursor, frozen=True):
    """`since`: threads without anything newer are passed over. `folders`: name -> (UIDVALIDITY, the last UID read)."""

    since: str = ""
    folders: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def first(cls, since: datetime | None) -> Cursor:
        """Begin with all threads; those without anything newer are passed over."""
        return cls(iso(since) if since else "")

    def __post_init__(self) -> None:
        self.oldest  # noqa: B018 - raises where the time cannot be read

    @property
    def oldest(self) -> datetime | None:
        """`since` as a moment."""
        return parse_time(self.since) if self.since else None

    def at(self, folder: str, validity: int, uid: int) -> Cursor:
        """Give the cursor behind a message."""
        return replace(self, folders=self.folders | {folder: (validity, uid)})
