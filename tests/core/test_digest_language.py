"""Are numbers, times and groups written rightly, and do both languages know the same sentences?"""

import string
import tomllib
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest

from feedbackloop.digest.language import Words, number, words_for
from feedbackloop.records import Interval

EN, ZH = words_for("en", "Europe/Berlin"), words_for("zh", "Asia/Shanghai")


def sentences(language: str) -> dict[str, set[str]]:
    text = (resources.files("feedbackloop.digest") / "templates" / f"{language}.toml").read_text(encoding="utf-8")
    flat: dict[str, Any] = {f"{s}.{k}": v for s, table in tomllib.loads(text).items() for k, v in table.items()}
    return {key: {field for _, field, _, _ in string.Formatter().parse(str(v)) if field} for key, v in flat.items()}


def test_both_languages_know_the_same_sentences_with_the_same_places() -> None:
    en, zh = sentences("en"), sentences("zh")
    plural = {key for key in en if key.endswith("_one")}
    assert en.keys() - plural == zh.keys()
    assert {key: places for key, places in en.items() if key in zh and places != zh[key]} == {}


@pytest.mark.parametrize(
    ("hours", "en", "zh"),
    [
        (0.5, "30 min", "30 分钟"),
        (1, "1 h", "1 小时"),
        (6.5, "6.5 h", "6.5 小时"),
        (21.4, "21 h", "21 小时"),
        (47.9, "48 h", "48 小时"),
        (48, "2 days", "2 天"),
        (67, "2.8 days", "2.8 天"),
    ],
)
def test_durations_are_written_in_the_unit_people_use(hours: float, en: str, zh: str) -> None:
    assert (EN.hours(hours), ZH.hours(hours)) == (en, zh)


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0%"), (0.001, "<1%"), (0.005, "<1%"), (0.27, "27%"), (0.999, "100%"), (1, "100%")]
)
def test_a_share_that_is_something_is_never_written_as_nothing(share: float, text: str) -> None:
    assert EN.percent(share) == text


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval(-6, -12.4, -0.3), "−12.4 to −0.3"),  # rounded to whole points it would read "-12 to 0"
        (Interval(3, -13, 19), "−13 to +19"),
        (Interval(0, -0.2, 0.2), "0 to 0"),
    ],
)
def test_an_interval_without_zero_never_reads_as_if_it_held_zero(interval: Interval, text: str) -> None:
    assert EN.bounds(interval) == text


def test_times_are_in_the_teams_zone() -> None:
    moment = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    assert EN.day_time(moment) == "Tue 24 Nov, 00:30"
    assert ZH.day_time(moment) == "11月24日（周二）07:30"
    assert EN.day(moment) == "Tue 24 Nov"


@pytest.mark.parametrize(
    ("group", "en", "zh"),
    [
        ({"touchpoint": "delivery", "dimension": "reliability"}, "Delivery reliability", "配送可靠性"),
        ({"touchpoint": "delivery", "segment": "standard"}, "Delivery", "配送"),
        (
            {"dimension": "empathy", "segment": "gold"},
            "Empathy (no touchpoint named) (gold)",
            "移情性（未提及环节）（gold）",
        ),
        ({"fields.company": "ACME"}, "ACME", "ACME"),
        ({}, "All customers", "全部客户"),
    ],
)
def test_groups_have_names(group: dict[str, str], en: str, zh: str) -> None:
    assert (EN.group(group), ZH.group(group)) == (en, zh)


def test_words_that_nobody_translated_stay_as_they_are() -> None:
    assert EN.name("late_pickup") == "late pickup"
    assert ZH.reason("frozen_in_december") == "frozen in december"


def test_one_is_singular_where_the_language_has_one() -> None:
    assert EN.say("changed.others", n=1) == "One more group changed beyond noise."
    assert EN.say("changed.others", n=2) == "2 more groups changed beyond noise."
    assert ZH.say("changed.others", n=1) == "另有 1 组的变化超出随机波动。"


def test_a_missing_sentence_is_an_error_and_not_a_hole() -> None:
    with pytest.raises(KeyError):
        Words("en", UTC).say("frame.nonsense")


def test_numbers_have_a_true_minus_sign() -> None:
    assert number(-2.14) == "−2.1"
