"""An outside judge: how does Prism hold a connector and its imitation against a published description, in both directions?

Needs the description beside the checkout and Prism (`npm install @stoplight/prism-cli`), named by FEEDBACKLOOP_PRISM, for
example `FEEDBACKLOOP_PRISM=node_modules/.bin/prism`. A body that Prism cannot compile a schema for is passed over in silence,
so the tests of each system begin with wrong calls and wrong answers, which must be refused.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from feedbackloop.connector import Connector
from feedbackloop.errors import SourceError
from feedbackloop.http import Http, Limits
from feedbackloop.records import Action, ActionKind
from feedbackloop.testing.makers import action, item
from imitation import ImitatedSystem, Route

FIXTURES = Path(__file__).parents[2].parent / "shared" / "fixtures"
PRISM = shlex.split(os.environ.get("FEEDBACKLOOP_PRISM", ""))
CHINESE = "说好三天到货，结果等了一个星期。<b>&"


def description(name: str) -> Any:
    """Read a published description; skips the test where there is none."""
    path = FIXTURES / name
    if not path.exists():
        pytest.skip(f"the description {name} is not beside the checkout")
    read = path.read_text(encoding="utf-8")
    return json.loads(read) if path.suffix == ".json" else yaml.safe_load(read)


def nullable(schema: Any) -> None:
    """Let every value of an answer be null: descriptions hardly ever say it, and real answers are."""
    for part in list(schema.values()) if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        nullable(part)
    if isinstance(schema, dict):
        for part in (schema.get("properties") or {}).values():
            if isinstance(part, dict) and "type" in part and "enum" not in part:
                part["nullable"] = True


def compilable(part: Any) -> None:
    """Mend what makes the judge let a whole body pass unread: `nullable` without a type, and null in a list of values as well."""
    if isinstance(part, dict) and "nullable" in part and "type" not in part:
        del part["nullable"]
    if isinstance(part, dict) and part.get("nullable") is True and isinstance(part.get("enum"), list):
        part["enum"] = [value for value in part["enum"] if value is not None]
    for inner in list(part.values()) if isinstance(part, dict) else part if isinstance(part, list) else ():
        compilable(inner)


@contextmanager
def judging(described: Any, upstream: str, folder: Path) -> Iterator[str]:
    """Put Prism before an imitation; gives its address. Skips where there is no Prism."""
    path = folder / "description.json"
    path.write_text(json.dumps(described, default=str), encoding="utf-8")
    with proxied(path, upstream) as address:
        yield address


@contextmanager
def proxied(description: Path, upstream: str) -> Iterator[str]:
    """Put Prism with a description before what it describes; gives its address. Skips where there is no Prism."""
    if not PRISM or not shutil.which(PRISM[0]):
        pytest.skip("FEEDBACKLOOP_PRISM names no Prism")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*PRISM, "proxy", "--errors", "-h", "127.0.0.1", "-p", str(port), str(description), upstream]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_until_it_listens(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_until_it_listens(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("Prism did not start within 60 s")


class Judged:
    """Tests of one system behind the judge. A subclass names the system, its description, wrong calls and wrong answers.

    Attributes:
        WRONG_CALLS: Method, path and body of calls that the description forbids.
        WRONG_ANSWERS: Path and answer to a read that the description forbids; a third part is what a search is sent.
        WRITES: Kinds of actions that the system takes.
    """

    system_of: ClassVar[type[ImitatedSystem]]
    WRONG_CALLS: ClassVar[list[tuple[str, str, object]]]
    WRONG_ANSWERS: ClassVar[list[tuple[Any, ...]]]
    WRITES: ClassVar[tuple[ActionKind, ...]] = tuple(ActionKind)

    def described(self) -> Any:
        """Give the description, mended where it is known to be wrong."""
        raise NotImplementedError

    def door(self, url: str) -> Http:
        """Log in as the connector does, for calls that it would never make."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ImitatedSystem, str]]:
        described = cls().described()
        system = cls.system_of()
        for number in range(7):
            name = system.put(item(f"T-{number}", f"{CHINESE} ({number})", tags=("vip",)))
            system.desk.say(int(name), 7, "On its way.")
        with judging(described, system.desk.server.url, tmp_path_factory.mktemp("judge")) as url:
            yield system, url
        system.close()

    @pytest.fixture
    def source(self, bench: tuple[ImitatedSystem, str]) -> Connector[Any]:
        return bench[0].connect(bench[1])

    def test_the_judge_refuses_wrong_calls(self, bench: tuple[ImitatedSystem, str]) -> None:
        system, url = bench
        door = self.door(url)
        door.limits = Limits(attempts=1)
        passed = []
        for method, path, body in self.WRONG_CALLS:
            before = len(system.desk.server.calls)
            said = refusal_of(lambda: door.call(method, path, body=body))  # noqa: B023 - called at once
            if "422" not in said or len(system.desk.server.calls) > before:
                passed.append((method, path, body, said))
        door.close()
        assert not passed, f"the judge let pass, or refused for another reason: {passed}"

    def test_the_judge_refuses_wrong_answers(self, bench: tuple[ImitatedSystem, str]) -> None:
        system, url = bench
        door = self.door(url)
        door.limits = Limits(attempts=1)
        passed = []
        for path, wrong, *sent in self.WRONG_ANSWERS:
            method, body = ("POST", sent[0]) if sent else ("GET", None)
            with _answering(system, method, path, wrong):
                said = refusal_of(lambda: door.call(method, path, body=body))  # noqa: B023 - called at once
            if "violations" not in said.lower():
                passed.append((path, wrong, said))
        door.close()
        assert not passed, f"the judge let pass, or refused for another reason: {passed}"

    def test_check_pull_and_fetch_pass(self, source: Connector[Any]) -> None:
        assert [line for line in source.check() if not line.ok] == []
        pages = list(source.pull(source.start(None)))
        found = {one.id: one for page in pages for one in page.items}
        assert len(found) >= 7 and not any(page.rejected for page in pages)
        assert [one.messages[0].text for one in found.values()][:7] == [f"{CHINESE} ({n})" for n in range(7)]
        assert list(source.pull(pages[-1].cursor))[-1].caught_up
        assert [one.id for one in source.fetch([next(iter(found))]).items] == [next(iter(found))]

    def test_every_kind_of_write_passes(self, source: Connector[Any]) -> None:
        filed = source.push(asked(ActionKind.TASK, "")).external_id if ActionKind.TASK in self.WRITES else ""
        for kind in self.WRITES:
            act = asked(kind, filed)
            source.push(act)
            assert source.find(act) is not None, f"{kind} is not found again"
        if filed:
            assert [state.status for state in source.task_status([filed])] == ["open"]


def refusal_of(call: Callable[[], object]) -> str:
    """Give what a refused call says; empty where it passed."""
    try:
        call()
    except SourceError as refusal:
        return str(refusal)
    return ""


def asked(kind: ActionKind, task: str) -> Action:
    """Make an action of a kind on ticket 1, or on that task."""
    on = "" if kind in {ActionKind.TASK, ActionKind.TASK_UPDATE} else "1"
    more: dict[str, Any] = {"external_id": task} if kind is ActionKind.TASK_UPDATE else {}
    due = datetime.now(UTC) + timedelta(days=7)
    words = {"text": CHINESE, "title": "Deliver in time", "tags": ("fbl-gap",), "linked": ("1", "2"), "due_at": due}
    return action(kind, on, key=f"judged-{kind}", **words, **more)


@contextmanager
def _answering(system: ImitatedSystem, method: str, path: str, wrong: object) -> Iterator[None]:
    routes: Callable[[], Any] = system.desk.routes
    first: Route = (method, path.partition("?")[0], lambda *_: wrong)
    system.desk.routes = lambda: [first, *routes()]  # type: ignore[method-assign] # for this one answer
    try:
        yield
    finally:
        system.desk.routes = routes  # type: ignore[method-assign]
