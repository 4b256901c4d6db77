"""What has to go when a person is forgotten, and what cannot be reached from here?

The database first, in one transaction; then the copies that connectors keep themselves. What was already sent outside is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import datetime
from typing import Any

from msgspec import Struct

from feedbackloop.connector import Connector
from feedbackloop.customers import identities, keys_of
from feedbackloop.errors import FeedbackloopError
from feedbackloop.records import LedgerEntry
from feedbackloop.stages.sources import Sources
from feedbackloop.store import Store


class Forgotten(Struct, frozen=True):
    """What became of a person.

    Attributes:
        identities: All names they had here, `SOURCE/ID`.
        counts: Kind of thing -> how many were erased.
        outside: What was sent to the sources and cannot be recalled, a line each.
        failures: What could not be erased yet: rows of the report, each with why and what to do.
    """

    identities: tuple[str, ...]
    counts: Mapping[str, int]
    outside: tuple[str, ...]
    failures: tuple[dict[str, Any], ...] = ()


def forget(store: Store, sources: Sources, *, customer: str, source: str | None, now: datetime) -> Forgotten:
    """Erase a person under all their names, or only what one source said of them; counts, times and directions stay.

    Raises:
        UsageError: Nobody of that name is known.
    """
    known = identities(store, customer)
    found = keys_of(store, customer, with_unverified=True)
    keys = sorted(key for key in found if not source or key.startswith(f"{source}/"))
    with store.write():
        erased = store.erasure.forget_items(keys, now, people=known)
        store.books.write_down([LedgerEntry(now, "forget", "customer", "erased", f"{len(keys)}_items", "operator")])
    failures = [] if store.erasure.scrub() else [_failure(None, _OTHERS_READ)]
    copies = 0
    for name, ids in _by_source(keys).items():
        try:
            copies += _erase_copies(store, sources, name, ids)
        except FeedbackloopError as error:
            failures.append(_failure(name, str(error)))
        except Exception as error:  # noqa: BLE001 - a stranger's connector may raise anything; what was erased must be told
            failures.append(_failure(name, f"{type(error).__name__}: {error}"))
    counts = erased.counts | ({"copies_in_inboxes": copies} if copies else {})
    return Forgotten(known, counts, tuple(erased.outside), tuple(failures))


_OTHERS_READ = "another process is reading the database; its log file holds the old texts until that one ends"


def _by_source(keys: Iterable[str]) -> dict[str, list[str]]:
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for key in keys:
        source, _, ident = key.partition("/")
        ids[source].append(ident)
    return ids


def _erase_copies(store: Store, sources: Sources, source: str, ids: list[str]) -> int:
    """Let a connector erase what it keeps; those that keep nothing are not even made, so that no secret of theirs is needed."""
    kind = sources.kind(source)
    if kind is None or kind.erase_copies is Connector.erase_copies:
        return 0
    state = store.sources.get(source)
    with closing(sources.connector(source)) as connector:
        return connector.erase_copies(ids, state.cursor or "" if state else "")


def _failure(source: str | None, reason: str) -> dict[str, Any]:
    return {"stage": "forget", "source": source, "record": None, "error": reason, "permanent": False}
