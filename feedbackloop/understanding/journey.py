"""Of which touchpoints of the customer's journey does a text speak, and how?

The built-in map goes along awareness, decision, purchase, use, repurchase and referral; the config adds touchpoints
of its own, which come first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from feedbackloop.understanding import dimensions
from feedbackloop.understanding.dimensions import Clauses, aspects
from feedbackloop.understanding.lexicon import text as lexicon_text
from feedbackloop.understanding.lexicon.lists import given
from feedbackloop.understanding.lexicon.scan import names, seen, with_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from feedbackloop.records import Aspect, Text
    from feedbackloop.settings import Stage
    from feedbackloop.settings import Touchpoint as OwnTouchpoint
    from feedbackloop.understanding.dimensions import Source
    from feedbackloop.understanding.lexicon.lists import Found


class Touchpoint(NamedTuple):
    """One touchpoint of the built-in map: its stage, and its name for readers in both languages."""

    stage: Stage
    en_name: str
    zh_name: str


JOURNEY: dict[str, Touchpoint] = {
    "advertising": Touchpoint("awareness", "Advertising", "广告"),
    "reviews": Touchpoint("awareness", "Reviews", "评价"),
    "website": Touchpoint("decision", "Website", "网站"),
    "app": Touchpoint("decision", "App", "应用"),
    "description": Touchpoint("decision", "Product description", "商品描述"),
    "price": Touchpoint("decision", "Price", "价格"),
    "booking": Touchpoint("purchase", "Booking", "预订"),
    "ordering": Touchpoint("purchase", "Ordering", "下单"),
    "payment": Touchpoint("purchase", "Payment", "支付"),
    "delivery": Touchpoint("use", "Delivery", "配送"),
    "flight": Touchpoint("use", "Flight", "航班"),
    "room": Touchpoint("use", "Room", "房间"),
    "check_in": Touchpoint("use", "Check-in and check-out", "入住退房"),
    "food": Touchpoint("use", "Food", "餐饮"),
    "facility": Touchpoint("use", "Facilities", "设施环境"),
    "product": Touchpoint("use", "Product", "商品"),
    "setup": Touchpoint("use", "Set-up", "安装"),
    "support": Touchpoint("use", "Support", "客服"),
    "staff": Touchpoint("use", "Staff", "服务人员"),
    "store": Touchpoint("use", "Store visit", "门店"),
    "returns": Touchpoint("use", "Returns and refunds", "退换货"),
    "repair": Touchpoint("use", "Repair", "维修"),
    "billing": Touchpoint("use", "Billing", "账单"),
    "account": Touchpoint("use", "Account", "账户"),
    "cancellation": Touchpoint("use", "Cancellation", "取消"),
    "loyalty": Touchpoint("repurchase", "Loyalty programme", "会员"),
    "renewal": Touchpoint("repurchase", "Buying again", "复购"),
    "recommendation": Touchpoint("referral", "Recommendation", "推荐"),
}
"""The built-in journey map: name -> stage and names for readers."""


def stage_of(name: str, touchpoints: Mapping[str, OwnTouchpoint]) -> Stage:
    """Give the stage of a touchpoint: as the config says, else as the built-in map does, else "use"."""
    own = touchpoints.get(name)
    if own:
        return own.stage
    return JOURNEY[name].stage if name in JOURNEY else "use"


def name_of(touchpoint: str, language: str) -> str:
    """Give a touchpoint's name for readers; the config's own are called as they are."""
    known = JOURNEY.get(touchpoint)
    if known is None:
        return touchpoint
    return known.zh_name if language == "zh" else known.en_name


def classify(
    text: Text,
    touchpoints: Mapping[str, Sequence[str]],
    polarity: Callable[[str, str], float] | None = None,
) -> list[Aspect]:
    """Give the touchpoints of which a text speaks, the config's own first, then the most spoken of.

    Args:
        text: Cleaned; other languages than English and Chinese give the config's own only.
        touchpoints: The config's own: name -> words. Where one has the name of a built-in, its words are added.
        polarity: Says how good a clause sounds, as in `dimensions.classify`.
    """
    language = lexicon_text.reading(text.text, text.language)
    read_as = language or "en"
    words = lexicon_text.normalised(text.text, read_as)
    return _aspects(_sources(words, language, touchpoints), Clauses(words, read_as, polarity), touchpoints)


def subjects(text: Text, touchpoints: Mapping[str, Sequence[str]]) -> tuple[list[Aspect], list[Aspect]]:
    """Give dimensions and touchpoints of one text: the same as both `classify`, and cheaper."""
    language = lexicon_text.reading(text.text, text.language)
    read_as = language or "en"
    words = lexicon_text.normalised(text.text, read_as)
    parts = Clauses(words, read_as)
    of_dimensions = aspects(dimensions.sources(words, language), parts) if language else []
    return of_dimensions, _aspects(_sources(words, language, touchpoints), parts, touchpoints)


def _aspects(sources: Sequence[Source], parts: Clauses, touchpoints: Mapping[str, Sequence[str]]) -> list[Aspect]:
    found = aspects(sources, parts)
    return sorted(found, key=lambda aspect: aspect.name not in touchpoints) if touchpoints else found


def main(
    words: str, language: str, touchpoints: Mapping[str, Sequence[str]], span: tuple[int, int] | None = None
) -> str | None:
    """Give the touchpoint of which a text speaks most: the config's own first, then the first named; None if of none.

    Args:
        words: Made ready by `expectation_text.normalised`.
        language: "en" or "zh".
        touchpoints: The config's own.
        span: Asks for a place in the text; if nothing is named there, the whole text answers.
    """
    return most_named(named(words, language, touchpoints), touchpoints, span)


def named(words: str, language: str, touchpoints: Mapping[str, Sequence[str]]) -> list[Found]:
    """Give the words that name touchpoints in a text; arguments as in `main`."""
    return with_names(_sources(words, language, touchpoints))


def most_named(
    hits: Sequence[Found], touchpoints: Mapping[str, Sequence[str]], span: tuple[int, int] | None = None
) -> str | None:
    """Say the same as `main` of words that were found before (`named`)."""
    names_of = [name for start, _, name in hits if span and span[0] <= start < span[1]] or [hit[2] for hit in hits]
    return max(dict.fromkeys(names_of), key=lambda name: (name in touchpoints, names_of.count(name)), default=None)


def _sources(words: str, language: str | None, touchpoints: Mapping[str, Sequence[str]]) -> list[Source]:
    found: list[Source] = [(seen(words, language).journey, names("journey", language))] if language else []
    if touchpoints:
        own = given(touchpoints, language or "zh")
        found.append((own.hits(words), own.names))
    return found
