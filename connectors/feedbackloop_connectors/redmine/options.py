"""What may stand in `[sources.NAME]` for a Redmine?"""

from __future__ import annotations

from pydantic import Field, SecretStr

from feedbackloop.records import Status
from feedbackloop_connectors.desk.options import DeskOptions


class RedmineOptions(DeskOptions):
    """Where the desk is, who we are there, and which of its fields mean what."""

    api_key: SecretStr = Field(description="API access key of the sidecar's own account")
    project: str = Field(description="identifier of the project to read, with its subprojects")
    task_project: str | None = Field(
        None, description="project in which improvement tasks are filed; without it none are"
    )
    tag_field: str | None = Field(
        None, description="custom field that holds tags, as a list or with commas; without it none are set"
    )
    email_field: str | None = Field(None, description="custom field that holds the customer's mail address")
    rating_field: str | None = Field(None, description="custom field that holds the customer's rating")
    rating_min: float = Field(1, description="worst value of rating_field")
    rating_max: float = Field(5, description="best value of rating_field")
    statuses: dict[str, Status] = Field(
        {}, description="names of your own statuses -> new, open, pending, solved, closed; default: Redmine's own"
    )
    rejected_statuses: tuple[str, ...] = Field(("Rejected",), description="statuses by which a task is turned down")
    customer_roles: tuple[str, ...] = Field(
        (), description="roles whose members are customers; members with any other role are colleagues"
    )
    opening_is_customers: bool = Field(
        True, description="the text of an issue that a colleague opened for a customer (email_field) counts as theirs"
    )
    account_is_own: bool = Field(
        True, description="all that the account writes is the sidecar's; false where people or programs share it"
    )
    mailed_by_plugin: bool = Field(
        False, description="a plugin mails public notes to customers without an account; else such a reply is refused"
    )
    page_size: int = Field(100, ge=1, le=100, description="issues a page; Redmine gives at most 100")
