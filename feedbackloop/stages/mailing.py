"""How does a follow-up go out by mail, where `follow_ups_by = "mail"`?

A mail server cannot be asked whether a mail was taken: `find` cannot tell, and an answer that never came stops the action in
`needs_a_look` rather than sending a second mail.
"""

from __future__ import annotations

from typing import Protocol

from feedbackloop.errors import Fatal, Skippable, UnknownOutcome, UsageError
from feedbackloop.http import is_loopback
from feedbackloop.letters import follow_up_mail
from feedbackloop.records import Action, Receipt
from feedbackloop.stages.turn import Turn

MAIL = "[mail]"
"""The name of this way in reports; no source can have it."""


class Way(Protocol):
    """One way out: a source system's connector, or mail."""

    @property
    def is_local(self) -> bool:
        """Say whether writes stay on this machine."""

    def push(self, action: Action) -> Receipt:
        """Do one write; errors as a connector's `push`."""

    def find(self, action: Action) -> Receipt | None:
        """Say whether it was done already; errors as a connector's `find`."""


class MailWay:
    """Hands follow-ups to the plugins that deliver mail."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    @property
    def is_local(self) -> bool:
        """True where the mail server is this machine: only then may a replay of history mail."""
        return is_local(self._turn.settings.mail.host)

    def push(self, action: Action) -> Receipt:
        """Make the mail and have it delivered.

        Raises:
            Fatal: No plugin delivers mail, or the sender is no address.
            Skippable: The customer has no address that mail could go to.
            UnknownOutcome: A plugin failed while it had the mail in its hands.
        """
        turn = self._turn
        found = turn.store.items.get(f"{action.source}/{action.item}")
        follow_up = turn.store.plans.follow_up(action.about)
        if found is None or follow_up is None or not found[0].customer.email:
            raise Skippable("the customer has no mail address", record=action.id)
        try:
            mail = follow_up_mail(
                action.key,
                action.text,
                subject=found[0].subject,
                language=follow_up.language,
                sender=turn.settings.mail.sender,
                to=found[0].customer.email,
                at=turn.now,
            )
        except UsageError as error:
            kind = Fatal if "mail.sender" in str(error) else Skippable
            raise kind(str(error), record=action.id) from error
        raised = turn.plugins.raised
        went = turn.plugins.first("deliver", once=True, mail=mail, settings=turn.settings)
        if went is None and turn.plugins.raised > raised:
            raise UnknownOutcome(f"a plugin failed while delivering: {turn.plugins.last_fault}", record=action.id)
        if went is None:
            raise Fatal("no plugin delivered the mail; see `feedbackloop plugins`")
        return Receipt(external_id=mail.key, note=str(went))

    def find(self, action: Action) -> Receipt | None:
        """Nobody can tell whether a mail was taken.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError


def is_local(host: str) -> bool:
    """Say whether a mail server is on this machine."""
    return is_loopback(f"smtp://[{host}]" if ":" in host else f"smtp://{host}")
