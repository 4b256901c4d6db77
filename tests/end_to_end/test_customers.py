"""One person over all sources: linked by what is verified, by hand, and never by name; told, exported and forgotten whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from feedbackloop.store import Store
from feedbackloop.store.lease import Lease
from file_desk import CONFIG, Done, Typed, pushed, ticket, write

NOW = ("--now", "2026-11-06T12:00:00Z")
LATE = "You promised delivery within 24 hours and it took three days. I am very disappointed."
ANNA = {"id": "a-1", "name": "Anna", "email": "anna@example.org"}


def review(number: int = 1, who: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """One review in wire form, of somebody with an account in the shop."""
    return {
        "id": f"R-{number}",
        "kind": "review",
        "created_at": "2026-11-01T09:00:00Z",
        "customer": ANNA | {"id": "shop-7"} if who is None else who,
        "text": "The tea came cold and late. Please reply by e-mail only, or call +49 30 1234567.",
    } | changes


@pytest.fixture
def shop(tmp_path: Path, desk: Path) -> Path:
    """A second source beside the desk."""
    more = '[sources.shop]\nconnector = "jsonl"\npath = "shop.jsonl"\n'
    (tmp_path / "feedbackloop.toml").write_text(CONFIG + more, encoding="utf-8")
    write(
        desk,
        ticket(1, LATE, customer=ANNA),
        ticket(2, "Where is my order?", customer=ANNA | {"id": "a-2", "email": None}),
    )
    path = tmp_path / "shop.jsonl"
    write(path, review())
    return path


def customers(typed: Typed) -> dict[str, list[str]]:
    rows = typed("export", "customers", "--json").json["rows"]
    return {row["id"]: row["identities"] for row in rows}


def person_of(typed: Typed, key: str) -> str:
    return next(name for name, identities in customers(typed).items() if key in identities)


def test_a_verified_address_makes_one_person_and_a_name_makes_none(typed: Typed, shop: Path) -> None:
    assert typed("run", *NOW, "--json").code == 0
    person = person_of(typed, "desk/a-1")
    assert person.startswith("person:")
    assert sorted(customers(typed)[person]) == ["desk/a-1", "shop/shop-7"]
    assert customers(typed)["desk/a-2"] == ["desk/a-2"]  # also called Anna
    before = customers(typed)
    write(shop, review(), review(2, text="Good tea, thank you!", created_at="2026-11-05T09:00:00Z"))
    typed("run", *NOW)
    assert customers(typed) == before  # stable over reruns


def test_the_same_address_in_two_sources_unverified_stays_two_people(typed: Typed, shop: Path) -> None:
    write(shop, review(who={"name": "Anna", "email": "anna@example.org"}))  # typed beside a review, no account
    typed("run", *NOW)
    assert set(customers(typed)) == {"desk/a-1", "desk/a-2", "shop/anna@example.org"}
    write(shop, review(who=ANNA | {"id": "shop-7", "verified": False}))
    typed("run", *NOW)
    assert "shop/shop-7" in customers(typed)
    (note,) = (
        line for line in pushed(shop.with_name("desk.jsonl")) if line["kind"] == "note" and line["item"] == "T-1"
    )
    assert "tea came cold" not in note["text"]  # what somebody else may have written is not shown as hers


def test_an_agent_reads_in_the_note_what_the_person_said_elsewhere_masked(typed: Typed, shop: Path) -> None:
    typed("run", *NOW)
    (note,) = (
        line for line in pushed(shop.with_name("desk.jsonl")) if line["kind"] == "note" and line["item"] == "T-1"
    )
    assert "The same customer in other places" in note["text"] and "“The tea came cold and late." in note["text"]
    assert "1234567" not in note["text"]


def test_people_are_merged_and_split_by_hand_once_and_for_good(typed: Typed, shop: Path) -> None:
    typed("run", *NOW)
    merged = typed("customers", "merge", "desk/a-2", "shop/shop-7", "--by", "kim", "--json").json
    assert merged["changed"] and sorted(merged["identities"]) == ["desk/a-1", "desk/a-2", "shop/shop-7"]
    assert typed("customers", "merge", "shop/shop-7", "desk/a-2", "--json").json["changed"] is False
    split = typed("customers", "split", "shop/shop-7", "--by", "kim", "--json").json
    assert split["changed"] and split["parted"] == ["shop/shop-7"]
    assert typed("customers", "split", "shop/shop-7", "--json").json["changed"] is False
    write(shop, review(text="It came late again, and cold."))
    typed("run", *NOW)
    assert customers(typed)["shop/shop-7"] == ["shop/shop-7"]  # the same address does not link it again
    ledger = [row for row in typed("export", "ledger", "--json").json["rows"] if row["what"] == "customer"]
    assert [(row["decision"], row["by"]) for row in ledger] == [("linked", "loop"), ("merged", "kim"), ("split", "kim")]
    assert "@" not in json.dumps(ledger) and "Anna" not in json.dumps(ledger)  # codes and ids only


def test_hands_work_beside_a_living_run(typed: Typed, shop: Path, tmp_path: Path) -> None:
    typed("run", *NOW)
    with Store(tmp_path / "feedbackloop.db") as store:
        held = Lease.take(store.conn, store.path, "feedbackloop run")
        assert typed("customers", "merge", "desk/a-2", "desk/a-1").code == 0
        assert typed("customers", "split", "desk/a-2").code == 0
        held.release(store.conn)


def test_a_person_split_whole_stands_under_each_name_alone(typed: Typed, shop: Path) -> None:
    typed("run", *NOW)
    assert typed("customers", "split", person_of(typed, "desk/a-1")).code == 0
    assert set(customers(typed)) == {"desk/a-1", "desk/a-2", "shop/shop-7"}


@pytest.mark.parametrize(
    "words", [("merge", "desk/a-1", "desk/nobody"), ("split", "person:99"), ("merge", "Anna", "desk/a-1")]
)
def test_an_unknown_customer_is_named_and_nothing_changes(typed: Typed, shop: Path, words: tuple[str, ...]) -> None:
    typed("run", *NOW)
    before = customers(typed)
    done = typed("customers", *words)
    assert done.code == 2 and "there is no customer" in done.err and "export customers" in done.err
    assert customers(typed) == before


def test_the_profile_tells_what_is_known_over_all_sources(typed: Typed, shop: Path) -> None:
    later = {"status": "open", "solved_at": None, "channel": "chat", "created_at": "2026-11-05T09:00:00Z"}
    promise = [
        {"id": "m1", "author": "customer", "at": "2026-11-05T09:00:00Z", "text": "And where is the teapot?"},
        {"id": "m2", "author": "agent", "at": "2026-11-05T10:00:00Z", "text": "We will send it by Monday."},
    ]
    write(
        shop.with_name("desk.jsonl"),
        ticket(1, LATE, customer=ANNA),
        ticket(3, customer=ANNA, messages=promise, **later),
    )
    typed("run", *NOW)
    by_item, by_person = typed("explain", "desk/a-1"), typed("explain", person_of(typed, "desk/a-1"))
    assert by_item.out == by_person.out
    assert f"customer: {person_of(typed, 'desk/a-1')}" in typed("explain", "desk/T-1").out
    for said in (
        "known as shop/shop-7", "segment standard", "mail: anna@example.org", "writes in en (3)", "writes by chat",
        "wish (channel, 2026-11-01T09:00:00Z): “Please reply by e-mail only", "worse", "unresolved: desk/T-3",
        "promised, open: “We will send it by Monday” on desk/T-3, due 2026-11-09", "follow-up fu-", "linked",
    ):  # fmt: skip
        assert said in by_item.out, f"{said}: {by_item.out}"
    (row,) = (row for row in typed("export", "customers", "--json").json["rows"] if "desk/a-1" in row["identities"])
    assert row["unresolved"] == ["desk/T-3"] and row["channel"] == "chat" and row["gaps"]["worse"] >= 1
    assert row["segment"] == "standard" and row["languages"] == ["en"] and len(row["follow_ups"]) >= 1


def test_all_that_is_kept_about_a_person_is_found_under_each_of_their_names(typed: Typed, shop: Path) -> None:
    typed("run", *NOW)
    person = person_of(typed, "desk/a-1")
    for name in (person, "desk/a-1", "shop/shop-7", "anna@example.org"):
        items = typed("export", "items", "--customer", name, "--json").json["rows"]
        assert [row["key"] for row in items] == ["shop/R-1", "desk/T-1"], name
        (row,) = typed("export", "customers", "--customer", name, "--json").json["rows"]
        assert row["id"] == person


def test_forgetting_a_person_erases_every_name_they_have(typed: Typed, shop: Path, tmp_path: Path) -> None:
    typed("run", *NOW)
    done = typed("forget", "--customer", person_of(typed, "desk/a-1"), "--json").json
    assert done["erased"]["items"] == 2 and done["erased"]["identities"] == 2
    assert sorted(done["identities"]) == ["desk/a-1", "shop/shop-7"]
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("feedbackloop.db*"))
    assert b"anna@example.org" not in kept and b"tea came cold" not in kept
    assert set(customers(typed)) == {"desk/a-2"}


def test_forgetting_goes_further_than_showing(typed: Typed, shop: Path, tmp_path: Path) -> None:
    write(shop, review(who={"name": "Anna", "email": "anna@example.org"}))
    typed("run", *NOW)
    assert [row["key"] for row in typed("export", "items", "--customer", "desk/a-1", "--json").json["rows"]] == [
        "desk/T-1"
    ]
    assert typed("forget", "--customer", "desk/a-1", "--json").json["erased"]["items"] == 2
    assert b"anna@example.org" not in (tmp_path / "feedbackloop.db").read_bytes()


def test_one_person_gets_one_message_over_all_sources(typed: Typed, shop: Path, tmp_path: Path) -> None:
    """The cap is one in thirty days; two accounts linked by hand, of which no mail address is known, share it."""
    config = (tmp_path / "feedbackloop.toml").read_text().replace("[actions]", '[actions]\nfollow_ups = "auto"')
    (tmp_path / "feedbackloop.toml").write_text(config)
    write(shop.with_name("desk.jsonl"), ticket(1, LATE, customer={"id": "a-1"}))
    write(shop, ticket(2, LATE, customer={"id": "a-2"}, created_at="2026-11-03T09:00:00Z"))
    typed("pull", "--now", "2026-11-04T12:00:00Z")
    typed("customers", "merge", "desk/a-1", "shop/a-2")
    typed("run", *NOW)
    replies = [
        line for path in (shop, shop.with_name("desk.jsonl")) for line in pushed(path) if line["kind"] == "reply"
    ]
    assert len(replies) == 1
    (held,) = (row for row in typed("export", "follow-ups", "--json").json["rows"] if row["status"] != "sent")
    assert held["reason"] == "contacted_recently"


def test_a_shared_name_of_item_and_customer_shows_the_item_and_says_where_the_customer_is(
    typed: Typed, desk: Path
) -> None:
    write(desk, ticket(1, LATE, customer={"id": "T-1"}))
    typed("run", *NOW)
    done: Done = typed("explain", "desk/T-1")
    assert "desk/T-1: ticket" in done.out and "feedbackloop explain person:1" in done.out
    assert typed("explain", "person:1").out.startswith("desk/T-1: customer, 1 items")


def test_a_config_that_names_more_links_those_who_are_here_already(typed: Typed, shop: Path, tmp_path: Path) -> None:
    write(shop, review(who={"id": "shop-7", "fields": {"crm": "K-77"}}))
    write(shop.with_name("desk.jsonl"), ticket(1, LATE, customer={"id": "a-1"}, fields={"crm": "k-77"}))
    typed("run", *NOW)
    assert set(customers(typed)) == {"desk/a-1", "shop/shop-7"}
    config = (tmp_path / "feedbackloop.toml").read_text() + '[customers]\nlink_by = ["mail", "fields.crm"]\n'
    (tmp_path / "feedbackloop.toml").write_text(config)
    typed("run", *NOW)
    assert sorted(customers(typed)[person_of(typed, "desk/a-1")]) == ["desk/a-1", "shop/shop-7"]


def test_a_strange_link_is_refused_with_what_is_known(typed: Typed, shop: Path, tmp_path: Path) -> None:
    config = (tmp_path / "feedbackloop.toml").read_text() + '[customers]\nlink_by = ["name"]\n'
    (tmp_path / "feedbackloop.toml").write_text(config)
    done = typed("run", *NOW)
    assert done.code == 2 and "is not one of mail, external_id, fields.NAME" in done.err


def test_a_customer_without_id_mail_and_name_is_nobody_and_stops_nothing(typed: Typed, desk: Path) -> None:
    write(desk, ticket(1, LATE, customer={}), ticket(2, LATE, customer={"name": "Anna"}))
    assert typed("run", *NOW).code == 0
    assert customers(typed) == {}
    reasons = {row["reason"] for row in typed("export", "follow-ups", "--json").json["rows"]}
    assert reasons == {"unreachable"}
