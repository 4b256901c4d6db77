"""How is a file pulled, so that only new and changed records are read again?

What `jsonl` and `csv` have in common: a file is a row of records, each known by the digest of its content. A subclass says how
the file falls into records and how one becomes an item.
"""

from __future__ import annotations

import gzip
import itertools
import os
import stat
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import IO, ClassVar, Generic, TypeAlias, TypeVar, cast

from feedbackloop import clock
from feedbackloop.connector import Ability, Check, Connector, Page, Rejected
from feedbackloop.errors import Fatal, Retriable, SourceError
from feedbackloop.records import Action, Item, Receipt, TaskState
from feedbackloop.wire import BadRecord, Reader
from feedbackloop_connectors.files.actions import ActionFile
from feedbackloop_connectors.files.cursor import FileCursor, Progress, stamp_of
from feedbackloop_connectors.files.options import FileOptions

PAGE_RECORDS = 500
PAGE_BYTES = 4_000_000
"""A page is yielded at whichever comes first: 500 texts of 10 MB would be five gigabytes."""

Payload = TypeVar("Payload")
OptionsT = TypeVar("OptionsT", bound=FileOptions)


FileRecord: TypeAlias = tuple[int, bytes, Payload]
"""One record of a file: its first line's number, what is compared with the last reading, what the item is made from."""


@dataclass(slots=True)
class _Draft:
    """A page that is being filled. Of two records with one id the later one counts, also when it is an erasure."""

    items: list[Item] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    count: int = 0
    size: int = 0

    @property
    def is_full(self) -> bool:
        return self.count >= PAGE_RECORDS or self.size >= PAGE_BYTES

    def add(self, item: Item) -> None:
        if item.status == "deleted":
            self.items = [other for other in self.items if other.id != item.id]
            self.erased.append(item.id)
            return
        if self.erased and item.id in self.erased:
            self.erased = [other for other in self.erased if other != item.id]
        self.items.append(item)

    def page(self, cursor: FileCursor, warnings: list[str], *, caught_up: bool = False) -> Page:
        said = tuple(warnings)
        warnings.clear()
        return Page(
            tuple(self.items), tuple(self.erased), str(cursor), tuple(self.rejected), caught_up=caught_up, warnings=said
        )


class FileSource(Connector[OptionsT], Generic[OptionsT, Payload]):
    """A source that is one file; writes go to `<path>.actions.jsonl` beside it."""

    abilities: ClassVar[frozenset[Ability]] = frozenset(
        {
            Ability.PRIVATE_NOTES,
            Ability.TAGS,
            Ability.PUBLIC_REPLIES,
            Ability.TASKS,
            Ability.TASK_STATUS,
            Ability.ERASURES,
        }
    )

    def records(self) -> Iterator[FileRecord[Payload]]:
        """Yield the file's records in order; each call begins anew."""
        raise NotImplementedError

    def item(self, payload: Payload) -> Item:
        """Make the item of one record.

        Raises:
            BadRecord: It cannot be read.
        """
        raise NotImplementedError

    @cached_property
    def path(self) -> Path:
        """Where the file lies."""
        return Path(self.context.folder) / Path(self.options.path).expanduser()

    @cached_property
    def actions(self) -> ActionFile:
        """What was written back, one line an action."""
        return ActionFile(self.path.with_name(self.path.name + ".actions.jsonl"))

    @cached_property
    def reader(self) -> Reader:
        """Reads the wire's shape with this source's zone, time format and rating scale."""
        options = self.options
        zone: tzinfo = clock.zone(options.timezone) if options.timezone else self.context.zone
        scale = options.rating.as_rating_scale() if options.rating else None
        return Reader(zone, time_format=options.time_format, rating=scale)

    @property
    def is_local(self) -> bool:
        """A file is on this machine."""
        return True

    # --- pull --------------------------------------------------------------------------------------------------------

    def start(self, since: datetime | None) -> str:
        """Give the cursor of a first reading: from `since`, else from the option `start`, else from the beginning."""
        return str(FileCursor.first(self.beginning(since)))

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:  # noqa: ARG002  a file is read whole
        """Yield what is new or changed since `cursor`. `until` leaves nothing out: what is passed over now would be lost."""
        with self._named_errors():
            stamp = stamp_of(self._status(), time.time_ns())  # the file system's clock, not the loop's
            mark, read_as = FileCursor.read(cursor), self._read_as()
            if mark.stamp and (mark.stamp, mark.read_as) == (stamp, read_as):
                yield Page(cursor=cursor, caught_up=True)
                return
            if mark.read_as != read_as:
                mark = FileCursor(read_as=read_as, since=mark.since)
            yield from self._changed(mark, stamp)

    def _changed(self, mark: FileCursor, stamp: str) -> Iterator[Page]:
        """Read on from `mark`; the stamp was taken before, so what is written to the file meanwhile is found next time."""
        since = datetime.fromisoformat(mark.since) if mark.since else None
        progress = Progress(mark)
        records = self._resumed(mark, progress)
        draft = _Draft()
        for record in records:
            if progress.is_known(record[1]):
                continue
            self._add(record, draft, since)
            if draft.is_full:
                yield draft.page(progress.inside(), self.reader.warnings)
                draft = _Draft()
        yield draft.page(progress.end(stamp), self.reader.warnings, caught_up=True)

    def _resumed(self, mark: FileCursor, progress: Progress) -> Iterator[FileRecord[Payload]]:
        """Go on in the middle where an earlier reading was cut off, or from the beginning if the file is another one now."""
        records = self.records()
        if mark.chain:
            for _, content, _ in itertools.islice(records, mark.records):
                progress.is_known(content)
            if not progress.is_at(mark):
                progress.begin_anew()
                return self.records()
        return records

    def _add(self, record: FileRecord[Payload], draft: _Draft, since: datetime | None) -> None:
        line, content, payload = record
        draft.size += len(content)
        draft.count += 1
        try:
            item = self.item(payload)
        except BadRecord as error:
            name = error.record or f"line {line}"
            draft.rejected.append(Rejected(name, f"line {line}: {_reason(error)}", error.field))
            return
        if since is None or max(item.created_at, item.updated_at or item.created_at) >= since:
            draft.add(item)

    def _read_as(self) -> str:
        """Give a digest of what decides how a record is read; with other options everything is read again."""
        options = self.options.model_dump_json(exclude={"connector", "start", "touchpoint_field", "path"})
        return blake2b(f"{options} {self.reader.zone}".encode(), digest_size=6).hexdigest()

    # --- the file ----------------------------------------------------------------------------------------------------

    @contextmanager
    def opened(self) -> Iterator[IO[bytes]]:
        """Open the file for reading bytes, unpacked."""
        opener = gzip.open if self.path.suffix == ".gz" else open
        with opener(self.path, "rb") as file:
            yield cast("IO[bytes]", file)

    def _status(self) -> os.stat_result:
        status = self.path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Fatal(f"{self.path} is not a file; `path` must name one file")
        return status

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        """Turn what the system says into an error that names the file and what to do."""
        try:
            yield
        except FileNotFoundError as error:
            where = self.path if self.path.is_absolute() else self.path.absolute()
            raise Fatal(f"there is no file {where}; put it there, or set `path` of this source") from error
        except EOFError as error:
            raise Retriable(f"{self.path} ends in the middle; is it still being written?") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise Fatal(f"{self.path} is not a sound gzip file ({error}); download it again") from error
        except UnicodeError as error:
            raise Fatal(f"{self.path} cannot be read as {self.options.encoding}; set `encoding`") from error
        except OSError as error:
            raise Fatal(f"{self.path} cannot be read: {error.strerror or error}") from error

    def check(self) -> list[Check]:
        """Look whether the file can be read, what its first records say, and whether writes can be put beside it."""
        try:
            with self._named_errors():
                status = self._status()
                checks = [Check("file", True, f"{self.path}, {status.st_size:,} bytes"), self._first_records()]
        except SourceError as error:
            return [Check("file", False, str(error), "set `path`, `encoding` or `columns` of this source")]
        return [*checks, self.actions.check()]

    def _first_records(self) -> Check:
        draft = _Draft()
        for record in itertools.islice(self.records(), 100):
            self._add(record, draft, None)
        self.reader.warnings.clear()
        good = len(draft.items) + len(draft.erased)
        found = f"{good} of the first {good + len(draft.rejected)} records can be read"
        if not draft.rejected:
            return Check("records", True, found)
        first = draft.rejected[0]
        place = f" ({first.field})" if first.field else ""
        return Check(
            "records", bool(draft.items), f"{found}; {first.reason}{place}", "mend the file, or map its columns"
        )

    # --- push --------------------------------------------------------------------------------------------------------

    def push(self, action: Action) -> Receipt:
        """Append the action as one line, once a key."""
        return self.actions.append(action, self.context.now())

    def find(self, action: Action) -> Receipt | None:
        """Look the action's key up among the lines written."""
        return self.actions.find(action)

    def task_status(self, ids: Sequence[str]) -> list[TaskState]:
        """Read the status that a person or tool gave a task in the actions file."""
        return self.actions.task_states(ids, self.reader.zone)


def _reason(error: BadRecord) -> str:
    return f"{error.field} {error}" if error.field else f"the line {error}"
