"""What is new in the source systems?

Pages are stored as they come, each with its cursor in one transaction. What a page says of later than the loop's time waits
until its time has come. One source's fault stops that source only.
"""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from feedbackloop.clock import iso, parse_time
from feedbackloop.connector import Ability, Connector, Page, Rejected, SourceOptions
from feedbackloop.errors import Fatal, LeaseLost
from feedbackloop.records import Failure, Item
from feedbackloop.stages import people
from feedbackloop.stages.report import SourceReport
from feedbackloop.stages.turn import Advance, Turn
from feedbackloop.store.items import Received


def pull(turn: Turn) -> None:
    """Read every source that takes part from where its cursor stands."""
    people.meet_again(turn)
    connectors = [(name, turn.sources.connector(name)) for name in turn.sources.names]
    for name, connector in connectors:
        report = SourceReport(name, connector.name)
        turn.report.sources.append(report)
        with turn.progress(f"pull {name}", None) as advance:
            _pull_source(turn, connector, report, advance)


def _pull_source(turn: Turn, connector: Connector[SourceOptions], report: SourceReport, advance: Advance) -> None:
    puller = _Puller(turn, connector, report)
    try:
        puller.release()
        puller.try_again()
        for page in connector.pull(puller.cursor(), turn.until or (turn.now if turn.clock.is_replay else None)):
            puller.take(page)
            advance(len(page.items))
        puller.release()
    except _CursorMoved:
        turn.report.remarks.append(f"{report.name} was set to another place meanwhile; the next run goes on from there")
    except (LeaseLost, sqlite3.Error):
        raise
    except Exception as error:  # noqa: BLE001 - a stranger's connector may raise anything; the other sources go on
        if isinstance(error, Fatal):
            turn.sources.closed.add(report.name)
        report.error = turn.said(error)
        turn.fail("pull", error, source=report.name, record=getattr(error, "record", None))
    puller.finish()


class _CursorMoved(Exception):
    """Somebody set the source's cursor while it was being read."""


class _Puller:
    """One source's pull: where it begins, what each page does, how it ends."""

    def __init__(self, turn: Turn, connector: Connector[SourceOptions], report: SourceReport) -> None:
        self.turn, self.connector, self.report = turn, connector, report
        self.written = turn.store.outbox.written(report.name)
        self.has_aside = bool(turn.store.sources.backlog(report.name)["set_aside"])
        self.is_backfill = turn.since is not None
        self.at = self._saved_cursor()

    def _saved_cursor(self) -> str | None:
        state = self.turn.store.sources.get(self.report.name)
        return state.cursor if state else None

    def try_again(self) -> None:
        """Read records anew that were set aside, as `retry` asked: one by one, or the whole source where that cannot be."""
        store, name = self.turn.store, self.report.name
        records = store.sources.to_try_again(name)
        if not records or self.is_backfill:
            return
        if Ability.FETCH in self.connector.abilities:
            page = self.connector.fetch(records)
            self.take(dataclasses.replace(page, cursor="", caught_up=False), moves=False)
            return
        start = self._start()
        with store.write():
            store.sources.reset(name, self.connector.name, start)
            store.sources.forgive(name, records)
        self.at = start

    def cursor(self) -> str:
        """Give the cursor to go on from: the live one, or that of the same backfill begun earlier."""
        state = self.turn.store.sources.get(self.report.name)
        is_same_kind = state is not None and state.connector == self.connector.name
        if self.is_backfill:
            begun = msgspec.json.decode(state.backfill, type=list[str]) if state and state.backfill else []
            if is_same_kind and begun[:2] == self._span():
                return begun[2]
            return self.connector.start(self.turn.since)
        if state and is_same_kind and state.cursor is not None:
            return state.cursor
        return self._start()

    def _start(self) -> str:
        return self.connector.start(self.connector.beginning(None))

    def _span(self) -> list[str]:
        return [iso(moment) if moment else "" for moment in (self.turn.since, self.turn.until)]

    def take(self, page: Page, *, moves: bool = True) -> None:
        """Store one page with its cursor; `moves` False: single records, which say nothing of how far the source was read."""
        items = [replace(item, source=self.report.name) for item in page.items]
        rejected = list(page.rejected)
        try:
            counts = self._store(items, page, rejected, moves=moves)
        except (ValueError, OverflowError, msgspec.MsgspecError) as error:
            if len(items) <= 1:
                rejected += [Rejected(item.id, f"cannot be stored: {error}") for item in items]
                counts = self._store([], page, rejected, moves=moves)
            else:
                counts = self._one_by_one(items, page, rejected, moves=moves)
        self._count(counts, page, rejected)

    def _one_by_one(self, items: Sequence[Item], page: Page, rejected: list[Rejected], *, moves: bool) -> Received:
        """Find the record that cannot be stored: it alone is set aside."""
        counts = Received()
        for item in items:
            try:
                with self.turn.store.write():
                    counts.add(self._receive([item]))
            except (ValueError, OverflowError, msgspec.MsgspecError) as error:
                rejected.append(Rejected(item.id, f"cannot be stored: {error}"))
        self._store([], page, rejected, moves=moves)
        return counts

    def _store(self, items: Sequence[Item], page: Page, rejected: Sequence[Rejected], *, moves: bool) -> Received:
        store, name = self.turn.store, self.report.name
        with store.write():
            counts = self._receive(items)
            if page.erased:
                erased = store.erasure.forget_items((f"{name}/{one}" for one in page.erased), self.turn.now)
                self.report.erased += erased.counts.get("items", 0)
            if self.has_aside:
                store.sources.forgive(name, [item.id for item in items])
            store.sources.set_aside(name, rejected, self.turn.now)
            if moves:
                self._move(page.cursor)
        return counts

    def _move(self, cursor: str) -> None:
        """Move the cursor, unless somebody set it to another place in the meantime: their word counts."""
        if not self.is_backfill and self._saved_cursor() != self.at:
            raise _CursorMoved
        saved = self._saved_form(cursor)
        self.turn.store.sources.save_cursor(self.report.name, self.connector.name, saved, backfill=self.is_backfill)
        if not self.is_backfill:
            self.at = cursor

    def _saved_form(self, cursor: str) -> str:
        if self.is_backfill:
            return msgspec.json.encode([*self._span(), cursor]).decode()
        return cursor

    def _receive(self, items: Sequence[Item]) -> Received:
        prefix = self.turn.settings.actions.tag_prefix
        counts = self.turn.store.items.receive(items, self.turn.now, prefix, self.written)
        people.meet(self.turn, items)
        return counts

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
        """Note how the pull ended; what the source erased leaves no bytes behind."""
        report, now = self.report, self.turn.now
        if report.erased:
            self.turn.store.erasure.scrub()
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
