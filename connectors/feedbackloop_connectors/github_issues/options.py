"""What may stand in `[sources.NAME]` for GitHub Issues?"""

from __future__ import annotations

from pydantic import Field, SecretStr

from feedbackloop_connectors.desk_since.options import SinceOptions


class GitHubOptions(SinceOptions):
    """Which repository, who we are there, and whether its issues are feedback."""

    base_url: str = Field("https://api.github.com", description="the address; https://HOST/api/v3 for your own server")
    token: SecretStr = Field(
        description="access token of the sidecar's own account, with the right to read and write issues"
    )
    repository: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", description="OWNER/NAME of the repository")
    feedback: bool = Field(
        False, description="read the repository's issues as feedback; false: it holds improvement tasks alone"
    )
    task_labels: tuple[str, ...] = Field(
        (), description="labels that each improvement task gets, beside the loop's own"
    )

    @property
    def authorization(self) -> str:
        """The token."""
        return f"Bearer {self.token.get_secret_value()}"
