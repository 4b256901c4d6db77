"""What may stand in `[sources.NAME]` for a Help Scout?"""

from __future__ import annotations

from pydantic import Field, SecretStr

from feedbackloop_connectors.desk_since.options import SinceOptions


class HelpScoutOptions(SinceOptions):
    """Who we are there, and where tasks are filed."""

    base_url: str = Field("https://api.helpscout.net", description="the interface's address")
    app_id: str = Field(description="App ID of an OAuth2 application of your own (your profile › my apps)")
    app_secret: SecretStr = Field(
        description="App Secret of that application; all is written under the name of who made it"
    )
    task_mailbox: int | None = Field(None, description="number of the mailbox in which improvement tasks are filed")
    task_customer: str | None = Field(
        None,
        description="mail address that stands as customer on improvement tasks, which Help Scout wants; one of your own",
    )
    page_size: int = Field(25, ge=1, le=100, description="not looked at: Help Scout gives 25 conversations a page")
