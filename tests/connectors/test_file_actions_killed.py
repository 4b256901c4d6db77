"""Does every write stand once in the actions file, however often the writing process is killed?"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ACTIONS = 150
WRITER = """
import sys
from feedbackloop.connector import Context
from feedbackloop.testing.makers import action
from feedbackloop_connectors.files.jsonl import JsonlConnector, JsonlOptions

source = JsonlConnector(JsonlOptions(connector="jsonl", path="f.jsonl"), Context("shop", folder=sys.argv[1]))
print("ready", flush=True)
for number in range(int(sys.argv[2])):
    wanted = action("note", key=f"k{number}", text="说好三天 " * 2000)
    source.find(wanted) or source.push(wanted)
"""


def run(folder: Path, seconds: float | None) -> int:
    """Write all actions, killed after so many seconds (None: not at all); give the exit code."""
    command = [sys.executable, "-c", WRITER, str(folder), str(ACTIONS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={"PYTHONPATH": ":".join(sys.path)}) as process:
        assert process.stdout is not None
        process.stdout.readline()
        if seconds is not None:
            time.sleep(seconds)
            process.send_signal(signal.SIGKILL)
    return process.returncode


@pytest.mark.slow
def test_killed_at_random_moments_every_action_stands_once(tmp_path: Path) -> None:
    (tmp_path / "f.jsonl").touch()
    moments = random.Random(11)
    codes = [run(tmp_path, moments.uniform(0, 0.05)) for _ in range(12)]
    assert run(tmp_path, None) == 0
    lines = (tmp_path / "f.jsonl.actions.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["key"] for line in lines] == [f"k{number}" for number in range(ACTIONS)]
    assert codes.count(-signal.SIGKILL) >= 3
