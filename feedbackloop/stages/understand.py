"""What do the customers' words say? Items that wait are read in batches, here or in other processes.

A record that no plugin can read is set aside by name; the others go on.
"""

from __future__ import annotations

from collections.abc import Sequence

from feedbackloop.connector import Rejected
from feedbackloop.errors import UsageError
from feedbackloop.records import Item, Understanding
from feedbackloop.stages.executors import Reader, reader_for
from feedbackloop.stages.learning import corrections_in_use, learn
from feedbackloop.stages.turn import Turn

ROUND = 2_000
"""Items a round: enough to keep several processes busy, few enough to stay small in memory."""


def understand(turn: Turn) -> None:
    """Read all items whose words have not been read yet, then learn from the desk's own ratings."""
    _read_waiting(turn)
    learn(turn)


def _read_waiting(turn: Turn) -> None:
    waiting = turn.store.items.count("understand")
    if not waiting:
        return
    corrections = corrections_in_use(turn)
    with (
        turn.progress("understand", waiting) as advance,
        reader_for(turn.settings, turn.plugins, corrections) as reader,
    ):
        while items := turn.store.items.due_for_understanding(ROUND):
            for batch, understandings in reader.read(items):
                _save(turn, batch, understandings, reader)
                advance(len(batch))


def understand_again(turn: Turn) -> None:
    """Make every item wait for understanding, as after a change of scorer, and read them all."""
    with turn.store.write():
        turn.store.items.understand_again()
        turn.write_down("understand", "items", "again", "asked_for")
    understand(turn)


def _save(turn: Turn, batch: Sequence[Item], answer: list[Understanding] | Exception, reader: Reader) -> None:
    if isinstance(answer, Exception):
        if len(batch) == 1:
            _set_aside(turn, batch[0], answer)
            return
        for item in batch:
            for single, alone in reader.read([item]):
                _save(turn, single, alone, reader)
        return
    with turn.store.write():
        turn.store.items.save_understandings(
            (item.key, understanding) for item, understanding in zip(batch, answer, strict=True)
        )
    turn.report.understood += len(batch)
    turn.report.languages.update(one.language for one in answer)


def _set_aside(turn: Turn, item: Item, error: Exception) -> None:
    if isinstance(error, UsageError):
        raise error  # no plugin could read any item
    reason = f"could not be understood: {turn.said(error)}"
    with turn.store.write():
        turn.store.items.put_aside(item.key)
        turn.store.sources.set_aside(item.source, [Rejected(item.id, reason)], turn.now)
        turn.write_down("understand", item.key, "set_aside", type(error).__name__)
    turn.fail("understand", reason, source=item.source, record=item.key)
