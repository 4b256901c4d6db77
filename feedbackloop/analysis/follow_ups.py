"""What do we write to one customer about one matter?

A draft has three parts that can be checked one by one: feeling, understanding (their matter in their words, the promise and
the fact with their times) and action. The action says only what a task or an agent's own words back; where nothing backs
anything it stays empty, the lint says so, and a person has to write it.
"""

from __future__ import annotations

import hashlib

from msgspec.structs import replace

from feedbackloop.analysis import lint
from feedbackloop.analysis.follow_ups_matter import Matter, people
from feedbackloop.analysis.follow_ups_values import values
from feedbackloop.analysis.manner import manner_of
from feedbackloop.analysis.wording import Wording, language_of, wording_of
from feedbackloop.analysis.wording_figures import Language
from feedbackloop.records import FollowUp
from feedbackloop.settings import Settings

NO_LANGUAGE = "no_language"
"""Why `draft` gives None: there is no template in the customer's language, and a guess would be worse than silence."""


def follow_up_id(matter: Matter) -> str:
    """Name a follow-up by customer, item and cause: the same matter is the same follow-up for ever."""
    about = "\n".join((matter.item.customer_key or matter.item.key, matter.item.key, matter.cause))
    return "fu-" + hashlib.sha256(about.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def language_for(matter: Matter) -> Language | None:
    """Give the language in which this customer is answered: the one they write, else the one their account names."""
    written = matter.understanding.language
    return language_of(written if written != "und" else matter.item.customer.locale or "")


def draft(matter: Matter, settings: Settings, *, templates: Wording | None = None) -> FollowUp | None:
    """Write the follow-up of a matter, with its lint.

    Args:
        matter: From `triggers`, with the task that mends the cause where there is one.
        settings: Glossary, standards and the loop's zone.
        templates: Instead of those that the config names.

    Returns:
        The draft, restraint not yet applied; None where the customer's language has no template (`NO_LANGUAGE`).
    """
    language = language_for(matter)
    if language is None:
        return None
    manner = manner_of(m.text for m in people(matter.item) if m.author == "customer")
    blocks = (templates or wording_of(settings)).blocks(
        "follow_up", language, values(matter, settings, language, manner)
    )
    shown = [blocks.get(name, "") for name in ("greeting", "feeling", "understanding", "action", "closing")]
    written = FollowUp(
        id=follow_up_id(matter),
        item=matter.item.key,
        customer=matter.item.customer_key,
        cause=matter.cause,
        language=language,
        text="\n\n".join(part for part in shown if part),
        feeling=shown[1],
        understanding=shown[2],
        action=shown[3],
        manner=manner,
        created_at=matter.at,
    )
    return _checked(written, settings)


def is_mended(known: FollowUp, written: FollowUp) -> bool:
    """Say whether a draft that waits for a pen can go as it is written now; what a person touched is left alone."""
    return known.status == "drafted" and bool(known.lint) and not written.lint


def _checked(written: FollowUp, settings: Settings) -> FollowUp:
    faults = lint.lint(written, settings.understand.glossary)
    return replace(written, lint=lint.lines(faults))
