"""What may a plugin do, and when is it asked?

Hooks stand in life-cycle order: registering, reading, understanding, judging, acting, reporting. All work on batches and get
the few values that they need, by keyword. A plugin never opens the store. What a hook raises is recorded under the plugin's
name; the other plugins go on. Hooks marked `firstresult` stop at the first plugin that answers with something else than None:
implement them with `@hookimpl(tryfirst=True)` to come before the built-in one. The first half stands in `hookspecs_reading`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from feedbackloop.hookspecs_reading import (
    classify,
    clean_text,
    find_expectations,
    hookspec,
    redact,
    register_commands,
    register_connectors,
    register_scorers,
    score_sentiment,
)
from feedbackloop.hooktypes import Classified, Found, Mail, Polished, Redact, Scorer, Section, Veto

if TYPE_CHECKING:
    from feedbackloop.connector import Check
    from feedbackloop.records import Action, Comparison, FollowUp, ImprovementTask, Item, Receipt, Understanding
    from feedbackloop.settings import Settings

__all__ = [
    "Classified",
    "Found",
    "Mail",
    "Polished",
    "Redact",
    "Scorer",
    "Section",
    "Veto",
    "classify",
    "clean_text",
    "find_expectations",
    "hookspec",
    "redact",
    "register_commands",
    "register_connectors",
    "register_scorers",
    "score_sentiment",
]


# --- judging -------------------------------------------------------------------------------------------------------


@hookspec(firstresult=True)
def compare(
    items: Sequence[tuple[Item, Understanding]], settings: Settings, now: datetime
) -> Sequence[Comparison] | None:
    """Hold expectation against experience, item by item.

    Called once a batch after understanding, and again for an item whose due time has come.

    Args:
        items: Items as far as they are known at `now`, with what was understood.
        settings: The whole config: standards, segments, calendar, touchpoints.
        now: The loop's time.

    Returns:
        One comparison for each item, in order.

    Example:
        >>> @hookimpl(tryfirst=True)
        ... def compare(items, settings, now):
        ...     return [Comparison(item=item.key) for item, understanding in items]

    Since: 0.1. Used by: `feedbackloop_plugins.comparing`.
    """


@hookspec
def before_plan(  # type: ignore[empty-body]
    tasks: Sequence[ImprovementTask], follow_ups: Sequence[FollowUp], settings: Settings
) -> Mapping[str, Veto]:
    """Strike out planned tasks and follow-ups before they are written down.

    Called once a run. A plugin may not change them; it may say no, with a reason that stands in the ledger.

    Args:
        tasks: New or changed improvement tasks.
        follow_ups: New drafts, restraint already applied.
        settings: The config.

    Returns:
        Id -> veto.

    Example:
        >>> @hookimpl
        ... def before_plan(tasks, follow_ups, settings):
        ...     return {f.id: Veto("frozen in December") for f in follow_ups if f.created_at.month == 12}

    Since: 0.1. Used by: `feedbackloop_plugins.comparing` (no follow-up without a matter of its own).
    """


@hookspec(firstresult=True)
def polish_drafts(drafts: Sequence[FollowUp], settings: Settings, redact: Redact) -> Sequence[Polished | None] | None:
    """Find better words for follow-ups that are about to wait for approval.

    Called once a draft that restraint lets through. Only feeling and understanding may be reworded. The result is held to the
    same rules as the draft, and to its facts: the same quotations and figures, no new promise, link or deed. What breaks a
    rule is dropped, and the draft stays as it was.

    Args:
        drafts: Without faults, restraint already applied.
        settings: The config.
        redact: As for `score_sentiment`.

    Returns:
        One result for each draft, in order; None leaves a draft as it is.

    Example:
        >>> @hookimpl
        ... def polish_drafts(drafts, settings):
        ...     return [Polished(d.feeling.replace("We are", "We're"), d.understanding, "house style") for d in drafts]

    Since: 0.1. Used by: `feedbackloop_plugins.language_model`.
    """


# --- acting --------------------------------------------------------------------------------------------------------


@hookspec
def before_push(action: Action, settings: Settings) -> Action | Veto | None:
    """Change one action, or say no to it, right before it is sent.

    Called once an attempt. A plugin may not change `key`, `kind`, `source` or `item`.

    Args:
        action: About to be sent; approved, and within all caps.
        settings: The config.

    Returns:
        None to leave it, a changed action, or a veto: it is then cancelled with the reason.

    Example:
        >>> @hookimpl
        ... def before_push(action, settings):
        ...     return Veto("no tags on Sundays") if action.kind == "tag" and is_sunday() else None

    Since: 0.1. Used by: `feedbackloop_plugins.redaction` (control characters never leave).
    """


@hookspec
def after_push(action: Action, receipt: Receipt) -> None:
    """Learn that an action arrived.

    Called once an action, after the receipt is stored.

    Example:
        >>> @hookimpl
        ... def after_push(action, receipt):
        ...     log.info("%s -> %s", action.key, receipt.external_id)

    Since: 0.1. Used by: `feedbackloop_plugins.delivery` (one log line a push).
    """


@hookspec
def on_push_error(action: Action, error: Exception) -> None:
    """Learn that an action failed; it is already stored as retrying, set aside or failed.

    Called once a failed attempt.

    Example:
        >>> @hookimpl
        ... def on_push_error(action, error):
        ...     log.warning("%s: %s", action.key, error)

    Since: 0.1. Used by: `feedbackloop_plugins.delivery` (one log line a failure).
    """


# --- reporting -----------------------------------------------------------------------------------------------------


@hookspec
def after_run() -> Sequence[str] | None:
    """Say what people should know of this run.

    Called once at the end of a run: a plugin that counts per run begins anew here.

    Returns:
        Sentences for the report's remarks.

    Example:
        >>> @hookimpl
        ... def after_run():
        ...     return ["the glossary was not reachable"]

    Since: 0.1. Used by: `feedbackloop_plugins.language_model`.
    """


@hookspec
def check_service(settings: Settings) -> Sequence[Check] | None:
    """Say how a service that this plugin uses stands: whether it is used at all, what is sent there, whether it answers.

    Called once by `feedbackloop check`. Nothing may be written, and no text of a customer sent.

    Args:
        settings: The config.

    Returns:
        Checks; None or nothing where the service is not used.

    Example:
        >>> @hookimpl
        ... def check_service(settings):
        ...     return [Check("glossary", False, "not reachable", "start it")]

    Since: 0.1. Used by: `feedbackloop_plugins.language_model`.
    """


@hookspec
def digest_sections(week: str, team: str | None, facts: Mapping[str, object]) -> Sequence[Section]:  # type: ignore[empty-body]
    """Add sections to the weekly digest.

    Called once a digest, after the facts are gathered.

    Args:
        week: ISO week, `2026-W47`.
        team: The team's name; None for the digest of all.
        facts: What the built-in sections were made from.

    Returns:
        Sections; they are sorted by `position`.

    Example:
        >>> @hookimpl
        ... def digest_sections(week, team, facts):
        ...     return [Section("Weather", "<p>Rain.</p>", "Rain.")]

    Since: 0.1. Used by: `feedbackloop_plugins.digest_sections`.
    """


@hookspec(firstresult=True)
def deliver(mail: Mail, settings: Settings) -> str | None:
    """Bring one digest to its readers, or with `follow_ups_by = "mail"` one follow-up to its customer.

    Called once a team and week, or once a follow-up, after the intention is stored; never for the same `key` twice after it
    answered. A follow-up whose `deliver` raised anything but `Retriable`, `Skippable` or `Fatal` is left for a person to look at.

    Args:
        mail: The mail, ready to go.
        settings: `[mail]` and the rest.

    Returns:
        In words where it went, or None if this plugin does not deliver it.

    Raises:
        Retriable: Not delivered; the next run tries again.

    Example:
        >>> @hookimpl(tryfirst=True)
        ... def deliver(mail, settings):
        ...     Path("/srv/digests", mail.key + ".eml").write_bytes(mail.eml)
        ...     return "a folder"

    Since: 0.1. Used by: `feedbackloop_plugins.delivery` (SMTP).
    """
