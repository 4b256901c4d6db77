"""What counts as the customer's next word, and what does it do to the matter?"""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from feedbackloop.analysis.next_word import NextWord, about_the_same, next_word, outcome
from feedbackloop.records import Aspect, Message, Rating, Sentiment, Understanding
from feedbackloop.testing.makers import MONDAY, gap, item, message, rating

DAY = timedelta(days=1)
END = MONDAY + 14 * DAY


def said(text: str, day: float, author: str = "customer", **more: bool) -> Message:
    return replace(message(text, when=MONDAY + day * DAY, **more), id=f"m{day}", author=author)


def words(*messages: Message, elsewhere: tuple[Message, ...] = (), ratings: tuple[Rating, ...] = ()) -> list[str]:
    mine = item("T-1", messages=(said("Where is it?", -1), *messages), ratings=ratings)
    others = [item("R-1", messages=elsewhere)] if elsewhere else []
    found = next_word(mine, others, MONDAY, END)
    return [one.text for one in found.words] + [str(one.value) for one in found.ratings]


@pytest.mark.parametrize(
    ("messages", "found"),
    [
        ((), []),
        ((said("Thanks!", 1),), ["Thanks!"]),
        ((said("sent with ours", 0),), []),  # at the very moment: it cannot be an answer
        ((said("on the last day", 14),), ["on the last day"]),
        ((said("too late", 14.1),), []),
        ((said("I am away", 1, automatic=True),), []),
        ((said("our own", 1, own=True),), []),
        ((said("   ", 1),), []),  # nothing is no word; so reads whoever was erased
        ((said("Thanks!", 1), said("But it is broken", 2)), ["Thanks!", "But it is broken"]),
        # what follows another answer of ours answers that one
        ((said("Still broken", 1), said("Let me see", 2, "agent"), said("Now it works", 3)), ["Still broken"]),
        ((said("Let me see", 0.5, "agent"), said("Now it works", 3)), ["Now it works"]),
        (
            (said("Still broken", 1), said("a note", 2, "agent", public=False), said("Help", 3)),
            ["Still broken", "Help"],
        ),
    ],
)
def test_the_next_word_ends_where_somebody_of_ours_answers(messages: tuple[Message, ...], found: list[str]) -> None:
    assert words(*messages) == found


def test_words_elsewhere_stand_in_order_of_time() -> None:
    assert words(said("second", 2), elsewhere=(said("first", 1), said("third", 3))) == ["first", "second", "third"]


def test_a_rating_without_a_time_or_from_before_is_no_answer() -> None:
    ratings = (rating(1), rating(2, at=MONDAY), rating(5, scale="x", at=MONDAY + DAY))
    assert words(ratings=ratings) == ["5"]


@pytest.mark.parametrize(
    ("text", "label", "found"),
    [
        ("Thank you, it works.", "positive", "confirmed"),
        ("Ok.", "neutral", "confirmed"),  # neutral or better counts as recovered
        ("This is terrible.", "negative", "reopened"),
        ("Thank you, but it still isn't working.", "positive", "reopened"),
        ("Lovely letter. The parcel has not arrived.", "positive", "reopened"),
        ("谢谢，不过还是没收到。", "positive", "reopened"),
        ("已经收到了，谢谢！", "positive", "confirmed"),
        ("qwrtz", "unknown", None),  # answered, but nobody can say what
    ],
)
def test_words_confirm_or_reopen(text: str, label: str, found: str | None) -> None:
    mood = Sentiment(label, None, None, "x")  # type: ignore[arg-type]
    assert outcome(NextWord((said(text, 1),)), mood) == found


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (rating(4), "confirmed"),
        (rating(3), "reopened"),  # csat: (3 - 1) / (5 - 1) = 0.5 counts as bad
        (rating(3, scale="stars"), "confirmed"),  # stars: the middle is neutral
        (rating(6, scale="nps", low=0, high=10), "reopened"),  # a detractor
        (rating(7, scale="nps", low=0, high=10), "confirmed"),  # a passive is neutral
    ],
)
def test_a_rating_outranks_words(given: Rating, found: str) -> None:
    angry = Sentiment("negative", -1.0, 1.0, "x")
    assert outcome(NextWord((said("This is terrible", 1),), (given,)), angry) == found


def test_silence_says_nothing() -> None:
    assert outcome(NextWord(), None) is None


@pytest.mark.parametrize(("spoke_of", "same"), [("delivery", True), ("product", False), ("", False)])
def test_other_words_count_where_they_are_about_the_same_touchpoint(spoke_of: str, same: bool) -> None:
    gaps = [gap(touchpoint="delivery"), gap(touchpoint="product", direction="met"), gap(touchpoint=None)]
    aspects = (Aspect(spoke_of, 0.1, 0.9),) if spoke_of else ()
    read = Understanding(language="en", sentiment=Sentiment("neutral", 0.0, 0.5, "x"), touchpoints=aspects)
    assert about_the_same(gaps, read) is same
    assert not about_the_same(gaps, None)


def test_a_time_is_never_compared_with_none() -> None:
    bare = item("T-1", ratings=(Rating("csat", 1, 1, 1, at=datetime.fromisoformat("2026-11-03T00:00:00+00:00")),))
    assert next_word(bare, [], MONDAY, END) == NextWord()  # a scale of one step says nothing
