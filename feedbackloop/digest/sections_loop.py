"""What is done about the gaps, did it help, and how far can the figures be trusted? The second half of the digest."""

from __future__ import annotations

from feedbackloop.digest.facts import Exchange, Facts, Fix, FixVerdict, Quote, Share, SourceState, Thanks
from feedbackloop.digest.headline import is_delight, is_theme
from feedbackloop.digest.headline import lead as main_finding
from feedbackloop.digest.language import Words, number
from feedbackloop.digest.sections_gaps import points
from feedbackloop.digest.view import (
    Block,
    Card,
    Cards,
    Line,
    Lines,
    Note,
    Section,
    Speech,
    Stories,
    Story,
    Tone,
)
from feedbackloop.inert import inert, quoted, safe_url
from feedbackloop.records import Finding

_THEME_TONE: dict[str, Tone] = {"worse": "pain", "better": "delight"}
_VERDICT_TONE: dict[str, Tone] = {"worked": "delight", "worse": "pain"}


def fixes(facts: Facts, words: Words) -> Section | None:
    """The top tasks: impact, the customers' own words, owner, due date, link."""
    if not facts.fixes:
        return None
    stories = tuple(_fix_story(fix, words) for fix in facts.fixes)
    return Section(words.say("fixes.title"), (Stories(stories),), 65)


def better(facts: Facts, words: Words) -> Section | None:
    """What fell short less than before, and which teams to thank."""
    rose = [finding for finding in facts.findings if finding.direction == "better" and not is_theme(finding)]
    lines = [_better_line(finding, words) for finding in rose]
    lines += [_thanks_line(thanks, words) for thanks in facts.thanks]
    return Section(words.say("better.title"), (Lines(tuple(lines)),), 70) if lines else None


def exchanges(facts: Facts, words: Words) -> Section | None:
    """One good and one bad exchange to learn from, without names."""
    if not facts.exchanges:
        return None
    stories = tuple(_exchange_story(exchange, words) for exchange in facts.exchanges)
    return Section(words.say("exchanges.title", n=len(stories)), (Stories(stories),), 75)


def health(facts: Facts, words: Words) -> Section | None:
    """Closed in time and confirmed, always as a pair; medians, reopened, the oldest that is open."""
    if facts.health is None:
        return None
    of = facts.health
    limit = words.say("health.in_time", limit=words.hours(of.limit_hours))
    cards = (_share_card(limit, of.in_time, words), _share_card(words.say("health.confirmed"), of.confirmed, words))
    lines = []
    if of.median_hours is not None and of.median_business_hours is not None:
        both = {"hours": words.hours(of.median_hours), "business": words.hours(of.median_business_hours)}
        lines.append(Line(text=words.say("health.median_both", **both)))
    elif of.median_hours is not None:
        lines.append(Line(text=words.say("health.median", hours=words.hours(of.median_hours))))
    if of.reopened:
        lines.append(Line(text=words.say("health.reopened", n=of.reopened)))
    if of.oldest_open:
        since = words.day(of.oldest_open.due_at)
        oldest = words.say("health.oldest", item=of.oldest_open.item, since=since)
        lines.append(Line(text=oldest, url=safe_url(of.oldest_open.url)))
    blocks: tuple[Block, ...] = (Cards(cards), Lines(tuple(lines))) if lines else (Cards(cards),)
    return Section(words.say("health.title"), blocks, 80)


def verdicts(facts: Facts, words: Words) -> Section | None:
    """Whether earlier fixes worked, whether the trouble only moved, and how much is missing to tell."""
    if not facts.verdicts:
        return None
    lines = tuple(_verdict_line(verdict, words) for verdict in facts.verdicts)
    return Section(words.say("verdicts.title"), (Lines(lines),), 85)


def themes(facts: Facts, words: Words) -> Section | None:
    """Groups and themes that rose beyond noise, apart from the one in the headline."""
    top = main_finding(facts)
    rising = [finding for finding in facts.findings if finding.direction == "worse" or is_theme(finding)]
    rising = [finding for finding in rising if finding is not top]
    if not rising:
        return None
    limit = words.percent(facts.false_discovery_rate)
    lead = Note(words.say("themes.lead", rate=limit, tested=facts.tested))
    lines = tuple(_theme_line(finding, words) for finding in rising)
    return Section(words.say("themes.title"), (lead, Lines(lines)), 90)


def data(facts: Facts, words: Words) -> Section:
    """Window, freshness of each source, failed connectors, scorer version, how to pause or change the mail."""
    first, last = words.day(facts.starts_at), words.day(facts.ends_at - facts.ends_at.resolution)
    counts = {"items": facts.items, "judged": facts.judged, "zone": facts.timezone}
    lines = [Line(text=words.say("data.window", first=first, last=last, **counts))]
    lines += [_source_line(source, words) for source in facts.sources]
    lines += [Line(text=words.say("data.contradict", n=facts.contradict))] if facts.contradict else []
    scorers = words.listing([inert(scorer) for scorer in facts.scorers])
    scored = "data.scorer" if scorers else "data.scorer_none"
    lines.append(Line(text=words.say(scored, scorers=scorers, version=facts.version)))
    lines.append(Line(text=words.say("data.change")))
    return Section(words.say("data.title"), (Lines(tuple(lines)),), 1000)


def _fix_story(fix: Fix, words: Words) -> Story:
    facts = []
    if fix.shortfall:
        facts.append(_share_words("fixes.shortfall", fix.shortfall, words))
    if fix.impact and fix.impact_on:
        # only a gain whose interval leaves out zero is called an effect
        key = "fixes.impact" if fix.impact.low > 0 else "fixes.impact_unclear"
        values = {"impact": number(fix.impact.value), "interval": words.bounds(fix.impact, 1)}
        facts.append(words.say(key, score=words.name(fix.impact_on), **values))
    owner = [words.say("fixes.owner", team=inert(fix.team) or words.say("do.nobody"))]
    owner += [words.say("fixes.due", due=words.day(fix.due_at))] if fix.due_at else []
    owner += [words.say("fixes.status", status=words.name(fix.status))]
    facts.append(words.listing(owner))
    return Story(
        title=inert(fix.title),
        label=words.say(f"fixes.mend_{fix.gap_type}") if fix.gap_type else "",
        facts=tuple(facts),
        speeches=tuple(_speech(quote) for quote in fix.quotes),
        url=safe_url(fix.url),
    )


def _exchange_story(exchange: Exchange, words: Words) -> Story:
    speeches = (
        Speech(quoted(exchange.said), words.say("exchanges.said")),
        Speech(quoted(exchange.answered), words.say("exchanges.answered")),
    )
    return Story(
        title=words.say("exchanges.good" if exchange.is_good else "exchanges.bad"),
        tone="delight" if exchange.is_good else "pain",
        speeches=speeches,
        url=safe_url(exchange.url),
    )


def _speech(quote: Quote) -> Speech:
    return Speech(quoted(quote.text), url=safe_url(quote.url), language=quote.language)


def _better_line(finding: Finding, words: Words) -> Line:
    return Line(
        text=words.say(
            "better.delight" if is_delight(finding) else "better.finding",
            group=words.group(finding.group),
            share=words.percent(finding.share),
            interval=words.percents(finding.share_low, finding.share_high),
            before=words.percent(finding.baseline_share or 0),
        ),
        tone="delight",
    )


def _thanks_line(thanks: Thanks, words: Words) -> Line:
    text = words.say(
        "better.thanks",
        team=inert(thanks.team or "") or words.say("better.somebody"),
        better=thanks.better,
        items=thanks.items,
        group=words.group(thanks.group),
    )
    quote = quoted(thanks.quote.text) if thanks.quote else ""
    return Line(text=text, tone="delight", quote=quote, url=safe_url(thanks.quote.url) if thanks.quote else None)


def _share_card(name: str, share: Share, words: Words) -> Card:
    interval = words.percents(share.low, share.high)
    detail = words.say("health.detail", part=share.part, whole=share.whole, interval=interval)
    return Card(name=name, value=words.percent(share.value) if share.whole else "\u2013", detail=detail)


def _verdict_line(verdict: FixVerdict, words: Words) -> Line:
    asides = []
    if verdict.change:
        change = {"change": points(verdict.change, words)}
        asides.append(words.say("verdicts.change", **change))
    if verdict.needed:
        asides.append(words.say("verdicts.needed", n=verdict.needed))
    if verdict.due_at:
        asides.append(words.say("verdicts.due", day=words.day(verdict.due_at)))
    if verdict.displaced_to:
        asides.append(words.say("verdicts.displaced", group=words.group(verdict.displaced_to)))
    return Line(
        text=words.say("verdicts.line", verdict=words.say(f"verdicts.{verdict.verdict}"), title=inert(verdict.title)),
        aside=words.listing(asides),
        url=safe_url(verdict.url),
        tone=_VERDICT_TONE.get(verdict.verdict, "plain"),
    )


def _theme_line(finding: Finding, words: Words) -> Line:
    before = "" if finding.baseline_share is None else words.percent(finding.baseline_share)
    interval = words.percents(finding.share_low, finding.share_high)
    counts = {"part": str(finding.shortfalls), "whole": str(finding.items)}
    numbers = {"share": words.percent(finding.share), "interval": interval, "before": before}
    key = "themes.line_theme" if is_theme(finding) else "themes.line" if before else "themes.line_first"
    tone: Tone = _THEME_TONE.get(finding.direction, "plain")
    return Line(text=words.group(finding.group), aside=words.say(key, **counts, **numbers), tone=tone)


def _source_line(source: SourceState, words: Words) -> Line:
    names = {"name": source.name, "connector": source.connector}
    if source.error:
        return Line(text=words.say("data.failed", error=quoted(source.error, 200), **names), tone="pain")
    if source.fresh_as_of is None:
        return Line(text=words.say("data.source_never", **names))
    fresh = words.day_time(source.fresh_as_of)
    return Line(text=words.say("data.source", n=source.items, fresh=fresh, **names))


def _share_words(key: str, share: Share, words: Words) -> str:
    return words.say(
        key,
        part=share.part,
        whole=share.whole,
        share=words.percent(share.value),
        interval=words.percents(share.low, share.high),
    )
