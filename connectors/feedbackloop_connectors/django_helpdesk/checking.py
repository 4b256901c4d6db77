"""Can the helpdesk be reached, may we read it, what does it offer?"""

from __future__ import annotations

from collections.abc import Iterator

from feedbackloop.connector import Check
from feedbackloop_connectors.desk.checking import first_contact
from feedbackloop_connectors.django_helpdesk.account import Account
from feedbackloop_connectors.django_helpdesk.rows import CUSTOM

LOGIN_FIX = "check token (or username and password); the account must be staff (`is_staff`), and tokens must be set up"


class Checker:
    """Asks the helpdesk, one line of `feedbackloop check` after the other; writes nothing."""

    def __init__(self, account: Account) -> None:
        self._api = account.api
        self._options = account.options

    def checks(self) -> Iterator[Check]:
        """Yield one line each; the first that stops all others ends the list."""
        fix = "check base_url: where the helpdesk is mounted, without /api"
        first = first_contact(lambda: self._api.tickets(1), login_fix=LOGIN_FIX, address_fix=fix)
        if isinstance(first, Check):
            yield first
            return
        yield Check("address", True, f"{self._api.http.base_url} answers")
        yield Check("login", True, "taken, and staff; the interface does not say whose it is")
        count = int(first.get("count") or 0)
        calls = max(1, -(-count // self._api.page_size))
        yield Check("tickets", True, f"{count} open to us; every pull reads them all, in {calls} calls")
        held = {name for row in first["results"] for name in row if name.startswith(CUSTOM)}
        for option in ("tag_field", "csat_field"):
            yield from self._field(option, getattr(self._options, option), held if first["results"] else None)

    def _field(self, option: str, name: str | None, held: set[str] | None) -> Iterator[Check]:
        if name is None:
            yield Check(option, True, "none set" + (": no tags are written" if option == "tag_field" else ""))
        elif held is not None and CUSTOM + name not in held:
            known = ", ".join(sorted(one.removeprefix(CUSTOM) for one in held)) or "none"
            yield Check(option, False, f"there is no custom field {name!r}", f"correct {option}; known are: {known}")
        else:
            yield Check(option, True, name)
