"""Are the words of all lists found together what each list would find alone, and the clauses heard as if each stood alone?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedbackloop.understanding.lexicon.clauses import clauses
from feedbackloop.understanding.lexicon.lists import entries
from feedbackloop.understanding.lexicon.polarity import heard, mood, polarity
from feedbackloop.understanding.lexicon.scan import names, seen, with_names
from feedbackloop.understanding.lexicon.text import normalised
from feedbackloop.understanding.lexicon.word_map import WordMap

ROWS = [
    json.loads(line) for line in (Path(__file__).parent / "data/expectations_own.jsonl").read_text("utf-8").splitlines()
]
TEXTS = [(normalised(row["text"], row["lang"]), row["lang"]) for row in ROWS if row["lang"] in {"en", "zh"}]


@pytest.mark.parametrize("kind", ["dimensions", "journey"])
def test_one_pass_finds_what_each_list_finds_alone(kind):
    alone = {language: WordMap(entries(kind, language), language) for language in ("en", "zh")}
    for words, language in TEXTS:
        together = with_names([(getattr(seen(words, language), kind), names(kind, language))])
        assert sorted(together) == alone[language].find(words)


def test_each_clause_is_heard_as_if_it_stood_alone():
    moods = 0
    for words, language in TEXTS:
        parts = clauses(words, language)
        assert [polarity(words[part.start : part.end], language) for part in parts] == heard(words, language).moods
        moods += sum(map(bool, heard(words, language).moods))
    assert moods > 100  # else nothing was compared


def test_a_place_that_is_no_clause_is_heard_too():
    words = "the room was great but the soup was awful."
    assert mood(words, "en", (0, len(words))) == 0.0  # one good, one bad
    assert mood(words, "en", (0, 18)) > 0 > mood(words, "en", (23, len(words)))


def test_a_place_before_the_first_clause_belongs_to_it():
    whole = heard("... late again, sorry", "en")
    assert (whole.number(0), whole.number(5), whole.number(18)) == (0, 0, 1)
    assert heard("", "en").parts == ()
