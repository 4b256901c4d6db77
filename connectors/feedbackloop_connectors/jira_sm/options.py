"""What may stand in `[sources.NAME]` for a Jira Service Management?"""

from __future__ import annotations

from pydantic import Field, SecretStr

from feedbackloop.http import basic_auth
from feedbackloop_connectors.desk_since.options import SinceOptions


class JiraOptions(SinceOptions):
    """Where the site is, who we are there, and which projects are meant."""

    base_url: str = Field(description="the site's address, https://ACCOUNT.atlassian.net")
    email: str = Field(description="mail address of the sidecar's own account")
    api_token: SecretStr = Field(description="API token of that account")
    project: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", description="key of the service project to read")
    task_project: str | None = Field(
        None,
        pattern=r"^[A-Za-z][A-Za-z0-9_]*$",
        description="key of the project in which tasks are filed; without it none are",
    )
    task_type: str = Field("Task", description="name of the issue type of improvement tasks")
    ratings: bool = Field(True, description="ask for the rating of each finished request, one call each")
    machines: tuple[str, ...] = Field(
        ("Automation for Jira",), description="names of accounts behind which nobody stands"
    )
    rejected_resolutions: tuple[str, ...] = Field(
        ("Won't Do", "Declined", "Duplicate", "Cannot Reproduce"),
        description="resolutions by which a task is turned down",
    )

    @property
    def authorization(self) -> str:
        """The account's address and its token."""
        return basic_auth(self.email, self.api_token.get_secret_value())
