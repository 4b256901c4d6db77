"""Does what the connector calls, and what its imitation answers, fit the description that Intercom publishes (2.14)?"""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from feedbackloop.http import Http
from imitation import SECRET, ImitatedSystem
from intercom_desk import IntercomSystem
from prism_judge import Judged, compilable, description

pytestmark = pytest.mark.shared
SEARCH = {"query": {"operator": "AND", "value": [{"field": "updated_at", "operator": ">", "value": 0}]}}


class TestIntercomIsJudged(Judged):
    system_of: ClassVar[type[ImitatedSystem]] = IntercomSystem
    WRONG_CALLS: ClassVar = [
        ("POST", "/conversations/search", {"pagination": {"per_page": 5}}),
        ("POST", "/conversations/search", SEARCH | {"pagination": {"per_page": "many"}}),
        ("POST", "/conversations/search", SEARCH | {"pagination": {"starting_after": 5}}),
        ("POST", "/conversations/search", {"query": {"operator": "XOR", "value": []}}),
        ("GET", "/conversations/one", None),
        ("POST", "/conversations/1/reply", {"message_type": "remark", "type": "admin", "admin_id": "5", "body": "x"}),
        ("POST", "/conversations/1/reply", {"message_type": "note", "type": "admin", "body": "x"}),
        ("POST", "/conversations/1/tags", {"id": "t-fbl-gap"}),
        ("POST", "/tags", {"label": "fbl-gap"}),
        ("POST", "/tickets", {"ticket_type_id": "9", "ticket_attributes": {"_default_title_": "x"}}),
        ("POST", "/tickets", {"ticket_type_id": 9, "contacts": [{"id": "c"}]}),
        ("PUT", "/tickets/1", {"ticket_attributes": "x"}),
        ("POST", "/tickets/1/reply", {"message_type": "note", "type": "admin", "body": "x"}),
    ]
    WRONG_ANSWERS: ClassVar = [
        ("/me", {"id": 5}),
        ("/conversations/1", {"id": "1", "state": "done"}),
        ("/conversations/1", {"id": "1", "updated_at": "yesterday"}),
        ("/conversations/1", {"id": "1", "conversation_parts": {"conversation_parts": [{"id": 7}]}}),
        ("/conversations/1", {"id": "1", "conversation_rating": {"rating": "five"}}),
        ("/tickets/1", {"id": "1", "ticket_state": {"category": "done"}}),
        ("/conversations/search", {"conversations": [{"id": 1}]}, SEARCH),
        ("/conversations/search", {"conversations": [], "total_count": "none"}, SEARCH),
        ("/conversations/search", {"conversations": [], "pages": {"next": {"starting_after": 5}}}, SEARCH),
        ("/tickets/search", {"tickets": [{"id": 1}]}, SEARCH),
    ]

    def described(self) -> Any:
        found = description("intercom/api.intercom.io-2.14.yaml")
        compilable(found)
        several = found["components"]["schemas"]["multiple_filter_search_request"]["properties"]
        several["value"] = {"type": "array", "items": {"$ref": "#/components/schemas/single_filter_search_request"}}
        return found | {"servers": [{"url": "http://127.0.0.1"}]}

    def door(self, url: str) -> Http:
        return Http(url, authorization=f"Bearer {SECRET}", headers={"Intercom-Version": "2.14"})
