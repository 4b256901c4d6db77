"""The connector `rest`: what the core calls, put together from its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from feedbackloop.connector import Ability, Check, Connector, Context, Page, SourceOptions
from feedbackloop.records import Action, Receipt, TaskState
from feedbackloop_connectors.rest.asking import Asker
from feedbackloop_connectors.rest.checking import Checker
from feedbackloop_connectors.rest.cursor import Mark
from feedbackloop_connectors.rest.options import RestOptions
from feedbackloop_connectors.rest.pulling import Puller
from feedbackloop_connectors.rest.writing import Writer

ABILITY_OF = {
    "note": Ability.PRIVATE_NOTES,
    "tag": Ability.TAGS,
    "reply": Ability.PUBLIC_REPLIES,
    "task": Ability.TASKS,
}


class Rest(Connector[RestOptions]):
    """A system that is described in the config. See docs/connectors/rest.md."""

    name: ClassVar[str] = "rest"
    Options: ClassVar[type[SourceOptions]] = RestOptions
    abilities: ClassVar[frozenset[Ability]] = frozenset(
        {*ABILITY_OF.values(), Ability.TASK_STATUS, Ability.FETCH, Ability.ERASURES}
    )

    def __init__(self, options: RestOptions, context: Context) -> None:
        super().__init__(options, context)
        # The class says what a description can contain; an instance has what its own contains.
        vars(self)["abilities"] = _described(options)
        self._asker = Asker(options, context)
        self._writer = Writer(options, self._asker.door)

    @property
    def is_local(self) -> bool:
        """Say whether the system is on this machine, reached without a proxy."""
        return self.options.is_local

    def check(self) -> list[Check]:
        """Ask who we are, and read the first page as a pull would; writes nothing."""
        return list(Checker(self._asker, self._puller(), Mark.read(self.start(None))).checks())

    def start(self, since: datetime | None) -> str:
        """Give the cursor of a first pull: from `since`, else from the option `start`, else from the beginning."""
        since = self.beginning(since)
        if since is None:
            return str(Mark())
        return str(Mark(place=since) if self.options.list.asks_since else Mark(since=since))

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:  # noqa: ARG002  the core keeps what is later
        """Yield pages; see `pulling`."""
        yield from self._puller().pages(Mark.read(cursor or self.start(None)))

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single rows anew, as `one` says."""
        return self._puller().fetch(ids)

    def push(self, action: Action) -> Receipt:
        """Do one write, as `write` says."""
        return self._writer.push(action)

    def find(self, action: Action) -> Receipt | None:
        """Look for an earlier attempt, as `write.KIND.find` says."""
        return self._writer.find(action)

    def task_status(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand, as `task_status` says."""
        return self._writer.states(ids)

    def close(self) -> None:
        """Let go of the connections."""
        self._asker.door.close()

    def _puller(self) -> Puller:
        return Puller(self.options, self._asker, self.context)


def _described(options: RestOptions) -> frozenset[Ability]:
    """Name the abilities that a description has."""
    found = {ABILITY_OF[kind] for kind in options.write if kind in ABILITY_OF}
    if options.task_status:
        found.add(Ability.TASK_STATUS)
    if options.one:
        found.add(Ability.FETCH)
    if "deleted" in options.values.get("status", {}).values():
        found.add(Ability.ERASURES)
    return frozenset(found)
