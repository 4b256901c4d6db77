"""How are Zendesk connectors opened on a loopback desk, and closed whatever a test did with them?"""

from __future__ import annotations

from typing import Self

from feedbackloop.connector import Context
from feedbackloop.testing.helpdesk import Helpdesk
from feedbackloop_connectors.zendesk.connector import Zendesk


class Sources:
    """Opens connectors of one desk; they are closed at the end of a `with`."""

    def __init__(self, desk: Helpdesk) -> None:
        self._desk = desk
        self._opened: list[Zendesk] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for source in self._opened:
            source.close()

    def __call__(self, **options: object) -> Zendesk:
        self._opened.append(Zendesk(Zendesk.Options(**self._desk.options(**options)), Context("support")))
        return self._opened[-1]
