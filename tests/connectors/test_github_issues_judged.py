"""Does what the connector calls, and what its imitation answers, fit the description that GitHub publishes (cut to issues)?

Our own user and the repository are not in that cut; they are added as they are answered, without being judged.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from feedbackloop.http import Http
from feedbackloop.records import ActionKind
from github_desk import REPO, GitHubSystem
from imitation import SECRET, ImitatedSystem
from prism_judge import Judged, compilable, description

pytestmark = pytest.mark.shared
ONE = f"{REPO}/issues/1"


class TestGitHubIssuesAreJudged(Judged):
    system_of: ClassVar[type[ImitatedSystem]] = GitHubSystem
    WRITES: ClassVar = (ActionKind.TAG, ActionKind.REPLY, ActionKind.TASK, ActionKind.TASK_UPDATE)
    WRONG_CALLS: ClassVar = [
        ("GET", f"{REPO}/issues?state=every", None),
        ("GET", f"{REPO}/issues?since=monday", None),
        ("GET", f"{REPO}/issues?sort=changed", None),
        ("GET", f"{REPO}/issues/one", None),
        ("POST", f"{REPO}/issues", {"body": "without a title"}),
        ("POST", f"{REPO}/issues", {"title": "x", "labels": "fbl-gap"}),
        ("PATCH", ONE, {"title": ["x"]}),
        ("PATCH", ONE, {"state": "done"}),
        ("POST", f"{ONE}/comments", {"text": "without a body"}),
        ("POST", f"{ONE}/labels", {"labels": "fbl-gap"}),
    ]
    WRONG_ANSWERS: ClassVar = [
        (f"{REPO}/issues?state=all", [{"number": 1}]),
        (ONE, {"number": 1}),
        (f"{ONE}/comments", [{"id": "one"}]),
    ]

    def described(self) -> Any:
        found = description("github/issues-openapi.json")
        compilable(found)
        sound = {"get": {"responses": {"200": {"description": "as it is"}}}}
        found["paths"] |= {"/user": sound, "/repos/{owner}/{repo}": sound}
        return found | {"servers": [{"url": "http://127.0.0.1"}]}

    def door(self, url: str) -> Http:
        return Http(url, authorization=f"Bearer {SECRET}")
