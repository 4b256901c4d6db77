"""Does the connector of GitHub Issues keep the contract that every connector keeps?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import whole_loop
from feedbackloop.testing import BadInputContract, ConnectorContract
from github_desk import GitHubSystem


class TestGitHubIssuesKeepsTheContract(ConnectorContract, BadInputContract):
    @pytest.fixture
    def system(self) -> Iterator[GitHubSystem]:
        with GitHubSystem() as system:
            yield system

    @pytest.mark.parametrize("kind", ["note", "reply", "task"])
    def test_find_tells_what_was_done_from_what_was_not(self, system: GitHubSystem, kind: str) -> None:
        """A tag is left out: it carries no key but is its own mark, the same whoever set it."""
        super().test_find_tells_what_was_done_from_what_was_not(system, kind)

    def test_the_whole_loop_runs_and_then_rests(self, system: GitHubSystem, tmp_path: Path) -> None:
        """Twelve complaints come to notes, tags, a task and a reply; a second run writes nothing."""
        whole_loop.rests(whole_loop.configure(tmp_path, system.connect(page_size=100).options), system)
