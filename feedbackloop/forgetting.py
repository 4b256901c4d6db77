"""What has to go when a person is forgotten, and what cannot be reached from here?

The database first, in one transaction; then the copies that connectors keep themselves. What was already sent outside is named.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from feedbackloop.clock import Clock
from feedbackloop.connector import Connector
from feedbackloop.customers import identities, keys_of
from feedbackloop.errors import FeedbackloopError
from feedbackloop.manager import PluginManager
from feedbackloop.records import LedgerEntry
from feedbackloop.settings import Settings
from feedbackloop.stages.turn import open_source
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


def forget(
    store: Store, settings: Settings, plugins: PluginManager, *, customer: str, source: str | None, clock: Clock
) -> Forgotten:
    """Erase a person under all their names, or only what one source said of them; counts, times and directions stay.

    Raises:
        UsageError: Nobody of that name is known.
    """
    known, now = identities(store, customer), clock.now()
    found = keys_of(store, customer, with_unverified=True)
    keys = sorted(key for key in found if not source or key.startswith(f"{source}/"))
    with store.write():
        erased = store.erasure.forget_items(keys, now, people=known)
        store.books.write_down([LedgerEntry(now, "forget", "customer", "erased", f"{len(keys)}_items", "operator")])
    failures = [] if store.erasure.scrub() else [_failure(None, _OTHERS_READ)]
    copies = 0
    for name, ids in _by_source(keys).items():
        try:
            copies += _erase_copies(store, settings, plugins, name, ids, clock)
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


def _erase_copies(
    store: Store, settings: Settings, plugins: PluginManager, source: str, ids: list[str], clock: Clock
) -> int:
    """Let a connector erase what it keeps; those that keep nothing are not even made, so that no secret of theirs is needed."""
    section = settings.sources.get(source)
    if section is None or plugins.connector(str(section["connector"])).erase_copies is Connector.erase_copies:
        return 0
    connector = open_source(settings, plugins, source, clock.now)
    try:
        state = store.sources.get(source)
        return connector.erase_copies(ids, state.cursor or "" if state else "")
    finally:
        connector.close()


def _failure(source: str | None, reason: str) -> dict[str, Any]:
    return {"stage": "forget", "source": source, "record": None, "error": reason, "permanent": False}
