"""Where did the last pull get to, in every folder?"""

from __future__ import annotations

from datetime import datetime

from msgspec import field
from msgspec.structs import replace

from feedbackloop.clock import iso, parse_time
from feedbackloop.errors import Fatal
from feedbackloop_connectors.cursors import SourceCursor


class Cursor(SourceCursor, frozen=True):
    """`since`: threads without anything newer are passed over. `folders`: name -> (UIDVALIDITY, the last UID read)."""

    since: str = ""
    folders: dict[str, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def first(cls, since: datetime | None) -> Cursor:
        """Begin with all threads; those without anything newer are passed over."""
        return cls(iso(since) if since else "")

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Read a cursor; one that is not ours begins anew, which loses nothing."""
        try:
            found = super().read(text)
            return found if found.oldest or not found.since else cls()
        except (Fatal, ValueError):
            return cls()

    @property
    def oldest(self) -> datetime | None:
        """`since` as a moment."""
        return parse_time(self.since) if self.since else None

    def at(self, folder: str, validity: int, uid: int) -> Cursor:
        """Give the cursor behind a message."""
        return replace(self, folders=self.folders | {folder: (validity, uid)})
