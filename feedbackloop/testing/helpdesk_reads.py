"""What does the loopback helpdesk show, page by page?

The cursor export of tickets with its order, ties and withheld minute; the time-based export of events; lists by cursor pages;
both kinds of ratings. Pages behave as recorded ones do, the awkward parts included: the last page of a list still has a next
link, and the event export repeats its last second.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from feedbackloop.testing.helpdesk_state import ROBOT, DeskState, Row, Ticket
from feedbackloop.testing.helpdesk_writes import Refusal

Query = Mapping[str, str]


@dataclass(slots=True)
class Behaviour:
    """How the desk behaves where desks differ.

    Attributes:
        withhold_newest_minute: What changed within the last minute is not exported yet.
        locked: Endpoints that the plan does not include: `satisfaction_ratings`, `survey_responses`, `incremental`.
        link_base: What next links begin with; another host here is an attack.
        page_limit: No export page is longer than this.
    """

    withhold_newest_minute: bool = True
    locked: frozenset[str] = frozenset()
    link_base: str = ""
    page_limit: int = 1000


class Reads:
    """The desk's reading half."""

    def __init__(self, state: DeskState, behaviour: Behaviour) -> None:
        self._state = state
        self._behaviour = behaviour

    # --- exports ----------------------------------------------------------------------------------------------------

    def export_tickets(self, query: Query) -> Row:
        """GET /incremental/tickets/cursor: tickets in the order in which they changed.

        Raises:
            Refusal: 400 for a start_time younger than a minute, 403 where locked.
        """
        self._unlocked("incremental")
        size = min(int(query.get("per_page", 1000)), self._behaviour.page_limit)
        after = self._after(query)
        rows = sorted((t for t in self._state.tickets.values() if self._exported(t)), key=lambda t: (t.generated, t.id))
        left = [ticket for ticket in rows if (ticket.generated, ticket.id) > after]
        page = left[:size]
        cursor = _cursor(page[-1]) if page else query.get("cursor")
        answer: Row = {
            "tickets": [self._with_extras(ticket, query) for ticket in page],
            "after_cursor": cursor,
            "after_url": cursor and f"{self._link('incremental/tickets/cursor.json')}?cursor={cursor}",
            "before_cursor": None,
            "before_url": None,
            "end_of_stream": len(left) <= size,
        }
        return answer | self._side_loads(page, query)

    def export_events(self, query: Query) -> Row:
        """GET /incremental/ticket_events: audits by time; a page is stretched to the end of its last second."""
        self._unlocked("incremental")
        since = int(query.get("start_time", 0))
        size = min(int(query.get("per_page", 1000)), self._behaviour.page_limit)
        last = int(self._horizon().timestamp())
        tickets = [t for t in self._state.tickets.values() if t.row["status"] != "deleted"]
        audits = [(_unix(audit["created_at"]), audit["id"], audit) for t in tickets for audit in t.audits]
        left = sorted(entry for entry in audits if since <= entry[0] <= last)
        if len(left) > size:
            end = left[size - 1][0]
            page = [entry for entry in left if entry[0] <= end]
        else:
            page = left
        end_time = page[-1][0] if page else since
        with_comments = "comment_events" in query.get("include", "")
        return {
            "ticket_events": [_event(audit, at, with_comments) for at, _, audit in page],
            "count": len(page),
            "end_time": end_time,
            "end_of_stream": len(page) == len(left),
            "next_page": f"{self._link('incremental/ticket_events.json')}?start_time={end_time}",
        }

    # --- single things and lists ------------------------------------------------------------------------------------

    def ticket(self, ticket_id: int) -> Ticket:
        """Give a ticket that can be shown.

        Raises:
            Refusal: 404.
        """
        ticket = self._state.tickets.get(ticket_id)
        if ticket is None or ticket.row["status"] == "deleted":
            raise Refusal(404, "RecordNotFound", "Not found")
        return ticket

    def show(self, ticket_id: int, query: Query) -> Row:
        """GET /tickets/{id}."""
        ticket = self.ticket(ticket_id)
        return {"ticket": self._with_extras(ticket, query) | {"generated_timestamp": None}} | self._side_loads(
            [ticket], query
        )

    def show_many(self, query: Query) -> Row:
        """GET /tickets/show_many: at most 100; what is gone is left out."""
        found = [self._state.tickets[i] for i in _ids(query) if i in self._state.tickets]
        found = [ticket for ticket in found if ticket.row["status"] != "deleted" and not ticket.is_archived]
        rows = [self._with_extras(ticket, query) | {"generated_timestamp": None} for ticket in found]
        return {"tickets": rows, "count": len(rows), "next_page": None, "previous_page": None} | self._side_loads(
            found, query
        )

    def list_tickets(self, query: Query) -> Row:
        """GET /tickets?external_id=…: not unique, so a list."""
        wanted = query.get("external_id")
        rows = [dict(t.row) for t in self._state.tickets.values() if wanted in {None, t.row["external_id"]}]
        return {
            "tickets": [row for row in rows if row["status"] != "deleted"],
            "next_page": None,
            "previous_page": None,
        }

    def comments(self, ticket_id: int, query: Query) -> Row:
        """GET /tickets/{id}/comments by cursor pages."""
        rows = self.ticket(ticket_id).comments
        return self._page("comments", rows, query, f"tickets/{ticket_id}/comments.json", limit=100)

    def audits(self, ticket_id: int, query: Query) -> Row:
        """GET /tickets/{id}/audits by cursor pages."""
        return self._page("audits", self.ticket(ticket_id).audits, query, f"tickets/{ticket_id}/audits.json", limit=100)

    def ratings(self, query: Query) -> Row:
        """GET /satisfaction_ratings: the old form; `start_time` looks at the creation."""
        self._unlocked("satisfaction_ratings")
        since, wanted = int(query.get("start_time", 0)), query.get("score")
        rows = [r for r in self._state.ratings if _unix(r["created_at"]) >= since and _wanted(r, wanted)]
        return self._page("satisfaction_ratings", rows, query, "satisfaction_ratings.json", limit=100)

    def rating(self, rating_id: int, _: Query) -> Row:
        """GET /satisfaction_ratings/{id}."""
        self._unlocked("satisfaction_ratings")
        found = next((row for row in self._state.ratings if row["id"] == rating_id), None)
        if found is None:
            raise Refusal(404, "RecordNotFound", "Not found")
        return {"satisfaction_rating": found}

    def survey_responses(self, query: Query) -> Row:
        """GET /guide/survey_responses: the new form; at most 50 a page, `created_at_start` in milliseconds."""
        self._unlocked("survey_responses")
        if int(query.get("page[size]", 50)) > 50:
            raise Refusal(400, "InvalidParameter", "page[size] must be at most 50")
        since = datetime.fromtimestamp(int(query.get("filter[created_at_start]", 0)) / 1000, UTC)
        zrns = query.get("filter[subject_zrns]")
        rows = [
            r
            for r in self._state.survey_responses
            if r["_created"] >= since and zrns in {None, r["subjects"][0]["zrn"]}
        ]
        shown = [{name: value for name, value in row.items() if not name.startswith("_")} for row in rows]
        return self._page("survey_responses", shown, query, "guide/survey_responses.json", limit=50)

    def users(self, query: Query) -> Row:
        """GET /users/show_many."""
        found = [self._state.users[i] for i in _ids(query) if i in self._state.users]
        return {"users": found, "count": len(found), "next_page": None, "previous_page": None}

    def organizations(self, query: Query) -> Row:
        """GET /organizations/show_many."""
        found = [self._state.organizations[i] for i in _ids(query) if i in self._state.organizations]
        return {"organizations": found, "count": len(found), "next_page": None, "previous_page": None}

    def me(self) -> Row:
        """GET /users/me."""
        return {"user": self._state.users[ROBOT]}

    # --- parts --------------------------------------------------------------------------------------------------------

    def _unlocked(self, endpoint: str) -> None:
        if endpoint in self._behaviour.locked:
            raise Refusal(403, "Forbidden", "You do not have access to this page. Please contact the account owner.")

    def _horizon(self) -> datetime:
        return self._state.clock.now() - timedelta(seconds=60 if self._behaviour.withhold_newest_minute else 0)

    def _exported(self, ticket: Ticket) -> bool:
        return ticket.generated <= self._horizon().timestamp()

    def _after(self, query: Query) -> tuple[int, int]:
        if "cursor" in query:
            try:
                generated, _, number, _ = b64decode(query["cursor"]).decode().split("|")
                return int(float(generated)), int(number)
            except ValueError as error:
                raise Refusal(400, "InvalidCursor", "cursor: is invalid") from error
        start = int(query["start_time"])
        if start > self._state.clock.now().timestamp() - 60:
            raise Refusal(400, "StartTimeTooRecent", "Too recent start_time. Use a start_time older than 60 seconds")
        return start - 1, 1 << 62

    def _with_extras(self, ticket: Ticket, query: Query) -> Row:
        row = dict(ticket.row) | {"generated_timestamp": ticket.generated}
        row["fields"] = row["custom_fields"]
        included = query.get("include", "")
        if "comment_count" in included:
            row["comment_count"] = len(ticket.comments)
        if "metric_sets" in included and row["status"] != "deleted":
            minutes = {"calendar": None, "business": None}
            row["metric_set"] = {"ticket_id": ticket.id, "solved_at": ticket.solved_at, "reopens": ticket.reopens}
            row["metric_set"] |= {
                "replies": 0,
                "reply_time_in_minutes": minutes,
                "full_resolution_time_in_minutes": minutes,
            }
        return row | ticket.broken

    def _side_loads(self, page: Sequence[Ticket], query: Query) -> Row:
        included, loaded = query.get("include", ""), Row()
        if "users" in included:
            keys = {ticket.row[name] for ticket in page for name in ("requester_id", "assignee_id", "submitter_id")}
            loaded["users"] = [self._state.users[key] for key in sorted(keys & self._state.users.keys())]
        if "organizations" in included:
            keys = {ticket.row["organization_id"] for ticket in page}
            loaded["organizations"] = [row for key, row in self._state.organizations.items() if key in keys]
        return loaded

    def _page(self, name: str, rows: Sequence[Row], query: Query, path: str, *, limit: int) -> Row:
        size = min(int(query.get("page[size]", limit)), limit)
        begin = int(query.get("page[after]", 0) or 0)
        page = list(rows[begin : begin + size])
        after = str(begin + len(page))
        meta = {"has_more": begin + size < len(rows), "after_cursor": after, "before_cursor": None}
        links = {"next": f"{self._link(path)}?page[after]={after}&page[size]={size}", "prev": None}
        return {name: page, "meta": meta, "links": links}

    def _link(self, path: str) -> str:
        return f"{self._behaviour.link_base}/api/v2/{path}"


def _cursor(ticket: Ticket) -> str:
    return b64encode(f"{ticket.generated}.0||{ticket.id}|".encode()).decode()


def _unix(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def _ids(query: Query) -> list[int]:
    ids = [int(part) for part in query.get("ids", "").split(",") if part.strip().isdigit()]
    if len(ids) > 100:
        raise Refusal(400, "TooManyValues", "ids: more than 100 values", max_count=100)
    return ids


def _wanted(rating: Row, score: str | None) -> bool:
    answered = rating["score"] in {"good", "bad"}
    return score is None or (score == "received" and answered) or rating["score"] == score


def _event(audit: Row, at: int, with_comments: bool) -> Row:
    children: list[dict[str, Any]] = []
    for event in audit["events"]:
        if event["type"] != "Comment":
            children.append({"id": event["id"], "event_type": "Change", event["field_name"]: event["value"]})
        elif with_comments:
            children.append(
                {k: v for k, v in event.items() if k not in {"metadata", "ticket_id"}} | {"event_type": "Comment"}
            )
        else:
            shown = {"comment_present": True, "comment_public": event["public"]}
            children.append({"id": event["id"], "event_type": "Comment"} | shown)
    row = {"id": audit["id"], "ticket_id": audit["ticket_id"], "timestamp": at, "created_at": audit["created_at"]}
    row |= {
        "updater_id": audit["author_id"],
        "via": "Web form",
        "system": {},
        "event_type": "Audit",
        "child_events": children,
    }
    return row
