"""The whole loop against a desk that keeps its state: its journal says what was really written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedbackloop.testing.helpdesk import TOKEN, Helpdesk
from feedbackloop.testing.helpdesk_faults import late_error, lost_answer, rate_limited
from feedbackloop.testing.helpdesk_seed import seed
from file_desk import Typed

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CONFIG = """
[actions]
notes = "auto"
tags = "auto"
follow_ups = "auto"
tasks = "auto"
[actions.restraint]
quiet_hours = "00:00-00:00"
quiet_after_feedback = "0m"
[sources.desk]
connector = "zendesk"
base_url = "{url}"
email = "loop@acme.example"
api_token = {{ env = "DESK_TOKEN" }}
incremental_requests_per_minute = 0
{more}
[[standards]]
name = "first reply"
metric = "first_reply"
touchpoint = "support"
dimension = "responsiveness"
within = "1m"
"""
TICKETS = 12


@pytest.fixture
def zendesk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Helpdesk]:
    monkeypatch.setenv("DESK_TOKEN", TOKEN)
    with Helpdesk(now=NOON) as desk:
        seed(desk.state, TICKETS, NOON - timedelta(days=2))
        (tmp_path / "feedbackloop.toml").write_text(CONFIG.format(url=desk.url, more=""), encoding="utf-8")
        yield desk


def at(**span: float) -> tuple[str, str]:
    return "--now", (NOON + timedelta(**span)).isoformat()


def doubled(desk: Helpdesk) -> list[tuple[str, int, str]]:
    """Name what was written more than once: the same kind of write to one ticket for one cause."""
    counts = Counter(
        (one.kind, one.ticket, f"{one.external_id}{one.metadata}{one.tags}") for one in desk.journal.writes
    )
    return [what for what, number in counts.items() if number > 1]


def test_a_second_run_writes_nothing(typed: Typed, zendesk: Helpdesk) -> None:
    first = typed("run", "--json", *at())
    assert first.code == 0, first.err
    assert first.json["sources"][0]["new"] == TICKETS
    written = len(zendesk.journal.writes)
    assert first.json["actions"]["pushed"] == written > 0
    for hours in (1, 2):
        zendesk.clock.advance(3600)
        again = typed("run", "--json", *at(hours=hours)).json
        assert (again["sources"][0]["updated"], again["understood"]["items"], again["actions"]["pushed"]) == (0, 0, 0)
    assert len(zendesk.journal.writes) == written


def test_a_business_rule_that_touches_tickets_does_not_restart_the_loop(typed: Typed, zendesk: Helpdesk) -> None:
    typed("run", *at())
    written = len(zendesk.journal.writes)
    for day in range(1, 4):
        moment = NOON + timedelta(hours=day)
        zendesk.clock.set(moment)
        for number in list(zendesk.state.tickets):
            zendesk.state.change(number, at=moment, priority="low")
        report = typed("run", "--json", *at(hours=day)).json
        assert report["actions"]["pushed"] == 0
    assert len(zendesk.journal.writes) == written


def test_erased_tickets_lose_their_words_here_too(typed: Typed, zendesk: Helpdesk, tmp_path: Path) -> None:
    typed("run", *at())
    assert b"order 1003" in (tmp_path / "feedbackloop.db").read_bytes()
    numbers = sorted(zendesk.state.tickets)
    zendesk.clock.advance(3600)
    zendesk.state.scrub(numbers[3])
    zendesk.state.delete(numbers[4])
    zendesk.clock.advance(3600)  # the export holds back the last minute
    report = typed("run", "--json", *at(hours=2)).json
    assert report["sources"][0]["erased"] == 2
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("feedbackloop.db*"))
    assert b"order 1003" not in stored
    assert b"order 1004" not in stored
    assert b"order 1005" in stored


def test_a_token_revoked_in_mid_run_stops_within_two_requests_and_nothing_is_lost(
    typed: Typed, zendesk: Helpdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls_after = []
    note = zendesk.journal.note

    def noting(*args: object, **more: object) -> None:
        note(*args, **more)  # type: ignore[arg-type]
        if len(zendesk.journal.writes) == 3:
            zendesk.is_revoked = True
            calls_after.append(len(zendesk.calls))

    monkeypatch.setattr(zendesk.journal, "note", noting)
    report = typed("run", "--json", *at())
    assert report.code == 1
    assert len(zendesk.calls) - calls_after[0] <= 2
    actions = report.json["actions"]
    assert actions["left"] + actions["retrying"] > 0
    assert any("401" in failure["error"] for failure in report.json["failures"])
    zendesk.is_revoked = False
    monkeypatch.undo()
    monkeypatch.setenv("DESK_TOKEN", TOKEN)


def test_after_a_new_token_the_rest_is_written_once(
    typed: Typed, zendesk: Helpdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed("run", "--max-writes", "3", *at())
    zendesk.is_revoked = True
    before = len(zendesk.calls)
    assert typed("run", *at(hours=1)).code == 1
    assert len(zendesk.calls) - before <= 2
    zendesk.is_revoked = False
    assert typed("run", "--json", *at(hours=2)).json["actions"]["left"] == 0
    assert doubled(zendesk) == []
    assert TOKEN.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    monkeypatch.delenv("DESK_TOKEN")
    assert typed("run").code == 2


def test_limits_are_obeyed_and_cost_nothing(typed: Typed, zendesk: Helpdesk) -> None:
    zendesk.faults.add(rate_limited("1"), rate_limited("600", path="/tickets/"))
    first = typed("run", "--json", *at()).json
    assert first["sources"][0]["new"] == TICKETS or first["sources"][0]["error"]
    for hours in range(1, 5):
        typed("run", *at(hours=hours))
    assert typed("run", "--json", *at(hours=6)).json["actions"]["left"] == 0
    assert doubled(zendesk) == []


def test_lost_answers_and_late_errors_double_nothing(typed: Typed, zendesk: Helpdesk) -> None:
    clean = _played(typed, zendesk)
    assert clean > 0
    zendesk.faults.add(lost_answer("PUT", times=2), late_error("PUT", times=2), lost_answer("POST", times=1))
    number = zendesk.state.add_ticket("Late", "You promised 24 hours, it took three days. I am disappointed.", at=NOON)
    zendesk.state.add_comment(number, "Sorry!", author=zendesk.state.tickets[number].row["requester_id"], at=NOON)
    for hours in range(6, 30, 4):
        zendesk.clock.set(NOON + timedelta(hours=hours))
        typed("run", *at(hours=hours))
    assert doubled(zendesk) == []
    assert typed("run", "--json", *at(hours=40)).json["actions"]["retrying"] == 0


def _played(typed: Typed, desk: Helpdesk) -> int:
    typed("run", *at())
    return len(desk.journal.writes)
