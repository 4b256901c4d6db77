"""The command `forget`."""

from __future__ import annotations

import click

from feedbackloop.cli.session import Session
from feedbackloop.errors import UsageError


@click.command()
@click.option("--customer", required=True, metavar="ID", help="The person, as SOURCE/ID, person:N or mail address.")
@click.option("--source", metavar="NAME", help="Only what this source said of them.")
@click.pass_obj
def forget(session: Session, customer: str, source: str | None) -> None:
    """Erase a person under all their names: texts, names, addresses, drafts. Counts stay.

    What stands under one of their mail addresses goes too. What was already sent outside is listed.

    Example: feedbackloop forget --customer support/c-9
    """
    from feedbackloop.customers import identities, keys_of
    from feedbackloop.records import LedgerEntry

    if source and source not in session.settings.sources:
        raise UsageError(
            f"there is no source {source!r} in the config; known are {', '.join(session.settings.sources)}"
        )
    with session.store() as store:
        known, now = identities(store, customer), session.clock.now()
        found = keys_of(store, customer, with_unverified=True)
        keys = sorted(key for key in found if not source or key.startswith(f"{source}/"))
        with store.write():
            erased = store.erasure.forget_items(keys, now, people=known)
            store.books.write_down([LedgerEntry(now, "forget", "customer", "erased", f"{len(keys)}_items", "operator")])
        is_clean = store.erasure.scrub()
    for identity in known:
        session.say(f"{identity}: erased" if not source or identity.startswith(f"{source}/") else f"{identity}: kept")
    for kind, number in erased.counts.items():
        session.say(f"erased {number} {kind.replace('_', ' ')}")
    if erased.outside:
        session.say("already sent outside, and not to be recalled from here:")
    for one in erased.outside:
        session.say(f"  {one}")
    failures = [] if is_clean else [_not_scrubbed(session)]
    session.finish(
        {"erased": erased.counts, "identities": list(known), "outside": erased.outside, "failures": failures},
        ok=is_clean,
    )


def _not_scrubbed(session: Session) -> dict[str, object]:
    reason = "another process is reading the database; its log file holds the old texts until that one ends"
    session.warn(reason)
    return {"stage": "forget", "source": None, "record": None, "error": reason, "permanent": False}
