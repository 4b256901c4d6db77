"""What moves the loop to write to a customer, from the words in a file to the message beside it; and what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from feedbackloop.records import Finding, ImprovementTask
from feedbackloop.store import Store
from feedbackloop.testing.makers import at, finding, task
from file_desk import CONFIG, Typed, pushed, ticket, write

NOW = "2026-11-04T09:00:00Z"
LATE = "You promised delivery within 24 hours and it took three days. I am very disappointed."
AUTO = CONFIG.replace("[actions]", '[actions]\nfollow_ups = "auto"')


@pytest.fixture
def desk_at_work(tmp_path: Path, desk: Path) -> Path:
    """A desk whose follow-ups go out at once."""
    (tmp_path / "feedbackloop.toml").write_text(AUTO, encoding="utf-8")
    return desk


def replies(desk: Path) -> list[str]:
    return [line["text"] for line in pushed(desk) if line["kind"] == "reply"]


def rows(typed: Typed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = typed("export", "follow-ups", "--json").json["rows"]
    return found


def said(author: str, at: str, text: str, **more: Any) -> dict[str, Any]:
    return {"id": f"m-{at}", "author": author, "at": at, "text": text} | more


ASKED = said("customer", "2026-11-02T09:00:00Z", "Where is my parcel?")
FIXED = said("agent", "2026-11-03T10:00:00Z", "I have sent you a new one today.")
BAD = {"scale": "csat", "value": 1, "min": 1, "max": 5, "at": "2026-11-03T12:00:00Z"}


# --- triggers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "feeling", "fact", "action"),
    [
        (
            {"messages": [said("customer", "2026-11-02T09:00:00Z", LATE), FIXED]},
            "This did not go the way you could expect",
            "You wrote on 2 November: “You promised delivery within 24 hours",
            "On 3 November our colleague wrote to you: “I have sent you a new one today.”",
        ),
        (
            {"messages": [ASKED, FIXED], "ratings": [BAD]},
            "Thank you for telling us openly.",
            "You wrote on 2 November: “Where is my parcel?”",
            "“I have sent you a new one today.”",
        ),
        (
            {
                "messages": [
                    ASKED,
                    said("agent", "2026-11-02T10:00:00Z", "We will send you a new one by tomorrow."),
                    said("customer", "2026-11-03T15:00:00Z", "Nothing has come. I am disappointed."),
                ],
                "solved_at": "2026-11-04T08:00:00Z",
            },
            "We gave you our word and did not keep it.",
            "On 2 November, 11:00 we told you: “We will send you a new one by tomorrow.”",
            "On our side your request has counted as solved since 4 November.",
        ),
        (
            {
                "messages": [ASKED, said("agent", "2026-11-02T10:00:00Z", "We will send you a new one by Wednesday.")],
                "status": "open",
                "solved_at": None,
            },
            "You are waiting for something that we promised",
            "“We will send you a new one by Wednesday.” That is due by 4 November",
            "It is still open on our side",
        ),
    ],
    ids=["shortfall", "bad rating", "promise broken", "promise about to break"],
)
def test_what_went_wrong_or_nearly_does_is_answered_in_three_parts(
    typed: Typed, desk_at_work: Path, changes: dict[str, Any], feeling: str, fact: str, action: str
) -> None:
    write(desk_at_work, ticket(1, **changes))
    assert typed("run", "--now", NOW).code == 0
    assert [row["status"] for row in rows(typed)] == ["sent"], rows(typed)
    (text,) = replies(desk_at_work)
    for part in (feeling, fact, action):
        assert part in text, text
    typed("run", "--now", "2026-11-04T10:00:00Z")
    assert len(replies(desk_at_work)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"messages": [said("customer", "2026-11-02T09:00:00Z", "Thank you, all is fine."), FIXED]},
        {"messages": [ASKED, FIXED], "ratings": [BAD | {"value": 5}]},
        {"messages": [said("customer", "2026-11-02T09:00:00Z", LATE)], "status": "open", "solved_at": None},
        {"status": "deleted"},
    ],
    ids=["nothing wrong", "praised", "still open", "deleted"],
)
def test_who_has_nothing_to_be_told_gets_nothing(typed: Typed, desk_at_work: Path, changes: dict[str, Any]) -> None:
    write(desk_at_work, ticket(1, **changes))
    assert typed("run", "--now", NOW).code == 0
    assert replies(desk_at_work) == [] == rows(typed)


def test_who_had_complained_is_told_when_the_fix_is_verified(typed: Typed, desk_at_work: Path, tmp_path: Path) -> None:
    """The verdict is put in by hand; how it comes about is tested where verdicts are."""
    silent = {"id": "c-9", "name": "Wanda", "tags": ["no_contact"]}
    write(desk_at_work, ticket(1, LATE), ticket(2, "Where is it?"), ticket(3, LATE, customer=silent))
    (tmp_path / "feedbackloop.toml").write_text(AUTO.replace('"auto"', '"off"'), encoding="utf-8")
    typed("run", "--now", "2026-11-03T12:00:00Z")
    group = {"touchpoint": "delivery", "dimension": "reliability"}
    cause: Finding = finding(id="find-1", group=group)
    mended: ImprovementTask = task(
        id="task-1", finding_id="find-1", group=group, status="verified", verdict="worked", team="Logistics",
        evidence=("desk/T-1", "desk/T-2", "desk/T-3"), done_at=at("2026-11-10T09:00:00Z"), verdict_at=at("2026-11-24T09:00:00Z"),
    )  # fmt: skip
    with Store(tmp_path / "feedbackloop.db") as store, store.write():
        store.plans.save_findings("2026-W45", [cause], at("2026-11-10T09:00:00Z"))
        store.plans.save_tasks([mended])
    (tmp_path / "feedbackloop.toml").write_text(AUTO, encoding="utf-8")
    assert typed("run", "--now", "2026-11-25T12:00:00Z").code == 0
    typed("run", "--now", "2026-11-25T13:00:00Z")
    by_item = {row["item_id"]: row for row in rows(typed) if row["cause"] == "fixed:task-1"}
    assert {item: row["status"] for item, row in by_item.items()} == {"desk/T-1": "sent", "desk/T-3": "held"}
    assert by_item["desk/T-3"]["reason"] == "opted_out"
    (text,) = replies(desk_at_work)
    assert "you took the time to tell us" in text and "it happens clearly less often now" in text


# --- what nothing backs --------------------------------------------------------------------------------------------

REVIEW = {
    "id": "R-1",
    "kind": "review",
    "created_at": "2026-11-02T09:00:00Z",
    "customer": {"id": "c-1"},
    "text": LATE,
    "messages": [],
}


def test_a_draft_that_nothing_backs_waits_for_a_pen_until_something_does(
    typed: Typed, desk_at_work: Path, tmp_path: Path
) -> None:
    write(desk_at_work, {key: value for key, value in REVIEW.items() if key != "messages"})
    typed("run", "--now", NOW)
    (before,) = rows(typed)
    assert (before["status"], before["lint"], before["action"]) == ("drafted", ["part_missing: action"], "")
    agreed = task(
        id="task-1", group={"touchpoint": "delivery", "dimension": "reliability"}, status="approved", team="Logistics"
    )
    with Store(tmp_path / "feedbackloop.db") as store, store.write():
        store.plans.save_tasks([agreed])
    typed("run", "--now", "2026-11-05T09:00:00Z")
    (after,) = rows(typed)
    assert after["id"] == before["id"] and after["created_at"] == before["created_at"]
    assert (after["status"], after["lint"]) == ("sent", []) and "on its list of things to put right" in after["action"]
    assert len(replies(desk_at_work)) == 1


def test_what_a_colleague_did_for_the_same_person_elsewhere_backs_the_message(
    typed: Typed, desk_at_work: Path, tmp_path: Path
) -> None:
    config = AUTO + '[sources.shop]\nconnector = "jsonl"\npath = "shop.jsonl"\n'
    (tmp_path / "feedbackloop.toml").write_text(config, encoding="utf-8")
    anna = {"id": "c-1", "email": "anna@example.org"}
    write(
        tmp_path / "shop.jsonl", {key: value for key, value in REVIEW.items() if key != "messages"} | {"customer": anna}
    )
    helped = [
        said("customer", "2026-11-02T08:00:00Z", "Where is my delivery? It has not come."),
        said("agent", "2026-11-03T10:00:00Z", "I have sent you a new one today."),
    ]
    write(desk_at_work, ticket(1, customer=anna | {"id": "9"}, messages=helped))
    typed("run", "--now", NOW)
    by_item = {row["item_id"]: row for row in rows(typed)}
    assert "“I have sent you a new one today.”" in by_item["shop/R-1"]["action"]


def test_a_bare_rating_is_answered_in_the_language_that_its_customer_writes_elsewhere(
    typed: Typed, desk_at_work: Path
) -> None:
    chinese = said("customer", "2026-11-01T09:00:00Z", "茶叶已经收到了，很好喝，谢谢！")
    bare = {"messages": [FIXED], "ratings": [BAD], "customer": {"id": "c-1"}}
    write(
        desk_at_work,
        ticket(1, **bare),
        ticket(2, messages=[chinese], customer={"id": "c-1"}),
        ticket(3, **bare | {"customer": {"id": "c-3"}}),
    )
    typed("run", "--now", NOW)
    by_item = {row["item_id"]: row["language"] for row in rows(typed)}
    assert by_item == {"desk/T-1": "zh"}
    ledger = typed("export", "ledger", "--json").json["rows"]
    assert [row["about"] for row in ledger if row["reason"] == "no_language"] == ["desk/T-3"]


# --- strange input -------------------------------------------------------------------------------------------------


def test_a_customer_erased_in_between_gets_nothing(typed: Typed, desk_at_work: Path, tmp_path: Path) -> None:
    (tmp_path / "feedbackloop.toml").write_text(AUTO.replace('follow_ups = "auto"', ""), encoding="utf-8")
    write(desk_at_work, ticket(1, LATE))
    typed("run", "--now", NOW)
    typed("review", "approve", "--all")
    assert typed("forget", "--customer", "desk/c-1").code == 0
    assert typed("run", "--now", "2026-11-04T12:00:00Z").code == 0
    assert replies(desk_at_work) == []
    (row,) = rows(typed)
    assert (row["text"], row["status"], row["customer_id"]) == ("", "expired", None)


def test_a_clock_that_goes_back_sends_nothing_twice(typed: Typed, desk_at_work: Path) -> None:
    write(desk_at_work, ticket(1, LATE))
    typed("run", "--now", NOW)
    assert typed("run", "--now", "2026-11-03T12:00:00Z").code == 0
    typed("run", "--now", NOW)
    assert len(replies(desk_at_work)) == 1
    assert [row["status"] for row in rows(typed)] == ["sent"]


def test_the_hold_out_is_left_alone_watched_and_compared(typed: Typed, desk_at_work: Path, tmp_path: Path) -> None:
    (tmp_path / "feedbackloop.toml").write_text(
        AUTO.replace("[actions]", "[actions]\nhold_out = 0.5"), encoding="utf-8"
    )
    write(desk_at_work, *(ticket(n, LATE) for n in range(1, 25)))
    typed("run", "--now", NOW)
    sides = {row["item_id"]: row["side"] for row in rows(typed)}
    assert set(sides.values()) == {"contacted", "hold_out"} and len(sides) == 24
    assert len(replies(desk_at_work)) == sum(side == "contacted" for side in sides.values())
    thanks = said("customer", "2026-11-06T09:00:00Z", "Thank you, all is great now!")
    answered = [ticket(n, LATE) for n in range(1, 25)]
    for one in answered[:12]:
        one["messages"] = [*one["messages"], thanks]
    write(desk_at_work, *answered)
    typed("run", "--now", "2026-11-20T12:00:00Z")
    outcomes = {row["item_id"]: row["outcome"] for row in rows(typed)}
    assert outcomes == {f"desk/T-{n}": "confirmed" if n <= 12 else "unanswered" for n in range(1, 25)}
    loop = typed("digest", "--week", "2026-W47", "--now", "2026-11-23T12:00:00Z", "--json").json["loop"]["recovery"]
    for side, name in (("contacted", "contacted"), ("held_out", "hold_out")):
        mine = {item for item, drawn in sides.items() if drawn == name}
        confirmed = sum(outcomes[item] == "confirmed" for item in mine)
        assert loop[side] == {"confirmed": confirmed, "reopened": 0, "unanswered": len(mine) - confirmed}
    assert loop["difference"]["low"] <= loop["difference"]["value"] <= loop["difference"]["high"]
    text = typed("digest", "--week", "2026-W47", "--now", "2026-11-23T12:00:00Z").out
    assert "Held out at random, for comparison" in text and "No comparison" not in text


def test_every_decision_can_be_read_in_words(typed: Typed, desk_at_work: Path) -> None:
    write(desk_at_work, ticket(1, LATE), ticket(2, LATE, customer={"id": "c-2", "tags": ["no_contact"]}))
    typed("run", "--now", NOW)
    by_item = {row["item_id"]: row["id"] for row in rows(typed)}
    assert f"{by_item['desk/T-1']} to desk/c-1 about desk/T-1: sent" in typed("explain", by_item["desk/T-1"]).out
    held = typed("explain", by_item["desk/T-2"]).out
    assert "Held back: this person does not want to be contacted." in held and "hold (opted_out), by loop" in held
    customer = typed("explain", "desk/c-2").out
    assert (
        "held: Held back: this person does not want to be contacted." in customer
        and "asked not to be contacted" in customer
    )
