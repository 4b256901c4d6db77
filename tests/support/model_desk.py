"""The language model's plugin beside the built-in ones, over a stand-in endpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from feedbackloop.config import from_dict
from feedbackloop.hookspecs import Found
from feedbackloop.manager import PluginManager
from feedbackloop.records import Sentiment, Text
from feedbackloop.settings import Settings
from feedbackloop.stages.reading import sentiments
from feedbackloop_plugins import cleaning, redaction, scorers, text
from feedbackloop_plugins.language_model import LanguageModelPlugin
from model_server import ModelServer

NAME = "language_model:tiny"
LATE, LOVELY, PLAIN = "The parcel was late again.", "What a lovely shop!", "I bought a chair."
Make = Callable[..., "Desk"]


class Desk:
    """The plugin beside the built-in ones, over a stand-in endpoint, in a folder of its own."""

    def __init__(self, server: ModelServer, folder: Path, **table: Any) -> None:
        self.server, self.folder = server, folder
        self.raw: dict[str, Any] = {"base_url": server.url, "model": "tiny", "batch": 8, **table}
        self.plugin = LanguageModelPlugin()
        modules = {"language_model": self.plugin, "cleaning": cleaning, "redaction": redaction}
        self.plugins = PluginManager({**modules, "scorers": scorers, "text": text})

    @property
    def settings(self) -> Settings:
        understand = {"language_model": self.raw}
        return from_dict({"understand": understand}, self.folder / "feedbackloop.toml")

    def moods(self, *words: str) -> Sequence[Sentiment]:
        """Let texts be scored."""
        return sentiments(self.plugins, [texts(one) for one in words], self.settings)

    def scorers(self, *words: str) -> list[str]:
        """Say who scored each text."""
        return [one.scorer for one in self.moods(*words)]

    def expectations(self, *words: str, **more: Any) -> Sequence[Found]:
        """Let expectations be found."""
        asked = {"touchpoints": {}, "settings": self.settings, "redact": self.plugins.redacted}
        return self.plugins.batch("find_expectations", len(words), texts=[texts(one, **more) for one in words], **asked)

    def told(self) -> str:
        """End the run, and give what it tells."""
        return " | ".join(self.plugins.remarks())


def texts(words: str, **more: Any) -> Text:
    return Text(id="1", text=words, **{"language": "zh" if "\u4e00" <= words[:1] <= "\u9fff" else "en", **more})
