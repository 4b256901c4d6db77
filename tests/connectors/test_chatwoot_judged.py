"""Does what the connector calls, and what its imitation answers, fit the description that Chatwoot publishes?

It is that of a fork, of June 2025. It lacks message type 3 and the content type of a survey, and never says that a value may be
null; this is mended before it judges. Ratings are not in it.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from chatwoot_desk import ACCOUNT, ChatwootSystem
from feedbackloop.http import Http
from feedbackloop.records import ActionKind
from imitation import SECRET, ImitatedSystem
from prism_judge import Judged, description, nullable

pytestmark = pytest.mark.shared
ONE = f"{ACCOUNT}/conversations/1"


class TestChatwootIsJudged(Judged):
    system_of: ClassVar[type[ImitatedSystem]] = ChatwootSystem
    WRITES: ClassVar = (ActionKind.NOTE, ActionKind.TAG, ActionKind.REPLY)
    WRONG_CALLS: ClassVar = [
        ("GET", f"{ACCOUNT}/conversations?status=every", None),
        ("GET", f"{ACCOUNT}/conversations?page=one", None),
        ("GET", f"{ACCOUNT}/conversations/one", None),
        ("POST", f"{ONE}/messages", {"private": True}),
        ("POST", f"{ONE}/messages", {"content": "x", "private": "yes"}),
        ("POST", f"{ONE}/messages", {"content": "x", "message_type": "note"}),
        ("POST", f"{ONE}/labels", {"labels": "fbl-gap"}),
        ("POST", f"{ONE}/labels", {}),
    ]
    WRONG_ANSWERS: ClassVar = [
        ("/api/v1/profile", {"id": "five"}),
        (f"{ACCOUNT}/conversations?status=all", {"data": {"payload": [{"id": "one"}]}}),
        (f"{ACCOUNT}/conversations?status=all", {"data": {"payload": [{"id": 1, "status": "done"}]}}),
        (f"{ACCOUNT}/conversations?status=all", {"data": {"payload": [{"id": 1, "labels": "vip"}]}}),
        (ONE, {"id": 1, "meta": {"sender": {"id": "c"}}}),
        (f"{ONE}/messages", {"payload": [{"id": 1, "message_type": 9}]}),
        (f"{ONE}/messages", {"payload": [{"id": 1, "private": "no"}]}),
        (f"{ONE}/labels", {"payload": "vip"}),
        (f"{ACCOUNT}/inboxes", {"payload": {"id": 1}}),
    ]

    def described(self) -> Any:
        found = description("chatwoot/swagger.json")
        schemas = found["components"]["schemas"]
        for schema in schemas.values():
            nullable(schema)
        message = schemas["message"]["properties"]
        message["message_type"]["enum"].append(3)
        message["content_type"]["enum"].append("input_csat")
        return found | {"servers": [{"url": "http://127.0.0.1"}]}

    def door(self, url: str) -> Http:
        return Http(url, headers={"api_access_token": SECRET})
