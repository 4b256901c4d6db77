"""Does the contract catch connectors that are wrong, each by the rule it breaks, and does it say why?"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from msgspec import structs
from pydantic import Field

from feedbackloop.connector import Ability, Check, Context, Page, SourceOptions
from feedbackloop.errors import Retriable
from feedbackloop.records import Action, Receipt, TaskState
from feedbackloop.testing import ConnectorContract, Fault, MemoryConnector, MemorySystem
from feedbackloop.testing.memory import MemoryOptions

Pages = Iterator[Page]


class Endless(MemoryConnector):
    """Yields its last page for ever, as time-based exports do."""

    def pull(self, cursor: str, until: datetime | None = None) -> Pages:
        yield from super().pull(cursor, until)
        while True:
            yield Page(cursor=cursor)


class Hurried(MemoryConnector):
    """Stops after its first page."""

    def pull(self, cursor: str, until: datetime | None = None) -> Pages:
        yield replace(next(super().pull(cursor, until)), caught_up=True)


class Silent(MemoryConnector):
    """Yields nothing where there is nothing."""

    def pull(self, cursor: str, until: datetime | None = None) -> Pages:
        return (page for page in super().pull(cursor, until) if page.items)


class Forgetful(MemoryConnector):
    """Does not use its cursor."""

    def pull(self, cursor: str, until: datetime | None = None) -> Pages:
        return super().pull("", until)


class Ahead(MemoryConnector):
    """Gives every page the cursor of the last one."""

    def pull(self, cursor: str, until: datetime | None = None) -> Pages:
        pages = list(super().pull(cursor, until))
        return (replace(page, cursor=pages[-1].cursor) for page in pages)


class BySecond(MemoryConnector):
    """Its cursor is the time of the newest change, and it asks for later ones."""

    def pull(self, cursor: str, until: datetime | None = None) -> Pages:
        second = int(cursor or -1)
        rows = sorted(self.system.rows.values(), key=lambda row: row.second)
        while ahead := [row for row in rows if row.second > second][:3]:
            second = ahead[-1].second
            items = tuple(row.item for row in ahead if not row.is_task)
            yield Page(items=items, cursor=str(second))
        yield Page(cursor=str(second), caught_up=True)

    def start(self, since: datetime | None) -> str:
        return ""


class Translating(MemoryConnector):
    """Loses what is not ASCII."""

    def pull(self, cursor: str, until: datetime | None = None) -> Pages:
        for page in super().pull(cursor, until):
            yield replace(page, items=tuple(map(_ascii, page.items)))


def _ascii(item: Any) -> Any:
    thread = tuple(structs.replace(m, text=m.text.encode("ascii", "ignore").decode()) for m in item.messages)
    return structs.replace(item, messages=thread)


class Naive(MemoryConnector):
    """Gives times without a zone."""

    def pull(self, cursor: str, until: datetime | None = None) -> Pages:
        for page in super().pull(cursor, until):
            items = tuple(structs.replace(i, created_at=i.created_at.replace(tzinfo=None)) for i in page.items)
            yield replace(page, items=items)


class Keeping(MemoryConnector):
    """Never says what was deleted."""

    def pull(self, cursor: str, until: datetime | None = None) -> Pages:
        return (replace(page, erased=()) for page in super().pull(cursor, until))


class Unmarked(MemoryConnector):
    """Gives our own notes as if customers had written them."""

    def pull(self, cursor: str, until: datetime | None = None) -> Pages:
        for page in super().pull(cursor, until):
            items = tuple(structs.replace(i, messages=tuple(map(_as_customer, i.messages))) for i in page.items)
            yield replace(page, items=items)


def _as_customer(message: Any) -> Any:
    return structs.replace(message, author="customer", own=False)


class Doubling(MemoryConnector):
    """Writes again at every attempt."""

    def push(self, action: Action) -> Receipt:
        self.system.write(action)
        return Receipt(external_id=str(len(self.system.done)))


class Repeating(MemoryConnector):
    """Calls a lost answer a passing fault, and writes again."""

    def push(self, action: Action) -> Receipt:
        try:
            self.system.write(action)
        except ConnectionError as error:
            raise Retriable("try again") from error
        return Receipt(external_id=action.key)


class Credulous(MemoryConnector):
    """Takes any write for its own."""

    def find(self, action: Action) -> Receipt | None:
        return Receipt(external_id=action.key) if self.system.done else None


class Optimist(MemoryConnector):
    """Calls every task open, and all well."""

    def task_status(self, ids: Sequence[str]) -> list[TaskState]:
        return [TaskState(external_id=name, status="open") for name in ids]

    def check(self) -> list[Check]:
        return [Check("account", True, "fine")]


class Untyped(MemoryConnector):
    """Lets the library's errors through."""

    def pull(self, cursor: str, until: datetime | None = None) -> Pages:
        yield Page(items=tuple(row.item for row in self.system.export((0, ""), 0)), cursor="x", caught_up=True)


class Boastful(MemoryConnector):
    """Declares what it does not have."""

    abilities: ClassVar[frozenset[Ability]] = frozenset(Ability)


class Modest(MemoryConnector):
    """Has what it does not declare."""

    abilities: ClassVar[frozenset[Ability]] = frozenset()


class Talkative(MemoryConnector):
    """Logs its token."""

    def check(self) -> list[Check]:
        logging.getLogger("talkative").debug("token %s", self.system.secrets[0])
        return super().check()


class BareOptions(MemoryOptions):
    api_token: str | None = Field(None)


class Undocumented(MemoryConnector):
    """Has an option without a word, and a secret as plain text."""

    Options: ClassVar[type[SourceOptions]] = BareOptions


CASES: list[tuple[type[MemoryConnector], str, dict[str, Any], str]] = [
    (Endless, "test_an_empty_system_is_caught_up", {}, "never catches up"),
    (Silent, "test_an_empty_system_is_caught_up", {}, "yielded no page"),
    (Hurried, "test_a_first_pull_reads_everything", {}, "7 of 10 items were lost"),
    (Translating, "test_a_first_pull_reads_everything", {}, "Words come through unchanged"),
    (Naive, "test_a_first_pull_reads_everything", {}, "aware and in UTC"),
    (Forgetful, "test_a_second_pull_brings_nothing_new", {}, "the cursor is not used"),
    (Hurried, "test_backfill_equals_incremental", {}, "were lost"),
    (Ahead, "test_a_pull_goes_on_after_every_page", {}, "Killed behind page 1"),
    (BySecond, "test_nothing_is_lost_or_doubled_under_a_fault", {"fault": Fault.SAME_SECOND}, "time alone as cursor"),
    (BySecond, "test_nothing_is_lost_or_doubled_under_a_fault", {"fault": Fault.LATE_ROWS}, "Rows may appear late"),
    (Keeping, "test_what_is_deleted_is_named_as_erased", {}, "never named in Page.erased"),
    (Unmarked, "test_own_writes_are_not_read_as_feedback", {}, "Words come through unchanged, each once"),
    (Doubling, "test_a_write_is_done_once", {"kind": "note"}, "another receipt"),
    (Doubling, "test_find_tells_what_was_done_from_what_was_not", {"kind": "task"}, "by different ids"),
    (Repeating, "test_a_lost_answer_does_not_double_a_write", {"kind": "reply"}, "raise UnknownOutcome"),
    (Credulous, "test_find_tells_what_was_done_from_what_was_not", {"kind": "tag"}, "compare the whole key"),
    (Optimist, "test_where_a_task_stands_is_read_back", {}, "one state an id"),
    (Optimist, "test_a_refusal_is_an_error_of_ours_and_check_names_the_remedy", {}, "check says all is well"),
    (Untyped, "test_a_refusal_is_an_error_of_ours_and_check_names_the_remedy", {}, "401"),
    (Boastful, "test_declared_abilities_are_there", {}, "read_webhook is not implemented"),
    (Modest, "test_declared_abilities_are_there", {}, "no ability declares it"),
    (Undocumented, "test_every_option_is_documented", {}, "api_token"),
    (Undocumented, "test_secret_options_are_secrets", {}, "Annotate them as SecretStr"),
    (Talkative, "test_no_secret_is_shown", {}, "the secret mem… is shown"),
]


@pytest.mark.parametrize(("broken", "rule", "arguments", "reason"), CASES)
def test_a_wrong_connector_breaks_its_rule_and_is_told_why(
    broken: type[MemoryConnector],
    rule: str,
    arguments: dict[str, Any],
    reason: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    class System(MemorySystem):
        def connect(self) -> MemoryConnector:
            return broken(broken.Options(connector="memory", system=self.name), Context(self.name))

    if rule == "test_no_secret_is_shown":
        arguments = {"caplog": caplog}
    with pytest.raises((AssertionError, pytest.fail.Exception, PermissionError)) as caught:
        getattr(ConnectorContract(), rule)(System(), **arguments)
    assert reason in str(caught.value)


def test_every_rule_says_in_one_line_what_it_wants() -> None:
    rules = [getattr(ConnectorContract, name) for name in dir(ConnectorContract) if name.startswith("test_")]
    assert len(rules) > 20
    assert all(rule.__doc__ and rule.__doc__.strip().endswith(".") for rule in rules)


STRANGER = """
import pytest
from feedbackloop.connector import Connector
from feedbackloop.testing import ConnectorContract, System

class Desk(System):
    def connect(self):
        return MyDesk({options}, None)
    def put(self, item):
        return item.id

class MyDesk(Connector):
    name = "my desk"

class TestMyDesk(ConnectorContract):
    @pytest.fixture
    def system(self):
        return Desk()
""".replace("{options}", "MyDesk.Options(connector='mydesk')")


def test_a_stranger_reads_in_the_failure_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "test_mydesk.py"
    file.write_text(STRANGER)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "feedbackloop.testing.pytest_plugin",
    ]
    shown = subprocess.run(
        [*command, "-k", "has_a_name or documented", str(file)], capture_output=True, text=True, cwd=tmp_path, check=False,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    ).stdout  # fmt: skip
    assert "the name 'my desk' must be lower-case letters, digits, - and _" in shown
    assert "1 failed, 1 passed" in shown


def test_the_pytest_plugin_imports_nothing_heavy() -> None:
    code = (
        "import sys, feedbackloop.testing.pytest_plugin as p;"
        "print([n for n in ('pydantic', 'msgspec', 'requests', 'feedbackloop.connector') if n in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert run.stdout.strip() == "[]"


def test_what_the_kit_promises_can_be_imported() -> None:
    import feedbackloop.testing as kit

    assert {name: getattr(kit, name).__name__ for name in kit.__all__} == {name: name for name in kit.__all__}
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = kit.Nothing


def test_a_system_that_can_nothing_more_is_skipped_not_failed() -> None:
    class Poor(MemorySystem):
        def switch_on(self, fault: Fault) -> None:
            super(MemorySystem, self).switch_on(fault)

    with pytest.raises(pytest.skip.Exception, match="cannot show late_pages"):
        ConnectorContract().test_nothing_is_lost_or_doubled_under_a_fault(Poor(), Fault.LATE_PAGES)
