"""How did customers rate their tickets, in whichever form this account has?

An account has the old satisfaction ratings or the new CSAT surveys, seldom both; the plan may lock either. Ratings are listed in
bulk into a book at the start of a pull, so that a ticket comes whole, and so that a rating given or changed later brings its
ticket again. Both forms become one rating on the scale `csat`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from feedbackloop.http import Declined, Denied
from feedbackloop.records import Rating
from feedbackloop_connectors.desk.values import Row, number, rows, table, text, unix, when
from feedbackloop_connectors.zendesk.api import Api

SCALE = "csat"
BOOK_LIMIT = 50_000
"""Ratings kept in memory; tickets beyond are looked up one by one."""
CATEGORY_VALUES = {"good": 1.0, "neutral": 0.5, "bad": 0.0}
"""What a rating is worth on 0..1 where its own scale is not told: surveys use two to ten points, emojis or words."""


@dataclass(frozen=True, slots=True)
class Rated:
    """One ticket's rating, with what the field table keeps of it."""

    rating: Rating
    reason: str | None = None
    category: str | None = None

    @property
    def fields(self) -> dict[str, str]:
        """What has no place in a rating: the reason picked from a list, and the category."""
        named = {"csat_reason": self.reason, "csat_category": self.category}
        return {name: value for name, value in named.items() if value}


class RatingBook:
    """The ratings of one pull, by ticket."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._since = 0
        self._by_ticket: dict[int, Rated] = {}
        self._is_open = {"satisfaction_ratings": False, "survey_responses": False}
        self.warnings: list[str] = []

    def load(self, since: int) -> None:
        """List the ratings created since; an endpoint that is locked is passed over and said.

        Raises:
            Refused: The credentials are not accepted at all (401).
        """
        self._since = since
        locked = []
        for name, listed in (("satisfaction_ratings", self._old(since)), ("survey_responses", self._new(since))):
            try:
                for ticket_id, rated in listed:
                    self._enter(ticket_id, rated)
                self._is_open[name] = True
            except Denied as refusal:
                if refusal.status == 401:
                    raise
                locked.append(name)
            except Declined:
                locked.append(name)
        if locked:
            self.warnings.append(_about_locked(locked))

    def ask_singly(self, now: int) -> None:
        """Do without a list: ask for each ticket's rating by itself."""
        self._since = now
        self._is_open = dict.fromkeys(self._is_open, True)

    def of(self, ticket: Row) -> Rated | None:
        """Give a ticket's rating: from the book, from its own row, or, for an old ticket, by asking for it."""
        key = number(ticket.get("id"))
        if key in self._by_ticket:
            return self._by_ticket[key]
        inline = table(ticket.get("satisfaction_rating"))
        try:
            return self._older(key, ticket, inline) or _read_old(inline)
        except (Denied, Declined) as refusal:
            if refusal.status == 401:
                raise
            return _read_old(inline)

    def _older(self, key: int | None, ticket: Row, inline: Row) -> Rated | None:
        """Ask for a rating that was given before the book begins; a ticket's own row holds the old form, without its time."""
        rating_id = number(inline.get("id"))
        if _read_old(inline) and rating_id is not None and self._is_open["satisfaction_ratings"]:
            return _read_old(self._api.rating(rating_id))
        if key is not None and self._is_open["survey_responses"] and self._may_be_older(ticket):
            return next((rated for _, rated in self._new(0, key)), None)
        return None

    def changed_since(self, second: int) -> Iterator[int]:
        """Name the tickets whose rating was given or changed at that second or later, or at a time that is not told."""
        for ticket_id, rated in self._by_ticket.items():
            if rated.rating.at is None or unix(rated.rating.at) >= second:
                yield ticket_id

    def _enter(self, ticket_id: int, rated: Rated) -> None:
        known = self._by_ticket.get(ticket_id)
        if known and _later(known.rating.at, rated.rating.at):
            return
        if known or len(self._by_ticket) < BOOK_LIMIT:
            self._by_ticket[ticket_id] = rated

    def _may_be_older(self, ticket: Row) -> bool:
        """Say whether a ticket can have a rating that the book does not hold: solved once, and opened before the book begins."""
        solved = table(ticket.get("metric_set")).get("solved_at") or ticket.get("status") in {"solved", "closed"}
        if not solved:
            return False
        if len(self._by_ticket) >= BOOK_LIMIT:
            return True
        opened = when(ticket.get("created_at"))
        return opened is not None and unix(opened) < self._since

    def _old(self, since: int) -> Iterator[tuple[int, Rated]]:
        for row in self._api.ratings(since):
            ticket_id, rated = number(row.get("ticket_id")), _read_old(row)
            if ticket_id is not None and rated:
                yield ticket_id, rated

    def _new(self, since: int, ticket_id: int | None = None) -> Iterator[tuple[int, Rated]]:
        for row in self._api.survey_responses(since, ticket_id):
            subject, rated = _subject(row), _read_new(row)
            if subject is not None and rated:
                yield subject, rated


def _read_old(row: Row) -> Rated | None:
    """Read a rating of the old form; `offered` and `unoffered` are no answers."""
    score = row.get("score")
    if score not in {"good", "bad"}:
        return None
    rating = Rating(SCALE, CATEGORY_VALUES[score], 0.0, 1.0, when(row.get("updated_at")), text(row.get("comment")))
    return Rated(rating, text(row.get("reason")), score)


def _read_new(row: Row) -> Rated | None:
    """Read an answered survey; one without a rating (all skipped) is no rating."""
    answers = rows(row.get("answers"))
    scored = next((a for a in answers if a.get("type") == "rating_scale"), None)
    points = _points(scored) if scored else None
    if points is None or scored is None:
        return None
    value, low, high = points
    comments = [part for a in answers if a.get("type") == "open_ended" and (part := text(a.get("value")))]
    times = [at for a in answers for name in ("created_at", "updated_at") if (at := when(a.get(name)))]
    rating = Rating(SCALE, value, low, high, max(times, default=None), "\n".join(comments) or None)
    return Rated(rating, _reason(answers), text(scored.get("rating_category")))


def _points(answer: Row) -> tuple[float, float, float] | None:
    """Give value, lowest and highest: on the survey's own scale where it is told, else what the category is worth."""
    rating = answer.get("rating")
    options = [
        point
        for o in rows(table(answer.get("question")).get("options"))
        if (point := number(o.get("rating"))) is not None
    ]
    if isinstance(rating, int | float) and len(set(options)) > 1 and min(options) <= rating <= max(options):
        return float(rating), float(min(options)), float(max(options))
    worth = CATEGORY_VALUES.get(str(answer.get("rating_category")).lower())
    return None if worth is None else (worth, 0.0, 1.0)


def _reason(answers: list[Row]) -> str | None:
    """Give the labels picked from a list of reasons, or their ids where the labels are not told."""
    picked = []
    for answer in answers:
        if answer.get("type") == "closed_ended":
            labels = {o.get("id"): text(o.get("label")) for o in rows(table(answer.get("question")).get("options"))}
            chosen = [selection.get("option_id") for selection in rows(answer.get("selections"))]
            picked += [labels.get(option) or str(option) for option in chosen if option]
    return ", ".join(picked) or None


def _subject(row: Row) -> int | None:
    for subject in rows(row.get("subjects")):
        kind, name = str(subject.get("type")), str(subject.get("zrn") or subject.get("id"))
        if kind in {"ticket", "zen:ticket"}:
            return number(name.rpartition(":")[2])
    return None


def _later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one > other)


def _about_locked(locked: list[str]) -> str:
    if len(locked) == 1:
        other = "CSAT surveys" if locked[0] == "satisfaction_ratings" else "satisfaction ratings of the old form"
        return f"{locked[0]} is not open to this account (one of both forms usually is not); ratings are read from the {other}"
    return "neither satisfaction_ratings nor survey_responses is open to this account; tickets come without separate ratings"
