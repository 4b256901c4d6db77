"""On which database does a dry run work, so that the real one stays as it is?"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from feedbackloop.store import Store
from feedbackloop.store.files import read_copy


@contextmanager
def copy_of(path: Path, plugins: Iterable[str] = ()) -> Iterator[Store]:
    """Give a copy of a database that disappears afterwards: what a dry run works on. One not made yet is empty.

    What plugins keep beside the database, each in a file of its own name (`feedbackloop.db.NAME`), goes along.
    """
    folder = Path(tempfile.mkdtemp(prefix="feedbackloop-dry-run-"))
    try:
        if path.exists():
            read_copy(path, folder / "copy.db")  # read-only: even a migration would be a write
        for name in plugins:
            with suppress(OSError):
                shutil.copyfile(f"{path}.{name}", folder / f"copy.db.{name}")
        with Store(folder / "copy.db") as copy:
            yield copy
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)
