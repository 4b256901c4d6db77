"""Which texts are past the time for which texts are kept? Their figures stay."""

from __future__ import annotations

from feedbackloop.stages.turn import Turn


def retain(turn: Turn) -> None:
    """Erase the words of items older than `[loop] retain`."""
    erasure = turn.store.erasure
    keys = erasure.older_than(turn.now - turn.settings.loop.retain)
    if not keys:
        return
    with turn.store.write():
        erasure.forget_items(keys, turn.now, keep_person=True)
        turn.write_down("retention", "items", "erased", str(len(keys)))
    if not erasure.scrub():
        turn.fail("retain", "erased texts stay in the database's log file until the last reader leaves it")
    turn.report.remarks.append(
        f"the words of {len(keys)} items older than [loop] retain were erased; their figures stay"
    )
