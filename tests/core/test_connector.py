"""What does the base of all connectors do for them?"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedbackloop.connector import Connector, Context, SourceOptions

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def source(**options: str) -> Connector[SourceOptions]:
    given = SourceOptions.model_validate({"connector": "any", **options})
    return Connector(given, Context("s", zone=ZoneInfo("Europe/Berlin")))


def test_a_path_of_the_options_is_meant_from_the_configs_folder() -> None:
    context = Context("s", folder="/etc/loop")
    assert [context.path(given) for given in ("ca.pem", "/srv/ca.pem", None)] == [
        "/etc/loop/ca.pem",
        "/srv/ca.pem",
        None,
    ]


@pytest.mark.parametrize(
    ("since", "start", "expected"),
    [
        (NOON, "2024-05-01", NOON),
        (None, "2024-05-01", datetime(2024, 4, 30, 22, tzinfo=UTC)),  # midnight in Berlin, in summer
        (None, None, None),
    ],
)
def test_a_first_pull_begins_where_it_is_told_else_at_the_option_else_at_the_beginning(
    since: datetime | None, start: str | None, expected: datetime | None
) -> None:
    options = {"start": start} if start else {}
    assert source(**options).beginning(since) == expected
