"""How does this endpoint want to be asked? Learnt, for one run, from what it declines.

The strictest form of answers comes first, because an endpoint that holds the model to a JSON schema while it writes (grammar,
constrained decoding) gives no answer out of form: `json_schema` as OpenAI, vLLM, Ollama and llama.cpp's own server know it;
`json_object` with a schema, as llama-cpp-python knows it; `json_object`; none at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from feedbackloop.errors import SourceError, UnknownOutcome
from feedbackloop.http import Declined, is_loopback
from feedbackloop.settings import LanguageModel
from feedbackloop_plugins.language_model.schema import exact
from feedbackloop_plugins.language_model.unanswered import is_too_long

FORMS = {
    "auto": ("json_schema", "json_object_schema", "json_object", "text"),
    "json_schema": ("json_schema",),
    "json_object": ("json_object",),
    "text": ("text",),
}
_MALFORMED = frozenset({400, 415, 422})
_FORM = re.compile(r"response_format|json_schema|json_object|grammar")
_FIELD = re.compile(r"['\"`](temperature|seed|max_tokens)['\"`]")


class Manner:
    """The fields of a request that an endpoint may not know, as far as it took them."""

    def __init__(self, settings: LanguageModel) -> None:
        self._forms = list(FORMS[settings.answer_format])
        fields: dict[str, Any] = {"stream": False, "temperature": 0, "seed": 1}
        if "max_completion_tokens" not in settings.request:
            fields["max_tokens"] = settings.max_tokens
        self._fields = fields | settings.request
        self._is_near = is_loopback(settings.base_url)
        self._given = frozenset(settings.request)
        self._is_taken = False

    @property
    def form(self) -> str:
        """Which form of answers is asked for now."""
        return self._forms[0]

    def fields(self, name: str, schema: dict[str, Any], ids: Sequence[str]) -> dict[str, Any]:
        """Give the fields of a request beside the model and the messages.

        Args:
            name: What the schema is called.
            schema: Of the answer, the same for every request; providers prepare each new one, which takes them seconds.
            ids: Of the texts asked about; a server on this machine gets a schema that is held to them.
        """
        if self._is_near or self.form == "json_object_schema":
            schema = exact(schema, ids)
        forms: dict[str, dict[str, Any]] = {
            "json_schema": {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}},
            "json_object_schema": {"type": "json_object", "schema": schema},
            "json_object": {"type": "json_object"},
        }
        form = forms.get(self.form)
        return ({"response_format": form} if form else {}) | self._fields

    def was_taken(self) -> None:
        """Note that the endpoint answered: what it declines from now on is not declined for the manner."""
        self._is_taken = True

    def gives_way(self, error: SourceError) -> bool:
        """Change the manner if that is what was declined; then the same question may be asked anew.

        At most seven times in a run: three fields, three forms, and `max_tokens` under its other name.
        """
        if not self.is_declined(error):
            return False
        return (isinstance(error, Declined) and self._without_field(error.body)) or self._weaker()

    def is_declined(self, error: SourceError) -> bool:
        """Say whether an error may be about the manner: some servers stumble over a form that they do not know (status 500)."""
        if self._is_taken:
            return False
        if isinstance(error, Declined):
            return error.status in _MALFORMED and not is_too_long(error)
        return isinstance(error, UnknownOutcome) and bool(_FORM.search(str(error)))

    def _without_field(self, said: str) -> bool:
        named = _FIELD.search(said)
        if named is None or named[1] not in self._fields or named[1] in self._given:
            return False
        value = self._fields.pop(named[1])
        if named[1] == "max_tokens":
            self._fields["max_completion_tokens"] = value
        return True

    def _weaker(self) -> bool:
        if len(self._forms) > 1:
            del self._forms[0]
            return True
        return False
