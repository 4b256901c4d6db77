"""What does a digest say, in which words and in which order?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from feedbackloop.digest import headline
from feedbackloop.digest.facts import Facts
from feedbackloop.digest.language import words_for
from feedbackloop.digest.sections import sections
from feedbackloop.digest.view import Extra, View
from feedbackloop.digest.view import Section as ViewSection
from feedbackloop.hookspecs import Section
from feedbackloop.inert import inert


def view(facts: Facts, extra: Sequence[Section] = ()) -> View:
    """Put facts into words, section after section; plugins' sections stand where their `position` says."""
    words = words_for(facts.language, facts.timezone)
    made = sections(facts, words)
    made += [ViewSection(part.title, (Extra(part.html, part.text),), part.position) for part in extra]
    failed = [source.name for source in facts.sources if source.error]
    first, last = words.day(facts.starts_at), words.day(facts.ends_at - facts.ends_at.resolution)
    page = View(
        language=words.say("frame.lang"),
        brand=words.say("frame.brand"),
        place=inert(facts.team or "") or words.say("frame.all_teams"),
        dates=f"{words.week(facts.week)} \u00b7 {words.say('numbers.span', first=first, last=last)}",
        headline=headline.headline(facts, words),
        answers=headline.answers(facts, words),
        sections=tuple(sorted(made, key=lambda section: section.position)),
        read_more=words.say("frame.read_more"),
        notice=words.say("frame.incomplete", sources=words.listing(failed)) if failed else "",
    )
    return msgspec.convert(_inert(msgspec.to_builtins(page)), View)


def _inert(page: Any) -> Any:
    """Make every string of a view (as builtins) inert; the block of a plugin stays as it is."""
    if isinstance(page, str):
        return inert(page)
    if isinstance(page, list | tuple):
        return [_inert(part) for part in page]
    if isinstance(page, dict) and page.get("type") != "extra":
        return {key: _inert(part) for key, part in page.items()}
    return page
