"""Which errors can happen, and what each means for the run?

    FeedbackloopError
    ├── UsageError              the command, the config or the input file is wrong; nothing was changed (exit 2)
    │   └── ConfigError         one or more faults in feedbackloop.toml, each with its place
    ├── LeaseError              another run holds this database (exit 3)
    ├── SchemaError             the database is newer than this program, or is not ours; it was not touched
    └── SourceError             something went wrong in a source system
        ├── Fatal               stop this source; the others go on
        │   └── Refused         wrong credentials or a missing right (401, 403)
        ├── Retriable           try again later; `wait_seconds` says when, if the source said so
        └── Skippable           this record or action only; it is set aside with the reason
            └── BadRecord       a record that cannot be read; `field` is the place in it

A connector raises only the three kinds of `SourceError`.
"""

from __future__ import annotations


class FeedbackloopError(Exception):
    """Anything this program says in one or two sentences instead of a traceback."""

    exit_code = 1


class UsageError(FeedbackloopError):
    """The command, the config or an input file is wrong; nothing was changed."""

    exit_code = 2


class ConfigError(UsageError):
    """The config has faults: `faults` holds one sentence each, with the key's full name."""

    def __init__(self, faults: list[str], path: str | None = None) -> None:
        self.faults = faults
        where = f"{path}: " if path else ""
        super().__init__(where + "; ".join(faults))


class LeaseError(FeedbackloopError):
    """Another run holds this database."""

    exit_code = 3


class LeaseLost(LeaseError):
    """This process slept past its lease and another run took over; nothing more may be written."""


class SchemaError(UsageError):
    """The database is newer than this program or is not a feedbackloop database; it was left untouched."""


class SourceError(FeedbackloopError):
    """Something went wrong in a source system. `record` names the item or action where one is concerned."""

    permanent = False

    def __init__(self, message: str, *, record: str | None = None) -> None:
        super().__init__(message)
        self.record = record


class Fatal(SourceError):
    """Nothing more can be had from this source in this run; the other sources go on."""

    permanent = True


class Refused(Fatal):
    """The source does not know us or lacks a right (401, 403): asking again cannot help."""


class Retriable(SourceError):
    """A passing fault; the next run tries again, not before `wait_seconds` where the source named a time."""

    def __init__(self, message: str, *, record: str | None = None, wait_seconds: float | None = None) -> None:
        super().__init__(message, record=record)
        self.wait_seconds = wait_seconds


class UnknownOutcome(Retriable):
    """A write was sent and no answer came: it may have arrived. `find` decides before anything is repeated."""


class Skippable(SourceError):
    """Only this record or action is affected; it is set aside with the reason and can be retried by hand."""

    permanent = True


class BadRecord(Skippable):
    """One record cannot be read: `record` is its id where known, `field` the place in it, the text the reason."""

    def __init__(self, reason: str, *, field: str | None = None, record: str | None = None) -> None:
        super().__init__(reason, record=record)
        self.field = field
