"""How are things called in this account: its links, its custom fields, our own tags?"""

from __future__ import annotations

from collections.abc import Sequence

from feedbackloop.http import Declined, Denied
from feedbackloop_connectors.desk.values import Row, number, rows, text
from feedbackloop_connectors.zendesk.api import Api


class Naming:
    """The names of one account.

    Attributes:
        agent_url: What a link to a ticket begins with.
        tag_prefix: How our own tags begin; an item is shown without them, as if we were not there.
        fields: Custom field id -> name; empty until a ticket has used one.
    """

    def __init__(self, agent_url: str, tag_prefix: str) -> None:
        self.agent_url = agent_url
        self.tag_prefix = tag_prefix
        self.fields: dict[int, str] = {}
        self._has_asked = False

    def learn_fields(self, api: Api, tickets: Sequence[Row]) -> None:
        """Ask what the custom fields are called, once and only if one is used; without the right to know, their ids stand."""
        if self._has_asked or not any(
            has_value(custom) for row in tickets for custom in rows(row.get("custom_fields"))
        ):
            return
        self._has_asked = True
        try:
            listed = list(api.ticket_fields())
        except (Denied, Declined):
            return
        for row in listed:
            key, title = number(row.get("id")), text(row.get("title"))
            if key is not None and title:
                name = "_".join(title.lower().split())
                self.fields[key] = f"{name}_{key}" if name in self.fields.values() else name


def has_value(custom: Row) -> bool:
    """Say whether a custom field was filled in."""
    return custom.get("value") not in (None, "", [])
