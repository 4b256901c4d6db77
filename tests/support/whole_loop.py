"""Does the whole loop run over a source system, and does it rest when nothing has changed?

Used by tests of single connectors, over imitations and over real systems.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from feedbackloop.clock import iso
from feedbackloop.connector import SourceOptions
from feedbackloop.records import Item
from feedbackloop.testing import System
from feedbackloop.testing.makers import item

CONFIG = """
[actions]
notes = "auto"
tags = "auto"
tasks = "auto"
follow_ups = "auto"
tasks_in = "desk"
[actions.restraint]
quiet_hours = "04:00-04:01"
per_customer = "1 per 30d"
[[teams]]
name = "Logistics"
touchpoints = ["delivery"]
email = ["logistics@example.com"]
[sources.past]
connector = "jsonl"
path = "past.jsonl"
[sources.desk]
"""
LATE = (
    "You promised delivery within 24 hours and it took three days. I am very disappointed.",
    "Delivery was promised within two days and took a week. This is not acceptable.",
    "你们说好三天内送到，结果等了整整一个星期，太失望了。",
)
PLEASED = ("The tea is lovely, thank you!", "Very good quality, I will order again.")


def feedback() -> list[Item]:
    """Make twelve complaints about late delivery, four of them Chinese, and eight kind words."""
    now: dict[str, Any] = {"when": datetime.now(UTC).replace(microsecond=0)}
    late = [item(f"L-{n}", f"{LATE[n % 3]} ({n})", subject=f"Order {n}", tags=("people",), **now) for n in range(12)]
    return late + [item(f"P-{n}", f"{PLEASED[n % 2]} ({n})", subject=f"Thanks {n}", **now) for n in range(8)]


def configure(folder: Path, options: SourceOptions, *, has_tasks: bool = True) -> Path:
    """Write a config with the source under test, and one of eight good weeks before, against which this one stands out.

    A secret goes into a file of its own. The task of a source without tasks goes to the other one.
    """
    rows = (json.dumps(_good_day(back, number)) for back in range(1, 9) for number in range(6))
    (folder / "past.jsonl").write_text("\n".join(rows), encoding="utf-8")
    path = folder / "feedbackloop.toml"
    written = [_line(folder, name, getattr(options, name)) for name in sorted(options.model_fields_set)]
    settings = CONFIG if has_tasks else CONFIG.replace('tasks_in = "desk"', 'tasks_in = "past"')
    path.write_text(settings + "".join(written), encoding="utf-8")
    return path


def run(config: Path) -> dict[str, Any]:
    """Run the whole loop once, as if next week had come, in a process of its own; gives its report."""
    next_week = (datetime.now(UTC) + timedelta(days=7)).isoformat(timespec="seconds")
    command = [sys.executable, "-m", "feedbackloop", "-c", str(config), "run", "--json", "--now", next_week]
    done = subprocess.run(command, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, f"exit {done.returncode}: {done.stdout.decode()[-3000:]}{done.stderr.decode()[-1000:]}"
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def rests(
    config: Path, system: System, *, has_tasks: bool = True, tags: int = 12, replies: int = 1, reopened: int = 0
) -> None:
    """Run the loop twice over what `feedback` brought in: the first run writes all kinds once, the second nothing.

    Held are: a tag on each complaint, one task that names its evidence (where the system has tasks), one reply, no write doubled.

    Args:
        config: Of the loop.
        system: That it runs over.
        has_tasks: Whether it can hold tasks.
        tags: Complaints that take a tag: fewer where a finished ticket is closed for good.
        reopened: Finished tickets that our reply opens again there: they are read once more.
        replies: People behind the three finished tickets who can be answered there.
    """
    brought = [system.put(one) for one in feedback()]
    for name in brought[:3]:
        system.finish_task(name)  # a solved ticket: its customer gets an answer
    first = run(config)
    written = sorted(system.writes(), key=repr)
    kinds = Counter(write.kind for write in written)
    assert first["sources"][1]["new"] == len(brought), first["sources"]
    assert first["tasks"]["proposed"] == 1 and kinds["task"] == (1 if has_tasks else 0), first
    assert kinds["tag"] == tags and kinds["reply"] == replies, f"{kinds}: {first}"
    assert len(written) == len(set(written)), f"something stands there twice: {kinds}"
    second = run(config)
    assert second["actions"]["pushed"] == 0 and second["understood"]["items"] == reopened, second
    assert second["tasks"]["open"] == 1, "the task is not read back as open"
    assert sorted(system.writes(), key=repr) == written, "the second run wrote something"


def _line(folder: Path, name: str, value: object) -> str:
    if not isinstance(value, SecretStr):
        return f"{name} = {json.dumps(value)}\n"  # lists and texts are written alike in JSON and TOML
    (folder / name).write_text(value.get_secret_value(), encoding="utf-8")
    return f'{name} = {{ file = "{name}" }}\n'


def _good_day(weeks_back: int, number: int) -> dict[str, Any]:
    at = iso(datetime.now(UTC) - timedelta(weeks=weeks_back))
    text = f"You promised delivery within two days and it came within one day, thank you. ({number})"
    words = [{"id": "m1", "author": "customer", "at": at, "public": True, "text": text}]
    return {"id": f"G-{weeks_back}-{number}", "kind": "ticket", "created_at": at, "status": "closed", "messages": words}
