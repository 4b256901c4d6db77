"""Does what the connector calls, and what its imitation answers, fit the one description of Freshdesk that is at hand?

That description is unofficial. It is wrong about ratings (one whole number instead of a map), knows `agents/me` only as an
agent with a number, and never says that a value may be null; this is mended before it judges.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from feedbackloop.http import Http, basic_auth
from freshdesk_desk import FreshdeskSystem
from imitation import SECRET, ImitatedSystem
from prism_judge import Judged, description, nullable

pytestmark = pytest.mark.shared
API = "/api/v2"


class TestFreshdeskIsJudged(Judged):
    system_of: ClassVar[type[ImitatedSystem]] = FreshdeskSystem
    WRONG_CALLS: ClassVar = [
        ("GET", f"{API}/tickets?updated_since=monday", None),
        ("GET", f"{API}/tickets?order_type=upwards", None),
        ("GET", f"{API}/tickets/one", None),
        ("POST", f"{API}/tickets", {"subject": "without a description"}),
        ("POST", f"{API}/tickets", {"subject": "x", "description": "x", "status": 9}),
        ("POST", f"{API}/tickets", {"subject": "x", "description": "x", "tags": "fbl-gap"}),
        ("PUT", f"{API}/tickets/1", {"tags": "fbl-gap"}),
        ("POST", f"{API}/tickets/1/notes", {"private": True}),
        ("POST", f"{API}/tickets/1/notes", {"body": "x", "private": "yes"}),
        ("POST", f"{API}/tickets/1/reply", {"text": "without a body"}),
    ]
    WRONG_ANSWERS: ClassVar = [
        (f"{API}/tickets?updated_since=2026-01-01T00:00:00Z", [{"id": "one"}]),
        (f"{API}/tickets?updated_since=2026-01-01T00:00:00Z", [{"id": 1, "tags": "vip"}]),
        (f"{API}/tickets/1", {"id": 1, "updated_at": "yesterday"}),
        (f"{API}/tickets/1/conversations", [{"id": 1, "private": "no"}]),
        (f"{API}/surveys/satisfaction_ratings", [{"id": 1, "ticket_id": "one"}]),
    ]

    def described(self) -> Any:
        found = description("freshdesk/freshdesk-openapi-apievangelist.yml")
        paths = found["paths"]
        paths["/agents/me"] = {"get": {"responses": paths["/agents/{agent_id}"]["get"]["responses"]}}
        ratings = paths["/surveys/satisfaction_ratings"]
        paths["/tickets/{ticket_id}/satisfaction_ratings"] = {
            "get": ratings["get"] | {"parameters": paths["/tickets/{ticket_id}/conversations"]["get"]["parameters"]}
        }
        for name in ("Ticket", "Conversation", "Agent", "Group", "SatisfactionRating"):
            nullable(found["components"]["schemas"][name])
        found["components"]["schemas"]["SatisfactionRating"]["properties"]["ratings"] = {"type": "object"}
        return found | {
            "servers": [{"url": "http://127.0.0.1"}],
            "paths": {API + path: it for path, it in paths.items()},
        }

    def door(self, url: str) -> Http:
        return Http(url, authorization=basic_auth(SECRET, "X"))
