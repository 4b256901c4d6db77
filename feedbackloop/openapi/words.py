"""Which names do systems give to the things that we look for? First come the ones that are most telling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

THINGS = (
    *("tickets", "conversations", "issues", "requests", "cases", "reviews", "responses", "feedback", "feedbacks"),
    *("surveys_responses", "ratings", "submissions", "enquiries", "questions", "threads", "messages", "posts", "items"),
)
THREADS = (
    "comments",
    "messages",
    "conversations",
    "notes",
    "articles",
    "replies",
    "thread",
    "threads",
    "posts",
    "entries",
)
SAYING = ("notes", "comments", "messages", "reply", "replies", "articles", "note", "comment", "conversations")
REPLYING = ("reply", "replies")
NOT_LISTS = (
    "search",
    "export",
    "deleted",
    "count",
    "bulk",
    "import",
    "trash",
    "filter",
    "incremental",
    "recent",
    "meta",
)

PAGE = ("page", "page_number", "pagenumber", "pageindex", "p")
SIZE = ("per_page", "perpage", "page_size", "pagesize", "limit", "size", "count", "max_results", "maxresults")
OFFSET = ("offset", "skip", "start", "startat", "start_at")
CURSOR = ("cursor", "after", "page_token", "pagetoken", "token", "starting_after", "page[after]", "next_token")
NEXT_LINK = (
    "next",
    "next_page",
    "next_url",
    "links.next",
    "_links.next",
    "links.next.href",
    "_links.next.href",
    "meta.next",
)
NEXT_CURSOR = (
    *("next_cursor", "after_cursor", "nextpagetoken", "next_page_token", "meta.after_cursor", "meta.next_cursor"),
    *("pages.next.starting_after", "pagination.next_cursor", "tokenpagination.nextpagetoken", "cursor"),
)
SINCE = (
    *("updated_since", "modified_since", "updated_after", "modified_after", "changed_since", "updated_at_min", "since"),
    *("updatedsince", "modifiedsince", "updated_from", "start_modified_at", "last_updated_after"),
)

ID = ("id", "number", "display_id", "key", "uuid", "reviewid", "token", "_id")
CREATED = (
    "created_at",
    "createdat",
    "created",
    "created_on",
    "created_time",
    "date_created",
    "submitted_at",
    "date",
    "timestamp",
)
UPDATED = (
    *("updated_at", "updatedat", "updated", "modified_at", "modifiedat", "updated_on", "last_modified", "lastmodified"),
    *("changed_at", "date_modified", "modified", "last_activity_at", "usermodifiedat"),
)
SUBJECT = ("subject", "title", "summary", "name")
STATUS = ("status", "state", "status.name", "state.name")
TAGS = ("tags", "labels", "keywords")
URL = ("html_url", "web_url", "permalink", "url", "link")
TEXT = (
    *("description_text", "body_text", "plain_body", "text", "body", "content", "description", "message", "comment"),
    *("review", "feedback", "note", "detail", "source.body"),
)
RATING = ("rating", "stars", "star_rating", "score", "csat", "satisfaction_rating.score", "satisfaction")
PEOPLE = (
    "requester",
    "customer",
    "contact",
    "user",
    "author",
    "reporter",
    "submitter",
    "sender",
    "meta.sender",
    "person",
)
AUTHOR = (
    "author_id",
    "user_id",
    "sender_id",
    "created_by_id",
    "author.id",
    "user.id",
    "sender.id",
    "from.id",
    "created_by.id",
)
PRIVATE = ("private", "internal", "is_private", "is_internal", "private_notes")
PUBLIC = ("public", "is_public", "ispublic")

STATUSES = {
    "new": ("new", "created", "unread"),
    "pending": ("pending", "hold", "on_hold", "waiting", "snoozed", "waiting_on_customer"),
    "solved": ("solved", "resolved", "done", "completed", "answered"),
    "closed": ("closed", "archived", "rejected", "cancelled"),
    "deleted": ("deleted", "spam", "trashed"),
    "open": ("open", "active", "in_progress", "opened", "reopened"),
}


def pick(names: Iterable[str], wanted: Iterable[str]) -> str | None:
    """Give the first of the wanted names that is there, whatever its case and its underscores."""
    known = {folded(name): name for name in reversed(list(names))}
    return next((known[folded(one)] for one in wanted if folded(one) in known), None)


def folded(name: str) -> str:
    """Write a name without case, underscores and dashes: `createdAt` and `created_at` are one."""
    return re.sub(r"[_\-]", "", name).lower()


def statuses(words: Iterable[object]) -> dict[str, str]:
    """Translate a system's words for how a ticket stands, as far as they are known."""
    meaning = {folded(word): ours for ours, theirs in STATUSES.items() for word in theirs}
    return {str(word): meaning[folded(str(word))] for word in words if folded(str(word)) in meaning}


def last(path: str) -> str:
    """Give the last piece of a path that is no parameter, without an ending such as `.json`."""
    pieces = [piece for piece in path.split("/") if piece and not piece.startswith("{")]
    return re.sub(r"\.(json|xml)$", "", pieces[-1]).lower() if pieces else ""


def rank(word: str, wanted: tuple[str, ...]) -> int | None:
    """Say how telling a word is, 0 the most; None where it is none of those wanted."""
    plain = folded(word)
    return next((place for place, one in enumerate(wanted) if plain in {folded(one), folded(one).rstrip("s")}), None)


def without(table: Mapping[str, object], *names: str | None) -> list[str]:
    """Give the names of a table but some."""
    return [name for name in table if name not in names]
