"""What may stand in `[sources.NAME]` for a Zammad?"""

from __future__ import annotations

from pydantic import Field, SecretStr

from feedbackloop.records import Status
from feedbackloop_connectors.desk_since.options import SinceOptions


class ZammadOptions(SinceOptions):
    """Where the desk is, who we are there, and which of its fields mean what."""

    token: SecretStr = Field(
        description="access token of the sidecar's own agent (profile › token access: ticket.agent)"
    )
    page_size: int = Field(100, ge=1, le=200, description="tickets a page; Zammad gives at most 200")
    task_group: str | None = Field(None, description="group in which improvement tasks are filed; without it none are")
    states: dict[str, Status] = Field(
        {}, description="names of your own states -> new, open, pending, solved, closed; default: Zammad's own"
    )
    rating_field: str | None = Field(None, description="ticket attribute that holds the customer's rating")
    rating_min: float = Field(1, description="worst value of rating_field")
    rating_max: float = Field(5, description="best value of rating_field")

    @property
    def authorization(self) -> str:
        """The token in Zammad's own form."""
        return f"Token token={self.token.get_secret_value()}"
