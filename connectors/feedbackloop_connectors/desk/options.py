"""What may stand in the config of any desk, and how is the connection opened that it describes?"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field, SecretStr

from feedbackloop.connector import Context, SourceOptions
from feedbackloop.http import Http, Limits, is_loopback


class DeskOptions(SourceOptions):
    """The address of a desk. A subclass says more of it, adds the logins, and gives the `authorization` that they make."""

    base_url: str = Field(description="the desk's address")

    @property
    def authorization(self) -> str | None:
        """The value of the Authorization header; None where the login is sent in another way."""
        return None

    @property
    def secrets(self) -> list[str]:
        """What must never be shown: the values of all options that are secrets."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]

    @property
    def is_local(self) -> bool:
        """Whether the desk is a loopback one, reached without a proxy: a replay may push only there."""
        return is_loopback(self.base_url) and self.proxy is None

    def open_http(
        self, context: Context, *, headers: Mapping[str, str] | None = None, limits: Limits | None = None
    ) -> Http:
        """Open the connection to the desk, logged in.

        Args:
            context: A relative `ca_file` is meant from its folder.
            headers: Sent with every call; a login that is no Authorization header stands here.
            limits: Where the usual ones do not fit.

        Raises:
            Fatal: The address or the certificate file cannot be used.
        """
        return Http(
            self.base_url,
            authorization=self.authorization,
            headers=headers,
            ca_file=context.path(self.ca_file),
            proxy=self.proxy,
            plain_http=self.plain_http,
            limits=limits,
            secrets=self.secrets,
        )
