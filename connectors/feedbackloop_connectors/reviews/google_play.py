"""Google Play as a source: what reviews are there, and how is one answered?

Written from Google's discovery document of androidpublisher v3. The list holds reviews with words only, newest first, and, says
Google, those of the last week: pull at least every few days. An author edits a review in place.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import Field, SecretStr

from feedbackloop.connector import SourceOptions
from feedbackloop.errors import BadRecord
from feedbackloop.records import Customer, Item, Rating
from feedbackloop_connectors.desk.values import number, rows, table, text, unix_moment
from feedbackloop_connectors.door import Login
from feedbackloop_connectors.reviews.answering import AnsweringSource, PublicAnswer, answer_message, texts
from feedbackloop_connectors.reviews.signing import google_login
from feedbackloop_connectors.rows.source import Account, Row, RowOptions, Sheet, identifier, listed, required


class GooglePlayOptions(RowOptions):
    """Options of `connector = "google_play"`."""

    base_url: str = Field("https://androidpublisher.googleapis.com", description="address of the interface")
    package_name: str = Field(description="of the app, as com.example.shop")
    service_account: SecretStr = Field(description='the JSON of the service account\'s key: { file = "path" }')
    oauth_url: str | None = Field(None, description="where access tokens are had; default: as the key file says")
    reread: str = Field("1h", description="so long after it was written a review is read again: it may come late")


class GooglePlay(AnsweringSource[GooglePlayOptions]):
    """Reviews of one app. See docs/connectors/google_play.md."""

    name: ClassVar[str] = "google_play"
    Options: ClassVar[type[SourceOptions]] = GooglePlayOptions
    order = "newest_first"
    longest_answer = 350
    login_fix = "invite the service account in the Play Console, with the right to reply to reviews"

    def login(self) -> Login:
        """Log in with the service account."""
        options = self.options
        return google_login(options.service_account.get_secret_value(), options.oauth_url, self.session)

    def account(self) -> Account:
        """Ask for one review: there is no call that says who we are."""
        self.get(self._path, {"maxResults": 1})
        return Account(f"reviews of {self.options.package_name} can be listed")

    def sheet(self, since: datetime, token: str | None) -> Sheet:  # noqa: ARG002  the list cannot be asked with a time
        """Ask for one page, newest first."""
        asked: dict[str, Any] = {"maxResults": self.options.page_size}
        found = self.get(self._path, asked | ({"token": token} if token else {}))
        following = text(table(found.get("tokenPagination")).get("nextPageToken"))
        return Sheet(listed(found, "reviews"), following)

    def row_id(self, row: object) -> str:
        """Give a review's id."""
        return identifier(row, "reviewId")

    def stamp(self, row: Row) -> datetime | None:
        """Give the time of a review's last change, by its author or by us."""
        times = [_time(part) for comment in rows(table(row).get("comments")) for part in comment.values()]
        return max((at for at in times if at), default=None)

    def item(self, row: Row) -> Item | None:
        """Read one review."""
        review_id = required(row, "reviewId")
        comments = rows(row.get("comments"))
        user = next((table(one["userComment"]) for one in comments if one.get("userComment")), None)
        if user is None:
            raise BadRecord("has no words of its author", field="comments")
        at = _time(user)
        if at is None:
            raise BadRecord("has no time", field="comments.userComment.lastModified")
        title, _, body = (text(user.get("text")) or "").rpartition("\t")
        answers = [
            answer_message(review_id, answer, at)
            for one in comments
            if (answer := _answer(table(one.get("developerComment"))))
        ]
        stars = number(user.get("starRating"))
        return Item(
            id=review_id,
            kind="review",
            created_at=at,
            updated_at=max([at, *(message.at for message in answers)]),
            version=max([at, *(message.at for message in answers)]).timestamp(),
            subject=title.strip() or None,
            channel="google_play",
            customer=Customer(name=text(row.get("authorName")), locale=text(user.get("reviewerLanguage"))),
            fields=_fields(user),
            messages=(*texts(f"{review_id}:review", [body.strip()], at), *answers),
            ratings=(Rating("stars", stars, 1, 5, at),) if stars is not None and 1 <= stars <= 5 else (),
        )

    def single(self, item_id: str) -> Any:
        """Ask for one review."""
        return self.get(f"{self._path}/{quote(item_id, safe='')}")

    def standing_answer(self, review_id: str) -> PublicAnswer | None:
        """Read the answer that stands under a review."""
        comments = rows(self.single(review_id).get("comments"))
        return next((answer for one in comments if (answer := _answer(table(one.get("developerComment"))))), None)

    def send_answer(self, review_id: str, words: str) -> PublicAnswer:
        """Answer a review; the site strips HTML and says what it took."""
        taken = self.post(f"{self._path}/{quote(review_id, safe='')}:reply", {"replyText": words})
        return PublicAnswer(text(table(taken.get("result")).get("replyText")) or words)

    @property
    def _path(self) -> str:
        return f"/androidpublisher/v3/applications/{quote(self.options.package_name, safe='')}/reviews"


def _answer(comment: Row) -> PublicAnswer | None:
    words = text(comment.get("text"))
    return PublicAnswer(words, _time(comment)) if words else None


def _time(comment: object) -> datetime | None:
    stamp = table(table(comment).get("lastModified"))
    seconds, nanos = number(stamp.get("seconds")), number(stamp.get("nanos")) or 0
    return unix_moment(seconds + nanos / 1e9) if seconds is not None else None


def _fields(user: Row) -> dict[str, Any]:
    named = {
        "app_version": text(user.get("appVersionName")),
        "os_version": number(user.get("androidOsVersion")),
        "device": text(user.get("device")),
    }
    return {name: value for name, value in named.items() if value is not None}
