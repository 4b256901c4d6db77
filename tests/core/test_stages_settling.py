"""Follow-ups end with the customer's next word, wherever they say it, and so do those that were held out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from feedbackloop import hookimpl
from feedbackloop.records import (
    Aspect,
    Comparison,
    Customer,
    FollowUp,
    Message,
    Sentiment,
    Text,
    Understanding,
)
from feedbackloop.stages.contact import contact_facts
from feedbackloop.testing.makers import gap, item, rating
from loop_bench import NOON, Bench, Connectors

DAY = timedelta(days=1)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.store.close()


SENT = NOON - 10 * DAY


def sent(bench: Bench, *said: str, at: datetime = NOON - 5 * DAY, **changes: Any) -> None:
    asked = Message("m0", "customer", SENT - DAY, "Where is my parcel?")
    words = [Message(f"m{n}", "customer", at, text) for n, text in enumerate(said, 1)]
    who = Customer(id="c-1")
    thread = replace(item("T-1", messages=(asked, *words), when=SENT - DAY, source="desk", customer=who), **changes)
    follow_up = FollowUp(
        id="fu-1",
        item="desk/T-1",
        customer="desk/c-1",
        cause="late",
        language="en",
        text="Sorry.",
        status="sent",
        sent_at=SENT,
    )
    with bench.store.write():
        bench.store.items.receive([thread], NOON, "fbl-", set())
        bench.store.plans.save_follow_ups([follow_up])


def follow_up_status(bench: Bench, now: datetime = NOON) -> str:
    bench.run(now, stage="verify")
    found = bench.store.plans.follow_up("fu-1")
    assert found is not None
    return found.status


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Thank you so much, that was great help, I am happy!", "confirmed"),
        ("This is still terrible, I am very angry and disappointed.", "reopened"),
    ],
)
def test_the_customers_next_word_closes_or_reopens_the_matter(bench: Bench, words: str, status: str) -> None:
    sent(bench, words)
    assert follow_up_status(bench) == status
    assert bench.decisions("follow_up") == [(status, "customers_next_word")]


@pytest.mark.parametrize(("value", "status"), [(5, "confirmed"), (4, "confirmed"), (3, "reopened"), (1, "reopened")])
def test_a_rating_after_it_outranks_words(bench: Bench, value: float, status: str) -> None:
    sent(bench, "ok", ratings=(rating(value, at=NOON - DAY),))  # (3 - 1) / (5 - 1) = 0.5 is not content
    assert follow_up_status(bench) == status


def test_an_automatic_answer_is_no_answer(bench: Bench) -> None:
    sent(bench)
    away = Message("m1", "customer", NOON - DAY, "I am out of office, great!", automatic=True)
    found = bench.store.items.get("desk/T-1")
    assert found is not None
    with bench.store.write():
        bench.store.items.receive([replace(found[0], messages=(*found[0].messages, away))], NOON, "fbl-", set())
    assert follow_up_status(bench) == "sent"


def test_silence_for_two_weeks_is_silence(bench: Bench) -> None:
    sent(bench)
    assert follow_up_status(bench, SENT + 14 * DAY) == "sent"
    assert follow_up_status(bench, SENT + 14 * DAY + timedelta(minutes=1)) == "unanswered"
    assert bench.decisions("follow_up") == [("unanswered", "no_answer")]


def test_an_answer_after_two_weeks_comes_too_late(bench: Bench) -> None:
    sent(bench, "Thank you, great!", at=SENT + 15 * DAY)
    assert follow_up_status(bench, SENT + 16 * DAY) == "unanswered"


def test_a_plugin_that_cannot_read_the_answer_leaves_it_for_the_next_run(bench: Bench) -> None:
    sent(bench, "Thank you")
    bench.plugins = type(bench.plugins)({"states": Connectors()})
    report = bench.run(stage="verify")
    assert "no plugin has the hook clean_text" in report.failures[0].error


def test_how_often_the_loop_runs_makes_no_difference(bench: Bench) -> None:
    sent(bench, "Thank you, great!", at=SENT + DAY)
    assert follow_up_status(bench, SENT + 2 * DAY) == "confirmed"
    sent_again(bench, Message("m2", "customer", SENT + 3 * DAY, "But it is still broken, I am very disappointed."))
    assert follow_up_status(bench, SENT + 4 * DAY) == "reopened"
    sent_again(bench, Message("m3", "customer", SENT + 20 * DAY, "Thank you, all is great now!"))
    assert follow_up_status(bench, SENT + 21 * DAY) == "reopened"  # the window is over


def test_what_is_said_after_our_next_answer_answers_that(bench: Bench) -> None:
    sent(bench, "This is still terrible, I am very angry.", at=SENT + DAY)
    sent_again(
        bench,
        Message("m2", "agent", SENT + 2 * DAY, "I have sent a new one."),
        Message("m3", "customer", SENT + 3 * DAY, "Thank you so much, great!"),
    )
    assert follow_up_status(bench) == "reopened"


def sent_again(bench: Bench, *more: Message) -> None:
    found = bench.store.items.get("desk/T-1")
    assert found is not None
    with bench.store.write():
        known = found[0]
        bench.store.items.receive([replace(known, messages=(*known.messages, *more))], more[-1].at, "fbl-", set())


# --- the same person elsewhere -------------------------------------------------------------------------------------


def elsewhere(bench: Bench, text: str, *, touchpoint: str = "delivery", linked: bool = True, **more: Any) -> None:
    """Let a customer who may be the same person write in another source."""
    words = (Message("m1", "customer", NOON - 3 * DAY, text),)
    other = replace(item("R-1", messages=words, source="shop", kind="review", **more), customer=Customer(id="9"))
    aspects = (Aspect(touchpoint, 0.0, 0.9),)
    read = Understanding(language="en", sentiment=Sentiment("neutral", 0.0, 0.5, "x"), touchpoints=aspects)
    with bench.store.write():
        bench.store.items.receive([other], NOON, "fbl-", set())
        bench.store.items.save_understandings([("shop/R-1", read)])
        worse = gap(item="desk/T-1", touchpoint="delivery", direction="worse")
        bench.store.judgements.save([Comparison(item="desk/T-1", gaps=(worse,))], NOON.tzinfo)  # type: ignore[arg-type]
        mark = ["mail:a@b.example"] if linked else []
        bench.store.persons.meet({"desk/c-1": mark, "shop/9": mark})


@pytest.mark.parametrize(
    ("about", "linked", "status"),
    [
        ("delivery", True, "reopened"),
        ("product", True, "sent"),  # another matter
        ("delivery", False, "sent"),  # somebody else
    ],
)
def test_words_of_the_same_person_elsewhere_count_where_they_are_about_the_same(
    bench: Bench, about: str, linked: bool, status: str
) -> None:
    sent(bench)
    elsewhere(bench, "This is still terrible, I am very angry.", touchpoint=about, linked=linked)
    assert follow_up_status(bench) == status


def test_a_rating_elsewhere_confirms(bench: Bench) -> None:
    sent(bench)
    elsewhere(bench, "Delivery.", ratings=(rating(5, at=NOON - 2 * DAY),))
    assert follow_up_status(bench) == "confirmed"


def test_of_somebody_erased_nothing_is_claimed(bench: Bench) -> None:
    sent(bench, "Thank you so much, great!")
    with bench.store.write():
        bench.store.erasure.forget_items(["desk/T-1"], NOON)
    assert follow_up_status(bench) == "sent"
    assert follow_up_status(bench, SENT + 15 * DAY) == "unanswered"


def test_a_clock_that_goes_back_settles_nothing(bench: Bench) -> None:
    sent(bench)
    assert follow_up_status(bench, SENT - 30 * DAY) == "sent"


# --- those held out ------------------------------------------------------------------------------------------------


def held(bench: Bench) -> FollowUp:
    found = bench.store.plans.follow_up("fu-1")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("words", "found"),
    [(("Thank you, all is great!",), "confirmed"), (("This is terrible!",), "reopened"), ((), "unanswered")],
)
def test_who_was_held_out_is_watched_from_that_day_on(bench: Bench, words: tuple[str, ...], found: str) -> None:
    sent(bench, *words)
    with bench.store.write():
        aside = replace(held(bench), status="held", reason="hold_out", decision="hold", sent_at=None, held_at=SENT)
        bench.store.plans.save_follow_ups([aside])
    bench.run(SENT + 15 * DAY, stage="verify")
    assert (held(bench).status, held(bench).outcome) == ("held", found)
    assert bench.decisions("follow_up") == [(found, "hold_out")]
    bench.run(SENT + 16 * DAY, stage="verify")
    assert len(bench.decisions("follow_up")) == 1  # settled once


def test_who_was_held_back_for_another_reason_is_no_comparison(bench: Bench) -> None:
    sent(bench, "Thank you, all is great!")
    with bench.store.write():
        aside = replace(held(bench), status="held", reason="opted_out", decision="hold", sent_at=None, held_at=SENT)
        bench.store.plans.save_follow_ups([aside])
    bench.run(SENT + 15 * DAY, stage="verify")
    assert held(bench).outcome is None


class Reader:
    """A plugin that counts how often words are read, and erases their writer meanwhile if it is told to."""

    def __init__(self) -> None:
        self.read = 0
        self.meanwhile: Callable[[], object] = lambda: None

    @hookimpl(tryfirst=True)
    def clean_text(self, texts: Sequence[Text]) -> None:
        self.read += len(texts)
        self.meanwhile()  # and leave the reading to the next plugin


def test_words_are_read_once_however_often_the_loop_runs(tmp_path: Path) -> None:
    reader = Reader()
    bench = Bench(tmp_path, plugins={"reader": reader})
    sent(bench, "Thank you, great!", at=SENT + DAY)
    for hours in range(4):
        bench.run(SENT + 2 * DAY + timedelta(hours=hours), stage="verify")
    assert (reader.read, held(bench).status, held(bench).answered_at) == (1, "confirmed", SENT + DAY)
    bench.store.close()


def test_who_is_erased_while_a_run_is_at_work_is_not_written_back(tmp_path: Path) -> None:
    reader = Reader()
    bench = Bench(tmp_path, plugins={"reader": reader})
    sent(bench, "Thank you, great!", at=SENT + DAY)

    def forget() -> None:
        with bench.store.write():
            bench.store.erasure.forget_items(["desk/T-1"], NOON)

    reader.meanwhile = forget
    bench.run(SENT + 2 * DAY, stage="verify")
    assert (held(bench).text, held(bench).customer) == ("", None)
    bench.store.close()


# --- before anything is planned ------------------------------------------------------------------------------------


def contacts(bench: Bench, now: datetime) -> list[bool]:
    turn = bench.turn(now)
    found = bench.store.items.get("desk/T-1")
    assert found is not None
    return [
        one.answered for one in contact_facts(turn, found[0], held(bench), pending=False, writes_left=None).contacts
    ]


def test_who_still_has_time_to_answer_is_not_silent(bench: Bench) -> None:
    sent(bench)
    assert contacts(bench, SENT + 14 * DAY) == [True]
    assert contacts(bench, SENT + 15 * DAY) == [False]


def test_an_answer_is_known_before_the_next_message_is_planned(bench: Bench) -> None:
    sent(bench, "Thank you, great!", at=SENT + DAY)
    bench.run(SENT + 31 * DAY, stage="plan")  # the first run since
    assert held(bench).status == "confirmed"


def test_the_report_counts_what_was_settled(bench: Bench) -> None:
    sent(bench, "Thank you, great!", at=SENT + DAY)
    report = bench.run(SENT + 2 * DAY).as_dict()
    assert report["follow_ups"]["settled"] == {"confirmed": 1, "reopened": 0, "unanswered": 0}


def test_what_cannot_be_read_is_said_once_a_run(bench: Bench) -> None:
    sent(bench, "Thank you")
    bench.plugins = type(bench.plugins)({"none": Connectors()})
    said = [one.error for one in bench.run(stage="plan").failures if one.record == "fu-1"]
    assert len(said) == 1
