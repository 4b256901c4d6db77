"""Is everything in order: the config, the sources, the mail server, the database, the clock, the plugins?

Every check says how it stands and, where it does not stand well, what to do. Nothing is written.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from feedbackloop.analysis.wording import template_faults
from feedbackloop.checking_database import database, local_correction
from feedbackloop.connector import Check
from feedbackloop.errors import FeedbackloopError
from feedbackloop.manager import PluginManager
from feedbackloop.settings import LANGUAGE_MODEL, MailServer, Settings
from feedbackloop.stages.mailing import is_local
from feedbackloop.stages.sources import open_source

MAIL_SECONDS = 10
OLDEST_CLOCK = datetime(2026, 1, 1, tzinfo=UTC)


def check_all(
    settings: Settings, plugins: PluginManager, now: Callable[[], datetime], only: str | None = None
) -> Iterator[Check]:
    """Make every check, one after another; a source that hangs costs its own time limit only."""
    yield from _config(settings)
    yield from _plugins(settings, plugins)
    yield from _services(settings, plugins)
    yield database(settings)
    yield from local_correction(settings)
    yield from _templates(settings)
    yield _clock()
    for source in settings.sources:
        if only is None or source == only:
            yield from _source(settings, plugins, source, now)
    yield from _mail(settings)


def _config(settings: Settings) -> Iterator[Check]:
    outside = {key: origin for key, origin in settings.origins.items() if origin != "config"}
    given = sum(origin == "config" for origin in settings.origins.values())
    yield Check("config", True, f"{settings.path}: {given} values set, the rest are defaults")
    for key, origin in sorted(outside.items()):
        absent = settings.missing.get(key)
        fix = "set it where this program runs" if absent else None
        yield Check(
            f"config {key}", absent is None, absent.removeprefix(f"{key}: ") if absent else f"from {origin}", fix
        )
    if not settings.sources:
        yield Check(
            "sources", False, "the config has no [sources.NAME]", "add one; `feedbackloop init` shows how it looks"
        )
    if not settings.teams:
        yield Check("teams", True, "no [[teams]]: every task belongs to everyone")
    elif settings.digest.send and not any(team.email for team in settings.teams):
        yield Check("teams", False, "[digest] send = true, and no team has an email", "add email = [...] to [[teams]]")


def _plugins(settings: Settings, plugins: PluginManager) -> Iterator[Check]:
    for plugin in plugins.skipped:
        yield Check(f"plugin {plugin.name}", False, f"skipped: {plugin.skipped}", "mend or uninstall it")
    loaded = len(plugins.plugins) - len(plugins.skipped)
    yield Check("plugins", loaded > 0, f"{loaded} loaded", None if loaded else "run `pip install -e .` in the checkout")
    wanted = settings.understand.sentiment
    is_known = wanted == "auto" or wanted in plugins.scorers
    names = ", ".join(sorted(plugins.scorers))
    yield Check(
        "scorer", is_known, f"{wanted} (known: {names})", None if is_known else f"write auto, or one of {names}"
    )
    away = [scorer.name for scorer in plugins.scorers.values() if scorer.sends_text_away]
    if wanted in away and wanted != LANGUAGE_MODEL:  # the plugin itself says what of it leaves
        yield Check("privacy", True, f"texts leave this machine: scorer {wanted}")
    if settings.understand.executor.startswith(("dask://", "tls://")):
        yield Check("privacy", True, f"texts leave this machine: executor {settings.understand.executor}")


def _services(settings: Settings, plugins: PluginManager) -> Iterator[Check]:
    """Let plugins say how the services stand that they use."""
    if settings.understand.language_model and LANGUAGE_MODEL not in plugins.scorers:
        fix = "see `feedbackloop plugins`, or take the table out of the config"
        yield Check("language model", False, "the config wants one, and its plugin is not loaded", fix)
    for _, checks in plugins.each("check_service", settings=settings):
        yield from checks


def _templates(settings: Settings) -> Iterator[Check]:
    """Say of each of the operator's templates whether it can be read; what it says is seen by `explain ITEM --preview`."""
    folder = settings.templates_folder
    if folder is None:
        return
    faults = template_faults(folder)
    for name, fault in faults.items():
        yield Check(f"template {name}", False, fault, "mend it; until then the one that ships is used")
    if not faults:
        yield Check("templates", True, f"{folder}: can be read")


def _clock() -> Check:
    now = datetime.now(UTC)
    fits = now > OLDEST_CLOCK
    return Check("clock", fits, f"{now:%Y-%m-%d %H:%M} UTC", None if fits else "set this machine's clock")


def _source(settings: Settings, plugins: PluginManager, source: str, now: Callable[[], datetime]) -> Iterator[Check]:
    name = f"source {source}"
    try:
        connector = open_source(settings, plugins, source, now)
    except FeedbackloopError as error:
        yield Check(name, False, str(error), "mend the config")
        return
    try:
        if connector.options.plain_http:
            yield Check(name, True, "plain_http: passwords and texts cross the network unencrypted", "use https")
        for one in connector.check():
            yield Check(f"{name}: {one.name}", one.ok, one.detail, one.fix)
        abilities = ", ".join(sorted(connector.abilities)) or "reading only"
        yield Check(f"{name}: abilities", True, abilities)
    except FeedbackloopError as error:
        yield Check(name, False, str(error), "see the source's page in the docs")
    except Exception as error:  # noqa: BLE001 - a stranger's connector may raise anything; the other checks go on
        yield Check(name, False, f"{type(error).__name__}: {error}", "report it to the connector's author")
    finally:
        with suppress(Exception):
            connector.close()


def _mail(settings: Settings) -> Iterator[Check]:
    is_used = settings.digest.send or settings.actions.follow_ups_by == "mail"
    where = f"{settings.mail.host}:{settings.mail.port}"
    if settings.mail.security == "none" and settings.mail.password and not is_local(settings.mail.host):
        said = f"{where}: a password is not sent in the clear"
        yield Check("mail", not is_used, said, 'set security = "starttls" or "tls" under [mail]')
        return
    if not is_used:
        yield Check("mail", True, f"{where} is not used: no digests and no follow-ups go by mail")
        return
    try:
        yield Check("mail", True, f"{where}: {_greet(settings.mail, settings.folder)}")
    except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
        yield Check(
            "mail", False, f"{where}: {error}", "mend [mail]: host, port, security, username, password, ca_file"
        )


def _greet(mail: MailServer, folder: Path) -> str:
    context = ssl.create_default_context(cafile=str(folder / mail.ca_file) if mail.ca_file else None)
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=MAIL_SECONDS, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=MAIL_SECONDS)
    with server:
        server.ehlo(socket.getfqdn())
        if mail.security == "starttls":
            server.starttls(context=context)
            server.ehlo()
        if mail.username and mail.password:
            server.login(mail.username, mail.password.get_secret_value())
            return f"reached, {mail.security}, logged in"
    return f"reached, {mail.security}, no login"
