"""Does a connector write everything once, and recognise what it wrote when it comes back?"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from feedbackloop.connector import Ability, Connector
from feedbackloop.errors import Retriable, SourceError, UnknownOutcome
from feedbackloop.records import Action, ActionKind, Receipt
from feedbackloop.testing.contract_base import ContractBase, compare, filled, needs, possible, reading
from feedbackloop.testing.makers import action, item
from feedbackloop.testing.system import Fault, System, Write

ABILITY_OF = {
    ActionKind.NOTE: Ability.PRIVATE_NOTES,
    ActionKind.TAG: Ability.TAGS,
    ActionKind.REPLY: Ability.PUBLIC_REPLIES,
    ActionKind.TASK: Ability.TASKS,
}
_KINDS = [kind.value for kind in ABILITY_OF]


class WritingContract(ContractBase):
    """Rules of `push`, `find` and `task_status`."""

    @pytest.mark.parametrize("kind", _KINDS)
    def test_a_write_is_done_once(self, system: System, kind: str) -> None:
        """Two processes that do one action, each asking `find` first as the core does, leave one effect."""
        connector, asked = _asked(system, kind)
        first = connector.push(asked)
        other = system.connect()
        second = _found(other, asked) or other.push(asked)
        assert first.external_id == second.external_id, "the second process got another receipt: it wrote again"
        _stands_once(system, asked, "`find` must recognise by the action's key what another process wrote")

    @pytest.mark.parametrize("kind", _KINDS)
    def test_find_tells_what_was_done_from_what_was_not(self, system: System, kind: str) -> None:
        """`find` gives None before the write and its receipt afterwards, to a new process too."""
        connector, asked = _asked(system, kind)
        assert _found(connector, asked) is None, "find gave a receipt for an action that nobody did"
        receipt = connector.push(asked)
        found = _found(system.connect(), asked)
        assert found is not None, "find does not recognise a write by its key: after a lost answer it would be repeated"
        assert found.external_id == receipt.external_id, "find and push name the same write by different ids"
        other = structs.replace(asked, key=f"{asked.key}-other", id="act-other", tags=("fbl-other",), text="Another.")
        assert _found(connector, other) is None, (
            "find takes another action's write for this one's: compare the whole key"
        )

    @pytest.mark.parametrize("kind", _KINDS)
    def test_a_lost_answer_does_not_double_a_write(self, system: System, kind: str) -> None:
        """The write arrives, its answer does not: the error is typed, and trying again leaves one effect."""
        connector, asked = _asked(system, kind)
        possible(system.switch_on, Fault.DROPPED_ANSWERS)
        for _ in range(3):
            if _found(connector, asked) is not None:
                break
            try:
                connector.push(asked)
            except UnknownOutcome:
                pass
            except Retriable as error:
                pytest.fail(f"the answer was lost after the write, and push raised {error!r}: raise UnknownOutcome")
            connector = system.connect()
        assert _found(connector, asked) is not None, "the write arrived, and find does not recognise it"
        _stands_once(system, asked, "after a lost answer ask `find` before sending again")

    def test_own_writes_are_not_read_as_feedback(self, system: System) -> None:
        """Our notes, replies, tags and tasks come back marked or not at all: never as a customer's words or a new item."""
        expected = filled(system, 2)
        connector = system.connect()
        name = next(iter(expected))
        shelf = reading(system)
        written = {
            written_id
            for kind, ability in ABILITY_OF.items()
            if ability in connector.abilities
            for written_id in connector.push(_action(kind, name)).written_ids
        }
        shelf.pull(system.connect())
        compare(expected, shelf, "A write of ours hid an item.")
        told = [m for m in shelf.items[name].messages if m.text == "A note."]
        own = [m for m in told if not m.own and m.id not in written]
        assert not own, (
            f"our own words came back unmarked: set Message.own on {own[0].id if own else ''}, or name it in Receipt.written_ids"
        )

    def test_tags_of_people_stay(self, system: System) -> None:
        """Tagging adds; it takes no tag away that a person has set."""
        connector = system.connect()
        needs(connector, Ability.TAGS)
        name = system.put(item("T-1", "Late.", tags=("vip",)))
        if "vip" not in reading(system).items[name].tags:
            pytest.skip("the source system shows no tags of its own")
        connector.push(_action(ActionKind.TAG, name))
        assert "vip" in reading(system).items[name].tags, (
            "our tag replaced the ones that people had set: add, never set"
        )

    def test_where_a_task_stands_is_read_back(self, system: System) -> None:
        """A new task is open, a finished one done, an unknown one missing."""
        connector = system.connect()
        needs(connector, Ability.TASK_STATUS)
        filled(system, 1)
        receipt = connector.push(_action(ActionKind.TASK, ""))
        states = connector.task_status([receipt.external_id, system.absent_id])
        assert [state.status for state in states] == ["open", "missing"], f"task_status gave {states}, one state an id"
        possible(system.finish_task, receipt.external_id)
        (state,) = system.connect().task_status([receipt.external_id])
        assert state.status == "done", f"a person finished the task there, and task_status says {state.status}"

    def test_a_write_to_what_is_gone_is_an_error_of_ours(self, system: System) -> None:
        """Writing to a deleted item raises one of the typed errors; where a system takes it, a receipt comes."""
        connector, asked = _asked(system, "note")
        possible(system.remove, asked.item)
        try:
            receipt = connector.push(asked)
        except SourceError as error:
            assert str(error), "an error says what is wrong, where, and what to do next"
        else:
            assert isinstance(receipt, Receipt)


def _asked(system: System, kind: str) -> tuple[Connector[Any], Action]:
    connector = system.connect()
    needs(connector, ABILITY_OF[ActionKind(kind)])
    name = next(iter(filled(system, 1)))
    return connector, _action(ActionKind(kind), "" if kind == "task" else name)


def _action(kind: ActionKind, name: str) -> Action:
    return action(
        kind, name, key=f"{kind}:{name}:k1", tags=("fbl-gap-reliability",), title="Deliver in the time promised"
    )


def _found(connector: Connector[Any], asked: Action) -> Receipt | None:
    try:
        return connector.find(asked)
    except NotImplementedError:
        pytest.skip("the source offers no means to recognise a write; such actions stop in needs_a_look")


def _stands_once(system: System, asked: Action, remedy: str) -> None:
    expected = Write(asked.kind.value, asked.item)
    count = list(possible(system.writes)).count(expected)
    assert count == 1, f"the system shows {count} effects of one {asked.kind}: {remedy}"
