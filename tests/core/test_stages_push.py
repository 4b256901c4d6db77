"""What leaves, leaves once; what may not leave stays, with its reason; one source's trouble is no other's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from feedbackloop.clock import Clock
from feedbackloop.errors import Fatal, Refused, Retriable, Skippable, UnknownOutcome
from feedbackloop.records import Action, ActionKind, Customer, Item, Message
from feedbackloop.testing.memory import MemorySystem
from feedbackloop.testing.system import Fault
from loop_bench import NOON, Bench, Blunt, Gatekeeper, Postman, no

ASKED = NOON - timedelta(days=2)
Make = Callable[..., Bench]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[Bench] = []

    def bench(**more: Any) -> Bench:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Bench(folder, **more))
        return made[-1]

    yield bench
    for one in made:
        one.store.close()


def ticket(number: int = 1, **changes: Any) -> Item:
    """Asked two days ago, answered after a day: first reply within four hours was missed."""
    messages = (
        Message("m1", "customer", ASKED, "My parcel has not arrived. This is bad, I am disappointed!"),
        Message("m2", "agent", ASKED + timedelta(days=1), "It is on its way."),
    )
    made = Item(
        id=f"T-{number}",
        kind="ticket",
        created_at=ASKED,
        status="solved",
        solved_at=ASKED + timedelta(days=1),
        subject="Where is it?",
        customer=Customer(id=f"c-{number}", name="Wanda", email=f"wanda{number}@example.org"),
        messages=messages,
    )
    return replace(made, **changes)


def bench_with(make: Make, tickets: int = 1, **more: Any) -> Bench:
    bench = make(**more)
    for number in range(1, tickets + 1):
        bench.desk.put(ticket(number))
    return bench


def writes(bench: Bench) -> int:
    return len(bench.desk.done)


# --- once ----------------------------------------------------------------------------------------------------------


def test_a_note_is_written_once_over_many_runs(make: Make) -> None:
    bench = bench_with(make)
    assert bench.run().actions["pushed"] == 1
    for days in (1, 2, 3):
        assert bench.later(days=days).actions["pushed"] == 0
    assert writes(bench) == 1


def test_a_lost_answer_is_looked_up_and_not_repeated(make: Make) -> None:
    bench = bench_with(make)
    bench.desk.switch_on(Fault.DROPPED_ANSWERS)
    first = bench.run()
    assert (bench.statuses(), first.ok, writes(bench)) == (["retrying"], False, 1)
    assert bench.later(hours=1).actions["pushed"] == 1
    assert (bench.statuses(), writes(bench)) == (["done"], 1)


def test_an_attempt_cut_off_by_a_crash_is_looked_up_first(make: Make) -> None:
    bench = bench_with(make)
    bench.run(max_writes=0)
    (queued,) = bench.queued()
    with bench.store.write():
        bench.store.outbox.claim(queued.action.id)
    bench.turn().sources.connector("desk").push(queued.action)  # it arrived, and the process died
    assert bench.later(minutes=1).actions["pushed"] == 1
    assert (bench.statuses(), writes(bench)) == (["done"], 1)


def test_where_nobody_can_tell_whether_it_arrived_a_person_looks(make: Make) -> None:
    bench = bench_with(make, kind="blunt")
    Blunt.errors = [UnknownOutcome("the line broke")]
    bench.run()
    report = bench.later(hours=1)
    assert (bench.statuses(), report.actions["needs_a_look"], report.ok) == (["needs_a_look"], 1, False)
    assert bench.later(hours=9).failures == []  # named once, counted on
    assert len(Blunt.asked) == 1


def test_a_person_who_looked_may_send_it_again(make: Make) -> None:
    bench = bench_with(make, kind="blunt")
    Blunt.errors = [UnknownOutcome("the line broke")]
    bench.run()
    bench.later(hours=1)
    with bench.store.write():
        bench.store.outbox.again(bench.queued()[0].action.id)
    assert bench.later(hours=2).actions["pushed"] == 1
    assert bench.statuses() == ["done"]


def test_a_fault_that_certainly_did_nothing_needs_nobody_to_look(make: Make) -> None:
    bench = bench_with(make, kind="blunt")
    Blunt.errors = [Retriable("busy")]
    bench.run()
    assert bench.later(hours=1).actions["pushed"] == 1
    assert bench.statuses() == ["done"]


def test_a_look_up_that_fails_leaves_the_attempt_unsure(make: Make) -> None:
    bench = bench_with(make)
    bench.desk.switch_on(Fault.DROPPED_ANSWERS)
    bench.run()
    bench.desk.lock_out()
    bench.later(hours=1)  # refused: nothing was learnt
    (queued,) = bench.queued()
    assert queued.unsure


def test_what_breaks_inside_a_connector_is_taken_for_unknown(make: Make) -> None:
    bench = bench_with(make, kind="finder")
    Blunt.errors = [ZeroDivisionError("a bug")]
    report = bench.run()
    assert "ZeroDivisionError: a bug" in report.failures[0].error
    assert bench.queued()[0].unsure
    assert bench.later(hours=1).actions["pushed"] == 1


# --- faults --------------------------------------------------------------------------------------------------------


def test_a_refused_write_is_set_aside_with_its_reason(make: Make) -> None:
    bench = bench_with(make, tickets=2, kind="finder")
    Blunt.errors = [Skippable("the ticket is closed")]
    report = bench.run()
    assert (report.actions["set_aside"], report.actions["pushed"], report.ok) == (1, 1, False)
    stuck = next(one for one in bench.queued() if one.status == "set_aside")
    assert stuck.last_error == "the ticket is closed"
    assert bench.later(days=1).actions["pushed"] == 0


def test_an_ability_that_is_not_there_is_said(make: Make) -> None:
    bench = bench_with(make, kind="finder")
    Blunt.errors = [NotImplementedError()]
    bench.run()
    assert bench.queued()[0].last_error == "desk cannot take a note"


@pytest.mark.parametrize("error", [Refused("the desk refuses us (401)"), Fatal("the desk is gone")])
def test_a_refusal_closes_the_source_for_the_run_and_nothing_is_lost(make: Make, error: Exception) -> None:
    bench = bench_with(make, tickets=5, kind="finder")
    Blunt.errors = [error]
    report = bench.run()
    assert len(Blunt.asked) == 1
    assert (report.actions["pushed"], report.actions["left"]) == (0, 5)
    assert [failure.error for failure in report.failures] == [str(error)]  # said once
    assert bench.later(hours=1).actions["pushed"] == 5


def test_a_revoked_token_costs_one_request_in_the_next_run(make: Make) -> None:
    bench = bench_with(make, tickets=3)
    bench.run(max_writes=0)
    bench.desk.lock_out()
    before = bench.desk.requests
    report = bench.later(hours=1)
    assert bench.desk.requests - before <= 2
    assert {failure.stage for failure in report.failures} == {"pull"}
    assert report.actions["left"] == 3


def test_one_closed_source_does_not_keep_the_others_waiting(make: Make, tmp_path: Path) -> None:
    bench = bench_with(make, tickets=3)
    other = MemorySystem(str(tmp_path / "other"))
    bench.raw["sources"]["shop"] = {"connector": "memory", "system": other.name}
    for number in range(3):
        other.put(ticket(number))
    bench.desk.lock_out()
    report = bench.run()
    assert (len(bench.desk.done), len(other.done), report.ok) == (0, 3, False)


def test_a_source_that_asks_to_wait_is_left_alone_for_the_rest_of_the_run(make: Make) -> None:
    bench = bench_with(make, tickets=4, kind="finder")
    Blunt.errors = [Retriable("429", wait_seconds=600)]
    report = bench.run()
    assert len(Blunt.asked) == 1
    assert (report.actions["retrying"], report.actions["left"]) == (1, 3)
    assert any("sent in a later run" in remark for remark in report.remarks)
    assert bench.later(minutes=9).actions["pushed"] == 3  # the first is not due before ten minutes
    assert bench.later(minutes=11).actions["pushed"] == 1


def test_a_source_that_fails_three_times_in_a_row_is_left_alone(make: Make) -> None:
    bench = bench_with(make, tickets=6, kind="finder")
    Blunt.errors = [Retriable("503") for _ in range(6)]
    bench.run()
    assert len(Blunt.asked) == 3


def test_an_action_is_given_up_after_eight_attempts(make: Make) -> None:
    bench = bench_with(make, kind="finder")
    Blunt.errors = [Retriable("503") for _ in range(8)]
    for day in range(8):
        bench.later(days=day)
    (queued,) = bench.queued()
    assert (queued.status, queued.attempts, queued.last_error) == ("failed", 8, "503")
    with bench.store.write():
        bench.store.outbox.again(queued.action.id)
    assert bench.later(days=9).actions["pushed"] == 1


def test_eight_unknown_ends_need_a_look_and_never_a_ninth_attempt(make: Make) -> None:
    bench = bench_with(make, kind="finder")
    Blunt.errors = [UnknownOutcome("504") for _ in range(9)]
    for day in range(9):
        bench.later(days=day)
    assert (bench.statuses(), len(Blunt.asked)) == (["needs_a_look"], 8)


def test_no_secret_of_the_config_stands_in_an_error(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = bench_with(make, kind="finder")
    monkeypatch.setenv("DESK", bench.desk.name)
    bench.raw["sources"]["desk"]["system"] = {"env": "DESK"}
    Blunt.errors = [RuntimeError(f"GET {bench.desk.name}?token")]
    report = bench.run()
    assert bench.desk.name not in report.failures[0].error
    assert bench.desk.name not in str(bench.queued()[0].last_error)


# --- caps, plugins, dry runs ---------------------------------------------------------------------------------------


def test_the_cap_spreads_writes_over_runs_and_is_written_down_once(make: Make) -> None:
    capped = bench_with(make, tickets=5)
    pushed = [capped.run(NOON + timedelta(hours=hour), max_writes=2).actions["pushed"] for hour in range(4)]
    assert pushed == [2, 2, 1, 0]
    assert capped.decisions("action").count(("wait", "write_cap")) == 3  # three waited, each named once


def test_a_veto_ends_an_action_for_good(make: Make) -> None:
    bench = bench_with(make, plugins={"gate": Gatekeeper(no)})
    bench.run()
    assert (bench.statuses(), writes(bench)) == (["cancelled"], 0)
    assert ("vetoed", "gate") in bench.decisions("action")


def test_a_plugin_may_change_the_words(make: Make) -> None:
    bench = bench_with(make, plugins={"gate": Gatekeeper(lambda action: replace(action, text="shorter"))})
    bench.run()
    assert bench.desk.done[0].text == "shorter"


@pytest.mark.parametrize("answer", [lambda action: replace(action, item="T-9"), lambda action: "yes"])
def test_a_plugin_may_not_change_what_an_action_is_about(make: Make, answer: Callable[[Action], object]) -> None:
    bench = bench_with(make, plugins={"gate": Gatekeeper(answer)})
    report = bench.run()
    assert [action.item for action in bench.desk.done] == ["T-1"]
    assert "may not change what an action is about" in report.failures[0].error


def test_nothing_goes_out_past_a_plugin_that_breaks(make: Make) -> None:
    def broken(action: Action) -> object:
        raise RuntimeError("no network")

    bench = bench_with(make, plugins={"gate": Gatekeeper(broken)})
    report = bench.run()
    assert (writes(bench), bench.statuses()) == (0, ["approved"])
    assert any("not sent" in failure.error for failure in report.failures)


def test_a_dry_run_shows_as_much_as_a_run_would_write(make: Make) -> None:
    bench = bench_with(make, tickets=5)
    report = bench.run(dry_run=True, max_writes=3)
    assert (len(report.would_push), writes(bench)) == (3, 0)


def test_a_replay_writes_to_this_machine_only(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = bench_with(make, kind="finder")
    monkeypatch.setattr(Blunt, "is_local", False)
    report = bench.run(clock=Clock(NOON))
    assert (writes(bench), len(report.would_push)) == (0, 1)
    assert report.as_dict()["would_push"] == report.would_push


def test_what_was_erased_or_rejected_meanwhile_does_not_leave(make: Make) -> None:
    bench = bench_with(make, tickets=2)

    def erase(action: Action) -> None:
        with bench.store.write():
            bench.store.erasure.forget_items(["desk/T-1", "desk/T-2"], NOON)

    bench.plugins = bench_with(make, plugins={"gate": Gatekeeper(erase)}).plugins
    bench.run()
    assert (writes(bench), bench.statuses()) == (0, ["cancelled", "cancelled"])


# --- words to customers --------------------------------------------------------------------------------------------


def follow_ups(make: Make, **more: Any) -> Bench:
    return bench_with(make, **more).actions(notes="off", follow_ups="auto")


def statuses_of_follow_ups(bench: Bench) -> list[str]:
    return [one.status for one in bench.store.plans.follow_ups()]


def test_words_that_may_have_arrived_count_as_a_contact(make: Make) -> None:
    """Two tickets of one customer; the answer to the first reply is lost. The second waits: one message in thirty days."""
    bench = follow_ups(make).actions(notes="off", follow_ups="auto", max_age="365d")
    bench.desk.put(ticket(2, customer=ticket(1).customer))
    bench.desk.switch_on(Fault.DROPPED_ANSWERS)
    first = bench.run()
    assert (writes(bench), sorted(bench.statuses())) == (1, ["approved", "retrying"])
    assert set(first.held_back.values()) == {"contacted_recently"}
    bench.later(hours=1)
    assert writes(bench) == 1, "the one that had arrived is found, and the other still waits"
    assert sorted(statuses_of_follow_ups(bench)) == ["approved", "sent"]


def test_a_follow_up_goes_out_as_a_public_reply(make: Make) -> None:
    bench = follow_ups(make)
    bench.run()
    (action,) = bench.desk.done
    assert (action.kind, statuses_of_follow_ups(bench)) == (ActionKind.REPLY, ["sent"])


def test_a_capped_follow_up_is_reported_as_held_back(make: Make) -> None:
    report = follow_ups(make).run(max_writes=0)
    assert dict(report.held) == {"write_cap": 1}


def test_a_refused_follow_up_is_held_and_not_open_for_ever(make: Make) -> None:
    bench = follow_ups(make, kind="finder")
    Blunt.errors = [Skippable("the ticket is closed")]
    bench.run()
    (follow_up,) = bench.store.plans.follow_ups()
    assert (follow_up.status, follow_up.reason) == ("held", "source_closed")


def test_a_vetoed_follow_up_is_held(make: Make) -> None:
    bench = follow_ups(make, plugins={"gate": Gatekeeper(no)})
    bench.run()
    (follow_up,) = bench.store.plans.follow_ups()
    assert (follow_up.status, follow_up.reason) == ("held", "vetoed_by_gate")


def test_somebody_who_asked_for_silence_in_words_gets_nothing(make: Make) -> None:
    bench = follow_ups(make)
    words = Message("m3", "customer", ASKED + timedelta(hours=30), "This was bad. Do not contact me again.")
    bench.desk.put(ticket(1, messages=(*ticket().messages, words)))
    report = bench.run()
    assert writes(bench) == 0
    assert set(report.held) == {"opted_out"}


def test_restraint_is_asked_again_right_before_sending(make: Make) -> None:
    bench = follow_ups(make)
    bench.run(max_writes=0)
    bench.desk.put(ticket(1, tags=("no_contact",)))
    report = bench.later(hours=1)
    assert (writes(bench), dict(report.held)) == (0, {"opted_out": 1})
    assert statuses_of_follow_ups(bench) == ["held"]


def test_a_passing_reason_only_delays(make: Make) -> None:
    bench = follow_ups(make)
    night = NOON + timedelta(hours=10)  # 22:00
    bench.run(night)
    assert writes(bench) == 0
    assert bench.run(NOON + timedelta(hours=21)).actions["pushed"] == 1  # 09:00


# --- by mail -------------------------------------------------------------------------------------------------------


def by_mail(make: Make, postman: Postman, **more: Any) -> Bench:
    bench = follow_ups(make, plugins={"postman": postman}, **more).actions(follow_ups_by="mail")
    bench.raw["mail"] = {"sender": "Tea shop <hello@shop.example>"}
    return bench


def test_a_follow_up_by_mail_is_one_machine_made_mail_to_the_customer(make: Make) -> None:
    postman = Postman()
    bench = by_mail(make, postman)
    bench.run()
    (mail,) = postman.mails
    message = message_from_bytes(mail.eml, policy=policy.default)
    assert mail.to == ("wanda1@example.org",)
    assert message["To"] == "wanda1@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == "Re: Where is it?"
    assert message.get_content().split() == bench.queued()[0].action.text.split()
    assert (statuses_of_follow_ups(bench), writes(bench)) == (["sent"], 0)
    bench.later(days=1)
    assert len(postman.mails) == 1


def test_the_same_follow_up_has_the_same_message_id_on_every_attempt(make: Make) -> None:
    postman = Postman(Retriable("busy"))
    bench = by_mail(make, postman)
    bench.run()
    bench.later(hours=1)
    first, second = (message_from_bytes(mail.eml)["Message-ID"] for mail in postman.mails)
    assert first == second


@pytest.mark.parametrize("error", [UnknownOutcome("the line broke"), RuntimeError("a bug")])
def test_a_mail_whose_answer_never_came_is_looked_at_and_not_sent_twice(make: Make, error: Exception) -> None:
    postman = Postman(error)
    bench = by_mail(make, postman)
    bench.raw["mail"] |= {"host": "127.0.0.1", "port": 9, "security": "none"}
    bench.run()
    bench.later(hours=13)
    assert (len(postman.mails), bench.statuses()) == (1, ["needs_a_look"])


def test_a_mail_server_that_refuses_us_does_not_stop_notes(make: Make) -> None:
    postman = Postman(Refused("login refused"))
    bench = by_mail(make, postman, tickets=2).actions(notes="auto")
    report = bench.run()
    assert len(postman.mails) == 1
    assert {action.kind for action in bench.desk.done} == {ActionKind.NOTE}
    assert [failure.source for failure in report.failures] == ["[mail]"]


def test_a_wrong_sender_is_named_and_nothing_is_lost(make: Make) -> None:
    postman = Postman()
    bench = by_mail(make, postman)
    bench.raw["mail"] = {"sender": "nobody"}
    report = bench.run()
    assert "mail.sender" in report.failures[0].error
    assert (postman.mails, bench.statuses()) == ([], ["approved"])


def test_an_address_that_is_none_is_set_aside(make: Make) -> None:
    postman = Postman()
    bench = by_mail(make, postman)
    bench.desk.put(ticket(1, customer=Customer(id="c-1", email="not an address")))
    bench.run()
    assert (postman.mails, bench.statuses()) == ([], ["set_aside"])


def test_a_replay_mails_only_to_a_server_on_this_machine(make: Make) -> None:
    postman = Postman()
    bench = by_mail(make, postman)
    bench.raw["mail"]["host"] = "127.example.org"
    report = bench.run(clock=Clock(NOON))
    assert (postman.mails, len(report.would_push)) == ([], 1)
    bench.raw["mail"]["host"] = "127.0.0.1"
    bench.run(clock=Clock(NOON))
    assert len(postman.mails) == 1
