"""What may stand in a `[sources.NAME]` with `connector = "webhook"`?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator

from feedbackloop import clock
from feedbackloop.connector import SourceOptions
from feedbackloop_connectors.described.expressions import Expression
from feedbackloop_connectors.described.options import Mapping
from feedbackloop_connectors.signatures import SCHEMES, Scheme


class WebhookOptions(SourceOptions, Mapping):
    """How deliveries are signed, where they wait, and what is in them."""

    scheme: str = Field(description=f"how the system signs: {', '.join(SCHEMES)}", examples=["standard"])
    secret: SecretStr = Field(description="the key that it signs with")
    previous_secret: SecretStr | None = Field(None, description="the key before, while it is being changed")
    signature_header: str | None = Field(
        None, description="where the signature stands, if not in the scheme's own header"
    )
    id_header: str | None = Field(None, description="where the delivery's id stands, if not in the scheme's own header")
    signature_encoding: Literal["hex", "base64"] | None = Field(None, description="if not the scheme's own")
    inbox: str | None = Field(
        None, description="folder in which deliveries wait; default: webhooks/SOURCE beside the config"
    )
    keep: str = Field(
        "7d", description="how long a delivery is kept after it was read, for a reading from the beginning"
    )
    max_bytes: int = Field(1_000_000, ge=1, description="of one body; larger ones are refused")
    only: Expression | None = Field(None, description="on the body: where it gives false or nothing, it is passed over")
    each: Expression = Field("@", description="on the body: the row, or the list of rows, in it")

    @field_validator("scheme")
    @classmethod
    def _known_scheme(cls, value: str) -> str:
        if value not in SCHEMES:
            raise ValueError(f"is one of {', '.join(SCHEMES)}")
        return value

    @field_validator("keep")
    @classmethod
    def _span(cls, value: str) -> str:
        clock.duration(value)
        return value

    @model_validator(mode="after")
    def _has_secret(self) -> WebhookOptions:
        if not self.secret.get_secret_value():
            raise ValueError("secret is empty; is the variable that holds it set?")
        return self

    @property
    def signing(self) -> Scheme:
        """The scheme, with what the config says otherwise."""
        scheme = SCHEMES[self.scheme]
        return replace(
            scheme,
            header=self.signature_header or scheme.header,
            id=self.id_header or scheme.id,
            encoding=self.signature_encoding or scheme.encoding,
        )

    @property
    def keys(self) -> list[str]:
        """The keys that may have signed."""
        return [one.get_secret_value() for one in (self.secret, self.previous_secret) if one]

    @property
    def kept_for(self) -> timedelta:
        """`keep` as a span of time."""
        return clock.duration(self.keep)
