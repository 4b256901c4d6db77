"""The lint: each fault is found, and a good message has none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from feedbackloop.analysis.lint import MAX_LENGTH, Fault, lines, lint, lint_text
from feedbackloop.analysis.lint_words import HOUSE_WORDS, jargon
from feedbackloop.analysis.readability import LIMITS, difficulty, is_hard, sentences
from feedbackloop.analysis.wording_figures import Language
from feedbackloop.records import FollowUp

GOOD_EN = (
    "Hello Anna,\n\nWe are sorry. This did not go the way you could expect.\n\n"
    "You wrote on 2 November: “It took THREE DAYS!!! will you ever learn, per our policy {{x}}”\n\n"
    "Our colleague has sent the parcel again on 4 November."
)
GOOD_ZH = "王小明，您好：\n\n这次没有做好，我们很抱歉。\n\n您在11月2日写道：“你们一定要闭环！！！”\n\n包裹在11月4日已经重新寄出。"


def codes(text: str, language: Language = "en", **options: object) -> list[str]:
    return [fault.code for fault in lint_text(text, language, {}, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(("text", "language"), [(GOOD_EN, "en"), (GOOD_ZH, "zh")])
def test_a_good_message_has_no_fault_whatever_it_quotes(text: str, language: Language) -> None:
    assert lint_text(text, language, {}) == ()


@pytest.mark.parametrize("name", ["Will", "Eta", "Shall", "Leverage"])
def test_a_name_in_the_salutation_is_no_fault(name: str) -> None:
    assert lint_text(f"Hello {name},\n\nWe are sorry that it took so long.", "en", {}) == ()
    assert codes(f"Hello {name}, we are sorry that it took so long.") != []


def test_a_placeholder_in_the_salutation_is_one() -> None:
    assert codes("Hello {{ name }},\n\nWe are sorry that it took so long.") == ["placeholder"]
    assert codes("【姓名】，您好：\n\n这次没有做好，我们很抱歉。", "zh") == ["placeholder"]


FAULTS: list[tuple[Language, str, str]] = [
    ("en", "We will call you back tomorrow.", "unbacked_promise"),
    ("en", "We'll have it fixed within 24 hours.", "unbacked_promise"),
    ("en", "You get a refund from us.", "unbacked_promise"),
    ("en", "This is never going to happen again.", "unbacked_promise"),
    ("en", "You can expect the parcel within two days.", "unbacked_promise"),
    ("en", "Please wait, we have it ready by tomorrow.", "unbacked_promise"),
    ("en", "Your refund is on its way to you.", "unbacked_promise"),
    ("zh", "包裹明天就可以送到，请您放心。", "unbacked_promise"),
    ("zh", "退款三天内会到账，请您放心。", "unbacked_promise"),
    ("zh", "我们会在24小时内回复您，请放心等待。", "unbacked_promise"),
    ("zh", "我们保证这样的事情不再发生。", "unbacked_promise"),
    ("zh", "为了表示歉意，我们给您退款二十元。", "unbacked_promise"),
    ("en", "Your parcel is with [name] in the depot.", "placeholder"),
    ("en", "Hello {{ name }}, we are sorry about this.", "placeholder"),
    ("en", "Your parcel is at XXX and has been sent.", "placeholder"),
    ("zh", "您的包裹在【地址】，已经重新寄出。", "placeholder"),
    ("zh", "某某先生，您好，包裹已经重新寄出。", "placeholder"),
    ("en", "We are VERY SORRY about this mistake.", "shouting"),
    ("en", "We are sorry about this mistake!!", "shouting"),
    ("zh", "非常抱歉给您带来不便！！", "shouting"),
    ("en", "We are sorry\u202e about this mistake.", "control_characters"),
    ("en", "We are sorry\x07 about this mistake.", "control_characters"),
    ("en", "非常抱歉给您带来不便，包裹已经重新寄出。", "wrong_language"),
    ("zh", "We are sorry about this mistake.", "wrong_language"),
    (
        "en",
        "Es tut uns sehr leid, dass die Lieferung so lange gedauert hat und niemand Bescheid gab.",
        "wrong_language",
    ),
    ("en", "", "wrong_language"),
    ("en", "The SLA was not met in your case.", "jargon"),
    ("zh", "您的工单已经处理完毕，谢谢您的理解。", "jargon"),
]


@pytest.mark.parametrize(("language", "text", "code"), FAULTS)
def test_each_fault_is_found_alone(language: Language, text: str, code: str) -> None:
    assert set(codes(text, language)) == {code}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "On 4 November we sent the parcel again, and it was with you the day after."),
        ("en", "We promised it for Friday and did not keep it."),
        ("en", "The goodwill of our team is with you."),  # "will" inside a word
        ("zh", "社会上对这件事很关心，我们也一样。"),  # 会 inside a word
        ("zh", "我们答应您的事没有做到，非常抱歉。"),
        ("zh", "我们的承诺没有做到，这不一定是您的问题。"),
        ("en", "You could expect better, and you were right to tell us."),
    ],
)
def test_what_is_over_is_no_promise(language: Language, text: str) -> None:
    assert "unbacked_promise" not in codes(text, language)


def test_a_promise_that_something_backs_is_fine() -> None:
    text = "We are sorry about this. Our colleague will call you on 5 December."
    assert codes(text) == ["unbacked_promise"]
    assert codes(text, backed=["Our colleague will call you on 5 December."]) == []
    assert codes(text, backed=["Our colleague will call you on 6 December."]) == ["unbacked_promise"]


def test_long_winded_sentences_are_hard_to_read() -> None:
    text = "Notwithstanding considerable organisational difficulties regarding international transportation " * 3
    assert "hard_to_read" in codes(text + "of the goods to you.")
    assert "hard_to_read" in codes("由于" + "我们在处理您所反映的情况的过程中存在若干方面的不足" * 3 + "。", "zh")


def test_a_message_of_more_than_two_screens_is_too_long() -> None:
    text = "We are sorry about this. " * 60  # 60 x 25 = 1500 characters
    assert "too_long" not in codes(text[:MAX_LENGTH])
    assert "too_long" in codes(text + "So.")


DRAFT = FollowUp(
    id="fu-1",
    item="s/1",
    customer="s/c",
    cause="recovery",
    language="en",
    text="We are sorry.\n\nYou wrote on 2 November: “late”\n\nIt was sent again on 4 November.",
    feeling="We are sorry.",
    understanding="You wrote on 2 November: “late”",
    action="It was sent again on 4 November.",
)


@pytest.mark.parametrize("part", ["feeling", "understanding", "action"])
def test_each_part_must_be_there_and_in_the_text(part: str) -> None:
    assert lint(DRAFT, {}) == ()
    assert lint(replace(DRAFT, **{part: " "}), {}) == (Fault("part_missing", part),)
    assert lint(replace(DRAFT, **{part: "Something else."}), {}) == (Fault("part_missing", part),)


def test_faults_are_written_as_lines() -> None:
    faults = (Fault("jargon", "SLA", "what we promise"), Fault("part_missing", "action"), Fault("shouting"))
    assert lines(faults) == ("jargon: SLA -> what we promise", "part_missing: action", "shouting")


class TestJargon:
    def test_the_config_s_glossary_wins_and_suggests(self) -> None:
        glossary = {"system upgrade": "we are improving the site and it will be back at 14:00", "SLA": "our word"}
        found = jargon("A System Upgrade broke the SLA.", "en", glossary)
        assert [(f.word, f.instead) for f in found] == [
            ("System Upgrade", "we are improving the site and it will be back at 14:00"),
            ("SLA", "our word"),
        ]

    def test_latin_words_count_whole_and_chinese_words_anywhere(self) -> None:
        assert jargon("The etape was a slate.", "en", {}) == []
        assert [f.word for f in jargon("您的ETA和工单", "zh", {"ETA": "到达时间"})] == ["ETA", "工单"]

    def test_each_word_is_named_once_and_the_longer_one_wins(self) -> None:
        glossary = {"system": "our site", "system upgrade": "we improve the site"}
        found = jargon("The system upgrade is over, the system upgrade and the system.", "en", glossary)
        assert [f.word for f in found] == ["system upgrade", "system"]

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_no_suggestion_is_jargon_itself(self, language: Language) -> None:
        assert [s for s in HOUSE_WORDS[language].values() if jargon(s, language, {})] == []

    @given(st.text(), st.dictionaries(st.text(), st.text(), max_size=3))
    def test_any_glossary_works(self, text: str, glossary: dict[str, str]) -> None:
        for found in jargon(text, "en", glossary):
            assert found.word in text


class TestReadability:
    def test_english_is_measured_by_lix(self) -> None:
        # 4 + 4 words in 2 sentences: 4; one of 8 words has more than six letters: 12.5; together 16.5
        assert difficulty("We sent it today. It is with customs. ", "en") == 4.0 + 100 * 1 / 8

    def test_chinese_is_measured_by_characters_between_stops(self) -> None:
        # 8 and 6 characters with their stops: 7
        assert difficulty("包裹已经寄出了。请您查收吧。", "zh") == 7.0

    def test_nothing_is_not_hard(self) -> None:
        assert not is_hard("", "en") and not is_hard("  \n", "zh") and not is_hard("123 !", "en")

    def test_numbers_do_not_part_sentences(self) -> None:
        assert sentences("It cost 12.50 EUR. We paid it back!\nSorry") == [
            "It cost 12.50 EUR.",
            "We paid it back!",
            "Sorry",
        ]

    @given(st.text())
    def test_any_text_can_be_measured(self, text: str) -> None:
        assert difficulty(text, "en") >= 0
        assert is_hard(text, "zh") == (difficulty(text, "zh") > LIMITS["zh"])


@given(st.text(), st.sampled_from(["en", "zh"]))
def test_any_text_can_be_checked(text: str, language: Language) -> None:
    assert lint_text(text, language, {}) == lint_text(text, language, {})
