"""Does a digest show its facts: in both parts alike, in both languages, in a form that mail clients show?"""

import hashlib
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedbackloop.analysis.edits import Edits
from feedbackloop.analysis.recovery import recovery
from feedbackloop.digest.facts import Due, Facts, Fix, Quote, SourceState
from feedbackloop.digest.page import view
from feedbackloop.digest.render import Rendered, render
from feedbackloop.hookspecs import Section

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "zh")


def week(language: str = "en", **changes: Any) -> Facts:
    """An invented week with something in every section."""
    facts = msgspec.json.decode((DATA / f"digest_week_{language}.json").read_bytes(), type=Facts)
    return msgspec.structs.replace(facts, **changes)


def quiet(**changes: Any) -> Facts:
    """A week in which nothing is known."""
    start = datetime(2026, 11, 16, tzinfo=UTC)
    end = datetime(2026, 11, 23, tzinfo=UTC)
    return msgspec.structs.replace(Facts(week="2026-W47", starts_at=start, ends_at=end, made_at=end), **changes)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._hidden += tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def read(html: str) -> _Page:
    page = _Page()
    page.feed(html)
    return page


def one_line(text: str) -> str:
    return " ".join(text.replace("\xa0", " ").split())


def strings(value: Any) -> list[str]:
    """Every string of a view that a reader must see: drawn cells and tags are no words."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, dict):
        skipped = {"cells", "type", "tone", "entries", "sure", "language", "read_more"}
        return [text for key, part in value.items() if key not in skipped for text in strings(part)]
    return [text for part in value for text in strings(part)] if isinstance(value, list | tuple) else []


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_and_html_hold_the_same_words(language: str) -> None:
    facts = week(language)
    rendered = render(facts)
    html = one_line("".join(read(rendered.html).words))
    links = {str(attrs.get("href")) for tag, attrs in read(rendered.html).tags if tag == "a"}
    text = one_line(rendered.text)
    page = strings(msgspec.to_builtins(view(facts)))
    assert len(page) > 100
    assert [part for part in page if part not in text] == []
    assert [part for part in page if part not in html and part not in links] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_facts_give_the_same_bytes(language: str) -> None:
    assert render(week(language)) == render(week(language))


def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "import hashlib, msgspec, pathlib, sys;"
        "from feedbackloop.digest.facts import Facts; from feedbackloop.digest.render import render;"
        "facts = msgspec.json.decode(pathlib.Path(sys.argv[1]).read_bytes(), type=Facts);"
        "print(hashlib.sha256(render(facts).html.encode()).hexdigest())"
    )
    here = hashlib.sha256(render(week()).html.encode()).hexdigest()
    for seed in ("1", "2"):
        command = [sys.executable, "-c", program, str(DATA / "digest_week_en.json")]
        there = subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        assert there.stdout.strip() == here


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_are_tables_that_every_client_shows(language: str) -> None:
    page = read(render(week(language)).html)
    assert not {"img", "svg", "script", "link", "iframe", "form", "input", "object"} & {tag for tag, _ in page.tags}
    assert not any("url(" in str(attrs.get("style")) or "data:" in str(attrs) for _, attrs in page.tags)
    assert not any(re.search(r"display:\s*(flex|grid)", str(attrs.get("style"))) for _, attrs in page.tags)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_is_not_clipped(language: str) -> None:
    assert len(render(week(language)).html.encode()) < 102_000  # Gmail cuts what is longer


def test_styles_stand_in_the_elements_and_dark_ones_in_the_head() -> None:
    html = render(week()).html
    head, body = html.split("</head>")
    assert "prefers-color-scheme: dark" in head
    assert "max-width: 480px" in head
    assert "<!--[if mso]>" in body
    assert all("style" in attrs for tag, attrs in read(html).tags if tag in {"h1", "h2"})


def test_widths_of_every_bar_add_up_to_the_whole() -> None:
    bars = re.findall(r'<table class="bar".*?</table>', render(week()).html, re.S)
    widths = [sum(int(width) for width in re.findall(r'<td[^>]* width="(\d+)%"', bar)) for bar in bars]
    # 7 steps of the waterfall, 5 pairs, 5 shares, 3 promise times, 3 standing gaps, 2 sides of the recovery
    assert len(bars) == 25
    assert set(widths) == {100}


def test_sections_stand_in_reading_order() -> None:
    titles = [section.title for section in view(week()).sections]
    assert titles == [
        "Scores",
        "What moved CSAT",
        "Expectation against experience",
        "Week by week: Delivery reliability",
        "What matters, and how well it is done",
        "Promises: Delivery",
        "Before they break",
        "The journey",
        "Where we fall short most",
        "To fix first",
        "What got better, whom to thank",
        "Two exchanges worth learning from",
        "Is the loop closed?",
        "Did writing help?",
        "Did earlier fixes work?",
        "New or rising themes",
        "Restraint",
        "About these figures",
    ]


def test_empty_sections_vanish_and_the_data_window_stays() -> None:
    assert [section.title for section in view(quiet()).sections] == ["About these figures"]


def test_a_plugins_section_stands_where_its_position_says() -> None:
    extra = Section("Weather", "<p>Rain &amp; wind.</p>", "Rain & wind.", 41)
    rendered = render(week(), [extra])
    titles = [section.title for section in view(week(), [extra]).sections]
    assert titles[titles.index("Weather") - 1] == "Before they break"
    assert ">Rain &amp; wind.</p>" in rendered.html
    assert "Rain & wind." in rendered.text


def test_a_source_that_could_not_be_read_is_said_at_the_top_and_at_the_end() -> None:
    text = render(week()).text
    assert "! These figures are not complete: survey could not be read." in text.split("==")[0]
    assert "survey (jsonl): could not be read: survey.jsonl: no such file" in text


def test_a_real_change_is_called_real_and_the_others_cannot_tell() -> None:
    text = render(week()).text
    assert "CSAT: 81%, 74–87%; n = 148 · −6 points (−12.4 to −0.3) [real]" in text
    assert "NPS: +24, +8 to +40; n = 96 · +3 points (−13 to +19) [cannot tell]" in text


def test_an_impact_without_proof_is_said_to_be_unknown() -> None:
    text = render(week()).text
    assert "NPS would stand 7.2 points higher without this theme (+2.1 to +12.3)" in text
    assert "Effect on CSAT: cannot tell (−0.6 to +3.4)" in text


HOSTILE = "<script>alert(1)</script>\r\nBcc: x@example.org\u202e \x00 https://evil.example {{ 7*7 }} \ud800"


def test_hostile_words_stay_words() -> None:
    quote = Quote(HOSTILE, "support/1", "javascript:alert(1)")
    fix = Fix(title=HOSTILE, group={"touchpoint": HOSTILE}, status="open", team=HOSTILE, quotes=(quote,))
    due = Due(item=HOSTILE, what=HOSTILE, due_at=datetime(2026, 11, 24, tzinfo=UTC), url="https://ok.example/\r\nX: y")
    source = SourceState(name=HOSTILE, connector="csv", error=HOSTILE)
    rendered = render(quiet(fixes=(fix,), due=(due,), sources=(source,), team=HOSTILE))
    page = read(rendered.html)
    assert "script" not in {tag for tag, _ in page.tags}
    assert not [attrs for tag, attrs in page.tags if tag == "a"]
    for part in (rendered.subject, rendered.text, rendered.html):
        assert not re.search("[\x00\r\u202e\ud800]", part)
        assert "{{ 7*7 }}" in part or part is rendered.subject
    assert "\nBcc:" not in rendered.text
    assert "\n" not in rendered.subject


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(words=st.text(max_size=200))
def test_any_words_of_a_customer_keep_both_parts_whole(words: str) -> None:
    def with_quote(text: str) -> Rendered:
        return render(quiet(fixes=(Fix(title="t", group={}, status="open", quotes=(Quote(text, "s/1"),)),)))

    rendered = with_quote(words)
    assert rendered.text.count("\n") == with_quote("x").text.count("\n")
    assert rendered.html.encode() and rendered.text.encode()


def test_recovery_is_never_shown_without_what_to_compare_it_with() -> None:
    alone = render(week(recovery=recovery(["confirmed"] * 41 + ["unanswered"] * 29, [], 0.25))).text
    assert "No comparison: nobody was held out" in alone and "To be expected with no action at all: 25–52%" in alone
    assert "of those who answer again" in alone and "here 41 of the 41 who answered (100%, 91–100%)" in alone
    beside = render(week()).text
    assert "Held out at random, for comparison: 60% (49–70%)" in beside and "+20 points (+5 to +33) [real]" in beside
    assert "No comparison" not in beside
    unclear = render(week(recovery=recovery(["confirmed"] * 9, ["confirmed", "unanswered"], 0.25))).text
    assert "[cannot tell]" in unclear[unclear.index("Did writing help?") : unclear.index("Did earlier fixes work?")]


def test_drafts_that_nobody_changed_are_said_to_be_so() -> None:
    assert "Nobody changed a word in the 4 drafts" in render(week(edits=Edits(4, 0))).text


def test_one_exchange_is_not_called_two() -> None:
    one = week()
    text = render(msgspec.structs.replace(one, exchanges=one.exchanges[:1])).text
    assert "== An exchange worth learning from ==" in text
