"""The connector `webhook`: what the core calls, and what the endpoint calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from feedbackloop.clock import parse_time
from feedbackloop.connector import Ability, Check, Connector, Context, Page, SourceOptions
from feedbackloop.errors import Fatal, Skippable
from feedbackloop.plain_json import BadRecord
from feedbackloop_connectors.desk.cursor import read_cursor
from feedbackloop_connectors.rest.mapping import Mapper
from feedbackloop_connectors.signatures import verify
from feedbackloop_connectors.webhook.inbox import Inbox
from feedbackloop_connectors.webhook.options import WebhookOptions
from feedbackloop_connectors.webhook.pulling import Cursor, Puller


class Webhook(Connector[WebhookOptions]):
    """Deliveries that came to our endpoint. See docs/connectors/webhook.md."""

    name: ClassVar[str] = "webhook"
    Options: ClassVar[type[SourceOptions]] = WebhookOptions
    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.WEBHOOKS, Ability.ERASURES})

    def __init__(self, options: WebhookOptions, context: Context) -> None:
        super().__init__(options, context)
        if "deleted" not in options.values.get("status", {}).values():
            # only a delivery can tell that something is gone
            self.abilities = self.abilities - {Ability.ERASURES}  # type: ignore[misc]  # narrower here than in the class
        self.inbox = Inbox(Path(context.folder) / (options.inbox or f"webhooks/{context.source}"))
        self._puller = Puller(options, self.inbox, Mapper(options, context.zone, options.time_format))

    @property
    def is_local(self) -> bool:
        """The inbox is a folder of this machine."""
        return True

    def check(self) -> list[Check]:
        """Say whether deliveries could be filed, and how many wait."""
        try:
            self.inbox.check()
            count = len(self.inbox.after(0))
        except Fatal as error:
            return [Check("inbox", False, str(error), "give this account the right to write there, or set `inbox`")]
        return [
            Check("inbox", True, f"{self.inbox.folder}: {count} deliveries are kept"),
            Check("signatures", True, f"{self.options.scheme}, in the header {self.options.signing.header}"),
        ]

    def start(self, since: datetime | None) -> str:
        """Give the cursor before all deliveries that are kept."""
        if since is None and self.options.start:
            since = parse_time(self.options.start, self.context.zone)
        return str(Cursor(since=since))

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:  # noqa: ARG002  the core keeps what is later
        """Yield what came since; what was stored long enough ago is removed from the inbox first."""
        place = read_cursor(cursor or self.start(None), Cursor)
        self.inbox.tidy(place.place, now=self.context.now(), keep=self.options.kept_for)
        yield from self._puller.pages(place)

    def erase_copies(self, ids: Sequence[str], cursor: str) -> int:
        """Remove the deliveries that speak of some items.

        Raises:
            Skippable: One that was not read yet holds other items too.
        """
        gone, later = self._puller.erase(set(ids), read_cursor(cursor or self.start(None), Cursor).place)
        if later:
            raise Skippable(
                f"{later} deliveries in {self.inbox.folder} hold other items too, which were not read yet; "
                "they go with the second `feedbackloop pull` from now"
            )
        return gone

    def accept(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Check a delivery and file it; False where it was here before. What it holds is judged when it is read.

        Raises:
            Refused: The signature is missing or wrong, or too old.
            BadRecord: It is larger than `max_bytes`.
        """
        if len(body) > self.options.max_bytes:
            raise BadRecord(f"the body is larger than max_bytes ({len(body)} > {self.options.max_bytes})")
        now = self.context.now()
        delivery = verify(self.options.signing, self.options.keys, headers, body, now=now)
        return self.inbox.put(delivery.id, body, at=now)

    def read_webhook(self, headers: Mapping[str, str], raw_body: bytes) -> list[str]:
        """File a delivery and name the items that it speaks of; they come with the next pull."""
        return self._puller.names(raw_body) if self.accept(headers, raw_body) else []
