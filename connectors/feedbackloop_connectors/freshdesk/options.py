"""What may stand in `[sources.NAME]` for a Freshdesk?"""

from __future__ import annotations

from pydantic import Field, SecretStr

from feedbackloop.http import basic_auth
from feedbackloop.records import Status
from feedbackloop_connectors.desk_since.options import SinceOptions

API = "/api/v2"
"""Where the interface begins, below the desk's address."""


class FreshdeskOptions(SinceOptions):
    """Where the desk is, who we are there, and what its own statuses mean."""

    base_url: str = Field(description="the desk's address, https://ACCOUNT.freshdesk.com")
    api_key: SecretStr = Field(description="API key of the sidecar's own agent (profile settings)")
    task_group: int | None = Field(None, description="number of the group in which improvement tasks are filed")
    statuses: dict[int, Status] = Field(
        {}, description="numbers of your own statuses -> new, open, pending, solved, closed; default: Freshdesk's own"
    )
    ratings: bool = Field(True, description="read satisfaction ratings; false saves calls where no survey is sent")
    rating_days: int = Field(
        14, ge=0, description="ratings are looked at again for so many days: their list knows no time of change"
    )

    @property
    def authorization(self) -> str:
        """The key as user name; the password is not looked at."""
        return basic_auth(self.api_key.get_secret_value(), "X")
