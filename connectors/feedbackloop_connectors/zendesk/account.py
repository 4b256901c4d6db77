"""Which parts work together on one account?"""

from __future__ import annotations

from feedbackloop.connector import Context
from feedbackloop.http import Pace
from feedbackloop_connectors.desk.door import open_http
from feedbackloop_connectors.zendesk.api import Api
from feedbackloop_connectors.zendesk.finding import Finder
from feedbackloop_connectors.zendesk.naming import Naming
from feedbackloop_connectors.zendesk.options import ZendeskOptions
from feedbackloop_connectors.zendesk.writing import Writer


class Account:
    """The parts of one configured source, put together.

    Raises:
        Fatal: The address or the certificate file cannot be used.
    """

    def __init__(self, options: ZendeskOptions, context: Context) -> None:
        self.http = open_http(options, context)
        self.api = Api(self.http, Pace(options.incremental_requests_per_minute), options.page_size)
        agent_url = f"{self.http.base_url}/agent/tickets"
        self.naming = Naming(agent_url, context.tag_prefix)
        self.finder = Finder(self.api, agent_url=agent_url, tag_prefix=context.tag_prefix)
        self.writer = Writer(
            self.api,
            self.finder,
            agent_url=agent_url,
            task_group=options.task_group,
            link_incidents=options.link_incidents,
        )
