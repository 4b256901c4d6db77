"""How do review sites and survey tools behave, as far as their documentation tells it?

One small imitation holds the rows; each system says how its list is asked for, what a row looks like, and who may ask.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, ClassVar

from loopback_rest import Call, LoopbackRest, Reply

FIRST = datetime(2026, 11, 2, 8, tzinfo=UTC)
STEP = timedelta(seconds=30)
LATE = timedelta(seconds=45)


@dataclass
class Entry:
    """One review or response: what its author said, and what stands under it. `by_us` is an answer that came by the interface."""

    id: str
    created: datetime
    changed: datetime
    words: str
    points: int
    answer: str | None = None
    answered: datetime | None = None
    by_us: int = 0


@dataclass
class Site:
    """Rows on a loopback address. `is_open` is False where everybody is turned away."""

    entries: dict[str, Entry] = field(default_factory=dict)
    faults: set[str] = field(default_factory=set)
    is_open: bool = True

    by_creation: ClassVar[bool] = False
    is_downward: ClassVar[bool] = False

    def __post_init__(self) -> None:
        self._now = FIRST
        self._failed: set[str] = set()
        self.server = LoopbackRest(self._answer)

    @property
    def base_url(self) -> str:
        return self.server.base_url

    def close(self) -> None:
        self.server.close()

    def put(self, name: str, words: str, points: int) -> str:
        """Write an entry or edit it."""
        key = self.key(name)
        now = self.tick()
        held = self.entries.get(key)
        created = held.created if held else now
        self.entries[key] = Entry(key, created, now, words, points)
        return key

    def key(self, name: str) -> str:
        return f"e{sum(map(ord, name))}{name[-1:]}".replace("-", "")

    def tick(self) -> datetime:
        self._now += timedelta() if "same_second" in self.faults else STEP
        return self._now - (LATE if "late_rows" in self.faults else timedelta())

    def reply_to(self, key: str, words: str) -> datetime:
        entry = self.entries[key]
        entry.answer, entry.answered = words, self.tick()
        entry.changed = entry.answered
        entry.by_us += 1
        return entry.answered

    def stamp_of(self, entry: Entry) -> datetime:
        return entry.created if self.by_creation else entry.changed

    def ordered(self, since: datetime | None = None) -> list[Entry]:
        found = [one for one in self.entries.values() if since is None or self.stamp_of(one) >= since]
        return sorted(found, key=lambda one: (self.stamp_of(one), one.id), reverse=self.is_downward)

    def cut(self, rows: Sequence[Entry], begin: int, size: int) -> tuple[list[Entry], int | None]:
        """Cut a page out of a list; give where the next one begins, None behind the last."""
        early = begin - 1 if begin and "repeated_rows" in self.faults else begin
        return list(rows[early : begin + size]), begin + size if begin + size < len(rows) else None

    def _answer(self, call: Call) -> Reply:
        if call.method == "GET" and "late_pages" in self.faults and self.is_list(call):
            asked = f"{call.path}?{sorted(call.params.items())}"
            if asked not in self._failed:
                self._failed.add(asked)
                return Reply(503, "<html>later</html>")
        early = self.open_to_all(call)
        if early is not None:
            return early
        if not self.is_open or not self.knows(call):
            return Reply(401, {"error": "who are you?"})
        return self.answer(call)

    def open_to_all(self, call: Call) -> Reply | None:
        """Answer what needs no login: a token."""
        return None

    def knows(self, call: Call) -> bool:
        raise NotImplementedError

    def is_list(self, call: Call) -> bool:
        raise NotImplementedError

    def answer(self, call: Call) -> Reply:
        raise NotImplementedError


def zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def key_pair(kind: str) -> tuple[str, str]:
    """Make a private key and its public one, as PEM texts: `ec` for Apple, `rsa` for Google."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    key: Any = ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def is_signed(header: str, public: str, algorithm: str, audience: str) -> bool:
    """Say whether a Bearer header holds a token that is signed, meant for us and not older than it may be."""
    import jwt

    try:
        claims = jwt.decode(header.removeprefix("Bearer "), public, algorithms=[algorithm], audience=audience)
    except jwt.exceptions.PyJWTError:
        return False
    return bool(claims["exp"] - claims["iat"] <= 3600)


class AppStoreSite(Site):
    """App Store Connect 3.7.0: JSON:API, newest first by creation, one answer a review."""

    by_creation = True
    is_downward = True
    path = "/v1/apps/77/customerReviews"

    def knows(self, call: Call) -> bool:
        return is_signed(call.headers.get("authorization", ""), key_pair("ec")[1], "ES256", "appstoreconnect-v1")

    def is_list(self, call: Call) -> bool:
        return call.path == self.path

    def answer(self, call: Call) -> Reply:
        if call.path == "/v1/apps/77":
            return Reply(200, {"data": {"type": "apps", "id": "77", "attributes": {"name": "Shop"}}})
        if call.path == self.path:
            return self._list(call)
        if call.method == "POST":
            data = call.body["data"]
            entry = self.entries.get(data["relationships"]["review"]["data"]["id"])
            if entry is None or entry.answer:
                return Reply(
                    409, {"errors": [{"status": "409", "code": "ENTITY_ERROR", "title": "no", "detail": "no"}]}
                )
            self.reply_to(entry.id, data["attributes"]["responseBody"])
            return Reply(201, {"data": self._response(entry)})
        entry = self.entries.get(call.path.rpartition("/")[2])
        if entry is None:
            return Reply(404, {"errors": [{"status": "404", "code": "NOT_FOUND", "title": "gone", "detail": "gone"}]})
        return Reply(200, {"data": self._review(entry), "included": self._included([entry])})

    def _list(self, call: Call) -> Reply:
        assert call.one("sort") == "-createdDate" and int(call.one("limit")) <= 200
        begin, size = int(call.one("cursor", "0")), int(call.one("limit"))
        page, following = self.cut(self.ordered(), begin, size)
        kept = f"sort=-createdDate&include=response&limit={size}"
        links = {"self": self.base_url + self.path}
        if following is not None:
            links["next"] = f"{self.base_url}{self.path}?{kept}&cursor={following}"
        reviews = [self._review(one) for one in page]
        return Reply(200, {"data": reviews, "included": self._included(page), "links": links})

    def _review(self, entry: Entry) -> dict[str, Any]:
        said = {
            "rating": entry.points,
            "title": "",
            "body": entry.words,
            "reviewerNickname": "nick",
            "createdDate": entry.created.astimezone().isoformat(),
            "territory": "CHN",
        }
        link = {"type": "customerReviewResponses", "id": f"a{entry.id}"} if entry.answer else None
        return {
            "type": "customerReviews",
            "id": entry.id,
            "attributes": said,
            "relationships": {"response": {"data": link}},
        }

    def _response(self, entry: Entry) -> dict[str, Any]:
        assert entry.answered
        said = {"responseBody": entry.answer, "lastModifiedDate": zulu(entry.answered), "state": "PENDING_PUBLISH"}
        return {"type": "customerReviewResponses", "id": f"a{entry.id}", "attributes": said}

    def _included(self, entries: Sequence[Entry]) -> list[dict[str, Any]]:
        return [self._response(one) for one in entries if one.answer]


class GooglePlaySite(Site):
    """androidpublisher v3: newest change first, one comment and maybe one answer; a token for a signed assertion."""

    is_downward = True
    path = "/androidpublisher/v3/applications/com.example.shop/reviews"

    def service_account(self) -> str:
        named = {"client_email": "loop@example.com", "private_key": key_pair("rsa")[0], "private_key_id": "k1"}
        return json.dumps(named | {"type": "service_account", "token_uri": f"{self.base_url}/token"})

    def open_to_all(self, call: Call) -> Reply | None:
        if call.path != "/token":
            return None
        (assertion,) = call.body["assertion"]
        if not self.is_open or not is_signed(assertion, key_pair("rsa")[1], "RS256", f"{self.base_url}/token"):
            return Reply(400, {"error": "invalid_grant"})
        return Reply(200, {"access_token": "play-token", "expires_in": 3599, "token_type": "Bearer"})

    def knows(self, call: Call) -> bool:
        return call.headers.get("authorization") == "Bearer play-token"

    def is_list(self, call: Call) -> bool:
        return call.path == self.path

    def answer(self, call: Call) -> Reply:
        if call.path == self.path:
            begin, size = int(call.one("token", "0")), int(call.one("maxResults"))
            page, following = self.cut(self.ordered(), begin, size)
            listed: dict[str, Any] = {"reviews": [self._review(one) for one in page]} if page else {}
            token = {"tokenPagination": {"nextPageToken": str(following)}} if following is not None else {}
            return Reply(200, listed | token)
        entry = self.entries.get(call.path.removeprefix(self.path + "/").removesuffix(":reply"))
        if entry is None:
            return Reply(404, {"error": {"code": 404, "message": "gone", "status": "NOT_FOUND"}})
        if call.method == "POST":
            if len(call.body["replyText"]) > 350:
                return Reply(400, {"error": {"code": 400, "message": "too long"}})
            at = self.reply_to(entry.id, call.body["replyText"])
            edited = {"seconds": str(int(at.timestamp())), "nanos": 0}
            return Reply(200, {"result": {"replyText": entry.answer, "lastEdited": edited}})
        return Reply(200, self._review(entry))

    def _review(self, entry: Entry) -> dict[str, Any]:
        said = {
            "text": f"\t{entry.words}",
            "lastModified": self._stamp(entry.created if entry.answer else entry.changed),
            "starRating": entry.points,
            "reviewerLanguage": "zh",
            "appVersionName": "4.1",
            "androidOsVersion": 34,
        }
        comments: list[dict[str, Any]] = [{"userComment": said}]
        if entry.answer and entry.answered:
            comments.append({"developerComment": {"text": entry.answer, "lastModified": self._stamp(entry.answered)}})
        return {"reviewId": entry.id, "authorName": "An author", "comments": comments}

    def _stamp(self, moment: datetime) -> dict[str, Any]:
        return {"seconds": str(int(moment.timestamp())), "nanos": 250_000_000}


class TrustpilotSite(Site):
    """Trustpilot's private list: by creation, from a time on; pages by number, an empty one behind the last."""

    by_creation = True
    path = "/v1/private/business-units/bu1/reviews"
    key_and_secret = ("tp-key-1", "tp-secret-1")

    def open_to_all(self, call: Call) -> Reply | None:
        if not call.path.endswith("/accesstoken"):
            return None
        known = "Basic " + base64.b64encode(":".join(self.key_and_secret).encode()).decode()
        if not self.is_open or call.headers.get("authorization") != known:
            return Reply(401, {"fault": {"faultstring": "Invalid ApiKey"}})
        assert call.body == {"grant_type": ["client_credentials"]}
        return Reply(200, {"access_token": "tp-token", "expires_in": "359999"})

    def knows(self, call: Call) -> bool:
        return call.headers.get("authorization") == "Bearer tp-token"

    def is_list(self, call: Call) -> bool:
        return call.path == self.path

    def answer(self, call: Call) -> Reply:
        if call.path == self.path:
            since = datetime.fromisoformat(call.one("startDateTime", "1990-01-01T00:00:00")).replace(tzinfo=UTC)
            size, number = int(call.one("perPage", "20")), int(call.one("page", "1"))
            page, _ = self.cut(self.ordered(since), (number - 1) * size, size)
            return Reply(200, {"links": [], "reviews": [self._review(one) for one in page]})
        key = call.path.removeprefix("/v1/private/reviews/").removesuffix("/reply")
        entry = self.entries.get(key)
        if entry is None:
            return Reply(404, {"message": "not found"})
        if call.method == "POST":
            self.reply_to(key, call.body["message"])
            return Reply(201, "")
        return Reply(200, self._review(entry))

    def cut(self, rows: Sequence[Entry], begin: int, size: int) -> tuple[list[Entry], int | None]:
        page, following = super().cut(rows, begin, size)
        return (page if begin < len(rows) else []), following

    def _review(self, entry: Entry) -> dict[str, Any]:
        reply = {"text": entry.answer, "createdAt": zulu(entry.answered)} if entry.answer and entry.answered else None
        return {
            "id": entry.id,
            "consumer": {"id": "c1", "displayName": "Customer 1"},
            "stars": entry.points,
            "title": "",
            "text": entry.words,
            "language": "en",
            "createdAt": zulu(entry.created),
            "updatedAt": zulu(entry.changed) if entry.changed != entry.created else None,
            "companyReply": reply,
            "status": "active",
            "referralEmail": "c1@example.com",
            "referenceId": "order-9",
        }


class DelightedSite(Site):
    """Delighted: a bare list by the time of the last change, pages by number; times are unix seconds."""

    def knows(self, call: Call) -> bool:
        said = base64.b64decode(call.headers.get("authorization", "").removeprefix("Basic "))
        return said.rstrip(b":") == b"dl-key-1"  # its own client leaves the colon out

    def is_list(self, call: Call) -> bool:
        return call.path == "/v1/survey_responses"

    def answer(self, call: Call) -> Reply:
        if call.path == "/v1/metrics":
            return Reply(200, {"nps": 10, "response_count": len(self.entries)})
        assert call.one("order") == "asc:updated_at"
        since = datetime.fromtimestamp(int(call.one("updated_since", "0")), UTC)
        size, number = int(call.one("per_page", "20")), int(call.one("page", "1"))
        page, _ = self.cut(self.ordered(since), (number - 1) * size, size)
        beyond = (number - 1) * size >= len(self.ordered(since))
        return Reply(200, [] if beyond else [self._response(one) for one in page])

    def _response(self, entry: Entry) -> dict[str, Any]:
        return {
            "id": entry.id,
            "person": {"id": "10", "name": "Customer 10", "email": "c10@example.com"},
            "survey_type": "csat",
            "score": entry.points,
            "comment": entry.words,
            "permalink": "https://example.com/r/1",
            "created_at": int(entry.created.timestamp()),
            "updated_at": int(entry.changed.timestamp()),
            "person_properties": {"customer_id": "77", "plan": "gold"},
            "notes": [],
            "tags": ["vip"],
            "additional_answers": [],
        }


class TypeformSite(Site):
    """Typeform: by submission, from a time on, or behind a response; a submitted response stays as it is."""

    by_creation = True
    path = "/forms/form1/responses"

    def knows(self, call: Call) -> bool:
        return call.headers.get("authorization", "").lower() == "bearer tf-token-1"

    def is_list(self, call: Call) -> bool:
        return call.path == self.path

    def answer(self, call: Call) -> Reply:
        if call.path == "/forms/form1":
            return Reply(200, {"id": "form1", "title": "How was it?", "fields": self._fields()})
        wanted = call.params.get("included_response_ids")
        if wanted:
            page = [one for one in self.entries.values() if one.id in wanted]
        elif "after" in call.params:
            assert "sort" not in call.params
            rows = list(self.entries.values())  # in the order in which they came in
            place = [one.id for one in rows].index(call.one("after")) + 1
            page, _ = self.cut(rows, place, int(call.one("page_size")))
        else:
            since = datetime.fromisoformat(call.one("since"))
            page, _ = self.cut(self.ordered(since), 0, int(call.one("page_size")))
        return Reply(200, {"total_items": len(page), "page_count": 1, "items": [self._response(one) for one in page]})

    def _fields(self) -> list[dict[str, Any]]:
        rating = {"id": "q1", "ref": "stars", "title": "Stars?", "type": "rating", "properties": {"steps": 5}}
        words = {"id": "q2", "ref": "why", "title": "Why?", "type": "long_text", "properties": {}}
        return [{"id": "g", "type": "group", "title": "All", "properties": {"fields": [rating, words]}}]

    def _response(self, entry: Entry) -> dict[str, Any]:
        answers = [
            {"type": "number", "number": entry.points, "field": {"id": "q1", "ref": "stars", "type": "rating"}},
            {"type": "text", "text": entry.words, "field": {"id": "q2", "ref": "why", "type": "long_text"}},
        ]
        return {
            "response_id": entry.id,
            "token": entry.id,
            "landed_at": zulu(entry.created),
            "submitted_at": zulu(entry.created),
            "hidden": {"user": "u-5"},
            "answers": answers,
        }


class SurveyMonkeySite(Site):
    """SurveyMonkey v3: by the time of the last change, pages by number, words of choices with the survey's details."""

    path = "/v3/surveys/s1"

    def knows(self, call: Call) -> bool:
        return call.headers.get("authorization") == "Bearer sm-token-1"

    def is_list(self, call: Call) -> bool:
        return call.path.endswith("/bulk")

    def answer(self, call: Call) -> Reply:
        if call.path == f"{self.path}/details":
            return Reply(200, {"id": "s1", "title": "How was it?", "pages": [{"id": "p", "questions": self._asked()}]})
        if not self.is_list(call):
            entry = self.entries.get(call.path.split("/")[-2])
            error = {"error": {"id": "1020", "name": "Resource Not Found", "http_status_code": 404, "message": "gone"}}
            return Reply(200, self._response(entry)) if entry else Reply(404, error)
        since = datetime.fromisoformat(call.one("start_modified_at")).replace(tzinfo=UTC)
        size, number = int(call.one("per_page")), int(call.one("page"))
        rows = self.ordered(since)
        page, following = self.cut(rows, (number - 1) * size, size)
        links = {"self": self.base_url} | ({"next": f"{self.base_url}{call.path}"} if following is not None else {})
        return Reply(
            200,
            {
                "per_page": size,
                "page": number,
                "total": len(rows),
                "links": links,
                "data": [self._response(one) for one in page],
            },
        )

    def _asked(self) -> list[dict[str, Any]]:
        choices = [{"id": f"c{n}", "text": str(n), "weight": n, "is_na": False} for n in range(1, 6)]
        rating = {
            "id": "q1",
            "family": "matrix",
            "subtype": "rating",
            "headings": [{"heading": "How did we do?"}],
            "answers": {"choices": choices, "rows": [{"id": "r1", "text": ""}]},
        }
        words = {"id": "q2", "family": "open_ended", "subtype": "essay", "headings": [{"heading": "Why?"}]}
        return [rating, words]

    def _response(self, entry: Entry) -> dict[str, Any]:
        questions = [
            {"id": "q1", "answers": [{"choice_id": f"c{entry.points}", "row_id": "r1"}]},
            {"id": "q2", "answers": [{"text": entry.words}]},
        ]
        return {
            "id": entry.id,
            "survey_id": "s1",
            "response_status": "completed",
            "date_created": entry.created.isoformat(),
            "date_modified": entry.changed.isoformat(),
            "custom_variables": {"customer": "u-5"},
            "pages": [{"id": "p", "questions": questions}],
        }


class FormbricksSite(Site):
    """Formbricks v2: by the time of the last change in milliseconds, by skipping; unfinished responses come along."""

    def knows(self, call: Call) -> bool:
        return call.headers.get("x-api-key") == "fb-key-1"

    def is_list(self, call: Call) -> bool:
        return call.path == "/api/v2/management/responses"

    def answer(self, call: Call) -> Reply:
        if call.path.startswith("/api/v1/management/surveys/"):
            return Reply(200, {"data": {"id": "s1", "name": "How was it?", "questions": self._questions()}})
        if not self.is_list(call):
            entry = self.entries.get(call.path.rpartition("/")[2])
            return Reply(200, {"data": self._response(entry)}) if entry else Reply(404, {"code": "not_found"})
        assert call.one("filterDateField") == call.one("sortBy") == "updatedAt" and int(call.one("limit")) <= 250
        rows = self.ordered(datetime.fromisoformat(call.one("startDate")))
        page, _ = self.cut(rows, int(call.one("skip", "0")), int(call.one("limit")))
        return Reply(200, {"data": [self._response(one) for one in page], "meta": {"total": len(rows)}})

    def _questions(self) -> list[dict[str, Any]]:
        return [
            {"id": "q1", "type": "rating", "scale": "star", "range": 5, "headline": {"default": "Stars?"}},
            {"id": "q2", "type": "openText", "inputType": "text", "headline": {"default": "Why?"}},
        ]

    def _response(self, entry: Entry) -> dict[str, Any]:
        return {
            "id": entry.id,
            "surveyId": "s1",
            "createdAt": entry.created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "updatedAt": entry.changed.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "finished": True,
            "data": {"q1": entry.points, "q2": entry.words},
            "contactAttributes": {"userId": "u-5", "email": "u5@example.com"},
            "language": "default",
            "meta": {},
        }
