"""What may stand in `[sources.NAME]` for a Chatwoot?"""

from __future__ import annotations

from pydantic import Field, SecretStr

from feedbackloop_connectors.desk_since.options import SinceOptions


class ChatwootOptions(SinceOptions):
    """Where the desk is, who we are there, and which account is ours."""

    access_token: SecretStr = Field(description="access token of the sidecar's own agent (profile settings)")
    account: int = Field(description="number of the account; it stands in the address of every page")
