"""Does the Redmine connector keep the contract over a real Redmine?

Set FEEDBACKLOOP_REDMINE_URL and FEEDBACKLOOP_REDMINE_KEY to a desk made for tests, and FEEDBACKLOOP_REDMINE_MAIL_KEY to the key
of its mail handler: customers write there by mail. It needs the projects `support` and `improvement` and the custom fields CSAT,
FeedbackTag and CustomerEmail.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, ClassVar

import pytest
import requests

import whole_loop
from feedbackloop.connector import Context
from feedbackloop.records import Item
from feedbackloop.testing import ConnectorContract, Fault, System, Write
from feedbackloop_connectors.redmine.connector import Redmine

URL, KEY = os.environ.get("FEEDBACKLOOP_REDMINE_URL"), os.environ.get("FEEDBACKLOOP_REDMINE_KEY", "")
MAIL_KEY = os.environ.get("FEEDBACKLOOP_REDMINE_MAIL_KEY", "mailkey-1")
pytestmark = [
    pytest.mark.shared,
    pytest.mark.slow,
    pytest.mark.skipif(not (URL and KEY), reason="FEEDBACKLOOP_REDMINE_URL and _KEY name no real Redmine"),
]


class RealRedmine(System):
    """A real desk; what was there before a test is left out by the option `start`."""

    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.SAME_SECOND})
    secrets = (KEY,)
    absent_id = "99999999"
    pages_of = 7

    def __init__(self) -> None:
        self.http = requests.Session()
        self.http.trust_env = False
        time.sleep(2.1)  # Redmine reads "since" as one second earlier
        self.began = datetime.now(UTC).replace(microsecond=0)
        self.key = KEY
        self.issues: dict[str, int] = {}
        self.known: dict[str, set[str]] = {}
        filed = self.rest("GET", "/issues.json", params={"project_id": "improvement", "status_id": "*", "limit": 100})
        for row in filed["issues"]:  # the contract uses the same keys in every test
            self.rest("DELETE", f"/issues/{row['id']}.json")

    def rest(self, method: str, path: str, **more: Any) -> Any:
        answer = self.http.request(method, f"{URL}{path}", headers={"X-Redmine-API-Key": KEY}, timeout=60, **more)
        answer.raise_for_status()
        return answer.json() if answer.content else {}

    def connect(self) -> Redmine:
        options = Redmine.Options(
            connector="redmine",
            base_url=URL,
            api_key=self.key,
            project="support",
            task_project="improvement",
            tag_field="FeedbackTag",
            email_field="CustomerEmail",
            rating_field="CSAT",
            start=self.began.isoformat(),
            mailed_by_plugin=True,
            page_size=2,
        )
        return Redmine(options, Context("support"))

    def mail(self, text: str, item: Item, issue: int | None) -> int:
        letter = EmailMessage()
        letter["From"] = item.customer.email or f"{item.id.lower()}@customers.example.org"
        letter["To"] = "support@feedbackloop.test"
        letter["Subject"] = f"Re: [#{issue}]" if issue else "A matter"
        letter.set_content(text)
        form = {
            "key": MAIL_KEY,
            "email": letter.as_string(),
            "issue[project]": "support",
            "unknown_user": "accept",
            "no_permission_check": "1",
        }
        self.http.post(f"{URL}/mail_handler", data=form, timeout=60).raise_for_status()
        params = {"project_id": "support", "status_id": "*", "sort": "id:desc", "limit": 1}
        return issue or int(self.rest("GET", "/issues.json", params=params)["issues"][0]["id"])

    def put(self, item: Item) -> str:
        for message in item.messages:
            known = self.known.setdefault(item.id, set())
            if message.id not in known:
                self.issues[item.id] = self.mail(message.text, item, self.issues.get(item.id))
                known.add(message.id)
        number = self.issues[item.id]
        fields = [{"id": 2, "value": ", ".join(item.tags)}] if item.tags else []
        fields += [{"id": 1, "value": str(int(rating.value))} for rating in item.ratings]
        if fields:
            self.rest("PUT", f"/issues/{number}.json", json={"issue": {"custom_fields": fields}})
        return str(number)

    def remove(self, item_id: str) -> None:
        self.rest("DELETE", f"/issues/{item_id}.json")

    def writes(self) -> Sequence[Write]:
        found = []
        for number in self.issues.values():
            for row in self.rest("GET", f"/issues/{number}.json?include=journals")["issue"]["journals"]:
                if row["user"]["name"] == "Feedback Loop":
                    found += [Write(kind, str(number)) for kind in _kinds(row)]
        params = {"project_id": "improvement", "status_id": "*", "created_on": f">={self.began:%Y-%m-%dT%H:%M:%SZ}"}
        return found + [Write("task", "") for _ in self.rest("GET", "/issues.json", params=params)["issues"]]

    def finish_task(self, external_id: str) -> None:
        self.rest("PUT", f"/issues/{external_id}.json", json={"issue": {"status_id": 5}})

    def lock_out(self) -> None:
        self.key = "0" * 40

    def switch_on(self, fault: Fault) -> None:
        if fault not in self.faults:
            super().switch_on(fault)


def _kinds(journal: dict[str, Any]) -> Iterator[str]:
    if journal["notes"]:
        yield "note" if journal["private_notes"] else "reply"
    if any("fbl-" in str(one["new_value"]) for one in journal["details"]):
        yield "tag"


class TestRealRedmine(ConnectorContract):
    @pytest.fixture
    def system(self) -> Iterator[RealRedmine]:
        yield RealRedmine()

    def test_the_whole_loop_runs_and_then_rests(self, system: RealRedmine, tmp_path: Path) -> None:
        """Twelve complaints, three of them closed, come to notes, tags and a task; a second run writes nothing."""
        whole_loop.rests(whole_loop.configure(tmp_path, system.connect().options), system, tags=9, replies=0)

    @pytest.mark.parametrize("kind", ["note", "reply", "task"])
    def test_find_tells_what_was_done_from_what_was_not(self, system: RealRedmine, kind: str) -> None:
        """A tag is left out: it carries no key but is its own mark, the same whoever set it."""
        super().test_find_tells_what_was_done_from_what_was_not(system, kind)

    @pytest.mark.skip(
        reason="such a cursor reads the whole desk, as it should: minutes on one that many tests have used"
    )
    def test_a_cursor_that_is_not_ours_breaks_nothing(self, system: RealRedmine) -> None: ...
