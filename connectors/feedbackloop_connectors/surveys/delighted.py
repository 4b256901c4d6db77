"""Delighted as a source: what did people answer?

Written from the public documentation of its interface and its own client libraries: responses oldest first by their last change.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from pydantic import Field, SecretStr

from feedbackloop.connector import SourceOptions
from feedbackloop.errors import Fatal
from feedbackloop.http import basic_auth
from feedbackloop.records import Customer, Item
from feedbackloop_connectors.desk.values import moment, needed_time, number, rows, table, text, time_in, words
from feedbackloop_connectors.door import Login, lasting
from feedbackloop_connectors.rows.source import Account, Row, RowSource, Sheet, identifier, required
from feedbackloop_connectors.surveys.reply import Reply, Scale, SurveyOptions

SCALES = {
    "nps": Scale("nps", 0, 10),
    "csat": Scale("csat", 1, 5),
    "ces": Scale("ces", 1, 5),
    "ces7": Scale("ces", 1, 7),
    "enps": Scale("enps", 0, 10),
    "pmf": Scale("pmf", 1, 3),
    "smileys": Scale("smileys", 1, 5),
    "thumbs": Scale("thumbs", 0, 1),
    "five_star": Scale("stars", 1, 5),
    "stars": Scale("stars", 1, 5),
}
"""Survey type -> its scale, as the product's pages describe them."""


class DelightedOptions(SurveyOptions):
    """Options of `connector = "delighted"`."""

    base_url: str = Field("https://api.delighted.com", description="address of the interface")
    api_key: SecretStr = Field(description="of the project, under Integrations › API")
    page_size: int = Field(100, ge=1, le=100, description="responses a call")


class Delighted(RowSource[DelightedOptions]):
    """Responses of one project. See docs/connectors/delighted.md."""

    name: ClassVar[str] = "delighted"
    Options: ClassVar[type[SourceOptions]] = DelightedOptions
    login_fix = "look at api_key; each project has its own"

    def login(self) -> Login:
        """Log in with the key, which stands where the user's name would."""
        return lasting(basic_auth(self.options.api_key.get_secret_value(), ""))

    def secrets(self) -> tuple[str, ...]:
        """Name the key."""
        return (self.options.api_key.get_secret_value(),)

    def account(self) -> Account:
        """Ask for the project's figures."""
        count = number(self.get("/v1/metrics").get("response_count"))
        return Account(f"a project with {count} responses lately" if count is not None else "the project answers")

    def sheet(self, since: datetime, token: str | None) -> Sheet:
        """Ask for one page of what changed since; behind the last one comes an empty one."""
        page, size = int(token or 1), self.options.page_size
        asked = {"order": "asc:updated_at", "updated_since": int(since.timestamp()), "expand[]": "person"}
        found = self.door.call("GET", "/v1/survey_responses", params=asked | {"page": page, "per_page": size}).json()
        if not isinstance(found, list):
            raise Fatal("the answer is no list of responses; is base_url the address of the interface?")
        return Sheet(found, str(page + 1) if len(found) >= size else None)

    def stamp(self, row: Row) -> datetime | None:
        """Give the time of the last change."""
        return moment(table(row).get("updated_at")) or moment(table(row).get("created_at"))

    def item(self, row: Row) -> Item | None:
        """Read one response."""
        response_id, at = required(row, "id"), needed_time(row, "created_at")
        changed = time_in(row, "updated_at") or at
        reply = Reply(response_id, changed, self.options.scales)
        kind, score = text(row.get("survey_type")) or "nps", row.get("score")
        if isinstance(score, int | float):
            reply.rate(kind, float(score), SCALES.get(kind, Scale(kind, 0, 10)))
        reply.say("comment", text(row.get("comment")))
        for answer in rows(row.get("additional_answers")):
            _additional(reply, answer)
        properties = table(row.get("person_properties"))
        for name, value in properties.items():
            reply.note(str(name), value)
        return Item(
            id=response_id,
            kind="survey",
            created_at=at,
            updated_at=changed,
            version=changed.timestamp(),
            channel="survey",
            url=text(row.get("permalink")),
            tags=words(row.get("tags")),
            customer=self._person(row.get("person"), properties),
            fields=reply.fields,
            messages=tuple(reply.messages),
            ratings=tuple(reply.ratings),
        )

    def _person(self, person: object, properties: Row) -> Customer:
        """Give the person; their own id in the company's systems counts before Delighted's."""
        named = table(person)
        own = identifier(properties, self.options.customer_field) if self.options.customer_field else ""
        there = identifier({"id": person}, "id") or identifier(named, "id")
        return Customer(id=own or there or None, name=text(named.get("name")), email=text(named.get("email")))


def _additional(reply: Reply, answer: Row) -> None:
    """Read the answer to a further question."""
    question, value = table(answer.get("question")), table(answer.get("value"))
    question_id, title = identifier(question, "id") or identifier(answer, "id"), text(question.get("text"))
    reply.say(question_id, text(value.get("free_response")))
    scale = value.get("scale")
    if isinstance(scale, int | float):
        reply.rate(question_id, float(scale), Scale("scale", 1, 5), title)
    picked = [text(one.get("text")) for one in [table(value.get("select_one")), *rows(value.get("select_many"))]]
    reply.note(title or question_id, ", ".join(one for one in picked if one))
