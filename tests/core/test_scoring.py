"""A line of `score` that cannot be read becomes a row that says why, and the others go on."""

from __future__ import annotations

import pytest

from feedbackloop.records import Text
from feedbackloop.scoring import read_line


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b'{"text": "late", "at": 5}', "at: is not a string"),
        (b'{"text": "late", "at": ["2026-11-02"]}', "at: is not a string"),
        (b'{"text": "late", "at": true}', "at: is not a string"),
        (b'{"text": "late", "at": "9999-12-31"}', "time 9999-12-31 lies outside 1990..2099"),
        (b'{"text": 5}', "text: is not a string"),
        (b"{}", "text: is missing"),
        (b'{"text": "late", "language": 5}', "language: is not a string"),
        (b"[]", "is not a JSON object"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_with_its_reason(line: bytes, error: str) -> None:
    row = read_line(7, line)
    assert isinstance(row, dict)
    assert (row["record"], row["error"]) == ("line 7", error)


@pytest.mark.parametrize("at", [b"null", b'""', b'"2026-11-02T09:00:00Z"'])
def test_the_time_may_be_missing(at: bytes) -> None:
    assert isinstance(read_line(1, b'{"text": "late", "at": ' + at + b"}"), Text)
