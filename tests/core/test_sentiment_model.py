"""The shipped models carry their recipe, stay small, and weigh clauses as documented."""

from __future__ import annotations

import time
from collections.abc import Callable
from hashlib import blake2b
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.understanding.sentiment import en as sentiment_en
from feedbackloop.understanding.sentiment import zh as sentiment_zh
from feedbackloop.understanding.sentiment.model import Clause, load_model, pack, read_feature, softmax, unpack, written
from feedbackloop.understanding.sentiment.scoring import odds_for

WORDS = files("feedbackloop.understanding") / "words"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_model_names_its_data_licences_date_and_figures(language: str) -> None:
    recipe = load_model(f"sentiment_{language}").recipe
    assert recipe["language"] == language
    assert recipe["texts"] > 30_000
    assert all("MIT" in licence or "CC BY" in licence or "Apache" in licence for licence in recipe["licences"].values())
    assert recipe["date"].startswith("20")
    assert recipe["calibration"]["error"] < 0.1
    assert all(figures["accuracy"] > 0.75 for figures in recipe["held_out"].values() if "accuracy" in figures)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_model_was_made_from_the_lists_that_are_there(language: str) -> None:
    recipe = load_model(f"sentiment_{language}").recipe
    own = Path(__file__).parents[2] / "benchmarks" / "sentiment_own"
    for name, digest in recipe["written_here"].items():
        content = (own if name == f"{language}.txt" else WORDS).joinpath(name).read_bytes()
        assert blake2b(content, digest_size=8).hexdigest() == digest, f"{name} changed: train the model anew"


def test_all_that_scoring_reads_is_under_two_megabytes() -> None:
    sizes = [len((WORDS / path.name).read_bytes()) for path in WORDS.iterdir()]
    assert sum(sizes) < 2_000_000


@given(st.lists(st.tuples(st.integers(-2000, 2000), st.integers(-2000, 2000)), max_size=200))
def test_a_sum_of_packed_weights_is_the_packed_sum(weights: list[tuple[int, int]]) -> None:
    total = sum(pack(polar, neutral) for polar, neutral in weights)
    assert unpack(total) == (sum(neutral for _, neutral in weights), sum(polar for polar, _ in weights))


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_odds_are_shares_whatever_the_sums(polar: float, neutral: float) -> None:
    odds = softmax(polar, neutral)
    assert sum(odds) == pytest.approx(1.0)
    assert all(0 <= share <= 1 for share in odds)
    assert odds.positive >= odds.negative if polar >= 0 else odds.positive <= odds.negative


def _shares(text: str, clauses: Callable[[str], list[Clause]]) -> dict[str, float]:
    return {written(feature): share for share, features in clauses(text) for feature in features}


def test_english_words_under_a_negation_are_marked_until_the_clause_ends() -> None:
    features = _shares("it is not very good, but cheap", sentiment_en.clauses)
    assert {"n:very", "n:good", "not very", "cheap"} <= set(features)
    assert "n:cheap" not in features


def test_what_stands_before_but_and_what_was_thought_counts_less() -> None:
    features = _shares("I thought it was great but it broke", sentiment_en.clauses)
    assert features["great"] == pytest.approx(0.3 * 0.5)  # thought, and before the turn
    assert features["broke"] == 1.0


def test_a_question_counts_less_and_the_next_sentence_does_not() -> None:
    features = _shares("is it good? it is cheap.", sentiment_en.clauses)
    assert (features["good"], features["cheap"]) == (0.7, 1.0)


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("I thought it was good, but it was not.", "n:good"),
        ("I thought I would like it but I didn't", "n:like"),
        ("Was it nice? No", "n:nice"),
        ("Was it nice? Nope, sorry", None),  # only a bare answer denies
        ("It was good, but it was not cheap.", None),
        ("Was it nice? No idea", None),
    ],
)
def test_a_bare_not_or_no_denies_what_stands_before_it(text: str, denied: str | None) -> None:
    features = _shares(text, sentiment_en.clauses)
    assert denied in features if denied else not {"n:good", "n:nice"} & set(features)


@pytest.mark.parametrize(
    ("text", "less", "full"),
    [
        ("I used to hate it, although now I like it", "hate", "like"),
        ("I like it, but I used to hate it", "hate", "like"),
        ("in the past it was slow, now it is fast", "slow", "fast"),
        ("some people hate it, I like it", "hate", "like"),
        ("I had heard it was bad but it is fine", "bad", "fine"),
    ],
)
def test_what_was_once_so_and_what_others_say_counts_less(text: str, less: str, full: str) -> None:
    features = _shares(text, sentiment_en.clauses)
    assert features[less] < 0.5
    assert features[full] == 1.0


def test_praise_is_mocking_only_where_a_mishap_follows() -> None:
    assert sentiment_en.MOCKING in _shares("Great, my flight is cancelled again", sentiment_en.clauses)
    assert "great" in _shares("Great, thank you", sentiment_en.clauses)
    assert "great" in _shares("The food was great, nothing was late", sentiment_en.clauses)  # opens no sentence


def test_addresses_and_account_names_are_no_words() -> None:
    assert sentiment_en.tokens("@great see https://good.example sooooo baaad") == ["see", "soo", "bad"]


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        ("非常干净", "=s+2"),
        ("不好吃", "=-2"),
        ("不是很干净", "=ns+2"),
        ("有点贵", "=-1"),
        ("没那么难吃", "=n-2"),
        ("請問何時發貨？", "=asks"),
    ],
)
def test_chinese_words_carry_the_negation_and_degree_before_them(text: str, feature: str) -> None:
    assert feature in _shares(text, sentiment_zh.clauses)


def test_a_chinese_turn_halves_its_own_sentence_only() -> None:
    found = dict(sentiment_zh.clauses("物流快。味道好，但是服务差。"))
    pairs = {
        share: sorted(written(one) for one in features if isinstance(one, int)) for share, features in found.items()
    }
    assert pairs == {
        1.0: sorted(["物流", "流快", "快。", "。味", "但是", "是服", "服务", "务差", "差。"]),
        0.5: sorted(["味道", "道好", "好，", "，但"]),
    }


@given(st.text(alphabet="好不但是，。？ab😀\ud800說ＯA𠮷", max_size=40))
def test_every_pair_of_a_chinese_text_is_a_feature_once(text: str) -> None:
    line = sentiment_zh.normal(text)
    found = [written(one) for _, features in sentiment_zh.clauses(text) for one in features if isinstance(one, int)]
    assert len(line) == len(text)
    assert sorted(found) == sorted(one + other for one, other in pairwise(line))


def test_traditional_characters_are_read_as_simplified_ones() -> None:
    assert sentiment_zh.normal("沒有收到貨，Ｏｋ") == "没有收到货，ok"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("发票怎么开", {"=plain"}),  # no word of feeling
        ("请问发票怎么开？", {"=plain"}),  # to ask is no feeling
        ("味道好，服务差", {"=mixed"}),
        ("味道好，服务不好", {"=mixed"}),  # a denied good is a bad
        ("味道好，服务不差", set()),
        ("味道好", set()),
        ("难吃", set()),
    ],
)
def test_a_chinese_text_shows_whether_its_words_feel_nothing_or_both_ways(text: str, shown: set[str]) -> None:
    assert shown == {sentiment_zh.PLAIN, sentiment_zh.MIXED} & set(_shares(text, sentiment_zh.clauses))


def test_a_longer_word_hides_the_shorter_one_inside_it() -> None:
    assert [one for one in _shares("差不多", sentiment_zh.clauses) if one.startswith("=")] == [sentiment_zh.PLAIN]
    assert "=-2" in _shares("很差", sentiment_zh.clauses) or "=s-2" in _shares("很差", sentiment_zh.clauses)


@given(st.text(alphabet="ab :)'@.w#&;!?-…😀\n", max_size=60))
def test_english_pieces_are_read_the_same_when_they_were_seen_before(text: str) -> None:
    assert sentiment_en.tokens(text) == sentiment_en.tokens(text)
    whole = [one for piece in text.lower().split(" ") for one in sentiment_en.tokens(piece)]
    assert sentiment_en.tokens(text) == whole


@pytest.mark.parametrize("feature", ["不好", "a。", "=ns+2", "=asks", "very good", "n:good"])
def test_a_feature_is_read_as_it_was_written(feature: str) -> None:
    assert written(read_feature(feature, "zh")) == feature
    assert read_feature(feature, "en") == feature


HOSTILE = ["", "\ud800", "\u202e\u0000", "a" * 200_000, "😡" * 100_000, "not " * 50_000, "不" * 50_000]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:4]))
def test_hostile_texts_have_odds(language: str, text: str) -> None:
    assert sum(odds_for(language)(text)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "piece", [".@", "=a@", "@", "a@b.", "#a", "&a", "http://", "aaa'", "!?", "😀(@", "不但是？", "，"]
)
def test_scoring_takes_no_long_time_over_any_repeated_piece(piece: str) -> None:
    odds = {language: odds_for(language) for language in ("en", "zh")}
    begun = time.process_time()
    for one in odds.values():
        one(piece * 50_000)
    assert time.process_time() - begun < 0.5


def test_the_same_text_has_the_same_odds() -> None:
    odds = odds_for("en")
    assert odds("late again, but the agent was kind") == odds("late again, but the agent was kind")
