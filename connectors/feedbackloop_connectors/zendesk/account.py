"""Which parts work together on one account, where are tasks filed, and where are tickets shown?"""

from __future__ import annotations

from feedbackloop.connector import Context
from feedbackloop.errors import Skippable
from feedbackloop.http import Pace
from feedbackloop_connectors.desk.values import is_number, number
from feedbackloop_connectors.zendesk.api import Api
from feedbackloop_connectors.zendesk.naming import Naming
from feedbackloop_connectors.zendesk.options import ZendeskOptions


class Account:
    """The parts of one configured source, put together.

    Raises:
        Fatal: The address or the certificate file cannot be used.
    """

    def __init__(self, options: ZendeskOptions, context: Context) -> None:
        self.options = options
        self.now = context.now
        self.http = options.open_http(context)
        self.api = Api(self.http, Pace(options.incremental_requests_per_minute), options.page_size)
        self.naming = Naming(f"{self.http.base_url}/agent/tickets", context.tag_prefix)

    def task_group(self) -> int | None:
        """Give the id of the group for tasks; None where none is configured.

        Raises:
            Skippable: There is no such group.
        """
        wanted = self.options.task_group
        if wanted is None or is_number(wanted):
            return int(wanted) if wanted else None
        groups = {str(row.get("name")): number(row.get("id")) for row in self.api.groups()}
        if groups.get(wanted) is None:
            raise Skippable(
                f"task_group: there is no group {wanted!r} in this account; known are {', '.join(sorted(groups))}"
            )
        return groups[wanted]

    def url(self, ticket_id: int | str) -> str:
        """Give the address of a ticket for agents."""
        return f"{self.naming.agent_url}/{ticket_id}"
