"""Which connectors read feedback from files?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from feedbackloop import hookimpl

if TYPE_CHECKING:
    from feedbackloop.connector import Connector, SourceOptions


@hookimpl
def register_connectors() -> Sequence[type[Connector[SourceOptions]]]:
    """Bring `jsonl` and `csv`."""
    from feedbackloop_connectors.files.csv_files import CsvConnector  # late: `feedbackloop --help` needs none of it
    from feedbackloop_connectors.files.jsonl import JsonlConnector

    return [JsonlConnector, CsvConnector]
