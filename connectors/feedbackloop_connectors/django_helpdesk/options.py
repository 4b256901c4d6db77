"""What may stand in `[sources.NAME]` for a django-helpdesk?"""

from __future__ import annotations

from pydantic import Field, SecretStr, model_validator

from feedbackloop.http import basic_auth
from feedbackloop_connectors.desk.options import DeskOptions


class DjangoHelpdeskOptions(DeskOptions):
    """Where the helpdesk is, who we are there, and what its custom fields mean."""

    base_url: str = Field(description="where the helpdesk is mounted; its interface is at /api/ below")
    token: SecretStr | None = Field(None, description="token of a staff account, where token authentication is set up")
    username: str | None = Field(None, description="a staff account, instead of a token")
    password: SecretStr | None = Field(None, description="the password of that account")
    page_size: int = Field(100, ge=1, le=1000, description="tickets a page; every pull reads all pages")
    queues: tuple[int, ...] = Field((), description="ids of the queues to read; default: all that the account may see")
    task_queue: int | None = Field(
        None, description="id of the queue for improvement tasks; default: that of the first ticket a task rests on"
    )
    tag_field: str | None = Field(
        None, description="name of the custom text field that holds tags, with commas; without one there are no tags"
    )
    csat_field: str | None = Field(None, description="name of the custom field that holds a rating")
    csat_min: float = Field(1, description="the worst rating")
    csat_max: float = Field(5, description="the best rating")
    agents: tuple[str, ...] = Field(
        (), description="mail addresses, or @domains, of staff who answer by mail: the interface shows them as nobody"
    )
    machine_titles: tuple[str, ...] = Field(
        ("Ticket Escalated",), description="titles of follow-ups that no person wrote, in the helpdesk's language"
    )

    @model_validator(mode="after")
    def _has_login(self) -> DjangoHelpdeskOptions:
        if not self.token and not (self.username and self.password):
            raise ValueError("needs token, or username and password; is the variable that holds it set?")
        return self

    @property
    def authorization(self) -> str:
        """The value of the Authorization header."""
        if self.token:
            return f"Token {self.token.get_secret_value()}"
        assert self.username and self.password
        return basic_auth(self.username, self.password.get_secret_value())
