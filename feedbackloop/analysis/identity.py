"""By what can one person be known again in another source?

Names are not among it: two people share one easily, and one person writes theirs in many ways. What counts is an identifier that
somebody vouches for: a mail address that the source verified or that stands in the desk's own record, the desk's external id
for the person, or a field that the operator names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedbackloop.records import Item

_SAYS_SO = ("email_verified", "verified")
"""Customer fields by which a source says whether it verified the mail address."""

_YES = frozenset({"1", "true", "yes", "y", "verified", "是", "已验证"})
_NO_VALUES = frozenset({"", "-", "0", "n/a", "na", "nan", "nil", "no", "none", "null", "unknown", "无", "未知"})
"""What forms hold where nobody knew: the same for many people."""

LONGEST = 200


def identifiers(item: Item, link_by: Sequence[str]) -> tuple[str, ...]:
    """Give what a customer can be known by in other sources, each as `kind:value`; sorted, none twice.

    Args:
        item: One item of theirs, as its source has it.
        link_by: What the config lets count: `mail`, `external_id`, or `fields.NAME` of the customer or the item.
    """
    found = {f"{kind}:{value}" for kind in link_by for value in _values(item, kind) if value not in _NO_VALUES}
    return tuple(sorted(found))


def has_verified_mail(item: Item) -> bool:
    """Say whether the customer's mail address is known to be theirs.

    The source's own word counts most. Where it says nothing, the address does count in a record that the desk itself keeps: of
    a ticket, which is answered there, or of a customer with an account. One typed beside a review or a survey does not.
    """
    who = item.customer
    if not who.email or "@" not in who.email:
        return False
    said = next((who.fields[name] for name in _SAYS_SO if who.fields.get(name) is not None), None)
    if said is not None:
        return str(said).strip().casefold() in _YES
    return item.kind == "ticket" or who.id is not None


def _values(item: Item, kind: str) -> Iterator[str]:
    if kind == "mail":
        if has_verified_mail(item):
            yield _plain(item.customer.email)
    else:
        name = kind.removeprefix("fields.")
        yield _plain(item.customer.fields.get(name))
        if kind != name:
            yield _plain(item.fields.get(name))


def _plain(value: object) -> str:
    """Write a value in the one form in which it is compared; lists, tables and essays identify nobody."""
    is_plain = isinstance(value, str | int) and not isinstance(value, bool)
    text = str(value).strip().casefold() if is_plain else ""
    return text if len(text) <= LONGEST else ""
