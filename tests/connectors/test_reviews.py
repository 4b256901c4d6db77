"""What becomes of reviews, and how are they answered?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from feedbackloop.clock import EARLIEST
from feedbackloop.connector import Context
from feedbackloop.errors import Fatal, Skippable
from feedbackloop.records import ActionKind
from feedbackloop.testing import Shelf
from feedbackloop.testing.makers import action
from feedbackloop_connectors.reviews.google_play import GooglePlay
from loopback_rest import Reply
from row_systems import ANSWERING, RowSystem


@pytest.fixture(params=sorted(ANSWERING))
def system(request: pytest.FixtureRequest) -> Iterator[RowSystem]:
    system = RowSystem(request.param)
    yield system
    system.site.close()


@pytest.fixture
def play() -> Iterator[RowSystem]:
    system = RowSystem("google_play")
    yield system
    system.site.close()


def read(system: RowSystem) -> dict[str, Any]:
    return Shelf().pull(system.connect()).items


def test_a_review_has_its_words_its_stars_and_its_channel(system: RowSystem) -> None:
    name = system.site.put("T-1", "承诺三天到货，等了一周。", 2)
    item = read(system)[name]
    assert (item.kind, item.channel) == ("review", system.name)
    assert [(one.author, one.text) for one in item.messages] == [("customer", "承诺三天到货，等了一周。")]
    assert [(one.scale, one.value, one.min, one.max) for one in item.ratings] == [("stars", 2, 1, 5)]


def test_the_answer_of_a_person_is_an_agents_public_word(system: RowSystem) -> None:
    name = system.site.put("T-1", "Late.", 1)
    system.site.reply_to(name, "Sorry, we will call you tomorrow.")
    _, answer = read(system)[name].messages
    assert (answer.author, answer.public, answer.text) == ("agent", True, "Sorry, we will call you tomorrow.")


def test_our_own_answer_is_named_by_its_receipt_until_a_person_rewrites_it(system: RowSystem) -> None:
    """The core knows own words by the ids of receipts: the message's id is in it, and another one after a rewrite."""
    name = system.site.put("T-1", "Late.", 1)
    receipt = system.connect().push(action(ActionKind.REPLY, name, text="We are sorry."))
    assert read(system)[name].messages[1].id in receipt.written_ids
    system.site.reply_to(name, "We are very sorry.")
    assert read(system)[name].messages[1].id not in receipt.written_ids


def test_a_persons_answer_is_never_written_over(system: RowSystem) -> None:
    name = system.site.put("T-1", "Late.", 1)
    system.site.reply_to(name, "A person was faster.")
    with pytest.raises(Skippable, match="a person has answered"):
        system.connect().push(action(ActionKind.REPLY, name, text="We are sorry."))
    assert system.site.entries[name].answer == "A person was faster."


def test_what_is_too_long_for_the_site_is_not_sent(system: RowSystem) -> None:
    name = system.site.put("T-1", "Late.", 1)
    connector = system.connect()
    longest = connector.longest_answer  # type: ignore[attr-defined]
    with pytest.raises(Skippable, match=f"{longest + 1} characters"):
        connector.push(action(ActionKind.REPLY, name, text="x" * (longest + 1)))
    assert system.site.entries[name].answer is None


def test_a_note_or_a_task_has_no_place_here(system: RowSystem) -> None:
    name = system.site.put("T-1", "Late.", 1)
    with pytest.raises(Skippable, match="public answers only"):
        system.connect().push(action(ActionKind.NOTE, name))


def test_an_edited_review_comes_again(system: RowSystem) -> None:
    """From two stars to five, some weeks later by the site's clock: one item, one rating."""
    shelf = Shelf()
    name = system.site.put("T-1", "Late.", 2)
    system.site.put("T-2", "Fine.", 5)
    shelf.pull(system.connect())
    system.site.put("T-1", "They made up for it.", 5)
    before = len(shelf.yielded)
    shelf.pull(system.connect())
    assert [item.id for item in shelf.yielded[before:]] == [name]
    assert [one.value for one in shelf.items[name].ratings] == [5]


def test_a_login_that_ran_out_is_renewed_once(system: RowSystem) -> None:
    """Refused in the middle: a fresh login, and the call again; refused afresh, it is an error."""
    system.site.put("T-1", "Late.", 2)
    connector: Any = system.connect()
    list(connector.pull(""))
    sound, refused = system.site.knows, []

    def once(call: Any) -> bool:
        if not refused:
            refused.append(call)
            return False
        return sound(call)

    system.site.knows = once  # type: ignore[method-assign]
    assert connector.sheet(EARLIEST, None).rows
    assert len(refused) == 1


def test_title_and_body_of_a_play_review_are_told_apart(play: RowSystem) -> None:
    """Google joins them by a tab; the first part is the subject."""
    connector: Any = play.connect()
    stamp = {"seconds": "1793520000", "nanos": 0}
    row = {
        "reviewId": "r",
        "comments": [{"userComment": {"text": "Slow\tThree days.", "lastModified": stamp, "starRating": 2}}],
    }
    item = connector.item(row)
    assert (item.subject, item.messages[0].text) == ("Slow", "Three days.")
    assert item.created_at == datetime.fromtimestamp(1793520000, UTC)


def test_a_key_file_that_is_none_is_said_at_once() -> None:
    """The JSON is wanted, not its path."""
    options = GooglePlay.Options(connector="google_play", package_name="a.b", service_account="key.json")
    with pytest.raises(Fatal, match=r'\{ file = "path" \}'):
        GooglePlay(options, Context("reviews"))  # type: ignore[arg-type]


def test_a_key_that_cannot_sign_is_said_without_the_key(system: RowSystem) -> None:
    if system.name == "trustpilot":
        pytest.skip("it has no key that signs")
    broken = "-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----"
    if system.name == "app_store":
        system.options["private_key"] = broken
    else:
        system.options["service_account"] = (
            '{"client_email": "a", "token_uri": "https://example.com/t", "private_key": "nonsense"}'
        )
    with pytest.raises(Fatal, match="private key cannot be used") as caught:
        list(system.connect().pull(""))
    assert "nonsense" not in str(caught.value)


def test_a_foreign_next_link_is_not_followed() -> None:
    """App Store Connect pages by links: one that leads away would carry the login there."""
    system = RowSystem("app_store")
    try:
        system.site.put("T-1", "Late.", 2)
        sound = system.site.answer

        def answer(call: Any) -> Reply:
            reply = sound(call)
            if system.site.is_list(call):
                reply.body["links"]["next"] = "https://elsewhere.example.com/v1/apps"
            return reply

        system.site.answer = answer  # type: ignore[method-assign]
        with pytest.raises(Fatal, match="refused to follow a link away"):
            list(system.connect().pull(""))
    finally:
        system.site.close()


def test_a_duration_that_is_none_is_a_fault_of_the_config() -> None:
    with pytest.raises(ValueError, match="reread"):
        GooglePlay.Options(connector="google_play", package_name="a.b", service_account="{}", reread="soon")
