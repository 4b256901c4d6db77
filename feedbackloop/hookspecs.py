"""What may a plugin do, and when is it asked?

Hooks stand in life-cycle order: registering, reading, understanding, judging, acting, reporting. All work on batches and get
the few values that they need, by keyword. A plugin never opens the store. What a hook raises is recorded under the plugin's
name; the other plugins go on. Hooks marked `firstresult` stop at the first plugin that answers with something else than None:
implement them with `@hookimpl(tryfirst=True)` to come before the built-in one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import pluggy

from feedbackloop.hooktypes import Classified, Found, Mail, Scorer, Section, Veto

if TYPE_CHECKING:
    import click

    from feedbackloop.connector import Connector, SourceOptions
    from feedbackloop.records import (
        Action,
        Comparison,
        FollowUp,
        ImprovementTask,
        Item,
        Receipt,
        Sentiment,
        Text,
        Understanding,
    )
    from feedbackloop.settings import Settings

__all__ = ["Classified", "Found", "Mail", "Scorer", "Section", "Veto", "hookspec"]

hookspec = pluggy.HookspecMarker("feedbackloop")


# --- registering ---------------------------------------------------------------------------------------------------


@hookspec
def register_connectors() -> Sequence[type[Connector[SourceOptions]]]:  # type: ignore[empty-body]
    """Name the connectors that this plugin brings.

    Called once, before the first source is opened. Two plugins claiming one name is an error that names both. A plugin may
    not open connections here.

    Returns:
        Connector classes; import them inside the function, so that `feedbackloop --help` stays fast.

    Example:
        >>> @hookimpl
        ... def register_connectors():
        ...     from feedbackloop_mydesk.connector import MyDesk
        ...     return [MyDesk]

    Since: 0.1. Used by: `feedbackloop_connectors.zendesk`.
    """


@hookspec
def register_scorers() -> Sequence[Scorer]:  # type: ignore[empty-body]
    """Name the sentiment scorers that this plugin brings.

    Called once, before the first text is scored. Two plugins claiming one name is an error that names both.

    Returns:
        Scorers; what is heavy belongs into `Scorer.load`.

    Example:
        >>> @hookimpl
        ... def register_scorers():
        ...     return [Scorer("shout", ("en",), load=lambda: lambda texts: [shout(t.text) for t in texts])]

    Since: 0.1. Used by: `feedbackloop_plugins.scorers`.
    """


@hookspec
def register_commands() -> Sequence[click.Command]:  # type: ignore[empty-body]
    """Add commands to `feedbackloop`.

    Called once at start, before the command line is read: nothing heavy may be imported. A name that is taken is an error that
    names both.

    Returns:
        click commands.

    Example:
        >>> @hookimpl
        ... def register_commands():
        ...     return [click.Command("hello", callback=lambda: click.echo("hello"))]

    Since: 0.1. Used by: `feedbackloop_plugins.journey` (the command `journey`).
    """


# --- reading -------------------------------------------------------------------------------------------------------


@hookspec(firstresult=True)
def clean_text(texts: Sequence[Text], settings: Settings) -> Sequence[Text] | None:
    """Leave only the author's own words: no markup, quoted history, signatures, machine text.

    Called once a batch, first of all. The original stays stored; `Text.raw` and `Text.offsets` keep every word's place in it.
    Also sets `Text.language` where it is `und`.

    Args:
        texts: As they came from the source, `raw` not yet set.
        settings: The whole config; on other machines without what is secret or only of use here.

    Returns:
        One text for each, in order; an empty `text` means nothing of the author's own was left.

    Example:
        >>> @hookimpl(tryfirst=True)
        ... def clean_text(texts):
        ...     return [msgspec.structs.replace(t, text=t.text.split("-- ACME --")[0]) for t in texts]

    Since: 0.1. Used by: `feedbackloop_plugins.cleaning`.
    """


@hookspec(firstresult=True)
def redact(texts: Sequence[str]) -> Sequence[str] | None:
    """Mask personal data in words that will be shown to other people (quotes in tasks, digests, notes).

    Called whenever words of one customer are about to be shown outside that customer's own thread.

    Args:
        texts: Quotes.

    Returns:
        The same quotes with names of persons, mail addresses, phone and card numbers masked.

    Example:
        >>> @hookimpl(tryfirst=True)
        ... def redact(texts):
        ...     return [re.sub(r"CUST-\\d+", "[customer]", text) for text in texts]

    Since: 0.1. Used by: `feedbackloop_plugins.redaction`.
    """


# --- understanding -------------------------------------------------------------------------------------------------


@hookspec(firstresult=True)
def score_sentiment(
    texts: Sequence[Text], scorer: str, scorers: Mapping[str, Scorer], settings: Settings
) -> Sequence[Sentiment] | None:
    """Say how each text feels.

    Called once a batch with cleaned texts of customers. A scorer that does not know a text's language gives `unknown`.
    The same texts give the same results: no clock, no random number.

    Args:
        texts: Cleaned texts; they may differ in language.
        scorer: The name in the config, or `auto`: the best registered for each language.
        scorers: All registered scorers by name.
        settings: As for `clean_text`.

    Returns:
        One sentiment for each text, in order.

    Example:
        >>> @hookimpl(tryfirst=True)
        ... def score_sentiment(texts, scorer, scorers):
        ...     return my_model(texts) if scorer == "mine" else None

    Since: 0.1. Used by: `feedbackloop_plugins.scorers`.
    """


@hookspec(firstresult=True)
def find_expectations(
    texts: Sequence[Text], touchpoints: Mapping[str, Sequence[str]], settings: Settings
) -> Sequence[Found] | None:
    """Find what was expected or promised, and how it turned out, in words.

    Called once a batch with cleaned texts of customers and agents. Nothing is invented: every piece is copied from the text.

    Args:
        texts: Cleaned texts; `author` tells who speaks, `at` resolves relative dates.
        touchpoints: The config's own touchpoints with their words.
        settings: As for `clean_text`.

    Returns:
        One result for each text, in order.

    Example:
        >>> @hookimpl(tryfirst=True)
        ... def find_expectations(texts, touchpoints):
        ...     return [Found() for text in texts]

    Since: 0.1. Used by: `feedbackloop_plugins.text`.
    """


@hookspec(firstresult=True)
def classify(
    texts: Sequence[Text], touchpoints: Mapping[str, Sequence[str]], settings: Settings
) -> Sequence[Classified] | None:
    """Say of which SERVQUAL dimensions and which touchpoints each text speaks.

    Called once a batch with cleaned texts of customers.

    Args:
        texts: Cleaned texts.
        touchpoints: The config's own touchpoints with their words; they come before the built-in journey map.
        settings: As for `clean_text`.

    Returns:
        One result for each text, in order.

    Example:
        >>> @hookimpl(tryfirst=True)
        ... def classify(texts, touchpoints):
        ...     return [Classified() for text in texts]

    Since: 0.1. Used by: `feedbackloop_plugins.text`.
    """


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
