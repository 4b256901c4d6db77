"""Does a described source log in, map, page and write as its description says, and survive what is wrong?"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from feedbackloop import config
from feedbackloop.connector import Ability, Context
from feedbackloop.errors import BadRecord, Fatal, Refused, Retriable, Skippable, UnknownOutcome
from feedbackloop.http import basic_auth
from feedbackloop.records import ActionKind
from feedbackloop.testing import Shelf
from feedbackloop.testing.makers import action
from feedbackloop_connectors.described.expressions import filled, path_of, search
from feedbackloop_connectors.rest.connector import Rest
from rest_desk import DESCRIPTION, RestDesk

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "rest").glob("*.toml"))


@pytest.fixture
def desk() -> Iterator[RestDesk]:
    with RestDesk() as running:
        yield running


def described(desk: RestDesk, changes: dict[str, Any] | None = None, **top: Any) -> Rest:
    """Open the desk with a changed description; a value None takes a key out."""
    description = deepcopy(DESCRIPTION) | {"base_url": desk.address} | top
    for key, table in (changes or {}).items():
        description[key] = description[key] | table
    return Rest(Rest.Options(**{key: one for key, one in description.items() if one is not None}), Context("desk"))


def fault(**changes: Any) -> str:
    """Give the one sentence said about a description."""
    with pytest.raises(ValidationError) as caught:
        Rest.Options(**deepcopy(DESCRIPTION) | {"base_url": "http://127.0.0.1:1"} | changes)
    (said,) = config.describe(caught.value, Rest.Options, "sources.desk")
    return said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"item": {"id": "id"}}, "created_at: is required and missing"),
        ({"item": {"id": "id", "created_at": "a[", "title": "t"}}, "is not JMESPath"),
        ({"item": {"id": "id", "created_at": "a", "subjekt": "t"}}, "did you mean subject?"),
        ({"list": {"path": "/x{{"}}, "is not a template"),
        ({"list": {"path": "https://elsewhere.example/"}}, "is not a path; write it from base_url on"),
        ({"list": {"path": "//elsewhere.example/"}}, "is not a path"),
        ({"list": {"path": "/x?since={{ since }}"}}, "needs `changed`"),
        ({"list": {"path": "/x", "paging": "next"}}, "needs `next`"),
        ({"list": {"path": "/x", "overlap": "soon"}}, "is not a duration"),
        ({"list": {"path": "/x", "rws": "x"}}, "sources.desk.list.rws: unknown key; did you mean rows?"),
        ({"username": "me", "password": "p"}, "several ways to log in"),
        ({"token": None, "username": "me"}, "needs all of username, password"),
        ({"token": None, "header_name": "X-Key"}, "header_name needs token"),
        ({"write": {"shout": {"calls": [{"path": "/x"}]}}}, "Input should be 'note'"),
    ],
)
def test_what_is_wrong_in_a_description_is_said_with_its_place(changes: dict[str, Any], said: str) -> None:
    assert said in fault(**changes)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_valid(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDMINE_KEY", "k")
    monkeypatch.setenv("ROUNDUP_PASSWORD", "p")
    for name, section in config.load(path).sources.items():
        assert config.validate_options(Rest.Options, section, f"sources.{name}")


def test_a_secret_in_the_file_itself_is_refused() -> None:
    assert config.plain_secrets(Rest.Options, {"token": "plain"}, "sources.desk")


@pytest.mark.parametrize(
    ("login", "options"),
    [
        (("Authorization", "Bearer t-1234"), {"token": "t-1234"}),
        (("X-Api-Key", "t-1234"), {"token": "t-1234", "header_name": "X-Api-Key"}),
        (("Authorization", basic_auth("me", "p-1234")), {"token": None, "username": "me", "password": "p-1234"}),
    ],
    ids=["bearer", "header", "basic"],
)
def test_every_login_that_does_not_change_is_sent(login: tuple[str, str], options: dict[str, Any]) -> None:
    with RestDesk(login=login) as desk:
        desk.put(1)
        assert list(Shelf().pull(described(desk, **options)).items) == ["1"]
        desk.login = ("Authorization", "another")
        with pytest.raises(Refused):
            Shelf().pull(described(desk, **options))


def test_certificates_are_meant_from_the_configs_folder(desk: RestDesk, tmp_path: Path) -> None:
    options = Rest.Options(**deepcopy(DESCRIPTION) | {"base_url": desk.address, "ca_file": "certs/ca.pem"})
    with pytest.raises(Fatal, match=rf"there is no {tmp_path}/certs/ca.pem"):
        Rest(options, Context("desk", folder=str(tmp_path)))


def oauth(desk: RestDesk, secret: str = "client-secret") -> Rest:
    login = {"client_id": "the-client", "client_secret": secret, "oauth_url": f"{desk.address}/token"}
    return described(desk, account=None, token=None, **login)


def test_an_oauth_token_is_had_once_and_again_when_it_is_refused(desk: RestDesk) -> None:
    desk.put(1)
    source = oauth(desk)
    assert list(Shelf().pull(source).items) == ["1"]
    assert desk.tokens == 1
    desk.login = ("Authorization", "Bearer revoked meanwhile")
    desk.put(2)
    assert set(Shelf().pull(source).items) == {"1", "2"}
    assert desk.tokens == 2


def test_an_oauth_token_that_ran_out_is_renewed_before_the_next_call(desk: RestDesk) -> None:
    desk.put(1)
    desk.token_seconds = 30  # it is renewed 30 seconds early: at once
    Shelf().pull(oauth(desk))
    assert desk.tokens == sum("token" not in path for path in desk.asked)


def test_a_wrong_oauth_secret_is_a_refusal_that_names_the_keys(desk: RestDesk) -> None:
    with pytest.raises(Refused, match="client_secret"):
        Shelf().pull(oauth(desk, "wrong"))
    (line,) = oauth(desk, "wrong").check()
    assert (line.ok, "wrong" in line.detail) == (False, False)


def test_an_account_that_names_nobody_is_a_refusal_although_the_list_is_open(desk: RestDesk) -> None:
    desk.answers["/me"] = (200, {"user": None})
    desk.put(1)
    with pytest.raises(Refused, match="does not say who we are"):
        Shelf().pull(described(desk))
    assert not described(desk).check()[0].ok


def test_check_says_which_part_of_the_mapping_does_not_fit(desk: RestDesk) -> None:
    desk.put(1, created="yesterday")
    account, rows = described(desk).check()
    assert (account.ok, account.detail) == (True, "signed in as loop")
    assert (rows.ok, rows.detail) == (False, "0 of 1 rows of the first page can be read")
    assert "created_at" in (rows.fix or "")


def test_the_example_row_is_mapped_as_described(desk: RestDesk) -> None:
    desk.put(1, title="Late", state="waiting", labels=["vip"], score="2")
    desk.threads[1] = [
        {"id": "m1", "user": "c-1", "at": 1_793_610_000, "private": False, "body": "Hello"},
        {"id": "m2", "user": "ann", "at": "2026-11-02T10:00:00+01:00", "private": True, "body": "Hm."},
    ]
    (item,) = Shelf().pull(described(desk)).items.values()

    assert (item.subject, item.status, item.tags, item.customer.id) == ("Late", "open", ("vip",), "c-1")
    assert (item.ratings[0].scale, item.ratings[0].value) == ("csat", 2.0)
    assert [(one.author, one.public) for one in item.messages] == [("customer", True), ("agent", False)]
    # 1793610000 s after 1970 is 20,759 days and 32,400 s: nine o'clock on 2 November 2026.
    assert [one.at.isoformat() for one in item.messages] == ["2026-11-02T09:00:00+00:00"] * 2


@pytest.mark.parametrize(
    "row",
    [
        None,
        7,
        "text",
        [],
        {},
        {"id": None},
        {"id": "1", "created": "yesterday", "changed": {"a": 1}},
        {"id": "1", "created": "1969-01-01", "changed": "9999-12-31T23:59:59Z"},
        {"id": {"a": 1}, "created": 1e300, "changed": -1e300},
        {"id": "1", "created": True, "changed": float("1e20"), "labels": 7, "by": ["x"]},
    ],
    ids=repr,
)
def test_a_row_that_cannot_be_read_is_named_and_the_others_go_on(desk: RestDesk, row: Any) -> None:
    sound = {"id": 2, "created": "2026-11-02T09:00:00Z", "changed": "2026-11-02T09:00:00Z", "thread": {}}
    desk.answers["/api/issues"] = (200, {"issues": [sound, row]})
    source = described(desk, {"list": {"paging": "none"}}, also=[])
    shelf = Shelf().pull(source)
    assert list(shelf.items) == ["2"]
    assert len(shelf.rejected) == 1
    assert shelf.rejected[0].reason


def test_a_row_whose_thread_is_gone_is_named_and_the_others_go_on(desk: RestDesk) -> None:
    desk.put(1)
    desk.put(2)
    desk.answers["/api/issues/1/comments"] = (404, {})
    shelf = Shelf().pull(described(desk))
    assert (list(shelf.items), [bad.record for bad in shelf.rejected]) == (["2"], ["1"])


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"issues": None}, Fatal),
        ({"message": "moved"}, Fatal),
        ([], Fatal),
        (b"<html>maintenance</html>", Retriable),
        (b'{"issues": [', Retriable),
    ],
    ids=["null", "another shape", "a list", "html", "cut off"],
)
def test_an_answer_without_the_list_is_no_empty_list(desk: RestDesk, body: Any, error: type[Exception]) -> None:
    desk.answers["/api/issues"] = (200, body)
    with pytest.raises(error):
        next(described(desk).pull(""))


def test_a_next_link_to_another_host_is_not_followed(desk: RestDesk) -> None:
    desk.put(1)
    desk.answers["/api/issues"] = (200, {"issues": [], "links": {"next": "http://127.0.0.2:9/steal"}})
    with pytest.raises(Fatal, match="refused to follow a link"):
        list(described(desk, {"list": {"paging": "next", "next": "links.next"}}).pull(""))


def test_pages_that_stand_still_end_the_pull_and_not_the_memory(desk: RestDesk) -> None:
    desk.answers["/api/issues"] = (200, {"issues": [], "after": "7"})
    with pytest.raises(Retriable, match="stand still"):
        list(described(desk, {"list": {"paging": "cursor", "next": "after"}}).pull(""))


def test_rows_in_another_order_are_refused_rather_than_lost(desk: RestDesk) -> None:
    rows = [{"id": n, "created": at, "changed": at} for n, at in enumerate(("2026-11-03", "2026-11-02"))]
    desk.answers["/api/issues"] = (200, {"issues": rows})
    with pytest.raises(Fatal, match="oldest change first"):
        list(described(desk, {"list": {"paging": "none"}}, also=[]).pull(""))
    shelf = Shelf().pull(described(desk, {"list": {"paging": "none", "ordered": False}}, also=[]))
    assert set(shelf.items) == {"0", "1"}


def test_a_page_past_the_end_that_is_a_404_is_the_end(desk: RestDesk) -> None:
    for number in range(1, 7):
        desk.put(number)
    pages = iter([(200, desk.page({"page": "1"})), (200, desk.page({"page": "2"})), (404, {})])
    source = described(desk, {"list": {"params": {}, "changed": None}}, also=[])

    desk.answers["/api/issues"] = next(pages)
    found = []
    for page in source.pull(""):
        found += [item.id for item in page.items]
        desk.answers["/api/issues"] = next(pages, (500, {}))
    assert found == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.parametrize(
    "listing", [{"paging": "page"}, {"paging": "offset", "total": "total"}, {"paging": "next", "next": "links.next"}]
)
def test_a_row_that_moves_to_the_end_between_two_pages_pushes_none_out(desk: RestDesk, listing: dict[str, Any]) -> None:
    for number in range(1, 8):
        desk.put(number)
    found = []
    for page in described(desk, {"list": listing}).pull(""):
        if not found:
            desk.put(1, title="Changed meanwhile")  # rows 2 to 7 stand one place further to the front now
        found += [item.id for item in page.items]
    assert set(found) == {"1", "2", "3", "4", "5", "6", "7"}
    assert sorted(found) == ["1", "1", "2", "3", "4", "5", "6", "7"]  # twice only what changed


def test_what_is_unchanged_costs_no_call_for_its_thread(desk: RestDesk) -> None:
    for number in range(1, 4):
        desk.put(number)
    shelf = Shelf().pull(described(desk))
    desk.asked.clear()
    shelf.pull(described(desk))
    assert [path for path in desk.asked if path.endswith("/comments")] == []


def test_the_abilities_are_those_of_the_description(desk: RestDesk) -> None:
    assert described(desk, write={}, one=None, task_status=None, values={}).abilities == frozenset()
    note = {"note": DESCRIPTION["write"]["note"]}
    assert Ability.PRIVATE_NOTES in described(desk, write=note).abilities
    assert Ability.TAGS not in described(desk, write=note).abilities


def test_a_kind_of_write_that_is_not_described_is_set_aside(desk: RestDesk) -> None:
    with pytest.raises(Skippable, match=r"write\.note"):
        described(desk, write={}).push(action("note", "1"))


def test_a_write_without_find_stops_for_a_person(desk: RestDesk) -> None:
    source = described(desk, write={"note": {"calls": [{"path": "/api/issues/{{ item }}/comments"}]}})
    with pytest.raises(NotImplementedError):
        source.find(action("note", "1"))


def test_a_write_that_was_overtaken_is_tried_again(desk: RestDesk) -> None:
    desk.put(1)
    desk.answers["/api/issues/1"] = (412, {"error": "stale"})
    with pytest.raises((Retriable, Skippable)) as caught:
        described(desk).push(action("tag", "1", tags=("fbl-a",)))
    assert isinstance(caught.value, Retriable)


def test_a_write_whose_answer_lacks_its_id_may_have_been_done(desk: RestDesk) -> None:
    desk.put(1)
    note = deepcopy(DESCRIPTION["write"]["note"]) | {"id": "answer.nowhere"}
    with pytest.raises(UnknownOutcome):
        described(desk, write={"note": note}).push(action("note", "1"))


def test_a_customer_who_quotes_our_mark_is_still_a_customer(desk: RestDesk) -> None:
    desk.put(1)
    source = described(desk)
    source.push(action("reply", "1", text="We are sorry."))
    ours = desk.threads[1][0]["body"]
    desk.say(1, user="c-1", body=f"Not enough.\n> {ours}")
    (item,) = Shelf().pull(described(desk)).items.values()
    assert [(one.author, one.own) for one in item.messages] == [("agent", True), ("customer", False)]


HOSTILE = "{{ 7 * 7 }}{% for a in range(9) %}x{% endfor %} {{ ''.__class__.__mro__ }} \" } ] ' ; DROP"


def test_what_a_customer_wrote_is_never_read_as_a_template(desk: RestDesk) -> None:
    desk.put(1)
    described(desk).push(action("note", "1", text=HOSTILE))
    assert desk.threads[1][0]["body"].startswith(HOSTILE)


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ tags.append('x') }}",
        "x {{ nobody }}",
        "{{ nobody }}",
        "{{ 1 / 0 }}",
    ],
)
def test_a_template_that_reaches_out_of_the_sandbox_or_into_nothing_fails_by_name(template: str) -> None:
    with pytest.raises(BadRecord, match="the template"):
        filled({"a": [template]}, {"tags": ["y"]})


@given(st.text())
def test_any_text_goes_into_a_body_as_it_is(text: str) -> None:
    assert filled({"a": ["{{ text }}", "<{{ text }}>"]}, {"text": text}) == {"a": [text, f"<{text}>"]}


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: text not in {".", ".."}))
def test_any_id_stays_one_piece_of_a_path(text: str) -> None:
    path = path_of("/issues/{{ id }}/notes", {"id": text})
    assert path.startswith("/issues/")
    assert path.count("/") == 3
    assert not set(path) & set("?#&\\ ")


@pytest.mark.parametrize("climber", ["..", ".", "", None])
def test_an_id_that_would_climb_is_refused(climber: str | None) -> None:
    with pytest.raises(BadRecord):
        path_of("/issues/{{ id }}", {"id": climber})


def test_a_lone_expression_keeps_its_type() -> None:
    words = {"tags": ["a", "b", "a"], "due": None}
    body = {
        "tags": "{{ tags | unique }}",
        "due": " {{ due }} ",
        "n": "{{ tags | length }}",
        "text": "{{ tags[0] }}{{ tags[1] }}",
    }
    assert filled(body, words) == {"tags": ["a", "b"], "due": None, "n": 3, "text": "ab"}


def test_an_expression_that_does_not_fit_names_its_field() -> None:
    with pytest.raises(BadRecord) as caught:
        search("length(a)", {"a": 7}, "subject")
    assert caught.value.field == "subject"


def test_every_kind_of_action_has_its_own_mark(desk: RestDesk) -> None:
    for number in (1, 2):
        desk.put(number)
    source = described(desk)
    for kind in (ActionKind.NOTE, ActionKind.REPLY):
        for item in ("1", "2"):
            source.push(action(kind, item, key=f"{kind}:{item}"))
    marks = {one["body"].rpartition("[")[2] for thread in desk.threads.values() for one in thread}
    assert len(marks) == 4


def test_the_description_on_the_docs_page_is_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK_TOKEN", "t")
    page = (EXAMPLES[0].parents[2] / "docs" / "connectors" / "rest.md").read_text(encoding="utf-8")
    path = tmp_path / "feedbackloop.toml"
    path.write_text(page.partition("```toml\n")[2].partition("\n```")[0], encoding="utf-8")
    options = config.validate_options(Rest.Options, config.load(path).sources["desk"], "sources.desk")
    assert set(options.model_dump()["write"]) == {"note"}
