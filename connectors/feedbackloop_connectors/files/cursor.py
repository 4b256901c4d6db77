"""What does a file source remember between two pulls?

After a whole reading: the file's stamp and eight bytes a record, so that only new and changed records are read again. In the
middle of one: how many records were read, and one digest of them all.
"""

from __future__ import annotations

import base64
import os
import sys
from array import array
from bisect import bisect_left
from datetime import UTC, datetime
from hashlib import blake2b

from feedbackloop_connectors.cursors import ForgivingCursor

VERSION = 1
RACY_NS = 2_000_000_000
"""So young a file's time is not trusted."""


class FileCursor(ForgivingCursor, frozen=True):
    """A file source's cursor. One of another version counts as none: all is read again.

    Attributes:
        records: How many were read.
        stamp: Size and times of the file after a whole reading; empty in the middle of one.
        read_as: Digest of the options: with other options everything is read again.
        since: Older items are passed over.
        chain: In the middle of a reading: the digest of all records' digests so far.
        digests: After a whole reading: the records' digests, base64.
    """

    version: int = VERSION
    records: int = 0
    stamp: str = ""
    read_as: str = ""
    since: str = ""
    chain: str = ""
    digests: str = ""

    def __post_init__(self) -> None:
        if self.version != VERSION:
            raise ValueError(f"version {self.version} is not {VERSION}")
        self.known()

    @classmethod
    def first(cls, since: datetime | None) -> FileCursor:
        """Pass over what is older and was not touched since."""
        return cls(since=since.astimezone(UTC).isoformat() if since else "")

    def known(self) -> array[int]:
        """Give the digests of a whole reading in the file's order; none in the middle of one.

        Raises:
            ValueError: They are no digests.
        """
        known = array("Q", base64.b64decode(self.digests))
        if sys.byteorder == "big":
            known.byteswap()
        return known


def packed(digests: array[int]) -> str:
    """Write digests as base64, low byte first."""
    digests = digests[:]
    if sys.byteorder == "big":
        digests.byteswap()
    return base64.b64encode(digests.tobytes()).decode()


def stamp_of(status: os.stat_result, now_ns: int) -> str:
    """Give the stamp by which an untouched file is known.

    A file written within the last two seconds has none ("" matches nothing): a second write in the same tick of the file
    system's clock would leave the same size and time (git calls such a file racily clean).
    """
    if now_ns - max(status.st_mtime_ns, status.st_ctime_ns) < RACY_NS:
        return ""
    return f"{status.st_size}.{status.st_mtime_ns}.{status.st_ctime_ns}.{status.st_ino}"


class Known:
    """The digests of the last reading, asked in the file's order.

    Most records stand where they stood, so the next one is tried first; the rest is found by bisection in eight bytes a record,
    a tenth of what a set would take.
    """

    def __init__(self, digests: array[int]) -> None:
        self._ordered = digests
        self._next = 0
        self._sorted: array[int] | None = None

    def __bool__(self) -> bool:
        return bool(self._ordered)

    def __contains__(self, value: int) -> bool:
        if self._next < len(self._ordered) and self._ordered[self._next] == value:
            self._next += 1
            return True
        if self._sorted is None:
            self._sorted = array("Q", sorted(self._ordered))
        place = bisect_left(self._sorted, value)
        if place == len(self._sorted) or self._sorted[place] != value:
            return False
        self._align(value)
        return True

    def _align(self, value: int) -> None:
        """Go on behind the same record a little further down, as after one that was changed or taken out."""
        for ahead in range(self._next, min(self._next + 8, len(self._ordered))):
            if self._ordered[ahead] == value:
                self._next = ahead + 1
                return


class Progress:
    """How far a reading has come: the digests of the records read, and which of them the last reading knew."""

    def __init__(self, mark: FileCursor) -> None:
        self._mark = mark
        self._known = Known(mark.known())
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget what was read."""
        self._digests = array("Q")
        self._chain = blake2b(digest_size=12)
        self._chained = 0

    def is_known(self, content: bytes) -> bool:
        """Count one record, and say whether the last whole reading had it."""
        value = int.from_bytes(blake2b(content, digest_size=8).digest())
        self._digests.append(value)
        return bool(self._known) and value in self._known

    def is_at(self, mark: FileCursor) -> bool:
        """Say whether exactly the records before `mark` were counted."""
        return len(self._digests) == mark.records and self._chain_now() == mark.chain

    def inside(self) -> FileCursor:
        """Give the cursor behind the last record, in the middle of a reading."""
        return FileCursor(
            records=len(self._digests), read_as=self._mark.read_as, since=self._mark.since, chain=self._chain_now()
        )

    def end(self, stamp: str) -> FileCursor:
        """Give the cursor after a whole reading of the file with this stamp."""
        return FileCursor(
            records=len(self._digests),
            stamp=stamp,
            read_as=self._mark.read_as,
            since=self._mark.since,
            digests=packed(self._digests),
        )

    def _chain_now(self) -> str:
        self._chain.update(self._digests[self._chained :].tobytes())
        self._chained = len(self._digests)
        return self._chain.hexdigest()
