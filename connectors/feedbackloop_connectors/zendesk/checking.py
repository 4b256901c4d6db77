"""Can the account be reached, who are we there, what may we do, what does it offer?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from feedbackloop.connector import Check
from feedbackloop.errors import SourceError
from feedbackloop.http import Declined, Denied
from feedbackloop_connectors.desk.checking import first_contact
from feedbackloop_connectors.desk.values import Row, number, text, unix
from feedbackloop_connectors.zendesk.account import Account
from feedbackloop_connectors.zendesk.pulling import START_AGE_SECONDS

CLOCK_SLACK_SECONDS = 120
LOGIN_FIX = "check email and api_token (or oauth_token), and that token access is switched on in the Admin Center"


class Checker:
    """Asks the account, one line of `feedbackloop check` after the other."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._api = account.api
        self._now = account.now

    def checks(self) -> Iterator[Check]:
        """Yield one line each; the first that stops all others ends the list."""
        me = first_contact(self._api.me, login_fix=LOGIN_FIX)
        if isinstance(me, Check):
            yield me
            return
        yield Check("address", True, f"{self._api.http.base_url} answers")
        if number(me.get("id")) is None:
            yield Check("login", False, "Zendesk takes us for an anonymous user", LOGIN_FIX)
            return
        yield Check(
            "login", True, f"{text(me.get('name')) or 'unnamed'} <{text(me.get('email')) or '-'}>, {me.get('role')}"
        )
        yield self._export(me)
        yield from self._ratings()
        yield self._task_group()
        yield self._budget()
        yield self._clock()

    def _export(self, me: Row) -> Check:
        asked = self._api.server_time or self._now()
        try:
            self._api.changed_tickets(None, unix(asked) - START_AGE_SECONDS)
        except Denied as refusal:
            fix = "give this account the role of an admin: the incremental export is for admins only"
            return Check("export", False, f"{refusal} (role {me.get('role')})", fix)
        except SourceError as error:
            return Check("export", False, str(error), "try again; the run does so by itself")
        return Check("export", True, "tickets can be exported")

    def _ratings(self) -> Iterator[Check]:
        """Say which form of ratings is open; one locked form is how it should be."""
        since = unix(self._api.server_time or self._now())
        found = []
        for name, listed in (
            ("satisfaction_ratings", self._api.ratings),
            ("survey_responses", self._api.survey_responses),
        ):
            try:
                next(listed(since), None)
                found.append(name)
            except (Denied, Declined):
                continue
            except SourceError as error:
                yield Check(name, False, str(error), "try again; the run does so by itself")
        if found:
            yield Check("ratings", True, f"open: {', '.join(found)}")
        else:
            yield Check("ratings", True, "none: the plan has neither satisfaction ratings nor CSAT surveys")

    def _task_group(self) -> Check:
        try:
            group = self._account.task_group()
        except SourceError as error:
            return Check("task group", False, str(error), "correct task_group, or leave it out")
        return Check("task group", True, "none set" if group is None else f"id {group}")

    def _budget(self) -> Check:
        headers = self._api.http.last_headers
        limit = headers.get("x-rate-limit") or headers.get("ratelimit-limit")
        left = headers.get("x-rate-limit-remaining") or headers.get("ratelimit-remaining")
        told = f"{left} of {limit} calls left this minute" if limit and left else "the account does not say"
        return Check("rate budget", True, told)

    def _clock(self) -> Check:
        theirs = self._api.server_time
        if theirs is None:
            return Check("clock", False, "the answers carry no Date header", "see what stands between us and Zendesk")
        apart = abs((datetime.now(UTC) - theirs).total_seconds())
        if apart > CLOCK_SLACK_SECONDS:
            return Check(
                "clock", False, f"this machine's clock is {apart:.0f} s off Zendesk's", "set the clock, e.g. with NTP"
            )
        return Check("clock", True, f"within {CLOCK_SLACK_SECONDS} s of Zendesk's")
