"""Does the django-helpdesk connector keep the contract, over an imitation and over a real helpdesk?

The real one is named by the environment: DJANGO_HELPDESK_URL and DJANGO_HELPDESK_TOKEN, of a staff account. Its tickets are
deleted before every test, so it must be one for tests; it needs the custom fields `csat` and `feedback_tag`, and a queue 1.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

import whole_loop
from django_desk import TOKEN, Desk
from feedbackloop.connector import Context
from feedbackloop.http import Http
from feedbackloop.records import Item
from feedbackloop.testing import BadInputContract, ConnectorContract, Fault, System, Write
from feedbackloop_connectors.django_helpdesk.connector import DjangoHelpdesk

REAL_URL, REAL_TOKEN = os.environ.get("DJANGO_HELPDESK_URL", ""), os.environ.get("DJANGO_HELPDESK_TOKEN", "")


class DjangoSystem(System):
    """A helpdesk as its customers and agents use it, as far as its interface lets it be seen."""

    absent_id = "99999999"

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url, self.token = base_url, token
        self.secrets = (token,)
        self.rest = Http(base_url, authorization=f"Token {token}")
        self.opened: list[DjangoHelpdesk] = []
        self.tickets: dict[str, str] = {}
        self.known: dict[str, set[str]] = {}
        self.is_locked = False

    def connect(self, address: str | None = None) -> DjangoHelpdesk:
        options = DjangoHelpdesk.Options(
            connector="django-helpdesk",
            base_url=address or self.base_url,
            token="wrong-secret" if self.is_locked else self.token,
            page_size=3,
            task_queue=1,
            tag_field="feedback_tag",
            csat_field="csat",
        )
        self.opened.append(DjangoHelpdesk(options, Context("support")))
        return self.opened[-1]

    @property
    def http_address(self) -> str:
        return self.base_url

    def connect_through(self, address: str) -> DjangoHelpdesk:
        return self.connect(address)

    def put(self, item: Item) -> str:
        """Open the ticket as staff do for a customer on the telephone, or bring what it does not have yet."""
        first, *rest = item.messages
        if item.id not in self.tickets:
            values = {"queue": 1, "priority": 3, "title": item.subject or "Subject", "description": first.text}
            made = self.rest.call("POST", "/api/tickets/", body=values | {"submitter_email": "c@x.test"}).json()
            self.tickets[item.id], self.known[item.id] = str(made["id"]), {first.id}
        ticket = self.tickets[item.id]
        for message in rest:
            if message.id not in self.known[item.id]:
                self.customer_writes(ticket, message.text)
        if item.tags:
            self._change(ticket, custom_feedback_tag=",".join(item.tags))
        if item.ratings:
            self._change(ticket, custom_csat=int(item.ratings[-1].value))
        return ticket

    def customer_writes(self, ticket: str, text: str) -> None:
        """Add a customer's words; through the interface, all words are staff's."""
        pytest.skip("the interface cannot write in a customer's name")

    def remove(self, item_id: str) -> None:
        self.rest.call("DELETE", f"/api/tickets/{item_id}/")

    def writes(self) -> Sequence[Write]:
        found: list[Write] = []
        for row in self._all():
            name, own = str(row["id"]), [one for one in row["followup_set"] if "[ref fbl-" in (one["comment"] or "")]
            found += [Write("reply" if one["public"] else "note", name) for one in own]
            if "[task fbl-" in row["description"]:
                found.append(Write("task", ""))
            else:
                tags = (row["custom_feedback_tag"] or "").split(",")
                found += [Write("tag", name) for tag in tags if tag.strip().startswith("fbl-")]
        return found

    def finish_task(self, external_id: str) -> None:
        self._change(external_id, status=3)

    def lock_out(self) -> None:
        self.is_locked = True

    def clear(self) -> None:
        """Delete whatever stands in the helpdesk."""
        for row in self._all():
            self.remove(str(row["id"]))

    def close(self) -> None:
        for connector in self.opened:
            connector.close()
        self.rest.close()

    def _change(self, ticket: str, **values: Any) -> None:
        self.rest.call("PATCH", f"/api/tickets/{ticket}/", body=values)

    def _all(self) -> list[dict[str, Any]]:
        return list(self.rest.get("/api/tickets/", {"page_size": 1000})["results"])


class ImitatedSystem(DjangoSystem):
    """The imitation, which goes wrong on request."""

    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.LATE_PAGES, Fault.SAME_SECOND, Fault.DROPPED_ANSWERS})

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        super().__init__(desk.base_url, TOKEN)

    def customer_writes(self, ticket: str, text: str) -> None:
        self.desk.mail_in(int(ticket), text, "c@x.test")

    def switch_on(self, fault: Fault) -> None:
        if fault not in self.faults:
            super().switch_on(fault)
        if fault is Fault.LATE_PAGES:
            self.desk.server.fail_reads = 1
        self.desk.ticks = fault is not Fault.SAME_SECOND
        if fault is Fault.DROPPED_ANSWERS:
            self.desk.server.lose_writes = 1


class TestDjangoHelpdeskKeepsTheContract(ConnectorContract, BadInputContract):
    @pytest.fixture
    def system(self) -> Iterator[DjangoSystem]:
        desk = Desk()
        system = ImitatedSystem(desk)
        yield system
        system.close()
        desk.close()

    def test_the_whole_loop_runs_and_then_rests(self, system: DjangoSystem, tmp_path: Path) -> None:
        """Twelve complaints come to notes, tags, a task and a reply; a second run writes nothing."""
        whole_loop.rests(whole_loop.configure(tmp_path, system.connect().options), system)


@pytest.mark.shared
@pytest.mark.skipif(not (REAL_URL and REAL_TOKEN), reason="no real helpdesk: set DJANGO_HELPDESK_URL and _TOKEN")
class TestRealDjangoHelpdeskKeepsTheContract(ConnectorContract):
    @pytest.fixture
    def system(self) -> Iterator[DjangoSystem]:
        system = DjangoSystem(REAL_URL, REAL_TOKEN)
        system.clear()
        yield system
        system.close()

    def test_the_whole_loop_runs_and_then_rests(self, system: DjangoSystem, tmp_path: Path) -> None:
        """Over the real one, too."""
        whole_loop.rests(whole_loop.configure(tmp_path, system.connect().options), system)
