"""Formbricks as a source: what did people answer?

Written from its published description, version 2: responses by the time of their last change, oldest first, keyed by the ids of
the survey's questions, whose words come with the survey.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import Field, SecretStr

from feedbackloop.connector import Ability, SourceOptions
from feedbackloop.records import Customer, Item
from feedbackloop_connectors.desk.values import moment, needed_time, number, rows, table, text, time_in, words
from feedbackloop_connectors.door import Login, lasting
from feedbackloop_connectors.rows.source import Account, FetchingSource, Row, Sheet, identifier, listed, required
from feedbackloop_connectors.signatures import signed_object
from feedbackloop_connectors.surveys.reply import NPS, Reply, Scale, SurveyOptions

_NUMBERED = {"nps": Scale(*NPS), "csat": Scale("csat", 1, 5), "ces": Scale("ces", 1, 7)}


class FormbricksOptions(SurveyOptions):
    """Options of `connector = "formbricks"`."""

    base_url: str = Field("https://app.formbricks.com", description="address of the interface, or of your own server")
    survey_id: str = Field(description="whose responses are read")
    api_key: SecretStr = Field(description="of the organization, with the right to read")
    webhook_secret: SecretStr | None = Field(None, description="of the webhook, as whsec_…, if there is one")
    partial: bool = Field(False, description="read responses too that were not finished")
    page_size: int = Field(250, ge=1, le=250, description="responses a call")


class Formbricks(FetchingSource[FormbricksOptions]):
    """Responses to one survey. See docs/connectors/formbricks.md."""

    name: ClassVar[str] = "formbricks"
    Options: ClassVar[type[SourceOptions]] = FormbricksOptions
    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.FETCH, Ability.WEBHOOKS})
    login_fix = "look at api_key: it needs the right to read responses and surveys of this environment"

    def login(self) -> Login:
        """The key travels in a header of its own."""
        return lasting(None)

    def headers(self) -> Mapping[str, str]:
        """Give the header that carries the key."""
        return {"x-api-key": self.options.api_key.get_secret_value()}

    def secrets(self) -> tuple[str, ...]:
        """Name the key."""
        return (self.options.api_key.get_secret_value(),)

    def account(self) -> Account:
        """Ask for the survey."""
        return Account(f"survey {text(self._survey.get('name')) or self.options.survey_id}")

    def sheet(self, since: datetime, token: str | None) -> Sheet:
        """Ask for one page of what changed since, oldest first."""
        skip, size = int(token or 0), self.options.page_size
        asked = {
            "surveyId": self.options.survey_id,
            "filterDateField": "updatedAt",
            "startDate": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
            "sortBy": "updatedAt",
            "order": "asc",
            "limit": size,
            "skip": skip,
        }
        found = listed(self.get("/api/v2/management/responses", asked), "data")
        return Sheet(found, str(skip + len(found)) if len(found) >= size else None)

    def stamp(self, row: Row) -> datetime | None:
        """Give the time of the last change."""
        return moment(table(row).get("updatedAt"))

    def item(self, row: Row) -> Item | None:
        """Read one response; one that was not finished waits until it is, unless `partial` says otherwise."""
        response_id = required(row, "id")
        if row.get("finished") is False and not self.options.partial:
            return None
        at = needed_time(row, "createdAt")
        changed = time_in(row, "updatedAt") or at
        reply = Reply(response_id, changed, self.options.scales)
        for question_id, answer in table(row.get("data")).items():
            self._answer(reply, str(question_id), answer)
        person = table(row.get("contactAttributes"))
        for name, value in person.items():
            reply.note(str(name), value if str(name) not in {"email", "userId"} else None)
        own = identifier(person, self.options.customer_field or "userId")
        return Item(
            id=response_id,
            kind="survey",
            created_at=at,
            updated_at=changed,
            version=changed.timestamp(),
            channel="survey",
            url=text(table(row.get("meta")).get("url")),
            customer=Customer(
                id=own or identifier(row, "contactId") or None,
                email=text(person.get("email")),
                locale=language if (language := text(row.get("language"))) != "default" else None,
            ),
            fields=reply.fields,
            messages=tuple(reply.messages),
            ratings=tuple(reply.ratings),
        )

    def single(self, item_id: str) -> Any:
        """Ask for one response."""
        found = self.get(f"/api/v2/management/responses/{quote(item_id, safe='')}")
        return found.get("data", found)

    def read_webhook(self, headers: Mapping[str, str], raw_body: bytes) -> list[str]:
        """Verify a webhook (Standard Webhooks), and name the response that it brings."""
        body = signed_object("standard", self.options.webhook_secret, headers, raw_body, now=self.context.now())
        response = table(body.get("data"))
        is_ours = identifier(response, "surveyId") in {"", self.options.survey_id}
        name = identifier(response, "id")
        return [name] if name and is_ours else []

    @cached_property
    def _survey(self) -> Row:
        """The survey itself: its questions with their words and scales."""
        found = self.get(f"/api/v1/management/surveys/{quote(self.options.survey_id, safe='')}")
        return table(found.get("data")) or found

    @cached_property
    def _questions(self) -> Mapping[str, Row]:
        return {identifier(question, "id"): question for question in rows(self._survey.get("questions"))}

    def _answer(self, reply: Reply, question_id: str, answer: Any) -> None:
        """Take up the answer to one question."""
        question = self._questions.get(question_id, {})
        title = _words_of(question.get("headline")) or question_id
        scale = _scale(question)
        points = number(answer) if not isinstance(answer, bool) else None
        if scale and points is not None:
            reply.rate(question_id, float(points), scale, title)
        elif question.get("type") == "openText" and question.get("inputType", "text") == "text":
            reply.say(question_id, text(answer))
        elif isinstance(answer, list):
            reply.note(title, ", ".join(words(answer)))
        elif isinstance(answer, str | int | float):
            reply.note(title, answer)


def _scale(question: Row) -> Scale | None:
    """Give the scale of a question that is answered with a number."""
    kind = str(question.get("type"))
    highest = number(question.get("range"))
    if kind == "rating":
        return Scale("stars" if question.get("scale") == "star" else "rating", 1, highest or 5)
    return _NUMBERED.get(kind)


def _words_of(headline: object) -> str | None:
    """Read a headline: a text, or one for each language with `default` among them."""
    return text(table(headline).get("default")) or text(headline)
