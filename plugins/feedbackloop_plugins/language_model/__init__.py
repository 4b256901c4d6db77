"""A language model as scorer, finder of expectations and polisher of drafts: any OpenAI-compatible endpoint, off by default.

Nothing is asked without `[understand.language_model]` in the config. Texts are masked before they leave; answers count only in
their form and with words that stand in the text; whatever goes wrong, the built-in reading takes over, and the report says how
often and why. docs/language-model.md tells it all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedbackloop import hookimpl
from feedbackloop.errors import UsageError
from feedbackloop.hookspecs import Scorer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from feedbackloop.connector import Check
    from feedbackloop.hookspecs import Found, Polished, Redact
    from feedbackloop.records import FollowUp, Sentiment, Text
    from feedbackloop.settings import Settings
    from feedbackloop_plugins.language_model.run import Run

NAME = "language_model"


class LanguageModelPlugin:
    """Keeps one run: it is imported with the first question to a model, not before."""

    def __init__(self) -> None:
        self._run: Run | None = None

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
        others = {name: one for name, one in scorers.items() if name != NAME}
        return self._running().sentiments(texts, others, settings, redact)

    @hookimpl(tryfirst=True)
    def find_expectations(
        self, texts: Sequence[Text], touchpoints: Mapping[str, Sequence[str]], settings: Settings, redact: Redact
    ) -> Sequence[Found] | None:
        """Let the model find expectations in customers' texts; what agents promised is read by rules, here and always."""
        if not _is_for("expectations", settings):
            return None
        return self._running().found(texts, touchpoints, settings, redact)

    @hookimpl
    def polish_drafts(
        self, drafts: Sequence[FollowUp], settings: Settings, redact: Redact
    ) -> Sequence[Polished | None] | None:
        """Reword drafts, where the config wants it."""
        return self._running().polished(drafts, settings, redact) if _is_for("drafts", settings) else None

    @hookimpl
    def after_run(self) -> Sequence[str]:
        """Tell what was asked, what it cost and what was read without it; the next run begins with a new account."""
        run, self._run = self._run, None
        return run.end() if run else []

    @hookimpl
    def check_service(self, settings: Settings) -> Sequence[Check]:
        """Say what is sent where, and try the endpoint with sentences of our own."""
        if settings.understand.language_model is None:
            return []
        from feedbackloop_plugins.language_model.checking import checks

        return checks(settings)

    def _running(self) -> Run:
        from feedbackloop_plugins.language_model.run import Run

        self._run = self._run or Run()
        return self._run


def _is_for(use: str, settings: Settings) -> bool:
    table = settings.understand.language_model
    return table is not None and use in table.use_for


def _not_configured() -> Callable[[Sequence[Text]], list[Sentiment]]:
    raise UsageError(
        f"the scorer {NAME} needs [understand.language_model] in the config; name the config with -c, see docs/language-model.md"
    )


plugin = LanguageModelPlugin()
