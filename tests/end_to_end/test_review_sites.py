"""Does the loop reach the author of a review, who has no name that could be written to?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import whole_loop
from row_systems import RowSystem

ANSWER = "We are sorry that your delivery took three days instead of 24 hours. The delivery fee was refunded today."


@pytest.fixture
def system() -> Iterator[RowSystem]:
    system = RowSystem("google_play")
    yield system
    system.site.close()


def command(config: Path, *words: str) -> Any:
    """Run one command, as a person would; gives its JSON."""
    line = [sys.executable, "-m", "feedbackloop", "-c", str(config), *words, "--json"]
    done = subprocess.run(line, capture_output=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def test_a_reviews_draft_is_finished_by_a_person_and_stands_under_it_once(tmp_path: Path, system: RowSystem) -> None:
    """Drafts wait, since nobody acted yet; one is edited and approved, is published, and is known as ours when it comes back."""
    config = whole_loop.configure(tmp_path, system.connect().options)
    config.write_text(config.read_text().replace('follow_ups = "auto"', 'follow_ups = "review"'), encoding="utf-8")
    for made in whole_loop.feedback():
        system.site.put(made.id, made.messages[0].text, 1 if made.id.startswith("L") else 5)
    first = whole_loop.run(config)
    assert first["follow_ups"]["drafted"] == 12 and first["follow_ups"]["held_back_reasons"] == {"lint": 12}
    assert not any(entry.answer for entry in system.site.entries.values())
    waiting = next(one for one in command(config, "review")["waiting"] if one["language"] == "en")
    (tmp_path / "answer.txt").write_text(ANSWER, encoding="utf-8")
    command(config, "review", "edit", waiting["id"], "--text-file", str(tmp_path / "answer.txt"))
    command(config, "review", "approve", waiting["id"])
    assert whole_loop.run(config)["actions"]["pushed"] == 1
    answered = [(entry.answer, entry.by_us) for entry in system.site.entries.values() if entry.answer]
    assert answered == [(ANSWER, 1)]
    third = whole_loop.run(config)
    assert third["actions"]["pushed"] == 0 and third["follow_ups"]["drafted"] == 0
