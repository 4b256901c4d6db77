"""Typeform as a source: what did people answer?

Written from the public documentation: responses by the time of submission, oldest first; a submitted response does not change.
The newest may come late, so those of the last `reread` are asked for again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import Field, SecretStr

from feedbackloop.connector import Ability, SourceOptions
from feedbackloop.http import Declined
from feedbackloop.records import Customer, Item
from feedbackloop_connectors.desk.values import moment, needed_time, number, rows, table, text, words
from feedbackloop_connectors.door import Login, lasting
from feedbackloop_connectors.rows.source import Account, FetchingSource, Row, Sheet, identifier, listed, required
from feedbackloop_connectors.signatures import signed_object
from feedbackloop_connectors.surveys.reply import NPS, Reply, Scale, SurveyOptions


class TypeformOptions(SurveyOptions):
    """Options of `connector = "typeform"`."""

    base_url: str = Field(
        "https://api.typeform.com", description="address of the interface; in the EU https://api.eu.typeform.com"
    )
    form_id: str = Field(description="the form's id, the last part of its address")
    token: SecretStr = Field(description="personal access token with the right to read forms and responses")
    webhook_secret: SecretStr | None = Field(None, description="of the form's webhook, if there is one")
    page_size: int = Field(1000, ge=1, le=1000, description="responses a call")


class Typeform(FetchingSource[TypeformOptions]):
    """Responses to one form. See docs/connectors/typeform.md."""

    name: ClassVar[str] = "typeform"
    Options: ClassVar[type[SourceOptions]] = TypeformOptions
    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.FETCH, Ability.WEBHOOKS})
    login_fix = "look at token: it needs the scopes forms:read and responses:read"

    def login(self) -> Login:
        """Log in with the token."""
        return lasting(f"Bearer {self.options.token.get_secret_value()}")

    def account(self) -> Account:
        """Ask for the form."""
        return Account(f"form {text(self._form.get('title')) or self.options.form_id}")

    def sheet(self, since: datetime, token: str | None) -> Sheet:
        """Ask for one page of what was submitted since, oldest first; a token asks for what came in behind that response."""
        size = self.options.page_size
        asked: dict[str, Any] = {"page_size": size, "completed": "true"}
        if token:  # cannot go together with an order of our own; comes in the order in which responses were taken in
            asked["after"] = token
        else:
            asked |= {"since": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "sort": "submitted_at,asc"}
        found = listed(self.get(self._path, asked), "items")
        return Sheet(found, self.row_id(found[-1]) or None if len(found) >= size else None)

    def stamp(self, row: Row) -> datetime | None:
        """Give the time of submission."""
        return moment(table(row).get("submitted_at"))

    def row_id(self, row: object) -> str:
        """Give the response's id; older answers of the interface call it `token`."""
        return identifier(row, "response_id") or identifier(row, "token")

    def item(self, row: Row) -> Item | None:
        """Read one response."""
        response_id = self.row_id(row) or required(row, "response_id")
        at = needed_time(row, "submitted_at")
        reply = Reply(response_id, at, self.options.scales)
        email = None
        for answer in rows(row.get("answers")):
            email = text(answer.get("email")) or email
            self._answer(reply, answer)
        hidden = table(row.get("hidden"))
        for name, value in hidden.items():
            reply.note(str(name), value)
        own = identifier(hidden, self.options.customer_field) if self.options.customer_field else ""
        return Item(
            id=response_id,
            kind="survey",
            created_at=at,
            channel="survey",
            customer=Customer(id=own or None, email=email or text(hidden.get("email"))),
            fields=reply.fields,
            messages=tuple(reply.messages),
            ratings=tuple(reply.ratings),
        )

    def single(self, item_id: str) -> Any:
        """Ask for one response."""
        found = listed(self.get(self._path, {"included_response_ids": item_id}), "items")
        if not found:
            raise Declined(f"there is no response {item_id}", 404, "")
        return found[0]

    def read_webhook(self, headers: Mapping[str, str], raw_body: bytes) -> list[str]:
        """Verify a webhook of the form, and name the response that it brings."""
        body = signed_object("typeform", self.options.webhook_secret, headers, raw_body, now=self.context.now())
        response = table(body.get("form_response"))
        name = self.row_id(response)
        return [name] if name else []

    @property
    def _path(self) -> str:
        return f"/forms/{quote(self.options.form_id, safe='')}/responses"

    @cached_property
    def _form(self) -> Row:
        """The form itself: its questions with their titles and scales."""
        return self.get(f"/forms/{quote(self.options.form_id, safe='')}")

    @cached_property
    def _questions(self) -> Mapping[str, Row]:
        return {identifier(question, "id"): question for question in _flat(rows(self._form.get("fields")))}

    def _answer(self, reply: Reply, answer: Row) -> None:
        """Take up the answer to one question."""
        asked = table(answer.get("field"))
        question_id = identifier(asked, "id")
        question = self._questions.get(question_id, {})
        title = text(question.get("title")) or text(asked.get("ref")) or question_id
        reply.say(question_id, text(answer.get("text")))
        value = answer.get("number")
        if isinstance(value, int | float) and not isinstance(value, bool):
            scale = _scale(text(asked.get("type")) or text(question.get("type")), table(question.get("properties")))
            if scale:
                key = question_id if question_id in self.options.scales else text(asked.get("ref")) or question_id
                reply.rate(key, float(value), scale, title)
            else:
                reply.note(title, value)
        picked = table(answer.get("choice"))
        reply.note(title, text(picked.get("label")) or text(picked.get("other")))
        reply.note(title, ", ".join(words(table(answer.get("choices")).get("labels"))))
        if isinstance(answer.get("boolean"), bool):
            reply.note(title, answer["boolean"])


def _flat(fields: Sequence[Row]) -> Iterator[Row]:
    """Give questions, also those that stand in groups."""
    for one in fields:
        yield one
        yield from _flat(rows(table(one.get("properties")).get("fields")))


def _scale(kind: str | None, properties: Row) -> Scale | None:
    """Give the scale of a question with a number; None for a number that rates nothing."""
    if kind == "nps":
        return Scale(*NPS)
    steps = number(properties.get("steps"))
    if kind == "rating":
        return Scale("stars" if properties.get("shape", "star") == "star" else "rating", 1, steps or 5)
    if kind == "opinion_scale":
        first = 1 if properties.get("start_at_one") else 0
        return Scale("opinion", first, first + (steps or 11) - 1)
    return None
