"""Which words are courtesy or a company's set phrase, and say nothing about how their writer feels?

"Hello, I hope you have a wonderful day" and "Many thanks and best wishes" stand around complaints as often as around praise.
Only whole phrases at the head and the tail go, and only while something else is left: "Thank you!" alone is feedback.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedbackloop.understanding.cleaning_marked import Marked
from feedbackloop.understanding.cleaning_phrases import (
    CLOSING,
    CLOSING_HINTS,
    CLOSING_STARTS,
    GREETING,
    START_HINTS,
    TEMPLATE,
    TEMPLATE_HINTS,
)

_SENTENCE_END = re.compile(r"[.!?。！？\n~～;；]+[\s)）\"”’🙏😊🙂☺️]*")
_SENTENCE_START = re.compile(r"[.!?。！？\n~]\s*")
_COMMA = re.compile(r"[,，、-]\s*|\s{2,}|(?<=[\u4e00-\u9fff])\s+")
_CONTACT = re.compile(
    r"@|www\.|https?:|\||\b(?:tel|phone|fax|mobile|cell)\b|\d{5,}|公司|部$|中心|电话|手机|邮箱|微信|经理|客服部",
    re.IGNORECASE,
)
_CHINESE_NAME = re.compile(
    r"(?:小|老|阿)?[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾][\u4e00-\u9fff]{0,2}"
)
_SMALL_WORDS = frozenset(["of", "and", "the", "at", "in", "for", "de", "von", "van", "&", "-", "der", "la"])
_WORD = re.compile(r"[^\W_\u3400-\u9fff]+|[\u3400-\u9fff]")
_ADDRESSED = re.compile(r"[@#]\w+|https?://\S+")
_ENOUGH_WORDS = 2
_SHORT = 200
"""Where fewer words would be left, the thanks are the message."""

_ROUNDS = 12
_WINDOW = 220
_REACH_BACK = 40
"""Characters before the last word of thanks in which its phrase begins ("Many thanks and kind regards")."""

_SIGNATURE_LINES = 10


def without_templates(marked: Marked) -> Marked:
    """Take out the sentences that companies paste: they praise and regret in the customer's stead."""
    low = marked.text.lower()
    if not any(map(low.__contains__, TEMPLATE_HINTS)):
        return marked
    starts = [0, *(match.end() for match in _SENTENCE_START.finditer(marked.text))]
    found = [match.span() for start in starts if (match := TEMPLATE.match(marked.text, start))]
    rest = marked.without(span for place, span in enumerate(found) if not place or span[0] >= found[place - 1][1])
    return rest if has_words(rest.text) else marked


def without_courtesies(marked: Marked) -> Marked:
    """Take greetings from the head, and closings with what stands below them from the tail."""
    text = marked.text
    start = _after_greetings(text)
    below = _before_signature(text, start)
    end = _before_closings(text, start, below)
    if end - start < _SHORT and len(_WORD.findall(_ADDRESSED.sub(" ", text[start:end]))) < _ENOUGH_WORDS:
        end = below if has_words(text[start:below]) else len(text)
    if not has_words(text[start:end]):
        start = 0
    if end < len(text):
        end = start + len(text[start:end].rstrip(" ,，、-–\n"))
    return marked.keep([(start, end)])


def has_words(text: str) -> bool:
    """Tell whether anything but marks and space is left; a face is a word."""
    return any(character.isalnum() or character > "\u2fff" or "\u2600" <= character <= "\u27bf" for character in text)


def _after_greetings(text: str) -> int:
    at = 0
    for _ in range(_ROUNDS):
        match = GREETING.match(text, at)
        if match is None or match.end() == at:
            break
        at = match.end()
    return at


def _before_signature(text: str, start: int) -> int:
    """Find the first closing that stands in a line of its own with nothing but names and addresses below it."""
    if "\n" not in text:
        return len(text)
    lines = [match for match in re.finditer(r"[^\n]+", text[start:]) if match.group().strip()][-_SIGNATURE_LINES:]
    cut = len(text)
    for line in reversed(lines):
        words = line.group().strip()
        if _is_courtesy(words):
            cut = start + line.start()
        elif not _is_address(words):
            break
    return cut


def _is_courtesy(line: str) -> bool:
    return len(line) < _WINDOW and not line[: _before_closings(line, 0, len(line))].strip()


def _is_address(line: str) -> bool:
    """Names, titles, companies and numbers: short, without a sentence's end, most words with a capital letter."""
    if len(line) > 80 or (
        line.endswith((".", "!", "?", "。", "！", "？")) and not line.endswith(("Inc.", "Ltd.", "Co."))
    ):
        return False
    if _CONTACT.search(line) or _CHINESE_NAME.fullmatch(line):
        return True
    words = [word for word in re.split(r"[\s,/]+", line) if word.strip("xX") and word not in _SMALL_WORDS]
    return 0 < len(words) <= 7 and 2 * sum(not word[0].islower() and word[0].isascii() for word in words) > len(words)


def _before_closings(text: str, start: int, end: int) -> int:
    """Walk back over sentences, then over what follows a comma or a word of thanks, as long as each is a closing."""
    for _ in range(_ROUNDS):
        last = next(_closings(text, start, end), None)
        if last is None:
            break
        end = last
    return end


def _closings(text: str, start: int, end: int) -> Iterator[int]:
    """Places where a closing begins that reaches to the end, the likeliest first."""
    window = max(start, end - _WINDOW)
    tail = text[window:end].rstrip()
    low = tail.lower()
    begins = [0] if window == start else []
    for boundary in (_SENTENCE_END, _COMMA):
        ends = [match.end() for match in boundary.finditer(tail) if match.end() < len(tail)]
        begins += ends[-2:]
    if not begins or not any(map(low[min(begins) :].__contains__, CLOSING_HINTS)):
        begins = []
    last_hint = max(map(low.rfind, START_HINTS))
    if last_hint >= 0:
        begins += [match.start() for match in CLOSING_STARTS.finditer(tail, max(0, last_hint - _REACH_BACK))]
    for begin in begins:
        if begin < len(tail) and CLOSING.fullmatch(tail, begin):
            yield window + begin
