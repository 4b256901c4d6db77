"""What is masked on top of the house's rules, because it would leave this machine?

Better too much than too little: what is masked here, the rules of this machine still read. Every pattern is bounded or gives
nothing back, so that a text made to be slow takes no time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

_MATCH = re.Match[str]
NUMBER = "[number]"

_FOLDED = {
    **{0xFEE0 + code: chr(code) for code in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B), 0x40)},
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}
"""Wide digits, letters and @ as plain ones; halves of characters, which no encoding can send, as what stands for them."""

_LETTER = r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
"""A letter or digit of a script that puts spaces between words."""
_LOCAL = rf"(?:{_LETTER}|[.+%'-])"
_LINK = re.compile(
    rf"(?i:(?:https?://|www\.)[^\s<>\"'，。）]{{1,2000}}|(?<!\w){_LETTER}{{1,63}}(?:\.[a-z]{{2,63}}){{1,3}}/[^\s<>\"'，。）]{{1,500}})"
)
_MAIL = re.compile(
    rf"{_LOCAL}{{1,64}}@{_LOCAL}{{1,253}}"
    rf"|{_LOCAL}{{1,64}} ?(?:@|[(\[]at[)\]]) ?{_LETTER}{{1,63}}(?: ?(?:[.]|[(\[]dot[)\]]) ?{_LETTER}{{2,63}}){{1,4}}"
)
_HANDLE = re.compile(rf"(?<![\w@])@{_LETTER}{{2,40}}")
_THING = (
    r"(?:order|ticket|case|invoice|booking|reservation|parcel|tracking|account|customer|policy|reference|ref|contract|claim|member"
    r"|membership|confirmation|serial|bestellung|rechnung|commande|facture|pedido|factura|订单|单号|运单|工单|会员|账号|帐号|编号|卡号)"
)
_SAYS_NUMBER = r"(?:numbers?|nos?\.?|nr\.?|num\.?|id|code|nº|№|#|号码?|编号|nummer)"
_NAMED = re.compile(
    rf"(?P<before>(?i:{_THING}[ ]?{_SAYS_NUMBER}[ ]?(?:is|was|[:=#：是为])?[ ]?)|[#№][ ]?)"
    r"(?P<code>[A-Za-z]{0,6}-?\d[A-Za-z0-9_-]{1,30})"
)
_PLAIN_NAMED = re.compile(
    rf"(?P<before>(?i:(?<![A-Za-z]){_THING})[ ]?[:：=]?[ ]?)(?P<code>\d{{4,64}})(?![A-Za-z0-9_-])"
)
_SPACED = re.compile(r"(?<![A-Za-z0-9_.,-])\d{2,6}(?: \d{2,6}){1,6}(?![A-Za-z0-9_-]|[.,]\d)")
_CODE_LIKE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]++(?:[-_][A-Za-z0-9]++){0,8}+")
_NO_CODE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}-\d{1,2}-\d{2,4}|\d{1,5}-\d{1,5}")
_BORN = re.compile(
    r"(?P<before>(?i:\bborn(?: on)?|\bd\.?o\.?b\.?|\bdate of birth|出生于?|生日)[ ]?(?:is|[:：是])?[ ]?)"
    r"(?P<code>\d[\d./年月日 -]{3,12}\d日?)"
)
_SECRET = re.compile(
    r"(?P<before>(?i:\b(?:password|passcode|pin|cvv|cvc|otp)|密码|验证码)(?: (?:is|was) |[ ]?[:：=是][ ]?))"
    r"(?P<code>(?=\S{0,60}\d)\S{3,64})"
)
_WORD = r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ'’-]{1,20}"
_SIGNED = re.compile(
    r"(?P<before>\b(?i:best(?: wishes| regards)?|(?:kind |warm )?regards|(?:many )?thanks|thank you|cheers|yours(?: \w{1,12})?"
    r"|sincerely|grüße|gruß|cordialement|saludos)[ ]?[,.!\n]\s{0,5})"
    rf"(?P<code>{_WORD}(?: {_WORD}){{0,2}})(?=\s{{0,9}}\Z)"
)
_I_AM = re.compile(rf"(?P<before>\bI(?:['’]m| am) )(?P<code>{_WORD}(?: {_WORD}){{1,2}})")


def folded(text: str) -> str:
    """Write wide digits and letters as plain ones, so that the masking finds them; every character keeps its place."""
    return text.translate(_FOLDED)


def without_private(words: str) -> str:
    """Mask links, addresses, handles, numbers of orders and accounts, birthdays, secrets, and a name that signs a text."""
    for form, change in _RULES:
        words = form.sub(change, words)
    return words


def _after(mask: str) -> Callable[[_MATCH], str]:
    """Mask what follows the words that give it away."""
    return lambda match: match["before"] + mask


def _spaced(match: _MATCH) -> str:
    return NUMBER if sum(map(str.isdigit, match[0])) >= 7 else match[0]  # as long as a short phone number


def _code(match: _MATCH) -> str:
    """An order, parcel or account number: six digits, or four in a word that begins with a letter. Dates and ranges stay."""
    word = match[0]
    digits = sum(character.isdigit() for character in word)
    return NUMBER if digits >= (4 if word[0].isalpha() else 6) and not _NO_CODE.fullmatch(word) else word


_RULES: Iterable[tuple[re.Pattern[str], Callable[[_MATCH], str]]] = (
    (_LINK, lambda _: "[link]"),
    (_MAIL, lambda _: "[email]"),
    (_HANDLE, lambda _: "[account]"),
    (_SECRET, _after("[secret]")),
    (_BORN, _after("[date]")),
    (_SPACED, _spaced),
    (_NAMED, _after(NUMBER)),
    (_PLAIN_NAMED, _after(NUMBER)),
    (_CODE_LIKE, _code),
    (_SIGNED, _after("[name]")),
    (_I_AM, _after("[name]")),
)
