"""Does the Request Tracker connector keep the contract over a real Request Tracker?

Set FEEDBACKLOOP_RT_URL and FEEDBACKLOOP_RT_TOKEN to a desk made for tests: customers write there by its mail gateway, so mails go
out. It needs the queues Support and Improvement and the custom fields CSAT and FeedbackTag (many values). With
FEEDBACKLOOP_RT_ADMIN (`name:password`) deletions are tried, too.
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
from feedbackloop.testing.system import CannotDo
from feedbackloop_connectors.rt.connector import RequestTracker

URL, TOKEN = os.environ.get("FEEDBACKLOOP_RT_URL"), os.environ.get("FEEDBACKLOOP_RT_TOKEN", "")
ADMIN = os.environ.get("FEEDBACKLOOP_RT_ADMIN")
pytestmark = [
    pytest.mark.shared,
    pytest.mark.slow,
    pytest.mark.skipif(not (URL and TOKEN), reason="FEEDBACKLOOP_RT_URL and FEEDBACKLOOP_RT_TOKEN name no real RT"),
]


class RealRt(System):
    """A real desk; what was there before a test is left out by the option `start`."""

    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.SAME_SECOND})
    secrets = (TOKEN,)
    absent_id = "99999999"
    pages_of = 7  # one page, for time: paging is tried over the imitation

    def __init__(self) -> None:
        self.http = requests.Session()
        self.http.trust_env = False
        self.token = TOKEN
        self.tickets: dict[str, int] = {}
        self.known: dict[str, set[str]] = {}
        self.ratings: dict[str, float] = {}
        filed = self.rest("GET", "/tickets", params={"query": "Queue = 'Improvement'", "per_page": 100})
        for row in filed["items"]:  # the contract uses the same keys in every test
            self.rest("PUT", f"/ticket/{row['id']}", json={"RefersTo": []})
        time.sleep(1.1)  # what was done before, by this too, lies in an earlier second
        self.began = datetime.now(UTC).replace(microsecond=0)
        self.tasks_before = self.newest_change()

    def newest_change(self) -> int:
        rows = self.rest("GET", "/transactions", params={"query": "id > 0", "orderby": "id", "order": "DESC"})["items"]
        return int(rows[0]["id"]) if rows else 0

    def rest(self, method: str, path: str, *, admin: bool = False, **more: Any) -> Any:
        login: dict[str, Any] = {"headers": {"Authorization": f"token {TOKEN}"}}
        if admin:
            name, _, password = (ADMIN or "").partition(":")
            login = {"auth": (name, password)}
        answer = self.http.request(method, f"{URL}/REST/2.0{path}", timeout=60, **login, **more)
        answer.raise_for_status()
        return answer.json()

    def connect(self) -> RequestTracker:
        options = RequestTracker.Options(
            connector="rt",
            base_url=URL,
            token=self.token,
            user="feedbackbot",
            queues=["Support"],
            task_queue="Improvement",
            tag_field="FeedbackTag",
            rating_field="CSAT",
            start=self.began.isoformat(),
            page_size=100,  # small ones make hundreds of calls: 26 hours before `start` are listed and sifted
        )
        return RequestTracker(options, Context("support"))

    def mail(self, text: str, item: Item, ticket: int | None) -> int:
        letter = EmailMessage()
        letter["From"] = item.customer.email or f"{item.id.lower()}@customers.example.org"
        letter["To"] = "support@feedbackloop.test"
        letter["Subject"] = f"[feedbackloop.test #{ticket}] Re" if ticket else "A matter"
        letter.set_content(text)
        form = {"queue": "Support", "action": "correspond", "SessionType": "REST", "message": letter.as_string()}
        answer = self.http.post(f"{URL}/REST/1.0/NoAuth/mail-gateway", data=form, timeout=60)
        assert answer.text.startswith("ok"), answer.text
        newest = {"query": "Queue = 'Support'", "orderby": "id", "order": "DESC", "per_page": 1}
        return ticket or int(self.rest("GET", "/tickets", params=newest)["items"][0]["id"])

    def put(self, item: Item) -> str:
        for message in item.messages:
            known = self.known.setdefault(item.id, set())
            if message.id not in known:
                self.tickets[item.id] = self.mail(message.text, item, self.tickets.get(item.id))
                known.add(message.id)
        fields: dict[str, Any] = {}
        if item.tags:
            fields["FeedbackTag"] = list(item.tags)
        if item.ratings:
            fields["CSAT"] = str(int(item.ratings[0].value))
        number = self.tickets[item.id]
        if fields:
            self.rest("PUT", f"/ticket/{number}", json={"CustomFields": fields})
        return str(number)

    def remove(self, item_id: str) -> None:
        if not ADMIN:
            raise CannotDo("FEEDBACKLOOP_RT_ADMIN is not set: the connector's own account may not delete")
        self.rest("PUT", f"/ticket/{item_id}", admin=True, json={"Status": "deleted"})

    def writes(self) -> Sequence[Write]:
        query = f"ObjectType = 'RT::Ticket' AND id > {self.tasks_before}"
        params = {"query": query, "orderby": "id", "per_page": 100, "fields": "Type,ObjectId,Creator,NewValue"}
        rows, page = [], 1
        while listed := self.rest("GET", "/transactions", params=params | {"page": page})["items"]:
            rows, page = rows + listed, page + 1
        ours = [row for row in rows if row["Creator"]["id"] == "feedbackbot"]
        kinds = {"Comment": "note", "Correspond": "reply", "Create": "task"}
        found = []
        for row in ours:
            if row["Type"] in kinds:
                kind = kinds[row["Type"]]
                found.append(Write(kind, "" if kind == "task" else row["ObjectId"]))
            elif row["Type"] == "CustomField" and str(row["NewValue"]).startswith("fbl-"):
                found.append(Write("tag", row["ObjectId"]))
        return found

    def finish_task(self, external_id: str) -> None:
        self.rest("PUT", f"/ticket/{external_id}", json={"Status": "resolved"})

    def lock_out(self) -> None:
        self.token = "1-27-00000000000000000000000000000000"

    def switch_on(self, fault: Fault) -> None:
        if fault not in self.faults:
            super().switch_on(fault)


class TestRealRequestTracker(ConnectorContract):
    @pytest.fixture
    def system(self) -> Iterator[RealRt]:
        yield RealRt()

    def test_the_whole_loop_runs_and_then_rests(self, system: RealRt, tmp_path: Path) -> None:
        """Twelve complaints come to notes, tags, a task and three replies; a second run writes nothing."""
        whole_loop.rests(whole_loop.configure(tmp_path, system.connect().options), system, replies=3, reopened=3)

    @pytest.mark.parametrize("kind", ["note", "reply", "task"])
    def test_find_tells_what_was_done_from_what_was_not(self, system: RealRt, kind: str) -> None:
        """A tag is left out: it carries no key but is its own mark, the same whoever set it."""
        super().test_find_tells_what_was_done_from_what_was_not(system, kind)

    @pytest.mark.skip(
        reason="such a cursor reads the whole desk, as it should: minutes on one that many tests have used"
    )
    def test_a_cursor_that_is_not_ours_breaks_nothing(self, system: RealRt) -> None: ...
