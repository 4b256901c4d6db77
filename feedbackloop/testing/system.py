"""What does the contract need of a source system, to try a connector on it?

A connector's author writes one small `System`: how feedback gets in as a customer would put it, how it is taken out, and what can
be seen there of our writes. What a system cannot do stays as it is here, and the tests that need it are skipped with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from feedbackloop.connector import Connector
from feedbackloop.records import Item


class Fault(StrEnum):
    """One way in which source systems go wrong."""

    LATE_PAGES = "late_pages"
    """A page fails once (a time limit, a 503) and is there when asked again."""
    LATE_ROWS = "late_rows"
    """A row appears after others with a later time of change were already read."""
    REPEATED_ROWS = "repeated_rows"
    """A page begins with rows of the page before."""
    SAME_SECOND = "same_second"
    """Everything changed in the same second, and pages end in the middle of it."""
    DROPPED_ANSWERS = "dropped_answers"
    """A write is done and its answer is lost."""


@dataclass(frozen=True, slots=True)
class Write:
    """One thing that stands in the system because we wrote it: the kind of action and the item it is on."""

    kind: str
    item: str


class CannotDo(Exception):
    """This system has no way to do that; the test is skipped with this reason."""


class System:
    """One source system under test. Needed are `connect` and `put`; each test has a new and empty one.

    Attributes:
        faults: Which faults can be switched on.
        secrets: Words that no log line, error, cursor or repr may show.
        pages_of: So many items fill more than three pages.
        absent_id: An id, as the system would write it, that nothing there has.
        one_text: An item is one text, which its author may edit (a review, a reply to a survey), not a thread that grows.
    """

    faults: ClassVar[frozenset[Fault]] = frozenset()
    secrets: tuple[str, ...] = ()
    pages_of: int = 10
    absent_id: str = "no-such-id"
    one_text: bool = False

    def connect(self) -> Connector[Any]:
        """Give a new connector to the system, as a new process would."""
        raise NotImplementedError

    @property
    def http_address(self) -> str:
        """Where the system listens, for `BadInputContract`."""
        raise CannotDo("the system under test names no address")

    def connect_through(self, address: str) -> Connector[Any]:
        """Give a new connector that takes this address, of a proxy, for the system's."""
        raise CannotDo(f"the system under test cannot be reached through {address}: it has no `connect_through`")

    def put(self, item: Item) -> str:
        """Put an item into the system as its customer would, or bring the one with this id to this state; give its id there."""
        raise NotImplementedError

    def remove(self, item_id: str) -> None:
        """Delete an item in the system, as a person there would."""
        raise CannotDo(f"the system under test cannot remove {item_id}: it has no `remove`")

    def writes(self) -> Sequence[Write]:
        """List what stands in the system because we wrote it, each effect once, doubles included."""
        raise CannotDo("the system under test does not show what was written: it has no `writes`")

    def finish_task(self, external_id: str) -> None:
        """Set an improvement task to done, as a person there would."""
        raise CannotDo(f"the system under test cannot finish {external_id}: it has no `finish_task`")

    def lock_out(self) -> None:
        """Make the system refuse us from now on: wrong credentials, or a file that is gone."""
        raise CannotDo("the system under test cannot refuse us: it has no `lock_out`")

    def switch_on(self, fault: Fault) -> None:
        """Go wrong in this way from now on."""
        raise CannotDo(f"the system under test cannot show {fault}")
