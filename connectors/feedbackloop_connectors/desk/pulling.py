"""What do the tickets of one answer come to, and what does a refusal in the middle of a pull mean?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from feedbackloop.connector import Page, Rejected
from feedbackloop.errors import BadRecord, Fatal, Refused
from feedbackloop.http import Declined, Denied
from feedbackloop.records import Item
from feedbackloop_connectors.desk.values import when


@dataclass(slots=True)
class Batch:
    """What some tickets came to. `has_later`: some were created after the pull's `until` and left out."""

    items: list[Item] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    has_later: bool = False

    def add(self, name: object, make: Callable[[], Item | None]) -> None:
        """Take up one ticket; one that cannot be read is rejected with its reason, None (no feedback) is left out.

        Args:
            name: Of the ticket, for the report.
            make: Makes the item; raises `BadRecord`.
        """
        try:
            item = make()
        except BadRecord as bad:
            self.reject(name, bad)
            return
        if item is not None:
            self.items.append(item)

    def reject(self, name: object, bad: BadRecord) -> None:
        """Leave out one ticket that cannot be read, and say why."""
        self.rejected.append(Rejected(str(name), str(bad), bad.field))

    def page(self, cursor: object, *, requests: int, is_last: bool = False, warnings: tuple[str, ...] = ()) -> Page:
        """Give the page that the core is handed; `cursor` is where a pull goes on behind it."""
        items, erased, rejected = tuple(self.items), tuple(self.erased), tuple(self.rejected)
        return Page(items, erased, str(cursor), rejected, requests, is_last, warnings)


def joined(batches: Iterable[Batch]) -> Batch:
    """Make one batch of several."""
    whole = Batch()
    for batch in batches:
        whole.items += batch.items
        whole.erased += batch.erased
        whole.rejected += batch.rejected
        whole.has_later = whole.has_later or batch.has_later
    return whole


class Meter:
    """Counts what each page cost. `made` gives how many calls there were so far."""

    def __init__(self, made: Callable[[], int]) -> None:
        self._made = made
        self._before = made()

    def spent(self) -> int:
        """Give the calls since this was asked last."""
        now = self._made()
        spent, self._before = now - self._before, now
        return spent


def is_later(created: object, until: datetime | None) -> bool:
    """Say whether a ticket was created after a pull's end; one whose time cannot be read is not passed over, but rejected."""
    at = when(created)
    return until is not None and at is not None and at > until


@contextmanager
def refusals_explained(declined: str, denied: str) -> Iterator[None]:
    """Make of a refusal that no single ticket accounts for what stops the source, with what to do.

    Args:
        declined: What to check when the desk says no to the call (4xx).
        denied: What to check when it says no to us (401, 403).

    Raises:
        Fatal: For a `Declined`.
        Refused: For a `Denied`.
    """
    try:
        yield
    except Declined as refusal:
        raise Fatal(f"{refusal}; {declined}") from refusal
    except Denied as refusal:
        raise Refused(f"{refusal}; {denied}") from refusal


RESET_HINT = "check base_url, or set the cursor anew with `feedbackloop state reset`"
"""What to do when a desk says no to a list that it answered before."""
