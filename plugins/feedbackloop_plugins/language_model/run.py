"""What does one run ask of a model, and what does it tell at its end?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feedbackloop.hookspecs import Found, Polished, Redact, Scorer
from feedbackloop.records import FollowUp, Sentiment, Text
from feedbackloop.settings import Settings
from feedbackloop_plugins.language_model import finding, serving
from feedbackloop_plugins.language_model.opening import opened
from feedbackloop_plugins.language_model.polishing import polish
from feedbackloop_plugins.language_model.reading import Model


class Run:
    """Keeps one model open, with the account of what it was asked. `end` when done."""

    def __init__(self) -> None:
        self._model: Model | None = None
        self._opened_for: tuple[object, ...] = ()
        self._broken: list[str] = []

    def sentiments(
        self, texts: Sequence[Text], scorers: Mapping[str, Scorer], settings: Settings, redact: Redact
    ) -> Sequence[Sentiment]:
        """Score texts; those without an answer by `auto` of the other scorers."""
        return serving.sentiments(self._open(settings), texts, scorers, redact)

    def found(
        self, texts: Sequence[Text], touchpoints: Mapping[str, Sequence[str]], settings: Settings, redact: Redact
    ) -> Sequence[Found]:
        """Find expectations; texts without an answer, and all that agents wrote, by the rules."""
        rules = finding.by_rules(texts, touchpoints, settings)
        return finding.found(self._open(settings), texts, touchpoints, rules, redact)

    def polished(
        self, drafts: Sequence[FollowUp], settings: Settings, redact: Redact
    ) -> Sequence[Polished | None] | None:
        """Reword drafts; None where there is no model at all."""
        model = self._open(settings)
        return [polish(model, draft, redact) for draft in drafts] if model else None

    def end(self) -> list[str]:
        """Let go of everything, and tell what was asked."""
        model, told = self._model, self._broken
        if model is None:
            return told
        model.close()
        if model.memory.fault:
            told.append(f"language model: its earlier answers are not used and none are kept: {model.memory.fault}")
        return [*told, *filter(None, [model.account.words()])]

    def _open(self, settings: Settings) -> Model | None:
        """Give the model of this run; None, said once, where its endpoint cannot be used at all."""
        opened_for = (settings.understand.language_model, settings.database_path)
        if self._opened_for == opened_for:
            return self._model
        if self._model:
            self._model.close()
        self._opened_for = opened_for
        self._model, fault = opened(settings)
        if fault:
            self._broken.append(f"language model: {fault}; the built-in reading was used")
        return self._model
