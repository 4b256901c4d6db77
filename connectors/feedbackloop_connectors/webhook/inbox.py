"""Where do deliveries wait until they are read, each once?

In a folder of files that only its owner may read: `deliveries/` holds a file each, named by its place in the order in which they
came; `known/` remembers the ids, `to_go/` what has to go as soon as it was read. Writing takes a lock, and a file is whole before
it has its name, so that a reader never sees a part of one and never passes one that is still on its way. A delivery that was read
stays for a while and is then removed.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import IO

import msgspec

from feedbackloop.errors import Fatal

KNOWN_FOR = timedelta(days=30)
"""So long the id of a delivery is remembered: systems send again for some days."""
_DIGITS = 20


class Waiting(msgspec.Struct, frozen=True):
    """One delivery as it was filed: its place in the order, its id, when it came, and its body."""

    place: int
    id: str
    at: datetime
    body: bytes


class Inbox:
    """The inbox of one source.

    Args:
        folder: Made when the first delivery comes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._deliveries = folder / "deliveries"
        self._known = folder / "known"
        self._to_go = folder / "to_go"

    def put(self, delivery_id: str, body: bytes, *, at: datetime) -> bool:
        """File a delivery; False where one of this id is there, or was.

        Raises:
            Fatal: The folder cannot be written.
        """
        marker = self._known / sha256(delivery_id.encode("utf-8", "surrogatepass")).hexdigest()[:40]
        with self._locked() as lock:
            if marker.exists():
                return False
            place = max(int(lock.read() or 0) + 1, time.time_ns())  # in order, though the clock be set back
            lock.seek(0)
            lock.write(str(place).encode())
            written = self._deliveries / f".{place}.part"
            _write(written, msgspec.json.encode(Waiting(place, delivery_id, at.astimezone(UTC), body)))
            written.rename(self._named(place))
            _write(marker, b"")  # after the file: a crash in between may file it twice, never lose it
        return True

    def after(self, place: int) -> list[int]:
        """Give the places of deliveries behind one, in order."""
        try:
            names = [entry.name for entry in os.scandir(self._deliveries)]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise Fatal(f"inbox: {self._deliveries} cannot be read: {error.strerror}") from error
        return sorted(found for name in names if (found := _place(name)) > place)

    def read(self, place: int) -> Waiting | None:
        """Give one delivery; None where its file is gone or none of ours."""
        try:
            return msgspec.json.decode(self._named(place).read_bytes(), type=Waiting)
        except (OSError, msgspec.DecodeError):
            return None

    def remove(self, place: int) -> None:
        """Remove one delivery; its id stays known.

        Raises:
            Fatal: The folder cannot be written.
        """
        with self._named_errors():
            self._named(place).unlink(missing_ok=True)

    def remove_when_read(self, place: int) -> None:
        """Let the next `tidy` behind this place remove the delivery, however young it is.

        Raises:
            Fatal: The folder cannot be written.
        """
        with self._locked():
            (self._to_go / str(place)).touch(0o600)

    def tidy(self, place: int, *, now: datetime, keep: timedelta) -> None:
        """Remove deliveries up to a place, which the core has stored, once they are older than `keep`; and old ids.

        Raises:
            Fatal: The folder cannot be read or written.
        """
        with self._named_errors():
            self._tidy(place, now=now, keep=keep)

    def _tidy(self, place: int, *, now: datetime, keep: timedelta) -> None:
        for marker in self._to_go.glob("*"):
            if marker.name.isdecimal() and int(marker.name) <= place:
                self.remove(int(marker.name))
                marker.unlink(missing_ok=True)
        oldest = int((now - keep).timestamp() * 1e9)
        for one in self.after(0):
            if one > place or one > oldest:
                break
            self.remove(one)
        limit = (now - max(keep, KNOWN_FOR)).timestamp()
        if self._known.is_dir():
            for entry in os.scandir(self._known):
                if entry.stat().st_mtime < limit:
                    Path(entry).unlink(missing_ok=True)

    def check(self) -> None:
        """See whether deliveries could be filed.

        Raises:
            Fatal: The folder cannot be made or written.
        """
        with self._locked():
            return

    def _named(self, place: int) -> Path:
        return self._deliveries / f"{place:0{_DIGITS}d}.json"

    @contextmanager
    def _locked(self) -> Iterator[IO[bytes]]:
        """Hold the lock; its file holds the place of the last delivery."""
        with self._named_errors():
            for folder in (self.folder, self._deliveries, self._known, self._to_go):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.folder / ".last").touch(0o600)
            with (self.folder / ".last").open("r+b") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield lock

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        """Turn what the system says into an error that names the folder."""
        try:
            yield
        except OSError as error:
            raise Fatal(f"inbox: {self.folder} cannot be written: {error.strerror or error}") from error


def _write(place: Path, content: bytes) -> None:
    place.touch(0o600)
    with place.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _place(name: str) -> int:
    stem, _, ending = name.partition(".")
    return int(stem) if ending == "json" and stem.isascii() and stem.isdigit() else 0
