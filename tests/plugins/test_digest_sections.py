"""Do the added sections appear where there is something to say, in the team's language, with inert words?"""

from typing import Any

import pytest

from feedbackloop_plugins.digest_sections import digest_sections


def word(**changes: Any) -> dict[str, Any]:
    return {"word": "system upgrade", "used": 14, "asked_back": 6, "plain": "back at 14:00", **changes}


def test_house_words_say_how_often_and_how_customers_say_it() -> None:
    (section,) = digest_sections({"language": "en", "house_words": [word(), word(word="RMA", plain="", asked_back=1)]})
    assert section.title == "House words that customers did not understand"
    assert section.text == (
        "  - “system upgrade” was used 14 times; 6 customers asked back. Customers say: back at 14:00\n"
        "  - “RMA” was used 14 times; 1 customers asked back."
    )
    assert section.html.count("<p>") == 2


def test_chinese_teams_read_chinese() -> None:
    (section,) = digest_sections({"language": "zh", "house_words": [word(word="工单流转", plain="您的退货")]})
    assert section.text == "  - “工单流转”用了 14 次，有 6 位客户追问。 客户的说法：您的退货"


@pytest.mark.parametrize(
    "facts",
    [{}, {"house_words": [word(asked_back=0)]}, {"languages": {"en": 9}}, {"languages": {"en": 9, "zh": 0}}],
)
def test_where_there_is_nothing_to_say_there_is_no_section(facts: dict[str, Any]) -> None:
    assert digest_sections({"language": "en", **facts}) == []


def test_languages_are_shares_of_the_week_largest_first() -> None:
    # 131 of 412 is 31.8 %, 268 is 65.0 %, 13 is 3.2 %
    (section,) = digest_sections({"language": "en", "languages": {"zh": 131, "en": 268, "de": 13}})
    assert section.text == "  English 65%, Chinese 32%, de 3%."


def test_words_from_outside_are_escaped_and_stay_on_their_line() -> None:
    (section,) = digest_sections({"language": "en", "house_words": [word(word="<b>\r\nx\x1b")]})
    assert "&lt;b&gt; x" in section.html
    assert section.text.count("\n") == 0
