"""What may stand in the config of a desk that is asked what changed?"""

from __future__ import annotations

from pydantic import Field, SecretStr

from feedbackloop_connectors.desk.options import DeskOptions


class SinceOptions(DeskOptions):
    """What all these desks share; a subclass adds the login and what is its own."""

    page_size: int = Field(100, ge=1, le=100, description="tickets a page")
    requests_per_minute: int = Field(
        0, ge=0, description="calls a minute that the sidecar keeps to by itself; 0: only what the desk asks for"
    )
    account_is_own: bool = Field(
        True, description="all that the account writes is the sidecar's; false where people or programs share it"
    )
    webhook_secret: SecretStr | None = Field(
        None, description="with which the desk signs its webhooks; without it none are taken"
    )
