"""How do the trend, the waterfall and the quadrants of importance look in words and bars?"""

from __future__ import annotations

from itertools import accumulate, pairwise

from feedbackloop.analysis.impact_importance import Quadrant
from feedbackloop.digest import charts
from feedbackloop.digest.facts import Driver, Facts, Moves, WeekShare
from feedbackloop.digest.language import Words, number
from feedbackloop.digest.sections_gaps import points, sureness
from feedbackloop.digest.view import Block, Corner, Grid, Legend, Note, Row, Rows, Section, Tick, Tone, Trend
from feedbackloop.inert import inert
from feedbackloop.records import Interval

_ROOM = 60
"""Height of the trend in pixels."""
_CORNERS: tuple[tuple[Quadrant, Tone], ...] = (
    ("concentrate here", "pain"),
    ("keep up the good work", "delight"),
    ("low priority", "plain"),
    ("possible overkill", "plain"),
)


def moves(facts: Facts, words: Words) -> Section | None:
    """The waterfall: from the old score to the new one, place by place; the steps add up."""
    of = facts.moves
    if of is None:
        return None
    reached = list(accumulate((step.change.value for step in of.steps), initial=of.before.value))
    ends = (min(*reached, of.now.value), max(*reached, of.now.value))
    span = (ends[0] - 0.08 * (ends[1] - ends[0]), ends[1] + 0.08 * (ends[1] - ends[0]))
    rows = [_end_row(words.say("moves.before"), of, of.before, (span, words))]
    for step, (start, end) in zip(of.steps, pairwise(reached), strict=True):
        sure = sureness(step.change)
        name = words.say(f"moves.{step.place}") if step.place in {"nowhere", "others"} else words.name(step.place)
        cells = charts.step_cells(start, end, span, is_good=end >= start, is_sure=sure == "real")
        said = words.say(f"verdicts_of_change.{sure}")
        change = points(step.change, words, factor=1, digits=_digits(of))
        rows.append(Row(name=inert(name), value=change, cells=cells, sure=sure, sure_text=said))
    rows.append(_end_row(words.say("moves.now"), of, of.now, (span, words)))
    legend = Legend((("delight", words.say("moves.up")), ("pain", words.say("moves.down"))))
    left, right = (number(value, _digits(of)) for value in span)
    blocks: tuple[Block, ...] = (Note(words.say("moves.lead")), legend, Rows(tuple(rows), left, right))
    return Section(words.say("moves.title", score=words.name(of.name)), blocks, 15)


def trend(facts: Facts, words: Words) -> Section | None:
    """The weeks of the group that the digest is about, each with its interval."""
    of = facts.trend
    if of is None:
        return None
    end = charts.axis([week.share for week in of.weeks if week.share])
    ticks = tuple(_tick(week, end, facts.week, words) for week in of.weeks)
    group = words.group(of.group)
    block = Trend(ticks, _ROOM, words.percent(end), words.say("trend.axis"))
    return Section(words.say("trend.title", group=group), (Note(words.say(f"trend.lead_{of.counted}")), block), 22)


def importance(facts: Facts, words: Words) -> Section | None:
    """Importance against performance, four quadrants; a dimension whose importance nobody can tell stands below them."""
    if not facts.drivers:
        return None
    corners = {
        name: tuple(_driver(one, words) for one in facts.drivers if one.quadrant == name) for name, _ in _CORNERS
    }
    unclear = [_driver(one, words) for one in facts.drivers if one.quadrant == "cannot tell"]
    first, second, third, fourth = (
        Corner(words.say(f"importance.{name.replace(' ', '_')}"), corners[name], tone) for name, tone in _CORNERS
    )
    of = facts.drivers[0]
    lead = words.say("importance.lead", score=words.name(of.score), n=of.answers)
    blocks: list[Block] = [Note(lead)]
    if any(corners.values()):
        axes = words.say("importance.across"), words.say("importance.down")
        blocks.append(Grid((first, second, third, fourth), *axes))
    if unclear:
        blocks.append(Note(words.say("importance.unclear", names=words.listing(unclear))))
    return Section(words.say("importance.title"), tuple(blocks), 25)


def _digits(of: Moves) -> int:
    return 0 if of.unit == "percent" or of.name == "nps" else 2


def _end_row(name: str, of: Moves, score: Interval, drawn: tuple[tuple[float, float], Words]) -> Row:
    span, words = drawn
    digits = _digits(of)
    mark = "%" if of.unit == "percent" else ""
    low, high = number(score.low, digits), number(score.high, digits)
    interval = words.say("numbers.points_interval", low=low, high=high)
    value = words.say("moves.end", score=f"{number(score.value, digits)}{mark}", interval=interval)
    return Row(name=name, value=value, cells=charts.point_cells(score, span))


def _tick(week: WeekShare, end: float, now: str, words: Words) -> Tick:
    name = week.week.partition("-")[2]
    if week.share is None:
        return Tick(name=name)
    empty, above, below = charts.tick(week.share, end, _ROOM)
    return Tick(
        name=name,
        share=words.percent(week.share.value),
        cells=charts.share_cells(week.share, end),
        empty=empty,
        above=above,
        below=below,
        is_now=week.week == now,
    )


def _driver(one: Driver, words: Words) -> str:
    return words.say(
        "importance.driver",
        name=words.name(one.dimension),
        importance=number(one.importance.value, 2),
        interval=words.bounds(one.importance, 2),
        performance=words.percent(one.performance),
    )
