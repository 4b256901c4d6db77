"""Which quantities does a Chinese text name?"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from feedbackloop.understanding.quantity import quantities as quantity
from feedbackloop.understanding.quantity.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "俩": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_UNITS = {
    **dict.fromkeys(("秒钟", "秒"), "second"),
    **dict.fromkeys(("分钟", "分"), "minute"),
    **dict.fromkeys(("小时", "个小时", "钟头", "个钟头", "个钟", "h"), "hour"),
    **dict.fromkeys(("天", "日", "个晚上", "晚"), "day"),
    **dict.fromkeys(("个工作日", "工作日", "个工作天"), "business_day"),
    **dict.fromkeys(("周", "个星期", "星期", "个礼拜", "礼拜"), "week"),
    "个月": "month",
    "年": "year",
}
_CURRENCIES = {
    **dict.fromkeys(("元", "块", "块钱", "人民币", "rmb", "¥", "￥", "圆"), "CNY"),
    "美元": "USD",
    "美金": "USD",
    "美刀": "USD",
    "刀": "USD",
    "欧元": "EUR",
    "欧": "EUR",
    "英镑": "GBP",
    "镑": "GBP",
    "港币": "HKD",
    "港元": "HKD",
    "日元": "JPY",
    "日币": "JPY",
    "台币": "TWD",
    "新台币": "TWD",
    "韩元": "KRW",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
}
_COUNTS = (
    "公里|千米|公斤|毫升|毫米|厘米|英寸|平米|平方米|平方|斤|克|kg|g|ml|mm|cm|gb|g|mb|mah|tb|米|寸|升|个|只|件|条|本|张|份|盒|包|袋|瓶|双|行|页|楼|层|"
    "间|支|枝|根|片|套|台|颗|粒|人|次|桌|杯|碗|盘|串|枚|罐|箱|听|把|部|辆|册|卷|星|成|样(?<!一样)|款|道|码|两(?=$|[，,。！!？?；;\\s了的吧不])"
)
_MEMORY_SIZES = {4, 8, 16, 32, 64, 128, 256, 512}
_UNIFIED = {"千米": "公里", "平方米": "平米", "平方": "平米"}

_IN_DURATIONS = re.compile("[秒分时钟日天周期拜月年h]")
_IN_TIMES = re.compile("[:：点时月-]")
_IN_NEXT_DAYS = re.compile("[次隔第]")
"""Every duration, and every time or date, has one of these characters: most clauses have none and need no closer look."""
_FIRST = r"\d一二两三四五六七八九十百半"
"""With one of these a number begins. Expressions look for them first: where none stands, none of their branches is tried."""

_AGREED = re.compile("(?:预计|约|约的|约好|约了|订的|定的|定在|本应|应该|说好)$")
_HOUR_GONE = re.compile("了(?:还|才|都|也|没)|到(?!位)|来(?!说|看)|上门|开门|送|开会|起飞|发车|开始|退房|就|才")
"""What makes an hour of a bare 三点: an appointment before it, what comes at an hour after it."""

_ONE = r"(?:\d{1,9}(?:\.\d{1,3})?|[一二两三四五六七八九十百]{1,4}|半)"
_RANGE = rf"(?P<low>{_ONE})(?:\s?(?:-|—|–|~|～|至|到|或|、)\s?(?P<high>{_ONE}))?"
_PART = r"(?P<part>凌晨|早上|清晨|早晨|早|上午|中午|下午|傍晚|晚上|晚间|夜里|夜|晚|当晚|今晚)?"


@cache
def _duration() -> re.Pattern[str]:
    units = "秒钟|秒|分钟|个?小时|个?钟头|个钟|个?工作日|工作天|天|日|周|个?星期|个?礼拜|个月|年|h"
    relative = (
        r"(?P<before>(?:晚了?|晚到了?|迟了?|迟到了?|延误了?|延迟了?|推迟了?|超时了?|超期了?|逾期了?|晚点了?|超了|耽误了?|早到了?|早了?|提前了?|提早了?)"
        r"(?:将近|大概|约|差不多|整整|近|快)?)"
    )
    return re.compile(
        rf"(?=[{_FIRST}第晚迟延推超逾耽早提])(?:{relative})?(?P<nth>第)?(?<![\d.:：])(?:{_RANGE})(?P<halfunit>个半)?(?:个(?=[多来]))?(?P<more>多|来|几)?\s?"
        rf"(?P<unit>{units})(?P<half>半(?!年|天|个|小))?(?P<more2>多)?(?:后)?(?P<after>才(?=到|来|送))?"
    )


@cache
def _next_day() -> re.Pattern[str]:
    return re.compile(r"次日|隔天|隔日|第二[天日](?=送|到|达|发|就|能|可|必)")


@cache
def _fixed() -> re.Pattern[str]:
    currency = (
        "人民币|块钱|美元|美金|美刀|欧元|英镑|港币|港元|日元|日币|新?台币|韩元|元|rmb|刀|镑"
        "|块(?!肉|钱?的?肉|表|屏|电|布|砖|板)"
    )
    return re.compile(
        rf"(?=[{_FIRST}¥￥$€£])(?:(?P<symbol>[¥￥$€£])\s?(?P<money>\d{{1,9}}(?:\.\d{{1,2}})?)"
        rf"|(?<![\d.])(?:{_RANGE})(?P<tens>多|来|几)?\s?(?P<currency>{currency})"
        rf"|(?<![\d.])(?P<rate>\d{{2,4}})(?=的(?:大床|标间|标准间|标房|单间|单人|双人|双床|套房|房|豪华|商务|行政|套餐))"
        rf"|(?<![\d.])(?P<percent>\d{{1,3}}(?:\.\d+)?)\s?[%％]"
        rf"|(?P<bottom>[二三四五六七八九十\d]{{1,2}})分之(?P<top>[一二三四五六七八九十\d]{{1,3}})"
        rf"|(?P<half>一半)"
        rf"|(?<![\d.年月])(?P<fold>[\d一二三四五六七八九](?:\.\d)?)折"
        rf"|(?<![\d.第])(?P<count>{_ONE})(?:\s?(?:-|~|～|至|到)\s?(?P<count2>{_ONE}))?\s?(?P<noun>{_COUNTS})"
        rf"(?!月|小时|半|星期|礼拜|工作日|钟|级|酒店|上网|网|[a-z]))"
    )


@cache
def _times() -> re.Pattern[str]:
    hour = r"(?P<hour>\d{1,2}|十[一二]?|二十[一二三四]?|[一二两三四五六七八九])"
    minute = r"(?P<minute>\d{1,2}|[一二三四五]?十[一二三四五六七八九]?|一刻|半)"
    month = r"(?P<month>\d{1,2}|十[一二]?|[一二三四五六七八九])"
    day = r"(?P<day>\d{1,2}|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
    return re.compile(
        rf"(?=[{_FIRST}凌早清上中下傍晚夜当今])(?:{_PART}(?<![\d:：.])(?P<h>\d{{1,2}})[:：](?P<m>\d{{2}})(?!\d)"
        rf"|{_PART.replace('part', 'part2')}{hour}(?:点钟?|时)(?!间|候|建议|意见|以?来|儿|的)"
        rf"(?:{minute}分?)?(?P<more>多|整|左右|前|(?=退房|入住|起飞|出发|开门|关门|上门|到店|集合|送到|送达|开始|才|就))?"
        rf"|(?:(?P<year>20\d\d)[年-])?(?<!\d){month}[月-]{day}(?:日|号)?(?!\d))"
    )


def find(text: str) -> Iterator[Quantity]:
    """Give all readings in a lower-case text, overlaps included."""
    if _IN_NEXT_DAYS.search(text):
        yield from (quantity.make((1, 1), "day", "duration", m.span()) for m in _next_day().finditer(text))
    if _IN_DURATIONS.search(text):
        yield from (q for m in _duration().finditer(text) if (q := _read_duration(m)))
    yield from (q for m in _fixed().finditer(text) if (q := _read_fixed(m)))
    if _IN_TIMES.search(text):
        yield from (q for m in _times().finditer(text) if (q := _read_time(m)))


_PAIR = re.compile(r"([一二两三四五六七八九])([一二两三四五六七八九])(十|百)?")
_WHOLE = re.compile(r"(?:([一二两三四五六七八九])?(百))?(?:([一二两三四五六七八九])?(十))?([一二两三四五六七八九])?")


def numeral(text: str) -> tuple[float, float] | None:
    """Read a number in digits or characters; 两三 and 三四十 are ranges (2-3, 30-40). None if it is not one."""
    if text[0].isdigit():
        return float(text), float(text)
    if text == "半":
        return 0.5, 0.5
    pair = _PAIR.fullmatch(text)
    if pair:
        factor = {"十": 10, "百": 100}.get(pair[3] or "", 1)
        return _DIGITS[pair[1]] * factor, _DIGITS[pair[2]] * factor
    whole = _WHOLE.fullmatch(text)
    if not whole:
        return None
    hundreds = _DIGITS.get(whole[1] or "一", 1) * 100 if whole[2] else 0
    tens = _DIGITS.get(whole[3] or "一", 1) * 10 if whole[4] else 0
    value = float(hundreds + tens + _DIGITS.get(whole[5] or "零", 0))
    return value, value


def _ends(low: str, high: str | None) -> tuple[float, float] | None:
    first = numeral(low)
    second = numeral(high) if high else first
    return (first[0], second[1]) if first and second else None


def _read_duration(match: re.Match[str]) -> Quantity | None:
    ends = _ends(match["low"], match["high"])
    if ends is None or (match["unit"] == "日" and not match["nth"] and match["low"].isdigit()) or match["more"] == "几":
        return None
    if match["unit"] == "年" and ends[0] > 100:
        return None
    more = 0.5 if match["half"] or match["halfunit"] else 0.0
    unit = _UNITS.get(match["unit"]) or _UNITS["个" + match["unit"]]
    before = match["before"] or ""
    if before.startswith(("早", "提")):
        unit += "_early"
    elif before:
        unit += "_late"
    return quantity.make((ends[0] + more, ends[1] + more), unit, "duration", match.span())


def _read_fixed(match: re.Match[str]) -> Quantity | None:
    span = match.span()
    if match["symbol"]:
        amount = float(match["money"])
        return quantity.make((amount, amount), _CURRENCIES[match["symbol"]], "money", span)
    if match["currency"]:
        ends = _ends(match["low"], match["high"])
        return (
            quantity.make(ends, _CURRENCIES[match["currency"]], "money", span) if ends and not match["tens"] else None
        )
    if match["rate"]:
        return quantity.make((float(match["rate"]), float(match["rate"])), "CNY", "money", span)
    if match["count"]:
        ends = _ends(match["count"], match["count2"])
        return quantity.make(ends, _measure(match["noun"], ends[0]), "count", span) if ends else None
    return _read_share(match)


def _measure(word: str, value: float) -> str:
    """Name the measure; 16g is said of memory, 500g of weight."""
    if word == "g" and value in _MEMORY_SIZES:
        return "GB"
    return word.upper() if word in {"gb", "mb", "tb"} else _UNIFIED.get(word, word)


def _read_share(match: re.Match[str]) -> Quantity | None:
    if match["half"]:
        share = 0.5
    elif match["percent"]:
        share = float(match["percent"]) / 100
    elif match["fold"]:
        ends = numeral(match["fold"])
        share = ends[0] / 10 if ends else 1.0
    else:
        top, bottom = numeral(match["top"]), numeral(match["bottom"])
        if not (top and bottom and bottom[0]):
            return None
        share = top[0] / bottom[0]
    return quantity.make((share, share), "fraction", "fraction", match.span())


def _read_time(match: re.Match[str]) -> Quantity | None:
    if match["month"]:
        month, day = numeral(match["month"]), numeral(match["day"])
        year = int(match["year"]) if match["year"] else None
        return quantity.date(year, int(month[0]), int(day[0]), match.span()) if month and day else None
    if match["h"]:
        hour_said, part = int(match["h"]), match["part"]
        return quantity.clock(_hour(hour_said, part), int(match["m"]), match.span(), is_bare=part is None)
    hour, part = numeral(match["hour"]), match["part2"]
    exact = match["hour"][0].isdigit() or part or match["minute"] or match["more"] or "点钟" in match[0]
    exact = exact or _is_hour(match)
    if hour is None or not exact:
        return None
    meant = _hour(int(hour[0]), part) if part else quantity.by_day(int(hour[0]))
    return quantity.clock(meant, _minute(match["minute"]), match.span(), is_bare=part is None)


def _is_hour(match: re.Match[str]) -> bool:
    """Say whether the words around tell that 三点 is an hour and not three points: 约的三点, 三点了还没来."""
    if _AGREED.search(match.string, max(0, match.start() - 4), match.start()):
        return True
    return match["hour"] != "一" and _HOUR_GONE.match(match.string, match.end()) is not None


def _minute(text: str | None) -> int:
    if not text:
        return 0
    if text in {"半", "一刻"}:
        return 30 if text == "半" else 15
    ends = numeral(text)
    return int(ends[0]) if ends else 0


def _hour(hour: int, part: str | None) -> int:
    """Move an hour of the twelve-hour clock into its part of the day: 下午3点 is 15:00, 晚12点 24:00."""
    if part is None or hour > 12:
        return hour
    if part[0] in "下傍" or (part[0] == "中" and hour < 6):
        return hour % 12 + 12
    if part[-1] == "晚" or part[0] in "晚夜":
        return 24 if hour == 12 else hour + 12 if hour >= 5 else hour
    return hour
