"""How is a text made ready for the cues, with every character in its place?

Lower case, straight quotes, full-width digits made plain, and the traditional characters of the cues folded to
simplified ones: all one character for one, so that a place found is a place in the text.
"""

from __future__ import annotations

import re
from functools import lru_cache

from feedbackloop.understanding.duration import lowered

LONGEST = 20_000
"""Characters of one text that are read for expectations. Longer texts are logs or attacks; what a person says first stands first."""

_TRADITIONAL = "說講約談應許諾號稱聲標宣傳廣話寫顯規實際結沒卻給發來買點訂選錯質會還時間後與樣這對話過個兩單圖漂亮現變開為該當來點員東總嗎們從來預計達準時誤遲竟貨郵郵費價錢壞慢髒亂別覺無當經環"
_SIMPLIFIED = "说讲约谈应许诺号称声标宣传广话写显规实际结没却给发来买点订选错质会还时间后与样这对话过个两单图漂亮现变开为该当来点员东总吗们从来预计达准时误迟竟货邮邮费价钱坏慢脏乱别觉无当经环"
_FOLDED = {ord(old): new for old, new in zip(_TRADITIONAL, _SIMPLIFIED, strict=True) if old != new}
_ENGLISH = {ord("’"): "'", ord("‘"): "'", ord("`"): "'", ord("“"): '"', ord("”"): '"', 0xA0: " ", ord("\t"): " "}
_CHINESE = _FOLDED | {ord(wide): str(n) for n, wide in enumerate("０１２３４５６７８９")} | {0x3000: " "}
_CJK = re.compile(r"[\u3400-\u9fff]")


@lru_cache(maxsize=512)
def normalised(text: str, language: str) -> str:
    """Give the first `LONGEST` characters ready for the cues; the length of what is given stays."""
    return lowered(text[:LONGEST]).translate(_CHINESE if language == "zh" else _ENGLISH)


def reading(text: str, language: str) -> str | None:
    """Say with which cues a text is read: "en", "zh", or None for languages that have none."""
    if language in {"en", "zh"}:
        return language
    return "zh" if language == "und" and _CJK.search(text) else None
