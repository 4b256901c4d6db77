"""Is a cursor read back as it was written, and does a digest change with the content alone?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.errors import Fatal
from feedbackloop_connectors.cursors import ForgivingCursor, SourceCursor, digest
from feedbackloop_connectors.django_helpdesk.cursor import Cursor as DjangoCursor
from feedbackloop_connectors.files.cursor import FileCursor
from feedbackloop_connectors.mail.cursor import Cursor as MailCursor
from feedbackloop_connectors.rest.cursor import Mark
from feedbackloop_connectors.roundup.cursor import Cursor as RoundupCursor
from feedbackloop_connectors.rows.place import Place as RowPlace

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)

plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text()
contents = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


class Place(SourceCursor, frozen=True):
    """A number."""

    at: int = 0


@pytest.mark.parametrize("odd", ["{", "[1]", '{"at": "x"}', "\ud800", "[" * 2000])
def test_a_cursor_is_read_back_or_refused(odd: str) -> None:
    assert (str(Place(7)), Place.read(str(Place(7))), Place.read("")) == ('{"at":7}', Place(7), Place())
    with pytest.raises(Fatal, match="state reset"):
        Place.read(odd)


@pytest.mark.parametrize(
    ("kind", "odd"),
    [
        (DjangoCursor, '{"since": "soon"}'),
        (DjangoCursor, '{"page": 0}'),
        (FileCursor, '{"version": 9}'),
        (FileCursor, '{"digests": "AAA="}'),  # two bytes; a digest has eight
        (MailCursor, '{"since": "soon"}'),
        (Mark, '{"place": "soon"}'),
        (RoundupCursor, '{"at": "soon"}'),
        (RowPlace, "from before"),
    ],
)
def test_a_cursor_that_cannot_be_used_begins_anew_where_nothing_is_lost_by_that(
    kind: type[ForgivingCursor], odd: str
) -> None:
    assert kind.read(odd) == kind.read("") == kind()


@pytest.mark.parametrize("kind", [DjangoCursor, FileCursor, MailCursor, RoundupCursor, RowPlace])
def test_a_first_cursor_is_read_back(kind: type[ForgivingCursor]) -> None:
    assert kind.read(str(kind.first(NOON))) == kind.first(NOON) != kind()
    assert kind.first(None) == kind()


@given(st.dictionaries(st.text(), contents, min_size=2))
def test_a_digest_does_not_know_the_order_of_keys(row: dict[str, object]) -> None:
    assert digest(dict(reversed(row.items()))) == digest(row)


def test_a_digest_changes_with_the_content() -> None:
    some = [{}, [], None, {"a": 1}, {"a": "1"}, {"a": [1]}, {"a": 1, "b": None}]
    assert len({digest(one) for one in some}) == len(some)
