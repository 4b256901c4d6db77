"""What do the words of a batch say? The pure part of the stage `understand`, and all of the command `score`.

Given the same texts, plugins and settings, the result is the same: it can run in this process, in others, or elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from feedbackloop.hookspecs import Classified, Found
from feedbackloop.manager import PluginManager
from feedbackloop.records import Item, Sentiment, Text, Understanding
from feedbackloop.settings import Settings
from feedbackloop.stages.correcting import NOTHING, with_corrections
from feedbackloop.understanding.correction.labels import rated

_SURE = 0.9
"""From this confidence on the words are taken for surer than the click: figures in `docs/signals.md`."""
_AT_ONCE = 500
"""Texts that go from hook to hook together: as many as are remembered from one to the next (`memory`)."""
UNKNOWN = Sentiment("unknown", None, None, "none")


def read_texts(plugins: PluginManager, texts: Sequence[Text], settings: Settings) -> list[Understanding]:
    """Understand texts that stand alone, one result for each, in order."""
    return [
        understanding
        for first in range(0, len(texts), _AT_ONCE)
        for understanding in _read_some(plugins, texts[first : first + _AT_ONCE], settings)
    ]


def _read_some(plugins: PluginManager, texts: Sequence[Text], settings: Settings) -> list[Understanding]:
    cleaned = _clean(plugins, texts, settings)
    moods = sentiments(plugins, cleaned, settings)
    classified = _classify(plugins, cleaned, settings)
    found = _find(plugins, cleaned, settings)
    return [
        Understanding(
            language=text.language,
            sentiment=sentiment,
            expectations=tuple(one.expectations),
            dimensions=kinds.dimensions,
            touchpoints=kinds.touchpoints,
            promises=tuple(one.promises),
            signals=dict(one.signals),
        )
        for text, sentiment, kinds, one in zip(cleaned, moods, classified, found, strict=True)
    ]


def read_items(
    plugins: PluginManager, items: Sequence[Item], settings: Settings, corrections: bytes = NOTHING
) -> list[Understanding]:
    """Understand items: sentiment and subjects from all of a customer's words together, expectations message by message.

    Agents' words are read for promises only; machines' and our own words are not read at all. `corrections` are those that the
    desk's own ratings taught, as `correcting.encoded` wrote them.
    """
    texts = [text for item in items for text in texts_of(item)]
    cleaned = {text.id: text for text in _clean(plugins, texts, settings)}
    spoken = [[cleaned[text.id] for text in texts_of(item)] for item in items]
    found = {
        text.id: one
        for text, one in zip(cleaned.values(), _find(plugins, list(cleaned.values()), settings), strict=True)
    }
    whole = [_joined(item, parts) for item, parts in zip(items, spoken, strict=True)]
    moods = sentiments(plugins, whole, settings, corrections)
    classified = _classify(plugins, whole, settings)
    return [
        _together(item, text, sentiment, kinds, [found[part.id] for part in parts])
        for item, text, sentiment, kinds, parts in zip(items, whole, moods, classified, spoken, strict=True)
    ]


def customers_words(plugins: PluginManager, items: Sequence[Item], settings: Settings) -> list[Text]:
    """Give the customers' own words of each item as one cleaned text, with its language: what its sentiment is read from."""
    own = [[text for text in texts_of(item) if text.author == "customer"] for item in items]
    cleaned = {text.id: text for text in _clean(plugins, [text for texts in own for text in texts], settings)}
    return [_joined(item, [cleaned[text.id] for text in texts]) for item, texts in zip(items, own, strict=True)]


def texts_of(item: Item) -> Iterator[Text]:
    """Give the texts of an item that people wrote: the subject, the messages, the comments of ratings."""
    people = [
        message for message in item.messages if message.author != "system" and not (message.own or message.automatic)
    ]
    first = next((message for message in people if message.author == "customer"), None)
    if item.subject and first and not first.text.startswith(item.subject):
        yield Text(id=f"{item.key}#subject", text=item.subject, at=first.at, author="customer")
    for message in people:
        yield Text(id=f"{item.key}#{message.id}", text=message.text, at=message.at, author=message.author)
    for number, rating in enumerate(item.ratings):
        if rating.comment and rating.comment not in {message.text for message in people}:
            yield Text(id=f"{item.key}#rating-{number}", text=rating.comment, at=rating.at, author="customer")


def _joined(item: Item, parts: Sequence[Text]) -> Text:
    """Put a customer's words together as one text; its language is that of the longest part."""
    own = [part for part in parts if part.author == "customer" and part.text]
    language = max(own, key=lambda part: len(part.text)).language if own else "und"
    at = own[-1].at if own else item.created_at
    return Text(id=item.key, text="\n".join(part.text for part in own), language=language, at=at)


def _together(item: Item, text: Text, sentiment: Sentiment, kinds: Classified, found: Sequence[Found]) -> Understanding:
    signals: dict[str, float | str] = {}
    for one in found:
        signals.update(one.signals)
    if contradicts(item, sentiment):
        signals["contradicts_rating"] = 1.0
    return Understanding(
        language=text.language,
        sentiment=sentiment if text.text else UNKNOWN,
        expectations=tuple(expectation for one in found for expectation in one.expectations),
        dimensions=kinds.dimensions,
        touchpoints=kinds.touchpoints,
        promises=tuple(promise for one in found for promise in one.promises),
        signals=signals,
    )


def contradicts(item: Item, sentiment: Sentiment) -> bool:
    """Tell whether the words of a review or a survey reply are surely good and its rating is bad, or the other way round.

    A ticket's words and its rating are often of different times: what was a complaint ends in five points.
    """
    if item.kind == "ticket" or sentiment.confidence is None or sentiment.confidence < _SURE:
        return False
    rating = rated(item.ratings)
    return rating is not None and {rating.label, sentiment.label} == {"negative", "positive"}


def _clean(plugins: PluginManager, texts: Sequence[Text], settings: Settings) -> Sequence[Text]:
    return plugins.batch("clean_text", len(texts), texts=texts, settings=settings) if texts else []


def sentiments(
    plugins: PluginManager, texts: Sequence[Text], settings: Settings, corrections: bytes = NOTHING
) -> Sequence[Sentiment]:
    """Say how each text feels, with the scorer that the settings name."""
    understand = settings.understand
    asked = {
        "texts": texts,
        "scorer": understand.sentiment,
        "scorers": with_corrections(plugins.scorers, understand, corrections),
        "settings": settings,
        "redact": plugins.redacted,
    }
    answers = plugins.batch("score_sentiment", len(texts), **asked)
    return [_consistent(answer) for answer in answers]


def _consistent(sentiment: Sentiment) -> Sentiment:
    """Hold a scorer to the contract: `unknown` carries no figures, figures stay within their bounds."""
    if sentiment.label == "unknown" or sentiment.polarity is None or sentiment.confidence is None:
        return replace(sentiment, label="unknown", polarity=None, confidence=None)
    if -1.0 <= sentiment.polarity <= 1.0 and 0.0 <= sentiment.confidence <= 1.0:
        return sentiment
    return replace(
        sentiment,
        polarity=min(1.0, max(-1.0, sentiment.polarity)),
        confidence=min(1.0, max(0.0, sentiment.confidence)),
    )


def _classify(plugins: PluginManager, texts: Sequence[Text], settings: Settings) -> Sequence[Classified]:
    words = settings.understand.touchpoint_words
    return plugins.batch("classify", len(texts), texts=texts, touchpoints=words, settings=settings)


def _find(plugins: PluginManager, texts: Sequence[Text], settings: Settings) -> Sequence[Found]:
    if not texts:
        return []
    asked = {"texts": texts, "touchpoints": settings.understand.touchpoint_words, "settings": settings}
    return plugins.batch("find_expectations", len(texts), **asked, redact=plugins.redacted)
