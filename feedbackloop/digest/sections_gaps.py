"""How do scores, gaps, promises and the journey look in words and bars? The first half of the digest."""

from __future__ import annotations

from feedbackloop.digest import charts
from feedbackloop.digest.facts import DimensionGap, Due, Facts, PromiseTimes, Score, Share, Stage
from feedbackloop.digest.language import Words, number
from feedbackloop.digest.view import (
    Block,
    Card,
    Cards,
    Column,
    Columns,
    Legend,
    Line,
    Lines,
    Note,
    Row,
    Rows,
    Section,
    Sure,
)
from feedbackloop.inert import quoted, safe_url
from feedbackloop.records import Interval

_ROOM = 44
"""Height of each half of the journey strip in pixels."""
_CARDS_A_ROW = 3


def scores(facts: Facts, words: Words) -> Section | None:
    """CSAT, NPS, CES as far as they exist, each with n, interval, change, and whether the change is real."""
    if not facts.scores:
        return None
    cards = [_score_card(score, words) for score in facts.scores]
    rows = [Cards(tuple(cards[at : at + _CARDS_A_ROW])) for at in range(0, len(cards), _CARDS_A_ROW)]
    return Section(words.say("scores.title"), (*rows, Note(words.say("scores.note"))), 10)


def gaps(facts: Facts, words: Words) -> Section | None:
    """Expectation against experience per dimension: E and P where people were asked, shares that fell short for all."""
    pairs = [d for d in facts.dimensions if d.gap is not None and d.expected is not None and d.experienced is not None]
    judged = [d for d in facts.dimensions if d.shortfall is not None]
    blocks: list[Block] = []
    if pairs:
        scale = {"min": number(pairs[0].scale_min, 0), "max": number(pairs[0].scale_max, 0)}
        legend = Legend(
            (
                ("mark", words.say("gaps.expected")),
                ("pain", words.say("gaps.short")),
                ("delight", words.say("gaps.surplus")),
            )
        )
        rows = tuple(_pair_row(gap, words) for gap in pairs)
        blocks += [Note(words.say("gaps.pairs_lead", **scale)), legend, Rows(rows, scale["min"], scale["max"])]
    if judged:
        end = charts.axis([d.shortfall for d in judged if d.shortfall])
        rows = tuple(_share_row(words.name(d.dimension), d.shortfall, d.change, (end, words)) for d in judged)
        blocks += [Note(words.say("gaps.share_lead")), Rows(rows, "0%", words.percent(end))]
    return Section(words.say("gaps.title"), tuple(blocks), 20) if blocks else None


def promises(facts: Facts, words: Words) -> Section | None:
    """The promise class that is broken most, promised time against actual time, segment by segment."""
    if not facts.promises or not facts.promises.times:
        return None
    longest = max((max(t.promised_hours or 0, t.actual_hours or 0) for t in facts.promises.times), default=0)
    rows = tuple(_promise_row(times, longest, words) for times in facts.promises.times)
    legend = Legend((("delight", words.say("promises.promised")), ("pain", words.say("promises.over"))))
    title = words.say("promises.title", touchpoint=words.name(facts.promises.touchpoint))
    if not any(row.cells for row in rows):
        return Section(title, (Note(words.say("promises.lead_untimed")), Rows(rows)), 30)
    return Section(title, (Note(words.say("promises.lead")), legend, Rows(rows)), 30)


def due(facts: Facts, words: Words) -> Section | None:
    """Promises that fall due in the next seven days, and items drifting past a standard."""
    blocks = tuple(
        Lines(tuple(_due_line(item, words) for item in items), words.say(f"due.{key}"))
        for key, items in (("promises", facts.due), ("drifting", facts.drifting))
        if items
    )
    return Section(words.say("due.title"), blocks, 40) if blocks else None


def journey(facts: Facts, words: Words) -> Section | None:
    """The journey as a strip of its stages, with delight above the line and pain below it; one stage is no journey."""
    if sum(stage.items > 0 for stage in facts.journey) < 2:
        return None
    shares = [share for stage in facts.journey for share in (_part(stage.better, stage), _part(stage.worse, stage))]
    high = charts.heights(shares, _ROOM)
    columns = tuple(_column(stage, (high[2 * at], high[2 * at + 1]), words) for at, stage in enumerate(facts.journey))
    legend = Legend((("delight", words.say("journey.delight")), ("pain", words.say("journey.pain"))))
    blocks = (Note(words.say("journey.lead")), legend, Columns(columns, _ROOM))
    return Section(words.say("journey.title"), blocks, 50)


def standing(facts: Facts, words: Words) -> Section | None:
    """The groups that fall short most: levels with their intervals, no change claimed."""
    if not facts.standing:
        return None
    end = charts.axis([group.shortfall for group in facts.standing])
    rows = tuple(_share_row(words.group(group.group), group.shortfall, None, (end, words)) for group in facts.standing)
    lead = words.say("standing.lead", weeks=facts.standing[0].weeks)
    return Section(words.say("standing.title"), (Note(lead), Rows(rows, "0%", words.percent(end))), 60)


def sureness(change: Interval | None) -> Sure:
    """Say whether a change is real: its 95 % interval leaves out zero."""
    if change is None:
        return "first"
    return "real" if change.low > 0 or change.high < 0 else "cannot_tell"


def points(change: Interval | None, words: Words, *, factor: float = 100, digits: int = 0) -> str:
    """Write a change of a share (-1..+1) in percentage points, with its bounds."""
    if change is None:
        return ""
    scaled = Interval(change.value * factor, change.low * factor, change.high * factor)
    value = words.signed(scaled.value, digits)
    value = words.say("verdicts_of_change.points", n=value) if factor == 100 or digits == 0 else value
    return words.say("verdicts_of_change.change", change=value, interval=words.bounds(scaled, digits))


def _score_card(score: Score, words: Words) -> Card:
    is_percent = score.unit == "percent"
    digits = 0 if is_percent or score.name == "nps" else 1
    value = words.signed(score.value.value, digits) if score.name == "nps" else number(score.value.value, digits)
    if is_percent:
        interval = words.percents(score.value.low / 100, score.value.high / 100)
    elif score.name == "nps":
        interval = words.bounds(score.value, digits)
    else:
        low, high = number(score.value.low, digits), number(score.value.high, digits)
        interval = words.say("numbers.points_interval", low=low, high=high)
    sure = sureness(score.change)
    return Card(
        name=words.name(score.name),
        value=f"{value}%" if is_percent else value,
        form=words.name("nps_share" if score.form == "nps" else score.form),
        detail=words.listing([interval, words.say("numbers.n", n=score.n)]),
        change=points(score.change, words, factor=1, digits=digits),
        sure=sure,
        sure_text=words.say(f"verdicts_of_change.{sure}"),
    )


def _pair_row(gap: DimensionGap, words: Words) -> Row:
    assert gap.gap is not None and gap.expected is not None and gap.experienced is not None
    value = words.say("gaps.gap", gap=words.signed(gap.gap.value, 1), interval=words.bounds(gap.gap, 1))
    pair = words.say("gaps.pair", expected=number(gap.expected), experienced=number(gap.experienced))
    return Row(
        name=words.name(gap.dimension),
        value=value,
        cells=charts.pair_cells(gap.expected, gap.experienced, (gap.scale_min, gap.scale_max)),
        detail=words.listing([pair, words.say("numbers.n", n=gap.pairs)]),
    )


def _share_row(name: str, share: Share | None, change: Interval | None, drawn: tuple[float, Words]) -> Row:
    assert share is not None
    end, words = drawn
    interval = words.percents(share.low, share.high)
    sure = sureness(change) if change else None
    return Row(
        name=name,
        value=words.say("gaps.share_value", share=words.percent(share.value), interval=interval),
        cells=charts.share_cells(share, end),
        detail=words.say("gaps.share", part=share.part, whole=share.whole),
        change=points(change, words),
        sure=sure,
        sure_text=words.say(f"verdicts_of_change.{sure}") if sure else "",
    )


def _promise_row(times: PromiseTimes, longest: float, words: Words) -> Row:
    promised, actual = times.promised_hours, times.actual_hours
    is_timed = promised is not None and actual is not None
    return Row(
        name=words.name(times.segment or "everybody"),
        value=words.say("promises.times", promised=words.hours(promised or 0), actual=words.hours(actual or 0))
        if is_timed
        else "",
        cells=charts.time_cells(promised or 0, actual or 0, longest) if is_timed else (),
        detail=words.listing(_promise_counts(times, words)),
    )


def _promise_counts(times: PromiseTimes, words: Words) -> list[str]:
    said = []
    if times.broken:
        figures = {"part": times.broken.part, "whole": times.broken.whole, "share": words.percent(times.broken.value)}
        interval = words.percents(times.broken.low, times.broken.high)
        said.append(words.say("promises.broken", interval=interval, **figures))
    if times.told:
        said.append(words.say("promises.told", n=times.told))
    return said


def _due_line(item: Due, words: Words) -> Line:
    parts = [item.item, words.say("due.by", due=words.day_time(item.due_at))]
    if item.who and item.said_at:
        who = "agent" if item.who == "agent" else "company"
        parts.append(words.say(f"due.said_by_{who}", day=words.day(item.said_at)))
    if item.used is not None:
        parts.append(words.say("due.used", used=words.percent(item.used)))
    return Line(text=quoted(item.what, 120), aside=words.listing(parts), url=safe_url(item.url))


def _column(stage: Stage, height: tuple[int, int], words: Words) -> Column:
    return Column(
        words.name(stage.name),
        words.percent(_part(stage.better, stage)) if stage.better else "",
        words.percent(_part(stage.worse, stage)) if stage.worse else "",
        height[0],
        height[1],
        words.say("journey.counts", n=stage.items),
    )


def _part(count: int, stage: Stage) -> float:
    return count / stage.items if stage.items else 0.0
