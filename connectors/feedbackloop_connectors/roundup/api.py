"""Which calls does the connector make?

One method a call, plain objects out. Lists are asked for by page number, never by the links in an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from feedbackloop.errors import Fatal, Retriable, UnknownOutcome
from feedbackloop.http import Answer, Declined, Http
from feedbackloop_connectors.desk.values import Row
from feedbackloop_connectors.roundup.rows import ISSUE_FIELDS, MESSAGE_FIELDS, USER_FIELDS

BATCH = 50
"""Ids in one call: each is a parameter of its own in the address."""


class Api:
    """The REST interface of one tracker. `properties` of the tracker's own schema are read with each issue."""

    def __init__(self, http: Http, page_size: int = 100, properties: Sequence[str] = ()) -> None:
        self.http = http
        self.page_size = page_size
        self._issue_fields = ",".join((*ISSUE_FIELDS, *properties))

    # --- reading ------------------------------------------------------------------------------------------------------

    def issues(self, page: int, changed: str | None) -> list[Row]:
        """One page of issues in the order of their last change; `changed` is a filter on it."""
        asked = {"@sort": "activity,id", "@page_size": self.page_size, "@page_index": page}
        return self._issues(asked | ({"activity": changed} if changed else {}))

    def issues_by_id(self, ids: Sequence[str]) -> list[Row]:
        """Issues by id; retired ones are missing."""
        return [row for batch in _batches(ids) for row in self._issues({"id": batch})]

    def issue_with_message(self, message_id: str) -> Row | None:
        """The issue that holds a message."""
        return next(iter(self._issues({"messages": message_id})), None)

    def messages(self, ids: Sequence[str]) -> Iterator[Row]:
        """Messages by id, with their texts."""
        fields = ",".join(MESSAGE_FIELDS)
        for batch in _batches(ids):  # only @verbose=3 brings the text, as JSON: elsewhere it has no charset
            yield from self._list("msg", {"id": batch, "@fields": fields, "@verbose": 3})

    def messages_marked(self, mark: str) -> list[Row]:
        """Messages whose Message-ID holds the mark, oldest first."""
        return self._list("msg", {"messageid": mark, "@fields": "messageid", "@sort": "id", "@verbose": 0})

    def users(self, query: Mapping[str, Any]) -> list[Row]:
        """Users that fit; what we may not see of them is missing."""
        return self._list("user", {**query, "@fields": ",".join(USER_FIELDS)})

    def users_by_id(self, ids: Sequence[str]) -> Iterator[Row]:
        """Users by id."""
        for batch in _batches(ids):
            yield from self.users({"id": batch})

    def names(self, kind: str) -> dict[str, str]:
        """The ids and names of all statuses or keywords."""
        rows = self._list(kind, {"@fields": "name", "@verbose": 1})
        return {str(row.get("id")): str(row.get("name")) for row in rows}

    def issue_state(self, issue_id: str) -> tuple[Row, str]:
        """One issue as it stands now, with the tag that a change must name."""
        data = self._data(f"/rest/data/issue/{issue_id}", {"@verbose": 0})
        attributes, tag = data.get("attributes"), data.get("@etag")
        if not isinstance(attributes, dict) or not isinstance(tag, str):
            raise Retriable(f"the answer to issue {issue_id} holds no attributes or no @etag")
        return attributes, tag

    # --- writing ------------------------------------------------------------------------------------------------------

    def create(self, kind: str, values: Row) -> str:
        """Make one object and give its id. The address used is good for one time: the call cannot count twice.

        Raises:
            UnknownOutcome: It was sent, and no answer came.
        """
        link = self._data(f"/rest/data/{kind}/@poe", None, method="POST", body={}).get("link")
        token = str(link or "").rpartition("/")[2]
        if not token:
            raise Retriable("the tracker gave no address to post to once")
        made = self._data(f"/rest/data/{kind}/@poe/{token}", None, method="POST", body=values).get("id")
        if not made:
            raise UnknownOutcome(f"the answer to a new {kind} names no id; it is looked up before anything is repeated")
        return str(made)

    def change(self, issue_id: str, values: Row, tag: str) -> None:
        """Replace properties of an issue, if it is still as it was when `tag` was read (else 412)."""
        self._data(
            f"/rest/data/issue/{issue_id}",
            None,
            method="PATCH",
            body={"@op": "replace", **values},
            headers={"If-Match": tag},
        )

    # --- parts --------------------------------------------------------------------------------------------------------

    def _issues(self, asked: Row) -> list[Row]:
        try:
            return self._list("issue", {**asked, "@fields": self._issue_fields, "@verbose": 0})
        except Declined as refusal:
            if "Unknown property" in refusal.body:
                raise Fatal(f"{refusal}; correct email_field, csat_field or fields") from refusal
            raise

    def _list(self, kind: str, params: Row) -> list[Row]:
        found = self._data(f"/rest/data/{kind}", params).get("collection")
        if not isinstance(found, list):
            raise Retriable(f"the answer to a list of {kind} holds no collection")
        return [row for row in found if isinstance(row, dict)]

    def _data(
        self,
        path: str,
        params: Row | None,
        *,
        method: str = "GET",
        body: Row | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Row:
        answer = self.http.call(method, path, params=params, body=body, headers=headers)
        try:
            return _opened(path, answer)
        except Retriable as error:
            if method == "GET":
                raise
            raise UnknownOutcome(f"{error}; the write may have been done") from error


def _opened(path: str, answer: Answer) -> Row:
    decoded = answer.json()
    data = decoded.get("data") if isinstance(decoded, dict) else None
    if not isinstance(data, dict):
        raise Retriable(f"{path} did not answer with an object `data`")
    return data


def own_headers(base_url: str) -> dict[str, str]:
    """Give the headers without which Roundup takes a write for a forged one."""
    base = urlsplit(base_url.strip())
    return {
        "X-Requested-With": "rest",
        "Origin": f"{base.scheme}://{base.netloc}",
        "Referer": base_url.strip().rstrip("/") + "/",
    }


def _batches(ids: Sequence[str]) -> Iterator[list[str]]:
    for begin in range(0, len(ids), BATCH):
        yield list(ids[begin : begin + BATCH])
