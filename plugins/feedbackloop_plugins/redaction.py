"""Masks personal data in quotes, and keeps control characters out of what is written to source systems.

The patterns find what has a form: addresses, numbers with a check digit, names after a greeting or after "my name is". A name in
the middle of a sentence they do not find; whoever needs that puts a plugin before this one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import msgspec

from feedbackloop import hookimpl
from feedbackloop.records import Action

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_CARD_LENGTHS = range(13, 20)


@hookimpl
def redact(texts: Sequence[str]) -> Sequence[str]:
    """Mask mail addresses, phone, card, bank and identity numbers, network addresses, secret links and names."""
    return [mask(text) for text in texts]


@hookimpl
def before_push(action: Action) -> Action | None:
    """Take control characters out of everything that people will read in the source system."""
    cleaned = {field: _inert(getattr(action, field)) for field in ("text", "title")}
    tags = tuple(_inert(tag) for tag in action.tags)
    if tags == action.tags and all(getattr(action, field) == value for field, value in cleaned.items()):
        return None
    return msgspec.structs.replace(action, tags=tags, **cleaned)


def _inert(words: str) -> str:
    return _CONTROL.sub("", words.replace("\r\n", "\n"))


def mask(text: str) -> str:
    """Replace each piece of personal data by its kind in brackets; all else stays letter for letter."""
    for kind in _KINDS:
        text = kind.form.sub(partial(_masked, kind), text)
    return _NAME.sub(lambda match: (match["before"] or "") + "[name]", text)


def _masked(kind: _Kind, match: re.Match[str]) -> str:
    return kind.mask if kind.is_it(match.group()) else match.group()


def _always(_words: str) -> bool:
    return True


def _digits(words: str) -> list[int]:
    return [int(character) for character in words if character.isdigit()]


def _is_card(words: str) -> bool:
    """Luhn's check: from the right, every second digit doubled, the sum of all digits divisible by ten."""
    digits = _digits(words)
    doubled = [sum(divmod(2 * digit, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return len(digits) in _CARD_LENGTHS and sum(doubled) % 10 == 0 and len(set(digits)) > 1


def _is_iban(words: str) -> bool:
    """ISO 13616: the first four characters moved to the end, letters as 10..35, the number leaves 1 when divided by 97."""
    plain = re.sub(r"\s", "", words).upper()
    return int("".join(str(int(character, 36)) for character in plain[4:] + plain[:4])) % 97 == 1


def _is_chinese_id(words: str) -> bool:
    """GB 11643: weights 2**17 .. 2**1 modulo 11, check digit X for ten."""
    total = sum(pow(2, 17 - place, 11) * int(digit) for place, digit in enumerate(words[:17]))
    return "10X98765432"[total % 11] == words[17].upper()


def _is_ipv4(words: str) -> bool:
    return all(int(part) < 256 for part in words.split("."))


def _is_phone(words: str) -> bool:
    """A date, a year span and a bare order number are no phone numbers."""
    if re.fullmatch(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}", words) or re.fullmatch(r"\d{1,2}[-./]\d{1,2}[-./]\d{2,4}", words):
        return False
    return 7 <= len(_digits(words)) <= 15


class _Kind(NamedTuple):
    """One kind of personal data: its form, what stands in its stead, and the check that tells it from a look-alike."""

    form: re.Pattern[str]
    mask: str
    is_it: Callable[[str], bool] = _always


_PRIVATE_KEYS = r"token|key|auth|sig|code|session|secret|pass\w*|email|user|hash|otp"
_BEFORE_NUMBER = (
    "phone ",
    "call me at ",
    "call me on ",
    "tel: ",
    "tel ",
    "number is ",
    "mobile ",
    "电话",
    "手机",
    "手机号",
    "电话：",
    "微信",
)
_KINDS = (
    _Kind(re.compile(r"[A-Za-z0-9_.+%-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"), "[email]"),
    _Kind(
        re.compile(
            r"https?://[^\s<>\"'，。）]*(?:[?&;]\w*(?:"
            + _PRIVATE_KEYS
            + r")\w*=|://[^/\s@]*@|/(?=[\w-]*\d)[\w-]{24,})[^\s<>\"'，。）]*",
            re.IGNORECASE,
        ),
        "[link]",
    ),
    _Kind(
        re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Za-z0-9])"),
        "[iban]",
        _is_iban,
    ),
    _Kind(re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d\d{3}[\dXx](?!\d)"), "[id number]", _is_chinese_id),
    _Kind(re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])"), "[card]", _is_card),
    _Kind(re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"), "[ip]", _is_ipv4),
    _Kind(re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){4,7}[0-9a-fA-F]{1,4}(?![\w:])"), "[ip]"),
    _Kind(re.compile(r"(?<!\d)\d{3}-\d{2}-\d{4}(?!\d)"), "[id number]"),
    _Kind(re.compile(r"(?<![\d-])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"), "[phone]"),
    _Kind(re.compile(r"(?<![\w.])(?:\+|00)\d[\d ()./-]{5,22}\d(?!\d)"), "[phone]", _is_phone),
    _Kind(
        re.compile(r"(?<![\w#.-])(?<!\d )\(?0?\d{2,5}\)?[ ./-]\d{3,4}[ ./-]?\d{3,5}(?![\w-]| \d)"), "[phone]", _is_phone
    ),
    _Kind(
        re.compile("(?i:" + "|".join(f"(?<={before})" for before in _BEFORE_NUMBER) + r")\d[\d ()-]{5,16}\d"),
        "[phone]",
        _is_phone,
    ),
)

_WORD = r"[A-Z][a-zà-öø-ÿ'’-]{1,20}"
_NO_NAME = (
    r"(?!(?:The|This|There|Team|All|Support|Sir|Madam|Customer|Everyone|Not|Very|A|An|I|My|It|We|You|Your|Please|Just|So|Who|That|Was"
    r"|Is|Service|Guys|Folks|\w+day)\b)"
)
_BEFORE_NAME = (
    r"(?P<before>\b(?i:my name is|my name's|this is|i am called|name:|regards,?|sincerely,?|cheers,?|signed,?|mr\.?|mrs\.?|ms\.?"
    r"|miss|dr\.?|(?:spoke|talked|chatted|dealt) (?:to|with)|(?:agent|advisor|representative|colleague|manager|driver|waiter"
    r"|waitress|doctor|technician)(?: named| called)?)\s+|(?:^|(?<=[\n.!?]))[ \t]{0,5}(?i:hi|hello|hey|dear)[ \t]+)"
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹章云苏潘葛范彭郎鲁韦马苗方俞任袁柳唐罗薛雷贺倪汤滕殷毕"
    "郝安常乐于傅齐康伍余元卜顾孟黄穆萧尹姚邵汪祁毛狄贝明臧计成戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾路江童颜郭梅林钟徐邱骆高夏"
    "蔡田樊胡凌霍虞万支柯管卢莫房解应宗丁邓洪包诸左石崔吉龚程邢裴陆翁荀惠曲封段侯全班秋仲伊宁仇甘厉祖武符刘景詹龙叶黎白怀蒲卓池乔"
)
_NAME = re.compile(
    _BEFORE_NAME
    + _NO_NAME
    + rf"{_WORD}(?:\s+{_WORD}){{0,2}}"
    + r"|(?:(?<=我叫)|(?<=我是)|(?<=姓名：)|(?<=姓名:)|(?<=收件人：)|(?<=收货人：)|(?<=联系人：))"
    + r"[\u4e00-\u9fff]{2,3}(?=[，,。\s；;、]|$)"
    + rf"|(?<![\u4e00-\u9fff])[{_SURNAMES}](?=先生|女士|小姐|经理|老师|师傅)"
)
