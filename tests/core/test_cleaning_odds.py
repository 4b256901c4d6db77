"""Courtesies in words that no list has are told from feedback, and the models name what they are made of."""

from __future__ import annotations

import json
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.records import Text
from feedbackloop.understanding.cleaning.clean import clean
from feedbackloop.understanding.cleaning.likely import IN_LETTER, SURE
from feedbackloop.understanding.cleaning.odds import LINE, courtesy_odds, features
from feedbackloop.understanding.lexicon.lists import content

OWN = "The parcel came broken and nobody answers my mails."
DOUBTFUL = (
    "Enjoying the new podcast by the way.",
    "Nearly the weekend, woohoo!",
    "Nice to see the office again.",
    "Loved the cricket last night.",
    "What a week it was.",
    "The new logo is cute.",
    "I sit here with a cup of tea.",
    "My daughter helps me type this.",
    "I rarely write such things.",
    "We met at the fair.",
)
"""Small talk that stands at the head of a letter, but might be feedback elsewhere."""
OWN_ZH = "快递三天了还没到，客服也不理人。"
WRITTEN = Path(__file__).parents[2] / "benchmarks" / "cleaning"


def cleaned(raw: str) -> str:
    return clean(Text(id="1", text=raw)).text


@pytest.mark.parametrize(
    "added",
    [
        "Hello! I do hope the garden is coming along nicely and your knees are better. {}",
        "Hi all, I hope the move to the new building went smoothly for everybody. {}",
        "{} I wish you and your crew a splendid carnival and plenty of sunshine.",
        "{} Bless your kind heart for reading an old fool's letter.",
        "{} Would be lovely to hear from one of you whenever you find a minute.",
        "{}\n\nWith every good wish from the vicarage,\nCanon Percival Goodbody\nA happy parish is a praying parish!",
        "{}\n\nGloria Fairchild-Best\nDirector of Smiles, Dentistry Delight\nBrighter teeth, brighter days!",
    ],
)
def test_a_courtesy_that_stands_in_no_list_goes(added: str) -> None:
    assert cleaned(added.format(OWN)).rstrip(".") == OWN.rstrip(".")


@pytest.mark.parametrize(
    "added", ["各位老师好，恭祝大家教师节快乐！{}", "{}祝各位同仁蒸蒸日上，龙马精神！", "{}\n\n一位爱喝茶的退休老人"]
)
def test_a_chinese_courtesy_that_stands_in_no_list_goes(added: str) -> None:
    assert cleaned(added.format(OWN_ZH)).rstrip("。") == OWN_ZH.rstrip("。")


@pytest.mark.parametrize(
    "words",
    [
        "Thanks for nothing.",
        "Thank you for ruining my holiday.",
        "I hope you go bankrupt.",
        "Thanks for the fast delivery!",
        "I hope you fix it soon.",
        "Have fun losing customers.",
        "The waiter was lovely.",
        "Please stay away from the noodles.",
        "Not worth the money.",
        "Highly recommended!",
        "We will definitely come back.",
    ],
)
def test_feedback_at_the_head_and_the_tail_stays(words: str) -> None:
    middle = "We ordered two lamps and a desk in June."
    assert cleaned(f"{words} {middle} {words}") == f"{words} {middle} {words}"


def test_a_greeting_that_is_a_name_costs_its_text_no_more_than_one_word() -> None:
    assert cleaned("Hello kitty backpack is great, my girl loves it.").endswith(
        "kitty backpack is great, my girl loves it."
    )


def test_praise_above_a_signature_is_not_taken_for_a_greeting() -> None:
    words = "Best support I had in years."
    assert cleaned(f"{words}\n\nBest regards,\nGrace Love\nHappiness Manager\nSunshine Ltd") == words


def test_as_many_courtesies_go_as_leave_enough() -> None:
    assert cleaned("Dear team, hope you are all well! Awful.") == "Awful."
    assert cleaned("Dear team, hope you are all well!") == "hope you are all well!"


def test_a_face_at_the_end_stays_whole() -> None:
    assert cleaned("No merch table :( Have a lovely weekend everyone!") == "No merch table :("


def test_who_greets_goes_on_with_courtesies() -> None:
    doubtful = [words for words in DOUBTFUL if SURE - IN_LETTER < courtesy_odds(words) < SURE]
    assert doubtful
    for words in doubtful:
        assert cleaned(f"{words} {OWN}") == f"{words} {OWN}"
        assert cleaned(f"Hi team. {words} {OWN}") == OWN


def test_a_line_of_a_signature_is_told_by_its_looks_too() -> None:
    assert courtesy_odds("Senior Buyer | Delight Foods plc", LINE) > courtesy_odds("Senior Buyer | Delight Foods plc")


@given(st.text(max_size=200), st.sampled_from(["", LINE]))
def test_any_piece_has_odds(piece: str, place: str) -> None:
    assert courtesy_odds(piece, place) == courtesy_odds(piece, place)


def test_a_word_that_ends_in_s_is_of_its_words_kind() -> None:
    assert "+a" in features("everybody's fine", "", "en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_model_is_small_and_names_what_it_is_made_of(language: str) -> None:
    text = content(f"courtesy_odds_{language}.txt")
    recipe = json.loads(text.partition("\n")[0])
    assert len(text.encode()) < 60_000
    assert all("MIT" in one or "CC BY" in one or "Apache" in one for one in recipe["licences"].values())
    assert recipe["held_out"]["sentences of texts"] > 0.99


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_model_was_made_from_the_lists_that_are_there(language: str) -> None:
    recipe = json.loads(content(f"courtesy_odds_{language}.txt").partition("\n")[0])
    for name, digest in recipe["written_here"].items():
        words = (WRITTEN / name).read_bytes() if (WRITTEN / name).exists() else content(name).encode()
        assert blake2b(words, digest_size=8).hexdigest() == digest, f"{name} changed: train the model anew"


@pytest.mark.parametrize("place", ["", LINE])
@pytest.mark.parametrize(
    "piece", ["Hope you are all well, Grace!", "I thank you so much for that", "祝您工作愉快，谢谢 Anna"]
)
def test_the_odds_are_the_sum_of_what_each_feature_says(piece: str, place: str) -> None:
    language = "en" if piece.isascii() else "zh"
    head, _, body = content(f"courtesy_odds_{language}.txt").partition("\n")
    weights = {name: int(weight) for name, weight in (line.split("\t") for line in body.splitlines())}
    numbers = json.loads(head)["numbers"]
    steps = sum(weights.get(feature, 0) for feature in features(piece, place, language))
    assert courtesy_odds(piece, place) == pytest.approx(numbers["bias"] + numbers["unit"] * steps)
