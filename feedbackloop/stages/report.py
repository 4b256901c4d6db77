"""What happened in one run, as people and programs read it?

The fields are those of the contract, section 3. Every number is of this run, but for `tasks.open` and the actions that wait, are
left for a later run or need a look, which say how things stand.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from feedbackloop.clock import iso
from feedbackloop.records import Failure

ACTION_STATES = ("pushed", "waiting_for_approval", "retrying", "needs_a_look", "set_aside", "failed", "left")
OUTCOMES = ("confirmed", "reopened", "unanswered")
VERDICTS = ("worked", "no_change", "worse", "too_early", "cannot_tell")


@dataclass
class SourceReport:
    """What one source gave in this run."""

    name: str
    connector: str
    pulled: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    erased: int = 0
    rejected: int = 0
    requests: int = 0
    cursor: str | None = None
    caught_up: bool = False
    error: str | None = None
    warnings: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Give the contract's fields; a cursor too long to read is cut."""
        shown = dict(vars(self))
        if self.cursor and len(self.cursor) > 200:
            shown["cursor"] = self.cursor[:200] + "…"
        return shown


@dataclass
class Report:
    """One run's account of itself. `held_back` gives the reason by follow-up: each counts once, whoever held it back."""

    started_at: datetime
    dry_run: bool = False
    finished_at: datetime | None = None
    sources: list[SourceReport] = field(default_factory=list)
    understood: int = 0
    with_gap: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    tested: int = 0
    raised: int = 0
    tasks: Counter[str] = field(default_factory=Counter)
    drafted: int = 0
    unpolished: int = 0
    held_back: dict[str, str] = field(default_factory=dict)
    settled: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    verified: Counter[str] = field(default_factory=Counter)
    digests: list[str] = field(default_factory=list)
    would_push: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """True if nothing failed: no source, no record, no action."""
        return not self.failures

    @property
    def held(self) -> Counter[str]:
        """Count the follow-ups that were held back in this run, by reason."""
        return Counter(self.held_back.values())

    def fail(self, failure: Failure) -> None:
        """Note one thing that did not work."""
        self.failures.append(failure)

    def as_dict(self) -> dict[str, Any]:
        """Give the document of the contract, section 3."""
        document: dict[str, Any] = {
            "started_at": iso(self.started_at),
            "finished_at": iso(self.finished_at or self.started_at),
            "dry_run": self.dry_run,
            "ok": self.ok,
            "sources": [source.as_dict() for source in self.sources],
            "understood": {
                "items": self.understood,
                "languages": dict(sorted(self.languages.items())),
                "with_gap": self.with_gap,
            },
            "findings": {"tested": self.tested, "raised": self.raised},
            "tasks": {what: self.tasks[what] for what in ("proposed", "updated", "open")},
            "follow_ups": {
                "drafted": self.drafted,
                "held_back": len(self.held_back),
                "held_back_reasons": dict(sorted(self.held.items())),
                "settled": {outcome: self.settled[outcome] for outcome in OUTCOMES},
            },
            "actions": {state: self.actions[state] for state in ACTION_STATES},
            "verified": {verdict: self.verified[verdict] for verdict in VERDICTS},
            "failures": [failure_dict(failure) for failure in self.failures],
        }
        if self.digests:
            document["digests"] = self.digests
        if self.dry_run or self.would_push:
            document["would_push"] = self.would_push
        if self.remarks:
            document["remarks"] = self.remarks
        return document


def failure_dict(failure: Failure) -> dict[str, Any]:
    """Give one failure as the contract names it; the field only where one is known."""
    shown = {
        "stage": failure.stage,
        "source": failure.source,
        "record": failure.record,
        "error": failure.error,
        "permanent": failure.permanent,
    }
    return shown | ({"field": failure.field} if failure.field else {})
