"""Is anything lost or done twice when runs are killed at random moments?

    python benchmarks/kills.py [--kills 40] [--tickets 150] [--lost-answers 0.1] [--seed 1]

Starts the loopback Zendesk as a process of its own, kills `feedbackloop run` with SIGKILL at random moments, lets it finish
at last, and holds the desk's own journal (the truth) against a run on an equal desk that nobody disturbed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIG = """
[loop]
retain = "9999d"
[actions]
notes = "auto"
tags = "auto"
follow_ups = "auto"
tasks = "auto"
max_age = "3650d"
[actions.restraint]
quiet_hours = "00:00-00:00"
quiet_after_feedback = "0m"
[sources.desk]
connector = "zendesk"
base_url = "{url}"
email = "loop@acme.example"
api_token = {{ env = "KILLS_TOKEN" }}
incremental_requests_per_minute = 0
[[standards]]
name = "first reply"
metric = "first_reply"
touchpoint = "support"
dimension = "responsiveness"
within = "1h"
"""
LAST_DUE_MINUTES = 60 * 24 * 3
RUN = [sys.executable, "-m", "feedbackloop", "run", "-q", "--max-writes", "25", "-c"]


@contextmanager
def desk(folder: Path, tickets: int, lost_answers: float) -> Iterator[str]:
    """Run a desk in a process of its own; gives its address."""
    command = [sys.executable, "-m", "feedbackloop.testing.helpdesk", "--port", "0", "--tickets", str(tickets)]
    command += ["--journal", str(folder / "journal.jsonl"), "--lost-answers", str(lost_answers)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def written(folder: Path) -> Counter[tuple[str, ...]]:
    """Read the desk's journal: what was written, by what it was about."""
    counts: Counter[tuple[str, ...]] = Counter()
    for line in (folder / "journal.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        about = row.get("external_id") or json.dumps(row.get("metadata"), sort_keys=True)
        counts[row["kind"], str(row["ticket"]), about, ",".join(sorted(row.get("tags") or []))] += 1
    return counts


def play(
    folder: Path, tickets: int, kills: int, *, lost_answers: float, chance: random.Random
) -> Counter[tuple[str, ...]]:
    """Run the loop on a fresh desk, killed so many times, until a run ends with nothing left to do."""
    folder.mkdir(parents=True)
    (folder / "journal.jsonl").touch()
    environment = os.environ | {"KILLS_TOKEN": "token-of-the-loopback-desk"}
    with desk(folder, tickets, lost_answers) as url:
        config = folder / "feedbackloop.toml"
        config.write_text(CONFIG.format(url=url))
        began = time.perf_counter()
        length = 2.0
        for _ in range(kills):
            process = subprocess.Popen([*RUN, str(config)], env=environment, stderr=subprocess.DEVNULL)
            try:
                process.wait(chance.uniform(0.2, length))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
        _settle(folder, config, environment)
        print(
            f"{folder.name}: {kills} kills, {time.perf_counter() - began:.0f} s, {sum(written(folder).values())} writes"
        )
    return written(folder)


def _settle(folder: Path, config: Path, environment: dict[str, str]) -> None:
    """Run until two runs in a row write nothing more, the clock moved on past the last due time of every promise."""
    idle, minutes = 0, 0
    while idle < 2 or minutes < LAST_DUE_MINUTES:
        before = sum(written(folder).values())
        later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 60 * minutes))
        ended = subprocess.run(
            [*RUN, str(config), "--now", later], env=environment, stderr=subprocess.PIPE, text=True, check=False
        )
        if ended.returncode not in {0, 1}:
            sys.exit(f"a run ended with {ended.returncode}: {ended.stderr}")
        idle = idle + 1 if sum(written(folder).values()) == before else 0
        minutes += 240


def main() -> None:
    """Compare, print, and end with 1 if anything was lost or doubled."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=40)
    options.add_argument("--tickets", type=int, default=150)
    options.add_argument("--lost-answers", type=float, default=0.1)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    chance = random.Random(chosen.seed)
    folder = Path(tempfile.mkdtemp(prefix="feedbackloop-kills-"))
    clean = play(folder / "undisturbed", chosen.tickets, 0, lost_answers=0.0, chance=chance)
    killed = play(folder / "killed", chosen.tickets, chosen.kills, lost_answers=chosen.lost_answers, chance=chance)
    lost = sorted(set(clean) - set(killed))
    extra = sorted(set(killed) - set(clean))
    doubled = sorted(what for what, number in killed.items() if number > 1)
    print(f"lost {len(lost)}, doubled {len(doubled)}, not in the undisturbed run {len(extra)}")
    for what in (*lost[:5], *doubled[:5], *extra[:5]):
        print("  ", what)
    sys.exit(1 if lost or doubled or extra else 0)


if __name__ == "__main__":
    main()
