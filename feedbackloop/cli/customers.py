"""The command `customers`: who is one person, by hand."""

from __future__ import annotations

import click

from feedbackloop.cli.session import Session, who


@click.group()
def customers() -> None:
    """Link or part one person's identities by hand.

    Identities that share a verified mail address or an external id are linked by themselves; names never link anybody.

    Example: feedbackloop customers merge support/c-9 shop/4711
    """


@customers.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--by", default=None, metavar="NAME", help="Who says so; stands in the ledger [default: the login].")
@click.pass_obj
def merge(session: Session, one: str, other: str, by: str | None) -> None:
    """Make two customers (SOURCE/ID or person:N) one person.

    Example: feedbackloop customers merge support/c-9 shop/4711
    """
    from feedbackloop import customers as people

    with session.store() as store:
        linked = people.merge(store, one, other, by=who(by), now=session.clock.now())
    state = "are one person" if linked.changed else "were one person already"
    session.say(f"{', '.join(linked.identities)} {state}: {linked.id}")
    session.finish({"person": linked.id, "identities": list(linked.identities), "changed": linked.changed})


@customers.command()
@click.argument("ident", metavar="A")
@click.option("--by", default=None, metavar="NAME", help="Who says so; stands in the ledger [default: the login].")
@click.pass_obj
def split(session: Session, ident: str, by: str | None) -> None:
    """Part one identity (SOURCE/ID) from its person, or all identities of person:N from one another.

    It is remembered: what was split is not linked by itself again.

    Example: feedbackloop customers split shop/4711
    """
    from feedbackloop import customers as people

    with session.store() as store:
        left = people.split(store, ident, by=who(by), now=session.clock.now())
    if left.changed:
        session.say(
            f"{', '.join(left.parted)} stands alone now; what is left is {left.id}: {', '.join(left.identities)}"
        )
    else:
        session.say(f"{ident} stood alone already")
    document = {"person": left.id, "identities": list(left.identities), "parted": list(left.parted)}
    session.finish(document | {"changed": left.changed})
