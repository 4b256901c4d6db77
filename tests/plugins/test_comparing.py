"""The built-in judgement as a plugin."""

from datetime import UTC, datetime

from feedbackloop.records import FollowUp, Item, Promise, Sentiment, Understanding
from feedbackloop.settings import Settings
from feedbackloop_plugins import comparing

NOW = datetime(2026, 11, 30, tzinfo=UTC)
DUE = datetime(2026, 11, 4, tzinfo=UTC)
NOTHING = Understanding(language="en", sentiment=Sentiment("neutral", 0.0, 0.9, "test"))


def ticket(name: str, **values: object) -> Item:
    return Item(id=name, kind="ticket", source="desk", created_at=datetime(2026, 11, 2, tzinfo=UTC), **values)  # type: ignore[arg-type]


def test_compare_gives_one_comparison_for_each_item_in_order() -> None:
    items = [(ticket("2", due_at=DUE, status="open"), NOTHING), (ticket("1"), NOTHING)]
    found = comparing.compare(items, Settings(), NOW)
    assert found is not None
    assert [(c.item, [g.direction for g in c.gaps]) for c in found] == [("desk/2", ["worse"]), ("desk/1", [])]


def test_compare_settles_promises() -> None:
    promise = Promise(id="p", who="agent", what="call back", said_at=datetime(2026, 11, 2, tzinfo=UTC), due_at=DUE)
    understanding = Understanding(language="en", sentiment=NOTHING.sentiment, promises=(promise,))
    found = comparing.compare([(ticket("1", status="open"), understanding)], Settings(), NOW)
    assert found is not None
    assert [p.state for p in found[0].promises] == ["broken"]
    assert [(g.basis, g.direction) for g in found[0].gaps] == [("promised", "worse")]


def test_another_config_is_another_yardstick() -> None:
    item = ticket("1", fields={"timely": "No"})
    standard = {"name": "timely", "metric": "field", "field": "timely", "met": ["Yes"]}
    with_it, without = Settings(standards=[standard]), Settings()  # type: ignore[list-item]
    for settings, number in ((with_it, 1), (without, 0), (with_it, 1)):
        found = comparing.compare([(item, NOTHING)], settings, NOW)
        assert found is not None
        assert len(found[0].gaps) == number


def test_before_plan_strikes_out_drafts_without_a_matter_of_their_own() -> None:
    def draft(name: str, **values: str) -> FollowUp:
        given = {"cause": "gap-1", "text": "We are sorry.", "understanding": "You waited three days."} | values
        return FollowUp(id=name, item="desk/1", customer=None, language="en", **given)

    drafts = [draft("good"), draft("no cause", cause=" "), draft("empty", text="", understanding=" ")]
    assert set(comparing.before_plan(follow_ups=drafts)) == {"no cause", "empty"}
