"""Which calls does the connector make?

One method a call, dicts out. Redmine takes times with `Z` alone and `>=` alone, and reads `>=` as "later than one second before";
without `status_id=*` it leaves closed issues out; and a key that it does not know makes us a guest who sees empty lists, so
nothing is read before `me` has answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from feedbackloop.clock import iso
from feedbackloop.errors import Retriable, UnknownOutcome
from feedbackloop.http import Http
from feedbackloop_connectors.desk.values import Row, number, rows, table
from feedbackloop_connectors.redmine.cursor import SECOND

ROWS = 100
"""Of one page; Redmine cuts larger wishes to this without a word."""

CLOCKS_APART = timedelta(minutes=2)
"""Where answers do not say their time (Puma alone adds no Date header), ours less this much surely lies behind the server's."""


class Api:
    """Redmine's REST interface as far as it is needed."""

    def __init__(self, http: Http, page_size: int = ROWS) -> None:
        self.http = http
        self.page_size = page_size
        self.server_time = datetime.now(UTC) - CLOCKS_APART

    # --- reading ------------------------------------------------------------------------------------------------------

    def me(self) -> Row:
        """Who we are, with memberships; refused with 401 where the key is not accepted."""
        return table(self._get("/users/current.json", {"include": "memberships"}).get("user"))

    def role(self, role_id: int) -> Row:
        """One role with its permissions."""
        return table(self._get(f"/roles/{role_id}.json").get("role"))

    def project(self, name: str) -> Row:
        """One project, by identifier or number."""
        return table(self._get(f"/projects/{quote(name, safe='')}.json").get("project"))

    def members(self, project: str) -> list[Row]:
        """Who belongs to a project, with roles; members of groups are among them one by one."""
        found: list[Row] = []
        while True:
            params = {"limit": ROWS, "offset": len(found)}
            listed = rows(self._get(f"/projects/{quote(project, safe='')}/memberships.json", params).get("memberships"))
            found += listed
            if len(listed) < ROWS:
                return found

    def changed(self, project: str, since: datetime) -> list[Row]:
        """One page of issues changed since that second or in the one before it, oldest change first."""
        return self._issues(project, {"updated_on": f">={_stamp(since)}", "sort": "updated_on:asc,id:asc"})

    def changed_within(self, project: str, second: datetime, after: int) -> list[Row]:
        """One page of issues changed in that second or those beside it, by number, from behind `after` on."""
        span = f"><{_stamp(second)}|{_stamp(second + SECOND)}"
        return self._issues(project, {"updated_on": span, "issue_id": f">={after + 1}", "sort": "id:asc"})

    def newest(self, project: str) -> Row:
        """The issue of a project that was opened last; empty where there is none."""
        listed = self._issues(project, {"sort": "id:desc"}, 1)
        return listed[0] if listed else {}

    def issue(self, issue_id: int) -> Row:
        """One issue with its journals."""
        return table(self._get(f"/issues/{issue_id}.json", {"include": "journals,relations"}).get("issue"))

    def issues(self, ids: Sequence[int]) -> list[Row]:
        """Issues by number; those that are gone, and those that we may not see, are missing."""
        found: list[Row] = []
        for begin in range(0, len(ids), ROWS):
            wanted = ",".join(str(one) for one in ids[begin : begin + ROWS])
            found += self._issues(None, {"issue_id": wanted}, ROWS)
        return found

    def described(self, project: str, words: str) -> list[Row]:
        """Issues of a project whose description holds these words, oldest first."""
        return self._issues(project, {"description": f"~{words}", "sort": "id:asc"})

    # --- writing ------------------------------------------------------------------------------------------------------

    def create(self, issue: Row) -> int:
        """Open an issue; gives its number."""
        answer = self.http.call("POST", "/issues.json", body={"issue": issue})
        try:
            made = number(table(_table(answer.json()).get("issue")).get("id"))
        except Retriable as error:
            raise UnknownOutcome(f"{error}; the issue may have been opened") from error
        if made is None:
            raise UnknownOutcome(
                "the answer to a new issue names no number; it is looked up before anything is repeated"
            )
        return made

    def update(self, issue_id: int, change: Row) -> None:
        """Change an issue; what the account may not change is left out without a word, so look afterwards."""
        self.http.call("PUT", f"/issues/{issue_id}.json", body={"issue": change})

    def relate(self, issue_id: int, other: int) -> None:
        """Link two issues; refused with 422 where they are linked, gone, or in projects that may not be linked."""
        body = {"relation": {"issue_to_id": other, "relation_type": "relates"}}
        self.http.call("POST", f"/issues/{issue_id}/relations.json", body=body)

    # --- parts --------------------------------------------------------------------------------------------------------

    def _issues(self, project: str | None, params: Row, limit: int | None = None) -> list[Row]:
        where = {"project_id": project} if project else {}
        asked = where | {"status_id": "*", "limit": limit or self.page_size} | params
        return rows(self._get("/issues.json", asked).get("issues"))

    def _get(self, path: str, params: Row | None = None) -> Row:
        answer = self.http.call("GET", path, params=params)
        self.server_time = answer.at or datetime.now(UTC) - CLOCKS_APART
        return _table(answer.json())


def _stamp(moment: datetime) -> str:
    return iso(moment.replace(microsecond=0))


def _table(answer: Any) -> Row:
    if not isinstance(answer, dict):
        raise Retriable(f"Redmine answered with a {type(answer).__name__} where an object was expected")
    return answer
