"""Which parts work together on one helpdesk?"""

from __future__ import annotations

from functools import cached_property

from feedbackloop.connector import Context
from feedbackloop_connectors.django_helpdesk.api import Api
from feedbackloop_connectors.django_helpdesk.items import Reader
from feedbackloop_connectors.django_helpdesk.options import DjangoHelpdeskOptions


class Account:
    """The parts of one configured source, put together.

    Raises:
        Fatal: The address or the certificate file cannot be used.
    """

    def __init__(self, options: DjangoHelpdeskOptions, context: Context) -> None:
        self.options = options
        self.tag_prefix = context.tag_prefix
        self.http = options.open_http(context)
        self.api = Api(self.http, options.page_size)

    @cached_property
    def reader(self) -> Reader:
        """What makes items of tickets."""
        return Reader(self.options, self.http.base_url, self.tag_prefix)

    def url(self, ticket_id: int | str) -> str:
        """Give the address of a ticket for people."""
        return f"{self.http.base_url}/tickets/{ticket_id}/"
