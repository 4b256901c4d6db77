"""Does each team get each week's digest once, at its time, and is a failure tried again?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from feedbackloop import hookimpl
from feedbackloop.clock import Clock
from feedbackloop.config import from_dict
from feedbackloop.digest.deliver import Post, send_due
from feedbackloop.digest.making import Maker
from feedbackloop.errors import Retriable, UsageError
from feedbackloop.hookspecs import Mail, Section
from feedbackloop.manager import PluginManager
from feedbackloop.records import Item
from feedbackloop.settings import Settings
from feedbackloop.stages.turn import Turn
from feedbackloop.store import Store

DUE = datetime(2026, 11, 23, 8, tzinfo=UTC)
WEEK = "2026-W47"


class PostOffice:
    """Takes every mail, or refuses it for now."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.is_closed = False
        self.killed_before = False
        self.killed_after = False

    def plugins(self) -> PluginManager:
        @hookimpl
        def deliver(mail: Mail, settings: Settings) -> str:
            if self.is_closed:
                raise Retriable("closed today")
            if self.killed_before:
                self.killed_before = False
                raise SystemExit
            self.mails.append(mail)
            if self.killed_after:
                self.killed_after = False
                raise SystemExit
            return "the post"

        @hookimpl
        def redact(texts: Sequence[str]) -> Sequence[str]:
            return texts

        @hookimpl
        def clean_text(texts: Sequence[Any]) -> Sequence[Any]:
            return texts

        @hookimpl
        def digest_sections(facts: dict[str, Any]) -> list[Section]:
            return [Section("Weather", "<p>Rain.</p>", f"Rain on {facts['items']} items.")]

        return PluginManager(
            {
                "post": SimpleNamespace(
                    deliver=deliver, redact=redact, clean_text=clean_text, digest_sections=digest_sections
                )
            }
        )


@pytest.fixture
def post() -> PostOffice:
    return PostOffice()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "loop.db") as opened:
        with opened.write():
            item = Item(id="1", kind="ticket", created_at=DUE - timedelta(days=3), source="desk")
            opened.items.receive([item], DUE, "fbl-", set())
        yield opened


def settings(**changes: Any) -> Settings:
    teams = [{"name": "Logistics", "email": ["a@example.com"]}, {"name": "Silent"}]
    return from_dict({"teams": teams, "digest": {"send": True}, **changes})


def turn(store: Store, post: PostOffice, now: datetime = DUE, **changes: Any) -> Turn:
    clock = changes.pop("clock", Clock())
    made = Turn.at(now, store, settings(**changes), post.plugins())
    return replace(made, clock=clock)


def posting(store: Store, settings: Settings, plugins: PluginManager) -> Post:
    return Post(Maker(store, settings, plugins, DUE))


def test_a_digest_goes_out_once(store: Store, post: PostOffice) -> None:
    first, second = turn(store, post), turn(store, post, DUE + timedelta(hours=1))
    send_due(first)
    send_due(second)
    assert [(mail.key, mail.to) for mail in post.mails] == [("digest:2026-W47:Logistics", ("a@example.com",))]
    assert first.report.digests == ["digest of 2026-W47 for Logistics: sent by the post"]
    assert (second.report.digests, second.report.failures) == ([], [])


def test_what_failed_is_said_and_tried_again_under_the_same_message_id(store: Store, post: PostOffice) -> None:
    post.is_closed = True
    failed = turn(store, post)
    send_due(failed)
    assert [failure.error for failure in failed.report.failures] == ["closed today"]
    post.is_closed = False
    send_due(turn(store, post, DUE + timedelta(hours=1)))
    assert len(post.mails) == 1
    assert b"Message-ID: <digest.2026-W47." in post.mails[0].eml


def test_a_run_killed_before_it_sent_is_made_good_once(store: Store, post: PostOffice) -> None:
    post.killed_before = True
    with pytest.raises(SystemExit):
        send_due(turn(store, post))
    for hours in (1, 2, 3):
        send_due(turn(store, post, DUE + timedelta(hours=hours)))
    assert len(post.mails) == 1


def test_a_run_killed_right_after_it_sent_gives_one_mail_to_every_mail_program(store: Store, post: PostOffice) -> None:
    post.killed_after = True
    with pytest.raises(SystemExit):
        send_due(turn(store, post))
    for hours in (1, 2, 3):
        send_due(turn(store, post, DUE + timedelta(hours=hours)))
    # nobody can ask a mail server whether it took a mail: it may go twice then, under one Message-ID, which is shown once
    assert len(post.mails) <= 2
    assert len({mail.eml.partition(b"Message-ID: ")[2].partition(b"\r\n")[0] for mail in post.mails}) == 1


@pytest.mark.parametrize("now", [DUE - timedelta(minutes=1), DUE + timedelta(days=6, minutes=1)])
def test_before_its_time_and_long_after_nothing_goes_out(store: Store, post: PostOffice, now: datetime) -> None:
    send_due(turn(store, post, now))
    assert post.mails == []


def test_a_week_without_news_is_not_mailed_and_the_reason_is_said(tmp_path: Path, post: PostOffice) -> None:
    with Store(tmp_path / "empty.db") as empty:
        quiet = turn(empty, post)
        send_due(quiet)
    assert post.mails == []
    assert "nothing is new in 2026-W47" in quiet.report.digests[0]


def test_replayed_history_is_mailed_on_this_machine_only(store: Store, post: PostOffice) -> None:
    away = turn(store, post, clock=Clock(DUE), mail={"host": "mail.example.com"})
    send_due(away)
    assert post.mails == []
    assert "mail.example.com is not this machine" in away.report.remarks[0]
    send_due(turn(store, post, clock=Clock(DUE), mail={"host": "127.0.0.1"}))
    assert len(post.mails) == 1


def test_plugins_see_the_facts_and_add_their_sections(store: Store, post: PostOffice) -> None:
    made = Maker(store, settings(), post.plugins(), DUE).make(WEEK, None)
    assert "== Weather ==\nRain on 1 items." in made.rendered.text


def test_an_unknown_team_is_named_with_those_known(store: Store, post: PostOffice) -> None:
    with pytest.raises(UsageError, match="no team 'Sales'; known are Logistics, Silent"):
        Maker(store, settings(), post.plugins(), DUE).make(WEEK, "Sales")


def test_nobody_to_send_to_is_said(store: Store, post: PostOffice) -> None:
    lonely = turn(store, post, teams=[{"name": "Silent"}])
    send_due(lonely)
    assert "no team has an email" in lonely.report.remarks[0]
    with pytest.raises(UsageError, match="nobody to send to"):
        posting(store, settings(teams=[{"name": "Silent"}]), post.plugins()).send(WEEK, None)


def test_a_team_without_an_address_is_skipped_by_name(store: Store, post: PostOffice) -> None:
    outcome = posting(store, settings(), post.plugins()).send(WEEK, None)
    assert [one["team"] for one in outcome.sent] == ["Logistics"]
    assert outcome.skipped == [{"week": WEEK, "team": "Silent", "reason": "the team has no email"}]


def test_a_digest_that_no_plugin_takes_is_a_failure(store: Store) -> None:
    nobody = PluginManager({})
    made = posting(store, settings(), nobody).send(WEEK, "Logistics")
    assert "no plugin delivered it" in made.failures[0]["error"]
