"""The connector `singer`: what the core calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from feedbackloop.connector import Ability, Check, Connector, Page, SourceOptions
from feedbackloop.errors import SourceError
from feedbackloop_connectors.singer.catalog import missing_streams, names_of
from feedbackloop_connectors.singer.cursor import Cursor
from feedbackloop_connectors.singer.options import SingerOptions
from feedbackloop_connectors.singer.pulling import Puller
from feedbackloop_connectors.singer.workplace import Workplace

TAP_FIX = "look at command, venv, config and secrets; run the tap by hand with --discover"


class Singer(Connector[SingerOptions]):
    """Any Singer tap. See docs/connectors/singer.md."""

    name: ClassVar[str] = "singer"
    Options: ClassVar[type[SourceOptions]] = SingerOptions
    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.ERASURES})

    def check(self) -> list[Check]:
        """Ask the tap for its streams, as a pull would."""
        try:
            with Workplace(self.options, self.context) as place:
                catalog = place.discover()
        except SourceError as error:
            return [Check("tap", False, str(error), TAP_FIX)]
        offered = names_of(catalog)
        found = Check("tap", True, f"{self.options.command[0]} offers {len(offered)} streams")
        missing = missing_streams(catalog, self.options.wanted)
        if missing:
            return [found, Check("streams", False, missing, "correct the names under streams")]
        return [found, Check("streams", True, ", ".join(sorted(self.options.wanted)))]

    def start(self, since: datetime | None) -> str:
        """Give the cursor of a first pull. What a tap begins with is set in its own config; here older items are left out."""
        return str(Cursor(since=self.beginning(since)))

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:  # noqa: ARG002  the core keeps what is later
        """Run the tap and yield what it sends; see `pulling`."""
        yield from Puller(self.options, self.context).pages(Cursor.read(cursor or self.start(None)))
