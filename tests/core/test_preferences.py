"""Are wishes about being reached found where they are said, and nowhere else?"""

from datetime import timedelta

import pytest

from feedbackloop.analysis.preferences import preferences
from feedbackloop.testing.makers import MONDAY


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Where is my parcel? Please reply by e-mail.", ["channel"]),
        ("Please don't call me, I am at work.", ["silence"]),  # when in doubt: leave them alone
        ("I would prefer an answer by phone.", ["channel"]),
        ("Email works best for me.", ["channel"]),
        ("Please call after 6 pm.", ["time"]),
        ("You can reach me in the evening.", ["time"]),
        ("Please answer in German.", ["language"]),
        ("Never contact me again.", ["silence"]),
        ("请发邮件，不方便接电话。", ["channel"]),
        ("最好下午3点以后联系我。", ["time"]),
        ("请用英文回复。", ["language"]),
        ("I called by phone and nobody answered.", []),  # what happened is no wish
        ("My phone arrived broken after 3 days.", []),
        ("我昨天打电话没人接。", []),
        ("", []),
    ],
)
def test_a_wish_is_found_where_it_is_said(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in preferences([(MONDAY, text)])] == kinds


def test_only_the_sentence_is_kept_and_the_newest_comes_first() -> None:
    later = MONDAY + timedelta(days=3)
    said = [(MONDAY, "It broke. Please reply by e-mail. Thanks!"), (later, "Please reply by chat <b>only</b>.")]
    assert [(one.words, one.at) for one in preferences(said)] == [
        ("Please reply by chat only .", later),
        ("Please reply by e-mail.", MONDAY),
    ]


def test_the_same_wish_said_twice_stands_once() -> None:
    said = [(MONDAY + timedelta(days=day), "Please reply by e-mail.") for day in range(9)]
    (only,) = preferences(said)
    assert only.at == MONDAY + timedelta(days=8)


def test_quoted_history_is_nobodys_wish() -> None:
    assert preferences([(MONDAY, "Hello\n> Please reply by e-mail.")]) == ()
