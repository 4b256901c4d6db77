"""What may stand in the config of any desk?"""

from __future__ import annotations

from pydantic import Field, SecretStr

from feedbackloop.connector import SourceOptions


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
