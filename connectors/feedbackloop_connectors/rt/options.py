"""What may stand in `[sources.NAME]` for a Request Tracker?"""

from __future__ import annotations

import re

from pydantic import Field, SecretStr, model_validator

from feedbackloop.http import basic_auth
from feedbackloop.records import Status
from feedbackloop_connectors.desk.options import DeskOptions

_TOKEN = re.compile(r"\d+-(\d+)-.+")


class RtOptions(DeskOptions):
    """Where the desk is, who we are there, and which of its fields mean what."""

    base_url: str = Field(description="the desk's address, without /REST/2.0")
    token: SecretStr | None = Field(None, description="authentication token of the sidecar's own account")
    user: str | None = Field(None, description="name of that account; needed with password, else read from the token")
    password: SecretStr | None = Field(None, description="instead of a token")
    queues: tuple[str, ...] = Field(
        (), description="queues to read; default: all that the account sees, but task_queue"
    )
    task_queue: str | None = Field(None, description="queue in which improvement tasks are filed; without it none are")
    tag_field: str | None = Field(
        None, description="custom field of many values that holds tags; without it none are set"
    )
    rating_field: str | None = Field(None, description="custom field that holds the customer's rating")
    rating_min: float = Field(1, description="worst value of rating_field")
    rating_max: float = Field(5, description="best value of rating_field")
    statuses: dict[str, Status] = Field(
        {}, description="words of your own lifecycles -> new, open, pending, solved, closed; default: RT's own words"
    )
    rejected_statuses: tuple[str, ...] = Field(("rejected",), description="statuses by which a task is turned down")
    opening_is_customers: bool = Field(
        True, description="the first text of a ticket that a colleague opened for a requestor counts as the customer's"
    )
    account_is_own: bool = Field(
        True, description="all that the account writes is the sidecar's; false where people or programs share it"
    )
    page_size: int = Field(100, ge=1, le=100, description="rows a page; RT gives at most 100")

    @model_validator(mode="after")
    def _has_login(self) -> RtOptions:
        if not self.token and not (self.user and self.password):
            raise ValueError("needs token, or user and password; is the variable that holds it set?")
        return self

    @property
    def account(self) -> str | None:
        """Name or number of our account: a token carries its owner's number (`1-NUMBER-…`)."""
        if self.user:
            return self.user
        match = _TOKEN.fullmatch(self.token.get_secret_value()) if self.token else None
        return match[1] if match else None

    @property
    def authorization(self) -> str:
        """The value of the Authorization header."""
        if self.token:
            return f"token {self.token.get_secret_value()}"
        assert self.user and self.password
        return basic_auth(self.user, self.password.get_secret_value())
