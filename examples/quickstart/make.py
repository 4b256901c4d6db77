"""How was the feedback that ships with feedbackloop made?

    python -m feedbackloop_quickstart.make [FOLDER]

writes `tickets.jsonl`, `reviews.csv` and `surveys.jsonl` from hand-written texts with a fixed seed: the same bytes every time.
The story: a tea shop promises to ship within 24 hours. In week `BREAKS` it moves to a new packing program, labels are printed
once a week, and the promise begins to be broken; from week `MENDED` on labels are printed every evening again.
"""

from __future__ import annotations

import csv
import io
import json
import random
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from feedbackloop_quickstart import BREAKS, HISTORY, MENDED, STORY
from feedbackloop_quickstart.people import OPTED_OUT, Person, cast
from feedbackloop_quickstart.threads import BERLIN, Thread, converse, stamp
from feedbackloop_quickstart.words import Words

SEED = 20260720
LATE_BEFORE, LATE_WHILE = 3, 25
"""Late parcels in a full week: 3 of about 36 items on delivery before and after, 25 while the promise is broken."""
ARRIVALS = 32
FULL_WEEK = {
    "shipping_question": 4, "damaged": 4, "wrong_item": 3, "refund": 3, "slow_support": 3, "good_support": 5,
    "quality_good": 7, "quality_bad": 4, "site": 3, "product_question": 4, "personal": 2, "price": 2,
}  # fmt: skip
TICKET_SHARE = {
    "late": 0.6, "on_time": 0.1, "shipping_question": 1, "damaged": 0.7, "wrong_item": 0.8, "refund": 1,
    "slow_support": 0.6, "good_support": 0.4, "quality_good": 0.1, "quality_bad": 0.2, "site": 1,
    "product_question": 1, "personal": 1, "price": 1,
}  # fmt: skip
AWAITED = {*OPTED_OUT, "c-022"}
"""People whose parcels are late for certain: the two who want no contact, and a gold customer."""
QUIET = 0.7
"""How much of a full week the weeks before the story have."""
DIMENSIONS = ("reliability", "responsiveness", "assurance", "empathy", "tangibles")
HURTS = {"late": "reliability", "slow_support": "responsiveness", "damaged": "tangibles", "personal": "empathy"}
ASKED_BEFORE = ("on_time", "on_time", "quality_good", "good_support", "slow_support", "damaged", "quality_bad")
ASKED_WHILE = ("late", "late", *ASKED_BEFORE[2:])
"""What those asked in the survey have on their mind, while the promise is broken and otherwise."""
COLUMNS = ("review_id", "date", "stars", "content", "lang", "product", "customer", "email")


class Shop:
    """The shop's twelve weeks in the making. All chance comes from one seed, in one order."""

    def __init__(self) -> None:
        self.rng = random.Random(SEED)  # noqa: S311 - invents people and texts, guards nothing
        self.people = cast(self.rng)
        self.words = {language: Words(language, self.rng) for language in ("en", "zh")}
        self.awaited = [one for people in self.people.values() for one in people if one.id in AWAITED]
        self.tickets: list[dict[str, Any]] = []
        self.reviews: list[dict[str, Any]] = []
        self.surveys: list[dict[str, Any]] = []

    def week(self, name: str) -> None:
        """Let one week happen."""
        broken = BREAKS <= name < MENDED
        scale = QUIET if name in HISTORY else 1.0
        late = LATE_WHILE + self.rng.choice((-1, 0, 1)) if broken else LATE_BEFORE + self.rng.choice((-1, 0, 0, 1))
        plan = dict(FULL_WEEK) | {"late": late, "on_time": ARRIVALS - late, "survey": 9}
        deeds = [kind for kind, count in plan.items() for _ in range(max(1, round(count * scale)))]
        for at, kind in sorted((self.moment(name), kind) for kind in deeds):
            if kind == "survey":
                self.survey(at, broken)
            elif self.rng.random() < TICKET_SHARE[kind]:
                self.ticket(kind, at, name)
            else:
                self.review(kind, at)

    def somebody(self) -> Person:
        """Choose who speaks: three in five English, some people more often than others."""
        people = self.people[self.rng.choices(("en", "zh"), (3, 2))[0]]
        return people[int(self.rng.expovariate(2.2) % 1.0 * len(people))]

    def moment(self, week: str) -> datetime:
        """Choose a moment of the week between seven in the morning and eleven at night, fewer at the weekend."""
        weekday = self.rng.choices(range(1, 8), (6, 6, 6, 6, 5, 3, 3))[0]
        day = date.fromisocalendar(int(week[:4]), int(week[6:]), weekday)
        start = datetime(day.year, day.month, day.day, 7, tzinfo=BERLIN)
        return start + timedelta(seconds=self.rng.randrange(0, 16 * 3600))

    def basket(self, words: Words) -> tuple[str, str]:
        """Choose what was bought and under which number."""
        return self.rng.choice(words.products), f"LL-{self.rng.randrange(41000, 49999)}"

    def ticket(self, kind: str, at: datetime, week: str) -> None:
        """Let one customer write to the shop."""
        story = kind == "late" and BREAKS < week < MENDED
        person = self.awaited.pop() if story and self.awaited else self.somebody()
        words = self.words[person.language]
        channel = self.rng.choices(("email", "chat", "web"), (7, 2, 1))[0]
        thread = Thread(f"T-{1001 + len(self.tickets)}", kind, person, words, self.rng, *self.basket(words), channel)
        self.tickets.append(converse(thread, at, mended=week >= MENDED, story=story))

    def review(self, kind: str, at: datetime) -> None:
        """Let one customer write a review with stars."""
        person = self.somebody()
        words = self.words[person.language]
        product, order = self.basket(words)
        text, mood = words.deal(kind, product, order)
        if self.rng.random() < 0.4:
            text += (" " if person.language == "en" else "") + words.tail(mood, product, order)
        stars = self.rng.choice({"good": (4, 5, 5), "question": (3, 4), "bad": (1, 1, 2, 3)}[mood])
        identity = f"R-{2001 + len(self.reviews)}"
        row = (
            identity,
            at.strftime("%Y-%m-%d %H:%M"),
            stars,
            text,
            person.language,
            product,
            person.name,
            person.email,
        )
        self.reviews.append(dict(zip(COLUMNS, row, strict=True)))

    def survey(self, at: datetime, broken: bool) -> None:
        """Let one customer answer the survey: pairs of expectation and perception, and how likely to recommend."""
        person = self.somebody()
        words = self.words[person.language]
        kind = self.rng.choice(ASKED_WHILE if broken else ASKED_BEFORE)
        text, mood = words.deal(kind, *self.basket(words))
        likely = self.rng.choice({"good": (8, 9, 9, 10), "question": (7, 8), "bad": (2, 4, 5, 6, 7)}[mood])
        survey: dict[str, Any] = {"id": f"S-{3001 + len(self.surveys)}", "kind": "survey", "created_at": stamp(at)}
        survey |= {"channel": "email", "customer": person.wire()}
        survey |= {"ratings": [{"scale": "nps", "value": likely, "min": 0, "max": 10, "at": stamp(at)}]}
        survey |= {"answers": self.answers(HURTS.get(kind) if mood == "bad" else None)}
        if self.rng.random() < 0.5:
            survey["text"] = text
        self.surveys.append(survey)

    def answers(self, hurt: str | None) -> list[dict[str, Any]]:
        """Give ten answers on a scale of seven: per dimension what was expected and what was perceived."""
        answers = []
        for number, dimension in enumerate(DIMENSIONS, 1):
            wanted = self.rng.choice((5, 6, 6, 7))
            got = wanted + self.rng.choice((-4, -3, -2) if dimension == hurt else (-1, 0, 0, 0, 1))
            pair = {"question": f"q{number}", "dimension": dimension, "min": 1, "max": 7}
            answers.append(pair | {"role": "expectation", "value": wanted})
            answers.append(pair | {"role": "perception", "value": min(7, got)})
        return answers


def make() -> dict[str, bytes]:
    """Make the feedback: file name -> content."""
    shop = Shop()
    for week in (*HISTORY, *STORY):
        shop.week(week)
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(shop.reviews)
    return {
        "tickets.jsonl": _lines(shop.tickets),
        "reviews.csv": table.getvalue().encode(),
        "surveys.jsonl": _lines(shop.surveys),
    }


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def main() -> None:
    """Write the files into the folder named on the command line, by default beside this module."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for name, content in make().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
