"""A desk in a file, and one call of the command line: what end-to-end tests share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Done:
    """How one call ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What stands on stdout, which must be one JSON document and nothing else."""
        return json.loads(self.out)


Typed = Callable[..., Done]

CONFIG = """
[loop]
timezone = "Europe/Berlin"
[actions]
notes = "auto"
tags = "auto"
[[standards]]
name = "first reply"
metric = "first_reply"
touchpoint = "support"
dimension = "responsiveness"
within = "4h"
[[teams]]
name = "Logistics"
touchpoints = ["delivery"]
email = ["logistics@example.com"]
[sources.desk]
connector = "jsonl"
path = "desk.jsonl"
"""


def ticket(number: int = 1, text: str = "Where is my parcel?", **changes: Any) -> dict[str, Any]:
    """One ticket in wire form: asked on a Monday, answered a day later."""
    return {
        "id": f"T-{number}",
        "kind": "ticket",
        "created_at": "2026-11-02T09:00:00Z",
        "status": "solved",
        "solved_at": "2026-11-03T10:00:00Z",
        "customer": {"id": f"c-{number}", "name": "Wanda Whistle", "email": f"wanda{number}@example.org"},
        "messages": [
            {"id": "m1", "author": "customer", "at": "2026-11-02T09:00:00Z", "text": text},
            {"id": "m2", "author": "agent", "at": "2026-11-03T10:00:00Z", "text": "I have sent you a new one today."},
        ],
    } | changes


def write(path: Path, *rows: dict[str, Any]) -> None:
    """Write rows as JSON lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def pushed(path: Path) -> list[dict[str, Any]]:
    """Read what was written back to a file source."""
    actions = path.with_name(path.name + ".actions.jsonl")
    return [json.loads(line) for line in actions.read_text(encoding="utf-8").splitlines()] if actions.exists() else []
