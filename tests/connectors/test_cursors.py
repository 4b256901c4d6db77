"""Is a cursor read back as it was written, and does a digest change with the content alone?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.errors import Fatal
from feedbackloop_connectors.cursors import SourceCursor, digest

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


@given(st.dictionaries(st.text(), contents, min_size=2))
def test_a_digest_does_not_know_the_order_of_keys(row: dict[str, object]) -> None:
    assert digest(dict(reversed(row.items()))) == digest(row)


def test_a_digest_changes_with_the_content() -> None:
    some = [{}, [], None, {"a": 1}, {"a": "1"}, {"a": [1]}, {"a": 1, "b": None}]
    assert len({digest(one) for one in some}) == len(some)
