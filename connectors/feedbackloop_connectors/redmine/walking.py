"""How are issues listed by the time of their change, so that none is missed while others change?

Never by page numbers, under which issues slide when one of them changes: each call asks from the last second that it has seen.
Where one second holds more than a page, its issues are listed by their number instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from feedbackloop_connectors.desk.values import Row, number, when
from feedbackloop_connectors.redmine.api import Api
from feedbackloop_connectors.redmine.cursor import SECOND


@dataclass(frozen=True, slots=True)
class Slice:
    """Some issues as one call listed them. `reached`: all changes before this second are listed; `asked_at`: server time."""

    rows: list[Row]
    reached: datetime
    asked_at: datetime


def walk(api: Api, project: str, since: datetime) -> Iterator[Slice]:
    """Yield all issues of a project changed since that second; some come twice."""
    while True:
        listed = api.changed(project, since)
        newest = max((when(row.get("updated_on")) or since for row in listed), default=since)
        yield Slice(listed, max(since, newest), api.server_time)
        if len(listed) < api.page_size:
            return
        if newest > since:
            since = newest
        else:
            yield from _within(api, project, since)
            since += SECOND


def _within(api: Api, project: str, second: datetime) -> Iterator[Slice]:
    after = 0
    while listed := api.changed_within(project, second, after):
        yield Slice(listed, second, api.server_time)
        after = max(number(row.get("id")) or 0 for row in listed)
