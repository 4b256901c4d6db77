"""SurveyMonkey as a source: what did people answer?

Written from the public API documentation: responses of one survey in bulk, by the time of their last change, oldest first, with
the survey's details for the words of questions and choices. A private app has 120 calls a minute and 500 a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import Field, SecretStr

from feedbackloop.connector import Ability, SourceOptions
from feedbackloop.errors import BadRecord
from feedbackloop.records import Customer, Item
from feedbackloop_connectors.desk.values import moment, number, rows, table, text, time_in
from feedbackloop_connectors.door import Login, lasting
from feedbackloop_connectors.rows.source import Account, FetchingSource, Row, Sheet, identifier, listed, required
from feedbackloop_connectors.signatures import signed_object
from feedbackloop_connectors.surveys.reply import NPS, Reply, Scale, SurveyOptions

NPS_CHOICES = frozenset(map(str, range(11)))


class SurveyMonkeyOptions(SurveyOptions):
    """Options of `connector = "surveymonkey"`."""

    base_url: str = Field(
        "https://api.surveymonkey.com",
        description="address of the interface; in the EU https://api.eu.surveymonkey.com",
    )
    survey_id: str = Field(description="whose responses are read")
    token: SecretStr = Field(description="access token with the right to view responses and their details")
    webhook_key: SecretStr | None = Field(
        None, description='the app\'s "client id&secret", with which webhooks are signed'
    )
    partial: bool = Field(False, description="read responses too that were not finished")
    page_size: int = Field(100, ge=1, le=100, description="responses a call")


class SurveyMonkey(FetchingSource[SurveyMonkeyOptions]):
    """Responses to one survey. See docs/connectors/surveymonkey.md."""

    name: ClassVar[str] = "surveymonkey"
    Options: ClassVar[type[SourceOptions]] = SurveyMonkeyOptions
    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.FETCH, Ability.WEBHOOKS})
    login_fix = "look at token: it needs the scopes View Surveys, View Responses and View Response Details"

    def login(self) -> Login:
        """Log in with the token."""
        return lasting(f"Bearer {self.options.token.get_secret_value()}")

    def account(self) -> Account:
        """Ask for the survey."""
        return Account(f"survey {text(self._details.get('title')) or self.options.survey_id}")

    def sheet(self, since: datetime, token: str | None) -> Sheet:
        """Ask for one page of what changed since, oldest first."""
        page = int(token or 1)
        asked = {
            "start_modified_at": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
            "sort_by": "date_modified",
            "sort_order": "ASC",
            "simple": "true",
            "page": page,
            "per_page": self.options.page_size,
        }
        found = self.get(f"{self._path}/responses/bulk", asked)
        has_more = bool(text(table(found.get("links")).get("next")))
        return Sheet(listed(found, "data"), str(page + 1) if has_more else None)

    def stamp(self, row: Row) -> datetime | None:
        """Give the time of the last change."""
        return moment(table(row).get("date_modified"))

    def item(self, row: Row) -> Item | None:
        """Read one response; one that was not finished waits until it is, unless `partial` says otherwise."""
        response_id = required(row, "id")
        if (text(row.get("response_status")) or "completed") != "completed" and not self.options.partial:
            return None
        at = time_in(row, "date_created") or time_in(row, "date_modified")
        if at is None:
            raise BadRecord("is missing", field="date_created")
        changed = time_in(row, "date_modified") or at
        reply = Reply(response_id, changed, self.options.scales)
        for page in rows(row.get("pages")):
            for question in rows(page.get("questions")):
                self._answers(reply, question)
        passed = table(row.get("custom_variables"))
        for name, value in passed.items():
            reply.note(str(name), value)
        own = identifier(passed, self.options.customer_field) if self.options.customer_field else ""
        return Item(
            id=response_id,
            kind="survey",
            created_at=at,
            updated_at=changed,
            version=changed.timestamp(),
            channel="survey",
            url=text(row.get("analyze_url")),
            customer=Customer(
                id=own or text(row.get("custom_value")),
                email=_address(row),
                name=_full_name(table(row.get("metadata"))),
            ),
            fields=reply.fields,
            messages=tuple(reply.messages),
            ratings=tuple(reply.ratings),
        )

    def single(self, item_id: str) -> Any:
        """Ask for one response."""
        return self.get(f"{self._path}/responses/{quote(item_id, safe='')}/details", {"simple": "true"})

    def read_webhook(self, headers: Mapping[str, str], raw_body: bytes) -> list[str]:
        """Verify a webhook, and name the response that it speaks of."""
        body = signed_object(
            "surveymonkey", self.options.webhook_key, headers, raw_body, now=self.context.now(), option="webhook_key"
        )
        name = identifier(body, "object_id") if body.get("object_type") == "response" else ""
        is_ours = identifier(table(body.get("resources")), "survey_id") in {"", self.options.survey_id}
        return [name] if name and is_ours else []

    @property
    def _path(self) -> str:
        return f"/v3/surveys/{quote(self.options.survey_id, safe='')}"

    @cached_property
    def _details(self) -> Row:
        return self.get(f"{self._path}/details")

    @cached_property
    def _questions(self) -> Mapping[str, Row]:
        pages = rows(self._details.get("pages"))
        return {identifier(one, "id"): one for page in pages for one in rows(page.get("questions"))}

    def _answers(self, reply: Reply, question: Row) -> None:
        """Take up the answers to one question."""
        question_id = identifier(question, "id")
        asked = self._questions.get(question_id, {})
        title = _heading(asked) or question_id
        choices = rows(table(asked.get("answers")).get("choices"))
        lines = {identifier(one, "id"): text(one.get("text")) for one in rows(table(asked.get("answers")).get("rows"))}
        picked = []
        for answer in rows(question.get("answers")):
            choice = next((one for one in choices if identifier(one, "id") == identifier(answer, "choice_id")), None)
            line = lines.get(identifier(answer, "row_id"))
            if choice and (points := _points(asked, choice, choices)):
                reply.rate(question_id, points[0], points[1], ": ".join(one for one in (title, line) if one))
            elif choice:
                picked.append(text(choice.get("text")) or "")
            else:
                self._words(reply, asked, title, answer)
        reply.note(title, ", ".join(one for one in picked if one))

    def _words(self, reply: Reply, asked: Row, title: str, answer: Row) -> None:
        """Take up an answer that was typed: opinions are words, names and numbers are fields."""
        said = text(answer.get("text"))
        if text(asked.get("family")) in {"open_ended", None} and text(asked.get("subtype")) not in {
            "numerical",
            "multi",
        }:
            reply.say(f"{identifier(asked, 'id')}{identifier(answer, 'row_id')}", said)
        else:
            reply.note(title, said)


def _points(asked: Row, choice: Row, choices: Sequence[Row]) -> tuple[float, Scale] | None:
    """Give the points of a choice and their scale; None for a question that rates nothing."""
    if asked.get("family") != "matrix" or text(asked.get("subtype")) not in {"rating", "single"}:
        return None
    named = {str(text(one.get("text"))): one for one in choices}
    if set(named) >= NPS_CHOICES:
        return float(str(text(choice.get("text")))), Scale(*NPS)
    weights = [weight for one in choices if not one.get("is_na") and (weight := number(one.get("weight"))) is not None]
    points = number(choice.get("weight"))
    if choice.get("is_na") or points is None or len(set(weights)) < 2:
        return None
    stars = asked.get("subtype") == "rating" and table(asked.get("display_options")).get("display_type") == "emoji"
    return float(points), Scale("stars" if stars else "rating", float(min(weights)), float(max(weights)))


def _heading(asked: Row) -> str | None:
    headings = rows(asked.get("headings"))
    return text(headings[0].get("heading")) if headings else None


def _address(row: Row) -> str | None:
    contact = table(table(table(row.get("metadata")).get("contact")).get("email"))
    return text(contact.get("value")) or text(row.get("email_address"))


def _full_name(metadata: Row) -> str | None:
    contact = table(metadata.get("contact"))
    parts = [text(table(contact.get(name)).get("value")) for name in ("first_name", "last_name")]
    return " ".join(part for part in parts if part) or None
