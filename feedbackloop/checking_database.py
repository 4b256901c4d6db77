"""How does the database stand, what was learned into it, and what of it can be mended?"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from feedbackloop.connector import Check
from feedbackloop.errors import FeedbackloopError
from feedbackloop.settings import Settings
from feedbackloop.store import Store
from feedbackloop.store.files import lacks


def database(settings: Settings) -> Check:
    """Say whether the database can be used, and by its owner only."""
    path = settings.database_path
    if not path.exists():
        writable = path.parent.is_dir()
        return Check("database", writable, f"{path} does not exist yet", None if writable else f"make {path.parent}")
    try:
        if lacks(path):
            verdict, said = "ok", "of an earlier version; the next command that works on it brings it up to date"
        else:
            with Store(path) as store:
                verdict, items = store.health()
                said = f"{items} items, {verdict}"
    except FeedbackloopError as error:
        return Check("database", False, str(error), "restore a backup, or name another file in [loop] database")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Check("database", False, f"{path} can be read by others", "run `feedbackloop check --repair`")
    return Check("database", verdict == "ok", f"{path}: {said}", None if verdict == "ok" else "restore a backup")


def local_correction(settings: Settings) -> Iterator[Check]:
    """Say what was learned from the desk's own ratings; what cannot be opened is said by the check before."""
    if settings.understand.local_correction == "off" or not settings.database_path.exists():
        return
    with suppress(FeedbackloopError):
        yield from _corrections(settings.database_path)


def _corrections(path: Path) -> Iterator[Check]:
    if lacks(path):
        return
    with Store(path) as store:
        used = store.corrections.in_use()
        shown = {one.correction.language: one for one in (*store.corrections.newest(), *used)}
        for one in shown.values():
            yield Check("local correction", True, f"{one.correction.scorer}, {one.state}: {one.trial.words}")


def repair(settings: Settings) -> list[str]:
    """Mend what can be mended; gives what was done, one sentence each."""
    path = settings.database_path
    done = []
    for part in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        if part.exists() and stat.S_IMODE(part.stat().st_mode) & 0o077:
            part.chmod(0o600)
            done.append(f"{part} is readable for its owner only now")
    if path.exists():
        with Store(path) as store, store.write():
            freed = store.items.take_up_all()
        if freed:
            done.append(f"{freed} items that were set aside are read again in the next run")
    return done
