"""What may a plugin bring, and what may it do with texts? The hooks of registering, reading and understanding.

The first half of `feedbackloop.hookspecs`, which says how hooks work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pluggy

from feedbackloop.hooktypes import Classified, Found, Redact, Scorer

if TYPE_CHECKING:
    import click

    from feedbackloop.connector import Connector, SourceOptions
    from feedbackloop.records import Sentiment, Text
    from feedbackloop.settings import Settings

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
    texts: Sequence[Text], scorer: str, scorers: Mapping[str, Scorer], settings: Settings, redact: Redact
) -> Sequence[Sentiment] | None:
    """Say how each text feels.

    Called once a batch with cleaned texts of customers. A scorer that does not know a text's language gives `unknown`.
    The same texts give the same results: no clock, no random number.

    Args:
        texts: Cleaned texts; they may differ in language.
        scorer: The name in the config, or `auto`: the best registered for each language.
        scorers: All registered scorers by name.
        settings: As for `clean_text`.
        redact: Masks personal data; a scorer that sends texts away sends nothing else than what comes back from here.

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
    texts: Sequence[Text], touchpoints: Mapping[str, Sequence[str]], settings: Settings, redact: Redact
) -> Sequence[Found] | None:
    """Find what was expected or promised, and how it turned out, in words.

    Called once a batch with cleaned texts of customers and agents. Nothing is invented: every piece is copied from the text.

    Args:
        texts: Cleaned texts; `author` tells who speaks, `at` resolves relative dates.
        touchpoints: The config's own touchpoints with their words.
        settings: As for `clean_text`.
        redact: As for `score_sentiment`.

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
