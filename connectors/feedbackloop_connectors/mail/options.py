"""What may stand in `[sources.NAME]` for a mailbox?"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, model_validator

from feedbackloop.connector import SourceOptions
from feedbackloop.http import is_loopback

Security = Literal["tls", "starttls", "none"]


class MailOptions(SourceOptions):
    """Where mail is read and sent, as whom, and whose words are whose."""

    imap_host: str = Field(description="the IMAP server")
    imap_port: int = Field(993, description="its port")
    imap_security: Security = Field("tls", description="tls, starttls, or none for a loopback address")
    username: str = Field(description="the mailbox's login, at the SMTP server too")
    password: SecretStr = Field(description="its password")
    folders: tuple[str, ...] = Field(
        ("INBOX",), description="folders to read; name the archive, too, if mail is moved there"
    )
    sent_folder: str = Field("Sent", description="where copies of our replies are kept; it is made where it is missing")
    smtp_host: str = Field(description="the server that sends replies")
    smtp_port: int = Field(587, description="its port")
    smtp_security: Security = Field("starttls", description="tls, starttls, or none for a loopback address")
    smtp_login: bool = Field(True, description="log in before sending")
    sender: str = Field(description="the address from which replies are sent and to which customers write")
    agents: tuple[str, ...] = Field((), description="mail addresses, or @domains, of those who answer customers")
    kind: Literal["ticket", "survey", "review"] = Field("ticket", description="what a thread in this mailbox is")
    page_size: int = Field(50, ge=1, le=500, description="new messages a page")

    @model_validator(mode="after")
    def _no_plain_password(self) -> MailOptions:
        for name in ("imap", "smtp"):
            host, security = getattr(self, f"{name}_host"), getattr(self, f"{name}_security")
            if security == "none" and not (self.plain_http or is_loopback(f"x://{host}")):
                raise ValueError(
                    f'{name}_security = "none" would send the password in the clear; write tls or starttls'
                )
        return self

    @property
    def is_local(self) -> bool:
        """Say whether both servers are on this machine."""
        return all(is_loopback(f"x://{host}") for host in (self.imap_host, self.smtp_host))

    def is_agent(self, address: str) -> bool:
        """Say whether an address is one of those who answer: the mailbox itself, or named in `agents`."""
        named = {one.casefold() for one in (*self.agents, self.sender)}
        return address.casefold() in named or "@" + address.casefold().rpartition("@")[2] in named
