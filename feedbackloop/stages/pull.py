"""What is new in the source systems?

Pages are stored as they come, each with its cursor in one transaction. What a page says of later than the loop's time waits
until its time has come. One source's fault stops that source only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from feedbackloop.clock import iso, parse_time
from feedbackloop.connector import Connector, Page, Rejected, SourceOptions
from feedbackloop.errors import LeaseLost, SourceError, UsageError
from feedbackloop.records import Failure, Item
from feedbackloop.stages.report import SourceReport
from feedbackloop.stages.turn import Advance, Turn
from feedbackloop.store.items import Received


def pull(turn: Turn) -> None:
    """Read every source that takes part from where its cursor stands."""
    connectors = [(name, turn.connector(name)) for name in turn.source_names]
    for name, connector in connectors:
        report = SourceReport(name, connector.name)
        turn.report.sources.append(report)
        with turn.progress(f"pull {name}", None) as advance:
            _pull_source(turn, connector, report, advance)


def _pull_source(turn: Turn, connector: Connector[SourceOptions], report: SourceReport, advance: Advance) -> None:
    puller = _Puller(turn, connector, report)
    try:
        puller.release()
        for page in connector.pull(puller.cursor(), turn.until or (turn.now if turn.clock.is_replay else None)):
            puller.take(page)
            advance(len(page.items))
        puller.release()
    except (SourceError, UsageError) as error:
        report.error = str(error)
        turn.fail("pull", error, source=report.name, record=getattr(error, "record", None))
    except (LeaseLost, sqlite3.Error):
        raise
    except Exception as error:  # noqa: BLE001 - a stranger's connector may raise anything; the other sources go on
        report.error = f"{type(error).__name__}: {error}"
        turn.fail("pull", report.error, source=report.name)
    puller.finish()


class _Puller:
    """One source's pull: where it begins, what each page does, how it ends."""

    def __init__(self, turn: Turn, connector: Connector[SourceOptions], report: SourceReport) -> None:
        self.turn, self.connector, self.report = turn, connector, report
        self.written = turn.store.outbox.written(report.name)
        self.has_aside = bool(turn.store.sources.backlog(report.name)["set_aside"])
        self.is_backfill = turn.since is not None

    def cursor(self) -> str:
        """Give the cursor to go on from: the live one, or that of the same backfill begun earlier."""
        state = self.turn.store.sources.get(self.report.name)
        if self.is_backfill:
            begun = msgspec.json.decode(state.backfill, type=list[str]) if state and state.backfill else []
            if begun[:2] == self._span():
                return begun[2]
            return self.connector.start(self.turn.since)
        if state and state.cursor is not None:
            return state.cursor
        start = self.connector.options.start
        return self.connector.start(parse_time(start, self.connector.context.zone) if start else None)

    def _span(self) -> list[str]:
        return [iso(moment) if moment else "" for moment in (self.turn.since, self.turn.until)]

    def take(self, page: Page) -> None:
        """Store one page with its cursor."""
        items = [replace(item, source=self.report.name) for item in page.items]
        rejected = list(page.rejected)
        try:
            counts = self._store(items, page, rejected)
        except (ValueError, OverflowError, msgspec.MsgspecError) as error:
            if len(items) <= 1:
                rejected += [Rejected(item.id, str(error)) for item in items]
                counts = self._store([], page, rejected)
            else:
                counts = self._one_by_one(items, page, rejected)
        self._count(counts, page, rejected)

    def _one_by_one(self, items: Sequence[Item], page: Page, rejected: list[Rejected]) -> Received:
        """Find the record that cannot be stored: it alone is set aside."""
        counts = Received()
        for item in items:
            try:
                with self.turn.store.write():
                    counts.add(self._receive([item]))
            except (ValueError, OverflowError, msgspec.MsgspecError) as error:
                rejected.append(Rejected(item.id, f"cannot be stored: {error}"))
        self._store([], page, rejected)
        return counts

    def _store(self, items: Sequence[Item], page: Page, rejected: Sequence[Rejected]) -> Received:
        store, name = self.turn.store, self.report.name
        with store.write():
            counts = self._receive(items)
            if page.erased:
                erased = store.erasure.forget_items((f"{name}/{one}" for one in page.erased), self.turn.now)
                self.report.erased += erased.counts.get("items", 0)
            if self.has_aside:
                store.sources.forgive(name, [item.id for item in items])
            store.sources.set_aside(name, rejected, self.turn.now)
            store.sources.save_cursor(
                name, self.connector.name, self._saved_form(page.cursor), backfill=self.is_backfill
            )
        return counts

    def _saved_form(self, cursor: str) -> str:
        if self.is_backfill:
            return msgspec.json.encode([*self._span(), cursor]).decode()
        return cursor

    def _receive(self, items: Sequence[Item]) -> Received:
        prefix = self.turn.settings.actions.tag_prefix
        return self.turn.store.items.receive(items, self.turn.now, prefix, self.written)

    def release(self) -> None:
        """Receive what was read earlier and whose time has come."""
        while items := self.turn.store.items.release(self.report.name, self.turn.now):
            with self.turn.store.write():
                counts = self._receive(items)
            self._count(counts, Page(caught_up=self.report.caught_up), [])

    def _count(self, counts: Received, page: Page, rejected: Sequence[Rejected]) -> None:
        report = self.report
        report.pulled += counts.pulled
        report.new += counts.new
        report.updated += counts.updated
        report.unchanged += counts.unchanged
        report.rejected += len(rejected)
        report.requests += page.requests
        report.caught_up = page.caught_up
        report.warnings += [warning for warning in page.warnings if warning not in report.warnings]
        for one in rejected:
            self.turn.report.fail(
                Failure(
                    stage="pull",
                    source=report.name,
                    record=one.record,
                    field=one.field,
                    error=one.reason,
                    permanent=True,
                )
            )

    def finish(self) -> None:
        """Note how the pull ended."""
        report, now = self.report, self.turn.now
        with self.turn.store.write():
            if not self.is_backfill:
                caught_up = report.caught_up and report.error is None
                self.turn.store.sources.finish_pull(report.name, report.connector, now, caught_up, report.error)
        state = self.turn.store.sources.get(report.name)
        report.cursor = state.cursor if state else None


def freshness(turn: Turn) -> dict[str, datetime | None]:
    """Give, by source, the moment up to which everything is known; None if it was never read to the end."""
    states = {state.name: state.fresh_as_of for state in turn.store.sources.all()}
    return {name: parse_time(fresh) if (fresh := states.get(name)) else None for name in turn.settings.sources}
