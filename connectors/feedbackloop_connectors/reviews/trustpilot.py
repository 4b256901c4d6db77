"""Trustpilot as a source: what service reviews does a business unit have, and how is one answered?

Written from the public documentation of the Business Units and Service Reviews interfaces: the private list, which also names the
customer's mail address and order number, oldest first, from a time on. It can be asked by time of creation only, so the reviews
of the last `reread` are read each time and compared.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import Field, SecretStr

from feedbackloop.connector import SourceOptions
from feedbackloop.http import basic_auth
from feedbackloop.records import Customer, Item, Rating
from feedbackloop_connectors.desk.values import moment, needed_time, number, table, text, time_in, when
from feedbackloop_connectors.door import Login, Pass, exchanged
from feedbackloop_connectors.reviews.answering import AnsweringSource, PublicAnswer, answer_message, texts
from feedbackloop_connectors.rows.source import Account, Row, RowOptions, Sheet, identifier, listed, required

LOGIN_PATH = "/v1/oauth/oauth-business-users-for-applications/accesstoken"


class TrustpilotOptions(RowOptions):
    """Options of `connector = "trustpilot"`."""

    base_url: str = Field("https://api.trustpilot.com", description="address of the interface")
    business_unit_id: str = Field(description="whose reviews are read")
    api_key: SecretStr = Field(description="of the application, under Integrations › APIs")
    api_secret: SecretStr = Field(description="of the application")
    reread: str = Field("30d", description="so long after it was written a review is read again: it may be edited")
    page_size: int = Field(100, ge=1, le=100, description="reviews a call")


class Trustpilot(AnsweringSource[TrustpilotOptions]):
    """Service reviews of one business unit. See docs/connectors/trustpilot.md."""

    name: ClassVar[str] = "trustpilot"
    Options: ClassVar[type[SourceOptions]] = TrustpilotOptions
    order = "oldest_first"
    login_fix = "look at api_key and api_secret; the application needs access to the business unit"

    def login(self) -> Login:
        """Ask for an access token (OAuth client credentials)."""
        return self._token

    def secrets(self) -> tuple[str, ...]:
        """Name the key and the secret."""
        return (self.options.api_key.get_secret_value(), self.options.api_secret.get_secret_value())

    def account(self) -> Account:
        """Ask for one review: the list is what the rights are needed for."""
        self.get(self._list, {"perPage": 1})
        return Account(f"reviews of business unit {self.options.business_unit_id} can be listed")

    def sheet(self, since: datetime, token: str | None) -> Sheet:
        """Ask for one page of what was written since, oldest first; behind the last page comes an empty one."""
        page, size = int(token or 1), self.options.page_size
        asked = {"orderBy": "createdat.asc", "startDateTime": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"}
        found = listed(self.get(self._list, asked | {"page": page, "perPage": size}), "reviews")
        return Sheet(found, str(page + 1) if len(found) >= size else None)

    def stamp(self, row: Row) -> datetime | None:
        """Give the time at which a review was written first."""
        return moment(table(row).get("createdAt"))

    def item(self, row: Row) -> Item | None:
        """Read one review."""
        review_id, at = required(row, "id"), needed_time(row, "createdAt")
        answer, stars = _answer(row), number(row.get("stars"))
        changed = time_in(row, "updatedAt") or at
        consumer = table(row.get("consumer"))
        return Item(
            id=review_id,
            kind="review",
            created_at=at,
            updated_at=max(changed, answer.at) if answer and answer.at else changed,
            subject=text(row.get("title")),
            channel="trustpilot",
            customer=Customer(
                id=identifier(consumer, "id") or None,
                name=text(consumer.get("displayName")),
                email=text(row.get("referralEmail")),
                locale=text(row.get("language")),
            ),
            fields=_fields(row),
            messages=(
                *texts(f"{review_id}:review", [text(row.get("text"))], at),
                *([answer_message(review_id, answer, at)] if answer else []),
            ),
            ratings=(Rating("stars", stars, 1, 5, changed),) if stars is not None and 1 <= stars <= 5 else (),
        )

    def single(self, item_id: str) -> Any:
        """Ask for one review."""
        return self.get(f"/v1/private/reviews/{quote(item_id, safe='')}")

    def standing_answer(self, review_id: str) -> PublicAnswer | None:
        """Read the company's answer under a review."""
        return _answer(self.single(review_id))

    def send_answer(self, review_id: str, words: str) -> PublicAnswer:
        """Answer a review; Trustpilot answers 201 without a body."""
        self.post(f"/v1/private/reviews/{quote(review_id, safe='')}/reply", {"message": words})
        return PublicAnswer(words)

    @property
    def _list(self) -> str:
        return f"/v1/private/business-units/{quote(self.options.business_unit_id, safe='')}/reviews"

    def _token(self) -> Pass:
        key, secret = self.secrets()
        http = self.session(self.options.base_url, basic_auth(key, secret))
        return exchanged(http, LOGIN_PATH, {"grant_type": "client_credentials"})


def _answer(row: Row) -> PublicAnswer | None:
    reply = table(row.get("companyReply"))
    said = text(reply.get("text"))
    return PublicAnswer(said, when(reply.get("createdAt"))) if said else None


def _fields(row: Row) -> dict[str, Any]:
    named = {"order_number": text(row.get("referenceId")), "status": text(row.get("status"))}
    return {name: value for name, value in named.items() if value is not None}
