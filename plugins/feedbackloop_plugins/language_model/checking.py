"""What does `check` say of the language model: what is sent where, does it answer, in the form that is needed?"""

from __future__ import annotations

from collections.abc import Sequence

from feedbackloop.connector import Check
from feedbackloop.errors import SourceError
from feedbackloop.http import is_loopback
from feedbackloop.settings import LanguageModel, Settings
from feedbackloop_plugins.language_model.account import Account
from feedbackloop_plugins.language_model.opening import endpoint_of
from feedbackloop_plugins.language_model.trial import tried

NAME = "language model"
_WHAT = {"sentiment": "customers' texts", "expectations": "customers' texts", "drafts": "drafts without quotations"}


def checks(settings: Settings) -> Sequence[Check]:
    """Say what leaves the machine, and try the endpoint with a few sentences of ours; nothing is kept."""
    table = settings.understand.language_model
    assert table is not None
    return [_privacy(table), _trial(settings, table)]


def _privacy(table: LanguageModel) -> Check:
    sent = " and ".join(dict.fromkeys(_WHAT[use] for use in table.use_for))
    is_near = is_loopback(table.base_url) and (table.proxy is None or is_loopback(table.proxy))
    where = "go to a server on this machine" if is_near else "leave this machine"
    return Check("privacy", True, f"{sent} {where}, masked: to the model {table.model} at {table.base_url}")


def _trial(settings: Settings, table: LanguageModel) -> Check:
    try:
        endpoint = endpoint_of(settings, table, Account(table))
    except SourceError as error:
        return Check(NAME, False, str(error), "mend [understand.language_model]")
    try:
        return tried(endpoint, NAME, _caps(table))
    finally:
        endpoint.close()


def _caps(table: LanguageModel) -> str:
    cost = "" if table.max_cost_per_run is None else f", cost {table.max_cost_per_run:g}"
    return (
        f"at most {table.max_requests_per_run} requests, {table.max_texts_per_run} texts, "
        f"{table.max_time_per_run.total_seconds():.0f} s{cost} a run"
    )
