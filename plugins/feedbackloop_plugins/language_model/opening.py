"""With what is a model asked: its endpoint, the answers known from before, and a new account?"""

from __future__ import annotations

from pathlib import Path

from feedbackloop.errors import Fatal, SourceError
from feedbackloop.settings import LANGUAGE_MODEL, LanguageModel, Settings
from feedbackloop_plugins.language_model.account import Account
from feedbackloop_plugins.language_model.endpoint import Endpoint
from feedbackloop_plugins.language_model.memory import Memory
from feedbackloop_plugins.language_model.reading import Model


def opened(settings: Settings) -> tuple[Model | None, str]:
    """Open the model of the config; without one, say why: its address or a file cannot be used, or its key is missing."""
    table = settings.understand.language_model
    assert table is not None
    try:
        endpoint = endpoint_of(settings, table, Account(table))
    except SourceError as error:
        return None, str(error)
    return Model(endpoint, Memory(memory_path(settings))), ""


def endpoint_of(settings: Settings, table: LanguageModel, account: Account) -> Endpoint:
    """Open the endpoint alone.

    Raises:
        Fatal: Its address or a file cannot be used, or its key is missing.
    """
    absent = settings.missing.get("understand.language_model.api_key")
    if absent:
        raise Fatal(absent)
    return Endpoint(table, settings.folder, account)


def memory_path(settings: Settings) -> Path:
    """Say where answers are kept: beside the database, under this plugin's name."""
    return settings.database_path.with_name(f"{settings.database_path.name}.{LANGUAGE_MODEL}")
