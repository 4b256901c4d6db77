"""How often do signatures, greetings, quoted mail, company answers, order numbers and thanks turn a text, and at what cost?

    python benchmarks/cleaning.py FILE.jsonl ...                    flips of the sign of sentiment, by kind, language and list
    python benchmarks/cleaning.py --libraries                       what kept libraries leave of mails whose own words are known
    python benchmarks/cleaning.py --speed FILE.jsonl ...            texts a second

A file holds one JSON object a line with `text`, `label` (neg, pos) and `lang`. The wordings stand in `cleaning/additions*.toml`.
"""

from __future__ import annotations

import argparse
import json
import random
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

from feedbackloop.records import Text
from feedbackloop.understanding.cleaning.clean import clean
from feedbackloop.understanding.language import detect
from feedbackloop.understanding.sentiment.scoring import polarity

FOLDER = Path(__file__).parent / "cleaning"
ADDITIONS = tomllib.loads((FOLDER / "additions.toml").read_text(encoding="utf-8"))
UNSEEN = tomllib.loads((FOLDER / "additions_unseen.toml").read_text(encoding="utf-8"))
"""Wordings on which the model of courtesies was not trained."""
OWN = {"en": "The parcel came broken and nobody answers my mails.", "zh": "快递三天了还没到，客服也不理人。"}


def own_words(raw: str) -> str:
    """Give what cleaning leaves."""
    return clean(Text(id="1", text=raw)).text


def is_good(words: str) -> bool | None:
    """Give the sign of the sentiment."""
    value = polarity(words, detect(words))
    return None if value is None else value > 0


def read(files: Sequence[Path], language: str, most: int) -> list[str]:
    """Give up to so many labelled texts of a language from each file, drawn with a fixed seed."""
    texts = []
    for file in files:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        able = [row["text"] for row in rows if row.get("label") in {"neg", "pos"} and row.get("lang") == language]
        texts += random.Random(7).sample(able, min(most, len(able)))
    return texts


def flips(files: Sequence[Path], most: int) -> None:
    """Print how many texts change their sign, and how many come back letter for letter, by kind of addition."""
    print("                             with cleaning                          without")
    print("language kind           list    flips  restored  worst wording         flips")
    for language in ADDITIONS:
        texts = read(files, language, most)
        kinds = {kind: lists | UNSEEN[language].get(kind, {}) for kind, lists in ADDITIONS[language].items()}
        before = [(text, own_words(text), is_good(own_words(text)), is_good(text)) for text in texts]
        for kind, lists in kinds.items() if texts else ():
            for name, additions in lists.items():
                rows = [_flips(addition, before) for addition in additions]
                cells = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
                worst = max(row[0] for row in rows)
                print(f"{language:8} {kind:14} {name:6} {cells[0]:6.2%} {cells[1]:9.1%} {worst:14.1%} {cells[2]:13.1%}")


def _flips(addition: str, before: Sequence[tuple[str, str, bool | None, bool | None]]) -> tuple[float, float, float]:
    turned = restored = raw = 0
    for text, cleaned, sign, raw_sign in before:
        added = addition.replace("{}", text)
        words = own_words(added)
        restored += words.rstrip("。.") == cleaned.rstrip("。.")
        turned += words != cleaned and is_good(words) != sign
        raw += is_good(added) != raw_sign
    return turned / len(before), restored / len(before), raw / len(before)


def libraries() -> None:
    """Print of how many additions each library leaves nothing but the customer's words."""
    tools = dict(_tools())
    print(f"{'language':8} {'kind':14}" + "".join(f"{name:>22}" for name in tools))
    for language, kinds in ADDITIONS.items():
        for kind, lists in kinds.items():
            mails = [addition.replace("{}", OWN[language]) for additions in lists.values() for addition in additions]
            shares = [sum(_same(tool(mail), OWN[language]) for mail in mails) / len(mails) for tool in tools.values()]
            print(f"{language:8} {kind:14}" + "".join(f"{share:22.0%}" for share in shares))
    for name, tool in tools.items():
        begun = time.process_time()
        for mail in mails * 20:
            tool(mail)
        print(f"{name:22} {len(mails) * 20 / (time.process_time() - begun):10,.0f} texts/s")


def _same(words: str, own: str) -> bool:
    return words.strip(" \n,，。.：:") == own.strip("。.")


def _tools() -> Iterator[tuple[str, Callable[[str], str]]]:
    """Give those that are installed: `pip install mail-parser-reply email-reply-parser quotequail`."""
    yield "feedbackloop", own_words
    try:
        reply = import_module("mailparser_reply").EmailReplyParser(languages=["en", "zh", "de", "fr", "es", "it", "nl"])
        yield "mail-parser-reply", lambda raw: reply.read(text=raw).replies[0].body
    except ImportError:
        pass
    try:
        parser = import_module("email_reply_parser").EmailReplyParser
        yield "email-reply-parser", lambda raw: str(parser.parse_reply(raw))
    except ImportError:
        pass
    try:
        quotequail = import_module("quotequail")
        yield (
            "quotequail",
            lambda raw: next((part for is_own, part in quotequail.quote(raw, quote_intro_line=True) if is_own), ""),
        )
    except ImportError:
        pass


def speed(files: Sequence[Path]) -> None:
    """Print how many texts of about 200 and 600 characters are cleaned a second, alone and as mails."""
    for language in OWN:
        words = "".join(text + (" " if language == "en" else "") for text in read(files, language, 2_000))
        for size in (200, 600):
            texts = [words[at : at + size] for at in range(0, min(len(words), 400 * size), size)]
            for name, shape in (("plain", "{}"), ("mail", ADDITIONS[language]["signature"]["seen"][0])):
                raws = [Text(id="1", text=shape.replace("{}", text)) for text in texts]
                seconds = min(_seconds(raws) for _ in range(5)) if raws else 1
                print(f"{language} {size} characters, {name:6} {len(raws) / seconds:10,.0f} texts/s")


def _seconds(raws: Sequence[Text]) -> float:
    begun = time.process_time()
    for raw in raws:
        clean(raw)
    return time.process_time() - begun


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--most", type=int, default=100, help="texts from each file")
    parser.add_argument("--libraries", action="store_true")
    parser.add_argument("--speed", action="store_true")
    options = parser.parse_args()
    if options.libraries:
        libraries()
    elif options.speed:
        speed(options.files)
    else:
        flips(options.files, options.most)


if __name__ == "__main__":
    main()
