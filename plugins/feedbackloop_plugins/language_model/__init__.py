"""A language model as scorer, finder of expectations and polisher of drafts: any OpenAI-compatible endpoint, off by default.

Nothing is asked without `[understand.language_model]` in the config. Texts are masked before they leave; answers count only in
their form and with words that stand in the text; whatever goes wrong, the built-in reading takes over, and the report says how
often and why. docs/language-model.md tells it all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedbackloop import hookimpl
from feedbackloop.errors import SourceError, UsageError
from feedbackloop.hookspecs import Scorer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from feedbackloop.connector import Check
    from feedbackloop.hookspecs import Found, Polished, Redact
    from feedbackloop.records import FollowUp, Sentiment, Text
    from feedbackloop.settings import Settings
    from feedbackloop_plugins.language_model.reading import Model

NAME = "language_model"


class LanguageModelPlugin:
    """Keeps one model open for a run, with the account of what it was asked."""

    def __init__(self) -> None:
        self._model: Model | None = None
        self._opened_for: tuple[object, ...] = ()
        self._broken: list[str] = []

    @hookimpl
    def register_scorers(self) -> Sequence[Scorer]:
        """Bring the scorer by its name; it is of no language, so that `auto` never takes it unasked."""
        return [Scorer(NAME, (), _not_configured, sends_text_away=True, description="an OpenAI-compatible endpoint")]

    @hookimpl(tryfirst=True)
    def score_sentiment(
        self, texts: Sequence[Text], scorer: str, scorers: Mapping[str, Scorer], settings: Settings, redact: Redact
    ) -> Sequence[Sentiment] | None:
        """Let the model score, where it is the scorer; the built-in `auto` takes what it does not answer."""
        if scorer != NAME or settings.understand.language_model is None:
            return None
        from feedbackloop_plugins.language_model import serving

        model = self._open(settings)
        others = {name: one for name, one in scorers.items() if name != NAME}
        return serving.sentiments(model, texts, others, redact)

    @hookimpl(tryfirst=True)
    def find_expectations(
        self, texts: Sequence[Text], touchpoints: Mapping[str, Sequence[str]], settings: Settings, redact: Redact
    ) -> Sequence[Found] | None:
        """Let the model find expectations in customers' texts; what agents promised is read by rules, here and always."""
        table = settings.understand.language_model
        if table is None or "expectations" not in table.use_for:
            return None
        from feedbackloop_plugins import text as built_in
        from feedbackloop_plugins.language_model import serving

        rules = built_in.find_expectations(texts, touchpoints, settings)
        return serving.found(self._open(settings), texts, touchpoints, rules, redact)

    @hookimpl
    def polish_drafts(
        self, drafts: Sequence[FollowUp], settings: Settings, redact: Redact
    ) -> Sequence[Polished | None] | None:
        """Reword drafts, where the config wants it."""
        table = settings.understand.language_model
        if table is None or "drafts" not in table.use_for:
            return None
        from feedbackloop_plugins.language_model.polishing import polish

        model = self._open(settings)
        return [polish(model, draft, redact) for draft in drafts] if model else None

    @hookimpl
    def after_run(self) -> Sequence[str]:
        """Tell what was asked, what it cost and what was read without it; the next run begins with a new account."""
        model, told = self._model, self._broken
        self._model, self._opened_for, self._broken = None, (), []
        if model is None:
            return told
        model.close()
        if model.memory.fault:
            told.append(f"language model: its earlier answers are not used and none are kept: {model.memory.fault}")
        return [*told, *filter(None, [model.account.words()])]

    @hookimpl
    def check_service(self, settings: Settings) -> Sequence[Check]:
        """Say what is sent where, and try the endpoint with a sentence of our own."""
        if settings.understand.language_model is None:
            return []
        from feedbackloop_plugins.language_model.checking import checks

        return checks(settings)

    def _open(self, settings: Settings) -> Model | None:
        """Give the model of this run; None, said once, where its endpoint cannot be used at all."""
        opened_for = (settings.understand.language_model, settings.database_path)
        if self._opened_for == opened_for:
            return self._model
        from feedbackloop_plugins.language_model.opening import opened

        if self._model:
            self._model.close()
        self._model, self._opened_for = None, opened_for
        try:
            self._model = opened(settings)
        except SourceError as error:
            self._broken.append(f"language model: {error}; the built-in reading was used")
        return self._model


def _not_configured() -> Callable[[Sequence[Text]], list[Sentiment]]:
    raise UsageError(
        f"the scorer {NAME} needs [understand.language_model] in the config; name the config with -c, see docs/language-model.md"
    )


plugin = LanguageModelPlugin()
