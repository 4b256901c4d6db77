"""Who are the invented customers of the shop?

Nobody here exists; names are common ones put together by chance, and all addresses end in domains that are kept for examples.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

_EN_FIRST = (
    *("Alice", "Ben", "Carla", "David", "Emma", "Finn", "Grace", "Henry", "Ines", "Jack", "Katie", "Liam", "Maya"),
    *("Noah", "Olivia", "Peter", "Ruth", "Sam", "Tessa", "Victor", "Wendy", "Yusuf", "Zoe", "Martin", "Helena"),
)
_EN_LAST = (
    *("Archer", "Bauer", "Collins", "Dietrich", "Evans", "Fischer", "Gordon", "Hughes", "Irving", "Jensen"),
    *("Keller", "Lang", "Moreau", "Novak", "Owens", "Price"),
)
_ZH_FIRST = {
    "伟": "wei",
    "芳": "fang",
    "娜": "na",
    "敏": "min",
    "静": "jing",
    "磊": "lei",
    "洋": "yang",
    "艳": "yan",
    "杰": "jie",
}
_ZH_SECOND = {"": "", "文": "wen", "晓": "xiao", "明": "ming", "佳": "jia"}
_ZH_LAST = {"王": "wang", "李": "li", "张": "zhang", "刘": "liu", "陈": "chen", "杨": "yang", "赵": "zhao", "吴": "wu"}
_DOMAINS = ("example.com", "example.org", "example.net")
OPTED_OUT = ("c-007", "c-203")
"""One English and one Chinese customer who asked not to be contacted."""
GOLD_EVERY = 11
"""Every so manyth customer is a gold customer."""


@dataclass(frozen=True, slots=True)
class Person:
    """One invented customer."""

    id: str
    name: str
    email: str
    language: str
    locale: str
    timezone: str
    tags: tuple[str, ...]

    def wire(self) -> dict[str, Any]:
        """Write the person as the `customer` of an item on the wire."""
        about: dict[str, Any] = {"id": self.id, "name": self.name, "email": self.email, "locale": self.locale}
        about["timezone"] = self.timezone
        if self.tags:
            about["tags"] = list(self.tags)
        return about

    @property
    def is_gold(self) -> bool:
        """Say whether the person belongs to the segment gold."""
        return "vip" in self.tags


def cast(rng: random.Random, english: int = 200, chinese: int = 130) -> dict[str, list[Person]]:
    """Invent the customers: language -> people, in a fixed order for a fixed seed."""
    en = [(f"{first} {last}", f"{first}.{last}".lower()) for first in _EN_FIRST for last in _EN_LAST]
    zh = [
        (last + second + first, f"{b}{c}.{a}")
        for last, a in _ZH_LAST.items()
        for second, b in _ZH_SECOND.items()
        for first, c in _ZH_FIRST.items()
    ]
    rng.shuffle(en)
    rng.shuffle(zh)
    names = [("en", *pair) for pair in en[:english]] + [("zh", *pair) for pair in zh[:chinese]]
    people = [_person(number, language, name, local) for number, (language, name, local) in enumerate(names, 1)]
    return {language: [one for one in people if one.language == language] for language in ("en", "zh")}


def _person(number: int, language: str, name: str, local: str) -> Person:
    identity = f"c-{number:03d}"
    tags = ("vip",) if number % GOLD_EVERY == 0 else ()
    if identity in OPTED_OUT:
        tags = (*tags, "no_contact")
    locale, timezone = ("en-GB", "Europe/Berlin") if language == "en" else ("zh-CN", "Europe/Berlin")
    if number % 7 == 0:
        timezone = "Europe/London" if language == "en" else "Asia/Shanghai"
    return Person(identity, name, f"{local}@{_DOMAINS[number % 3]}", language, locale, timezone, tags)
