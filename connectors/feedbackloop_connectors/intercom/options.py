"""What may stand in `[sources.NAME]` for an Intercom?"""

from __future__ import annotations

from pydantic import Field, SecretStr

from feedbackloop_connectors.desk_since.options import SinceOptions


class IntercomOptions(SinceOptions):
    """Where the workspace is, who we are there, and how tasks are filed."""

    base_url: str = Field(
        "https://api.intercom.io",
        description="the interface's address; in Europe https://api.eu.intercom.io, or api.au",
    )
    access_token: SecretStr = Field(description="access token of an app of your own (developer hub)")
    task_type: str | None = Field(
        None, description="id of the ticket type of improvement tasks, best a back-office one"
    )
    task_contact: str | None = Field(
        None,
        description="id of a contact of your own that stands on improvement tasks, without which Intercom files none",
    )
    page_size: int = Field(50, ge=1, le=150, description="conversations a page")

    @property
    def authorization(self) -> str:
        """The token."""
        return f"Bearer {self.access_token.get_secret_value()}"
