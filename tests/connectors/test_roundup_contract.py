"""Does the Roundup connector keep the contract, over an imitation and over a real tracker?

The real one is named by the environment: ROUNDUP_URL, ROUNDUP_USER, ROUNDUP_PASSWORD, ROUNDUP_ADMIN_PASSWORD. Its issues are
retired before every test, so it must be one for tests; its issues need the property `csat`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

import whole_loop
from feedbackloop.connector import Context
from feedbackloop.http import Http, basic_auth
from feedbackloop.records import Item
from feedbackloop.testing import BadInputContract, ConnectorContract, Fault, System, Write
from feedbackloop_connectors.roundup.api import own_headers
from feedbackloop_connectors.roundup.connector import Roundup
from roundup_tracker import Tracker

REAL = {name: os.environ.get(f"ROUNDUP_{name}", "") for name in ("URL", "USER", "PASSWORD", "ADMIN_PASSWORD")}


class RoundupSystem(System):
    """A tracker as its customers and agents use it, through the REST interface with the rights of an admin."""

    absent_id = "99999999"

    def __init__(self, base_url: str, admin_password: str, user: str, password: str) -> None:
        self.base_url, self.user, self.password = base_url, user, password
        self.secrets = (password,)
        self.rest = Http(base_url, authorization=basic_auth("admin", admin_password), headers=own_headers(base_url))
        self.opened: list[Roundup] = []
        self.issues: dict[str, str] = {}
        self.known: dict[str, set[str]] = {}
        self.is_locked = False
        found = self.rest.get("/rest/data/user", {"username": "customer", "@verbose": 0})["data"]["collection"]
        self.customer = found[0]["id"] if found else self._create("user", username="customer", address="c@x.test")

    def connect(self, address: str | None = None) -> Roundup:
        password = "wrong-secret" if self.is_locked else self.password
        options = Roundup.Options(
            connector="roundup",
            base_url=address or self.base_url,
            username=self.user,
            password=password,
            page_size=3,
            csat_field="csat",
        )
        self.opened.append(Roundup(options, Context("support")))
        return self.opened[-1]

    @property
    def http_address(self) -> str:
        return self.base_url

    def connect_through(self, address: str) -> Roundup:
        return self.connect(address)

    def put(self, item: Item) -> str:
        """Open the issue, or bring what it does not have yet."""
        if item.id not in self.issues:
            first = self._message(item.messages[0])
            values = {"title": item.subject or "Subject", "messages": [first]}
            self.issues[item.id] = self._create("issue", **values)
            self.known[item.id] = {item.messages[0].id}
        issue = self.issues[item.id]
        new = [one for one in item.messages if one.id not in self.known[item.id]]
        self.known[item.id] |= {one.id for one in new}
        if new:
            self._change(issue, "add", messages=[self._message(one) for one in new])
        if item.tags:
            self._change(issue, "add", keyword=[self._keyword(tag) for tag in item.tags])
        if item.ratings:
            self._change(issue, "replace", csat=item.ratings[-1].value)
        return issue

    def remove(self, item_id: str) -> None:
        self.rest.call("DELETE", f"/rest/data/issue/{item_id}", headers={"If-Match": self._tag(item_id)})

    def writes(self) -> Sequence[Write]:
        """List our messages by what they are for, and our keywords; read as anybody would."""
        texts = self._all("msg", "messageid")
        own = {row["id"]: row["messageid"] for row in texts if str(row["messageid"]).startswith("<feedbackloop.")}
        keywords = {row["id"] for row in self._all("keyword", "name") if row["name"].startswith("fbl-")}
        found: list[Write] = []
        for issue in self._all("issue", "messages,keyword"):
            marks = [own[one] for one in issue["messages"] if one in own]
            is_task = any(".task." in one for one in marks)
            found += [Write("task", "") if ".task." in one else Write("reply", issue["id"]) for one in marks]
            found += [] if is_task else [Write("tag", issue["id"]) for one in issue["keyword"] if one in keywords]
        return found

    def finish_task(self, external_id: str) -> None:
        statuses = {row["name"]: row["id"] for row in self._all("status", "name")}
        self._change(external_id, "replace", status=statuses["resolved"])

    def lock_out(self) -> None:
        self.is_locked = True

    def clear(self) -> None:
        """Retire whatever stands in the tracker."""
        for issue in self._all("issue", "title"):
            self.remove(issue["id"])

    def close(self) -> None:
        for connector in self.opened:
            connector.close()
        self.rest.close()

    def _message(self, message: Any) -> str:
        stamp = message.at.strftime("%Y-%m-%d.%H:%M:%S")
        return self._create("msg", content=message.text, author=self.customer, date=stamp)

    def _keyword(self, name: str) -> str:
        known = {row["name"]: row["id"] for row in self._all("keyword", "name")}
        return known.get(name) or self._create("keyword", name=name)

    def _create(self, kind: str, **values: Any) -> str:
        return str(self.rest.call("POST", f"/rest/data/{kind}", body=values).json()["data"]["id"])

    def _change(self, issue: str, how: str, **values: Any) -> None:
        headers = {"If-Match": self._tag(issue)}
        self.rest.call("PATCH", f"/rest/data/issue/{issue}", body={"@op": how, **values}, headers=headers)

    def _tag(self, issue: str) -> str:
        return str(self.rest.get(f"/rest/data/issue/{issue}")["data"]["@etag"])

    def _all(self, kind: str, fields: str) -> list[dict[str, Any]]:
        found = self.rest.get(f"/rest/data/{kind}", {"@fields": fields, "@verbose": 0})["data"]["collection"]
        return list(found)


class ImitatedSystem(RoundupSystem):
    """The imitation, which goes wrong on request."""

    faults: ClassVar[frozenset[Fault]] = frozenset(Fault) - {Fault.REPEATED_ROWS}

    def __init__(self, tracker: Tracker) -> None:
        self.tracker = tracker
        super().__init__(tracker.base_url, "admin-secret-1", "feedbackbot", "bot-secret-1")

    def switch_on(self, fault: Fault) -> None:
        if fault not in self.faults:
            super().switch_on(fault)
        if fault is Fault.LATE_PAGES:
            self.tracker.server.fail_reads = 1
        self.tracker.ticks = fault is not Fault.SAME_SECOND
        if fault is Fault.LATE_ROWS:
            self.tracker.late = timedelta(seconds=8)
        if fault is Fault.DROPPED_ANSWERS:
            self.tracker.server.lose_writes = 2


class TestRoundupKeepsTheContract(ConnectorContract, BadInputContract):
    @pytest.fixture
    def system(self) -> Iterator[RoundupSystem]:
        tracker = Tracker()
        system = ImitatedSystem(tracker)
        yield system
        system.close()
        tracker.close()

    def test_the_whole_loop_runs_and_then_rests(self, system: RoundupSystem, tmp_path: Path) -> None:
        """Twelve complaints come to tags, a task and a reply; a second run writes nothing."""
        whole_loop.rests(whole_loop.configure(tmp_path, system.connect().options), system)


@pytest.mark.shared
@pytest.mark.skipif(
    not all(REAL.values()), reason="no real tracker: set ROUNDUP_URL, _USER, _PASSWORD, _ADMIN_PASSWORD"
)
class TestRealRoundupKeepsTheContract(ConnectorContract):
    @pytest.fixture
    def system(self) -> Iterator[RoundupSystem]:
        system = RoundupSystem(REAL["URL"], REAL["ADMIN_PASSWORD"], REAL["USER"], REAL["PASSWORD"])
        system.clear()
        yield system
        system.close()

    def test_the_whole_loop_runs_and_then_rests(self, system: RoundupSystem, tmp_path: Path) -> None:
        """Over the real one, too."""
        whole_loop.rests(whole_loop.configure(tmp_path, system.connect().options), system)
