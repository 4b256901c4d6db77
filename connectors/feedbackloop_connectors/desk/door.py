"""How is the connection opened that a desk's options describe?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from feedbackloop.connector import Context
from feedbackloop.http import Http, Limits, is_loopback
from feedbackloop_connectors.desk.options import DeskOptions


def open_http(
    options: DeskOptions, context: Context, *, headers: Mapping[str, str] | None = None, limits: Limits | None = None
) -> Http:
    """Open the door to a desk, logged in as its options say.

    Args:
        options: With the address, the login and what must never be shown.
        context: A relative `ca_file` is meant from its folder.
        headers: Sent with every call; a login that is no Authorization header stands here.
        limits: Where the usual ones do not fit.

    Raises:
        Fatal: The address or the certificate file cannot be used.
    """
    return Http(
        options.base_url,
        authorization=options.authorization,
        headers=headers,
        ca_file=str(Path(context.folder) / options.ca_file) if options.ca_file else None,
        proxy=options.proxy,
        plain_http=options.plain_http,
        limits=limits,
        secrets=options.secrets,
    )


def is_local(options: DeskOptions) -> bool:
    """Say whether a desk is a loopback one, reached without a proxy: a replay may push only there."""
    return is_loopback(options.base_url) and options.proxy is None
