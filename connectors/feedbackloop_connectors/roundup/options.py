"""What may stand in `[sources.NAME]` for a Roundup tracker?"""

from __future__ import annotations

from pydantic import Field, SecretStr

from feedbackloop.http import basic_auth
from feedbackloop_connectors.desk.options import DeskOptions


class RoundupOptions(DeskOptions):
    """Where the tracker is, who we are there, and what its fields mean."""

    base_url: str = Field(description="the tracker's address, https://HOST/TRACKER")
    username: str = Field(description="the account that reads and writes; one of its own is best")
    password: SecretStr = Field(description="the password of that account")
    page_size: int = Field(100, ge=1, le=1000, description="issues a page")
    agents: tuple[str, ...] = Field(
        (), description="user names of those who answer customers; default: everybody but the issue's author"
    )
    machines: tuple[str, ...] = Field((), description="user names whose messages no person wrote")
    email_field: str | None = Field(None, description="the issue's property that holds the customer's mail address")
    csat_field: str | None = Field(None, description="the issue's property that holds a rating")
    csat_min: float = Field(1, description="the worst rating")
    csat_max: float = Field(5, description="the best rating")
    fields: tuple[str, ...] = Field((), description="further properties of the issue to read into `fields`")
    pending: tuple[str, ...] = Field(("deferred", "need-eg"), description="statuses that wait for the customer")
    solved: tuple[str, ...] = Field(
        ("resolved", "done-cbb"), description="statuses of solved issues and finished improvement tasks"
    )

    @property
    def authorization(self) -> str:
        """The value of the Authorization header."""
        return basic_auth(self.username, self.password.get_secret_value())

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties of the tracker's own schema that are read beside the common ones."""
        named = (self.email_field, self.csat_field, *self.fields)
        return tuple(dict.fromkeys(name for name in named if name))
