"""App Store Connect as a source: what reviews are there, and how is one answered?

Written from Apple's description of the interface, version 3.7.0. Reviews can be listed by their date of creation only, so those
of the last `reread` are read each time and compared: a review may be edited, its answer published later.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import Field, SecretStr

from feedbackloop.connector import SourceOptions
from feedbackloop.records import Customer, Item, Rating
from feedbackloop_connectors.desk.values import moment, needed_time, number, rows, table, text, when
from feedbackloop_connectors.door import Login
from feedbackloop_connectors.reviews.answering import AnsweringSource, PublicAnswer, answer_message, texts
from feedbackloop_connectors.reviews.signing import apple_login
from feedbackloop_connectors.rows.source import Account, Row, RowOptions, Sheet, listed, required

RESPONSES = "customerReviewResponses"


class AppStoreOptions(RowOptions):
    """Options of `connector = "app_store"`."""

    base_url: str = Field("https://api.appstoreconnect.apple.com", description="address of the interface")
    app_id: str = Field(description="the app's Apple ID, a number")
    issuer_id: str = Field(description="of the team's keys, under Users and Access › Integrations")
    key_id: str = Field(description="of the key")
    private_key: SecretStr = Field(description='the key itself: { file = "AuthKey_….p8" }')
    reread: str = Field("30d", description="so long after it was written a review is read again: it may be edited")
    page_size: int = Field(200, ge=1, le=200, description="reviews a call")


class AppStore(AnsweringSource[AppStoreOptions]):
    """Reviews of one app. See docs/connectors/app_store.md."""

    name: ClassVar[str] = "app_store"
    Options: ClassVar[type[SourceOptions]] = AppStoreOptions
    order = "newest_first"
    longest_answer = 5970
    login_fix = "look at issuer_id, key_id and private_key; the key needs the role Customer Support"

    def login(self) -> Login:
        """Sign a token of our own."""
        options = self.options
        key = options.private_key.get_secret_value()
        return apple_login(options.issuer_id, options.key_id, key)

    def account(self) -> Account:
        """Ask for the app."""
        app = table(self.get(f"/v1/apps/{quote(self.options.app_id, safe='')}").get("data"))
        return Account(f"reviews of {text(table(app.get('attributes')).get('name')) or self.options.app_id}")

    def sheet(self, since: datetime, token: str | None) -> Sheet:  # noqa: ARG002  the list cannot be asked with a time
        """Ask for one page, newest first; a row carries the answer to it."""
        path = f"/v1/apps/{quote(self.options.app_id, safe='')}/customerReviews"
        asked = {"sort": "-createdDate", "include": "response", "limit": self.options.page_size}
        found = self.get(token) if token else self.get(path, asked)
        answers = {one.get("id"): one for one in rows(found.get("included")) if one.get("type") == RESPONSES}
        reviews = [self._with_answer(row, answers) for row in listed(found, "data")]
        return Sheet(reviews, text(table(found.get("links")).get("next")))

    def stamp(self, row: Row) -> datetime | None:
        """Give the time at which a review was written first."""
        return moment(table(table(row).get("attributes")).get("createdDate"))

    def item(self, row: Row) -> Item | None:
        """Read one review."""
        review_id, said = required(row, "id"), table(row.get("attributes"))
        at = needed_time(said, "createdDate", "attributes.createdDate")
        answer = _answer(table(row.get("answer")))
        title, body, stars = text(said.get("title")), text(said.get("body")), number(said.get("rating"))
        return Item(
            id=review_id,
            kind="review",
            created_at=at,
            updated_at=max(at, answer.at) if answer and answer.at else at,
            subject=title,
            channel="app_store",
            customer=Customer(name=text(said.get("reviewerNickname"))),
            fields={"territory": territory} if (territory := text(said.get("territory"))) else {},
            messages=(
                *texts(f"{review_id}:review", [body], at),
                *([answer_message(review_id, answer, at)] if answer else []),
            ),
            ratings=(Rating("stars", stars, 1, 5, at),) if stars is not None and 1 <= stars <= 5 else (),
        )

    def single(self, item_id: str) -> Any:
        """Ask for one review with the answer to it."""
        found = self.get(f"/v1/customerReviews/{quote(item_id, safe='')}", {"include": "response"})
        answers = {one.get("id"): one for one in rows(found.get("included")) if one.get("type") == RESPONSES}
        return self._with_answer(table(found.get("data")), answers)

    def standing_answer(self, review_id: str) -> PublicAnswer | None:
        """Read the answer under a review, published or waiting for it."""
        return _answer(table(self.single(review_id).get("answer")))

    def send_answer(self, review_id: str, words: str) -> PublicAnswer:
        """Answer a review; Apple publishes it some time later."""
        review = {"data": {"type": "customerReviews", "id": review_id}}
        body = {"type": RESPONSES, "attributes": {"responseBody": words}, "relationships": {"review": review}}
        return _answer(table(self.post(f"/v1/{RESPONSES}", {"data": body}).get("data"))) or PublicAnswer(words)

    def _with_answer(self, row: Any, answers: dict[Any, Row]) -> Any:
        """Put the answer that came beside the list into its review."""
        if not isinstance(row, dict):
            return row
        link = table(table(table(row.get("relationships")).get("response")).get("data"))
        kept = {name: row.get(name) for name in ("id", "attributes")}
        answer = answers.get(link.get("id"))
        return kept | ({"answer": answer} if answer else {})


def _answer(resource: Row) -> PublicAnswer | None:
    said = table(resource.get("attributes"))
    words = text(said.get("responseBody"))
    return PublicAnswer(words, when(said.get("lastModifiedDate"))) if words else None
