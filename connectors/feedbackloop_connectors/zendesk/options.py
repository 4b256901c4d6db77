"""What may stand in `[sources.NAME]` for a Zendesk?"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, SecretStr, field_validator, model_validator

from feedbackloop import clock
from feedbackloop.http import basic_auth
from feedbackloop_connectors.desk.options import DeskOptions


class ZendeskOptions(DeskOptions):
    """Where the account is, who we are there, and how fast we may read."""

    base_url: str = Field(description="https://SUBDOMAIN.zendesk.com")
    email: str | None = Field(None, description="of the agent whose API token this is; a service account is best")
    api_token: SecretStr | None = Field(None, description="API token; needs email")
    oauth_token: SecretStr | None = Field(None, description="OAuth access token, instead of email and api_token")
    incremental_requests_per_minute: int = Field(10, ge=0, description="pace of export calls; 0: none of our own")
    page_size: int = Field(1000, ge=1, le=1000, description="tickets a page of the export")
    task_group: str | None = Field(None, description="group, by name or id, in which improvement tasks are filed")
    link_incidents: bool = Field(
        False, description="link incidents to a task of type problem; solving the task then solves them too"
    )
    ratings_lookback: str = Field("30d", description="how long a rating can still change after it was given")

    @field_validator("ratings_lookback")
    @classmethod
    def _readable(cls, value: str) -> str:
        clock.duration(value)
        return value

    @model_validator(mode="after")
    def _has_login(self) -> ZendeskOptions:
        if not self.oauth_token and not (self.email and self.api_token):
            raise ValueError("needs oauth_token, or email and api_token; is the variable that holds it set?")
        return self

    @property
    def lookback(self) -> timedelta:
        """`ratings_lookback` as a span of time."""
        return clock.duration(self.ratings_lookback)

    @property
    def authorization(self) -> str:
        """The value of the Authorization header."""
        if self.oauth_token:
            return f"Bearer {self.oauth_token.get_secret_value()}"
        assert self.email and self.api_token
        return basic_auth(f"{self.email}/token", self.api_token.get_secret_value())
