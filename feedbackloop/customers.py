"""Who is a customer over all sources, and what is kept about them?

A person is named `person:N` once several identities are linked, else `SOURCE/ID`; a mail address finds them too. What is shown
and exported about a person rests on verified identifiers; what is erased goes further, to everything under their addresses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from feedbackloop.errors import UsageError
from feedbackloop.records import LedgerEntry
from feedbackloop.store import Store

_PERSON = re.compile(r"person:(\d{1,18})")


def identities(store: Store, ident: str) -> tuple[str, ...]:
    """Give all identities of the person meant by `person:N`, `SOURCE/ID` or a mail address; none if nobody is meant."""
    if number := _PERSON.fullmatch(ident.strip()):
        return store.persons.of_number(int(number[1]))
    if store.persons.knows(ident):
        return store.persons.together(ident)
    known = store.persons.with_identifier(f"mail:{ident.strip().casefold()}")
    return tuple(dict.fromkeys(key for one in known for key in store.persons.together(one)))


def keys_of(store: Store, ident: str, *, with_unverified: bool = False) -> set[str]:
    """Give the keys of all items of a person.

    Args:
        store: Read only.
        ident: `person:N`, `SOURCE/ID` or a mail address.
        with_unverified: Also what stands under one of their mail addresses without being known to be theirs.

    Raises:
        UsageError: Nobody of that name is known.
    """
    people = identities(store, ident) or (ident,)
    named = [ident.strip().lower()] if "@" in ident else []
    own = [item for item, _ in store.items.of_customers(people, named)]
    emails: Sequence[str] = named
    if with_unverified:
        emails = sorted({*named, *(email for item in own if (email := (item.customer.email or "").strip().lower()))})
        own = [item for item, _ in store.items.of_customers(people, emails)]
    ahead = store.items.ahead_of_customers(people, emails)
    if not own and not ahead:
        raise _nobody(ident)
    return {item.key for item in own} | set(ahead)


# --- by hand -------------------------------------------------------------------------------------------------------


class Linked(Struct, frozen=True):
    """How things stand after somebody linked or parted people: the person now, and whether anything changed."""

    id: str
    identities: tuple[str, ...]
    parted: tuple[str, ...] = ()
    changed: bool = True


def merge(store: Store, one: str, other: str, *, by: str, now: datetime) -> Linked:
    """Make two customers one person; nothing changes where they are one already.

    Raises:
        UsageError: One of them is not known.
    """
    with store.write():
        first, second = (_known(store, ident)[0] for ident in (one, other))
        joined = store.persons.merge(first, second)
        if joined:
            entry = LedgerEntry(now, "customer", f"person:{joined.stays}", "merged", f"person:{joined.goes}", by)
            store.books.write_down([entry])
        return Linked(store.persons.name_of(first), store.persons.together(first), changed=joined is not None)


def split(store: Store, ident: str, *, by: str, now: datetime) -> Linked:
    """Part one identity from its person, or all identities of `person:N` from one another; remembered for good.

    Raises:
        UsageError: Nobody of that name is known.
    """
    with store.write():
        people = _known(store, ident)
        goes = people[1:] if _PERSON.fullmatch(ident.strip()) else (ident,) if ident in people else people[:1]
        name, parted = store.persons.name_of(people[0]), False
        for key in goes:
            if store.persons.split(key):
                store.books.write_down([LedgerEntry(now, "customer", name, "split", store.persons.number_of(key), by)])
                parted = True
        left = tuple(key for key in people if key not in goes)
        return Linked(store.persons.name_of(left[0] if left else goes[0]), left or goes, goes if left else (), parted)


def _known(store: Store, ident: str) -> tuple[str, ...]:
    found = identities(store, ident)
    if not found:
        raise _nobody(ident)
    return found


def _nobody(ident: str) -> UsageError:
    return UsageError(
        f"there is no customer {ident!r}; name one as SOURCE/ID or person:N (`feedbackloop export customers`)"
    )
