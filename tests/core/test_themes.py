"""Themes: words that grew among texts without a touchpoint, under one name for ever."""

from __future__ import annotations

import random

import pytest

from feedbackloop.analysis import findings
from feedbackloop.analysis.themes import Theme, WeekWords, candidates, clusters, week_words, words_of
from feedbackloop.clock import week_shift
from feedbackloop.settings import Detect

WEEK = "2026-W47"
ENGLISH = ["garden", "market", "window", "chair", "coffee", "music", "river", "bridge", "paper", "carpet", "mirror"]
CHINESE = ["花园", "市场", "窗户", "椅子", "咖啡", "音乐", "河流", "桥梁", "纸张", "地毯", "镜子"]


def texts(chance: random.Random, number: int, words: list[str], *, joint: str, more: str = "") -> list[str]:
    return [joint.join([*chance.sample(words, 4), *([more] if more else [])]) for _ in range(number)]


def window(new: str, *, words: list[str], joint: str, grown: int = 12) -> list[WeekWords]:
    """Fourteen weeks of sixty texts; in the last one so many speak of something new."""
    chance, found = random.Random(7), []
    for step in range(-13, 1):
        usual = texts(chance, 60, words, joint=joint)
        said = usual[grown:] + texts(chance, grown, words, joint=joint, more=new) if step == 0 else usual
        week = week_shift(WEEK, step)
        found.append(week_words(week, [(f"desk/{week}-{n}", text) for n, text in enumerate(said)]))
    return found


def grown(weeks: list[WeekWords], known: list[Theme] | None = None) -> dict[str, float]:
    found = findings.test_week(weeks[-1].week, candidates(weeks, known or [], 8), Detect())
    return {one.group["theme"]: one.q_value for one in found if one.raised and one.q_value is not None}


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("The lids leak, and the lid's seal is gone", {"lids", "leak", "lids leak", "lid", "seal", "lid seal"}),
        ("杯盖漏水", {"杯盖", "盖漏", "漏水", "杯盖漏", "盖漏水", "杯盖漏水"}),
        ("Thank you for the nice day", set()),  # nothing here names anything
        ("", set()),
        ("1234 !!! 😀", set()),
    ],
)
def test_words_that_could_name_a_theme(text: str, some: set[str]) -> None:
    assert words_of(text) == some


def test_no_chinese_name_begins_or_ends_with_a_function_word() -> None:
    assert {"的杯", "杯的"} & words_of("我的杯的盖") == set()


@pytest.mark.parametrize(
    ("new", "words", "joint", "name"),
    [("lid leaking", ENGLISH, " and ", "lid leaking"), ("杯盖漏水", CHINESE, "，", "杯盖漏水")],
)
def test_words_that_grew_together_are_one_theme_called_by_them(
    new: str, words: list[str], joint: str, name: str
) -> None:
    weeks = window(new, words=words, joint=joint)
    (theme,) = clusters(grown(weeks), weeks[-1], [])
    assert theme.name == name
    assert len(weeks[-1].holding(theme.words)) == 12


def test_nothing_grew_where_nothing_is_new() -> None:
    assert grown(window("", words=ENGLISH, joint=" and ")) == {}


def test_a_theme_keeps_its_name_over_reruns_and_slow_drift() -> None:
    weeks = window("lid leaking", words=ENGLISH, joint=" and ")
    (first,) = clusters(grown(weeks), weeks[-1], [])
    assert clusters(grown(weeks), weeks[-1], [first]) == clusters(grown(weeks), weeks[-1], [first])
    drifted = window("lid leaking cracked", words=ENGLISH, joint=" and ")
    (second,) = clusters(grown(drifted, [first]), drifted[-1], [first])
    assert second.name == first.name
    assert any("cracked" in word for word in second.words)
    moved_on = window("leaking cracked", words=ENGLISH, joint=" and ")
    (third,) = clusters(grown(moved_on, [second]), moved_on[-1], [second])
    assert third.name == first.name


def test_two_things_that_grew_at_once_are_two_themes() -> None:
    weeks = window("lid leaking", words=ENGLISH, joint=" and ")
    other = window("wrong invoice total", words=ENGLISH, joint=" and ")
    now, more = weeks[-1], other[-1]
    both = week_words(
        WEEK,
        [(key, " ".join(word for word, places in part.words.items() if at in places and " " not in word))
         for part, side in ((now, "a"), (more, "b")) for at, key in enumerate(f"{side}{k}" for k in part.keys)],
    )  # fmt: skip
    found = clusters({"lid": 0.01, "leaking": 0.01, "invoice": 0.01, "total": 0.01}, both, [])
    assert sorted(sorted(theme.words) for theme in found) == [["invoice", "total"], ["leaking", "lid"]]


def test_what_is_tested_does_not_depend_on_when_it_was_said() -> None:
    weeks = window("lid leaking", words=ENGLISH, joint=" and ")
    turned = [WeekWords(week.week, other.keys, other.words) for week, other in zip(weeks, reversed(weeks), strict=True)]
    assert candidates(weeks, [], 8).keys() == candidates(turned, [], 8).keys()
