"""Does a connector read everything, once, in its newest state, whatever goes wrong?"""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from msgspec import structs

from feedbackloop.connector import Ability
from feedbackloop.testing.contract_base import ContractBase, compare, filled, needs, possible, reading, some_items
from feedbackloop.testing.makers import item, message, rating
from feedbackloop.testing.shelf import Shelf
from feedbackloop.testing.system import Fault, System

READING_FAULTS = [fault for fault in Fault if fault is not Fault.DROPPED_ANSWERS]
CAUSES = {
    Fault.LATE_PAGES: "A page that fails must be asked for again from the cursor before it: raise Retriable, lose no place.",
    Fault.LATE_ROWS: "Rows may appear late: begin each pull a little before the last one's end and pass over known versions.",
    Fault.REPEATED_ROWS: "A page may begin with rows of the page before: know them by id and version.",
    Fault.SAME_SECOND: "A time alone as cursor loses rows of its second: go on behind (time, id), or ask >= and drop doubles.",
}


class ReadingContract(ContractBase):
    """Rules of `pull`, `start` and `fetch`."""

    def test_an_empty_system_is_caught_up(self, system: System) -> None:
        """A system without feedback gives at least one page, and the last one says caught_up."""
        shelf = reading(system)
        assert shelf.pages, "pull yielded no page: yield at least one, so that the cursor is kept"
        assert shelf.caught_up, "the last page of a pull that found nothing more must say caught_up=True"
        assert not shelf.items, f"an empty system gave {sorted(shelf.items)}"

    def test_a_first_pull_reads_everything(self, system: System) -> None:
        """Every item with the customers' words unchanged, and times in UTC."""
        expected = filled(system, system.pages_of)
        shelf = reading(system)
        compare(expected, shelf, "The first pull starts at `start(None)`: from the beginning, all pages.")
        assert shelf.caught_up, "the last page must say caught_up=True"
        assert not shelf.rejected, f"sound records were rejected: {shelf.rejected[:3]}"
        for found in shelf.items.values():
            moments = [found.created_at, *(m.at for m in found.messages)]
            assert all(m.utcoffset() == timedelta() for m in moments), f"{found.id}: times must be aware and in UTC"
            assert found.source == "", f"{found.id}: leave Item.source empty, the core sets it"

    def test_a_second_pull_brings_nothing_new(self, system: System) -> None:
        """Where nothing changed, nothing or only known states come, and never more each time."""
        filled(system, system.pages_of)
        shelf = reading(system)
        known = list(shelf.items.values())
        counts = []
        for _ in range(3):
            before = len(shelf.yielded)
            shelf.pull(system.connect())
            again = shelf.yielded[before:]
            counts.append(len(again))
            assert all(found in known for found in again), (
                "an item came again in another state although nobody changed it"
            )
        assert counts[0] >= counts[1] >= counts[2], (
            f"every pull re-reads more: {counts} items. The cursor does not move on."
        )
        assert counts[2] < system.pages_of, "every pull reads everything again: the cursor is not used"

    def test_backfill_equals_incremental(self, system: System) -> None:
        """Pulling after every change ends in the same as one pull of everything."""
        live, expected = Shelf(), {}
        for made in some_items(system.pages_of):
            expected[system.put(made)] = [made.messages[0].text]
            live.pull(system.connect())
        compare(expected, live, "Pulling after every change missed them: look at how the cursor moves.")
        compare(expected, reading(system), "A backfill missed them: look at `start` and at paging.")

    def test_a_pull_goes_on_after_every_page(self, system: System) -> None:
        """A process killed behind any page goes on from that page's cursor: nothing is lost."""
        expected = filled(system, system.pages_of)
        pages = reading(system).pages
        for killed_after in range(1, pages + 1):
            shelf = Shelf().pull(system.connect(), stop_after=killed_after)
            shelf.pull(system.connect())
            compare(expected, shelf, f"Killed behind page {killed_after} of {pages}: its cursor lies too far ahead.")

    def test_a_changed_item_comes_again_in_its_newest_state(self, system: System) -> None:
        """A new message, or an edited text, brings the whole item again, old and new words each once."""
        first, *_ = made = some_items(3)
        ids = [system.put(one) for one in made]
        shelf = reading(system)
        later = message("Nobody called me back.", when=first.created_at + timedelta(days=1), id="m-later")
        kept = () if system.one_text else first.messages
        changed = structs.replace(first, messages=(*kept, later), updated_at=later.at)
        possible(system.put, changed)
        shelf.pull(system.connect())
        found = shelf.texts()[ids[0]]
        assert found == [m.text for m in changed.messages], (
            f"after a customer wrote again the item holds {found!r}. A page's items are whole: all messages, each once."
        )

    def test_an_edited_rating_replaces_the_old_one(self, system: System) -> None:
        """One rating an item, scale and question: the newest."""
        rated = item("T-1", "Too slow.", ratings=(rating(2),))
        name = system.put(rated)
        shelf = reading(system)
        if not shelf.items[name].ratings:
            pytest.skip("the source system has no ratings")
        before = shelf.items[name].ratings
        possible(
            system.put, structs.replace(rated, ratings=(rating(4),), updated_at=rated.created_at + timedelta(days=1))
        )
        shelf.pull(system.connect())
        after = shelf.items[name].ratings
        assert len(after) == 1 and after[0].value > before[0].value, (
            f"a customer changed 2 of 5 to 4, and the item went from {before} to {after}: ratings are replaced, not added"
        )

    def test_what_is_deleted_is_named_as_erased(self, system: System) -> None:
        """Deleted or scrubbed in the system: the id comes in Page.erased, and not among the items."""
        needs(system.connect(), Ability.ERASURES)
        expected = filled(system, 3)
        shelf = reading(system)
        gone = next(iter(expected))
        possible(system.remove, gone)
        shelf.pull(system.connect())
        assert gone in shelf.erased, (
            f"{gone} was deleted there and never named in Page.erased: its texts would stay here"
        )
        assert gone not in reading(system).items, f"{gone} was deleted there and a new backfill still brings it"

    @pytest.mark.parametrize("fault", READING_FAULTS)
    def test_nothing_is_lost_or_doubled_under_a_fault(self, system: System, fault: Fault) -> None:
        """Late pages, late rows, repeated rows, same-second ties: everything is read, every message once."""
        half = system.pages_of // 2
        expected = {}
        live = Shelf()
        for number, made in enumerate(some_items(system.pages_of)):
            if number == half:
                live.pull(system.connect())
                possible(system.switch_on, fault)
            expected[system.put(made)] = [made.messages[0].text]
            if number > half:
                live.pull(system.connect())
        live.pull(system.connect())
        compare(expected, live, CAUSES[fault])
        compare(expected, reading(system), CAUSES[fault])
        for found in live.items.values():
            ids = [m.id for m in found.messages]
            assert len(ids) == len(set(ids)), f"{found.id} holds a message twice: {ids}"

    def test_single_items_can_be_read_anew(self, system: System) -> None:
        """`fetch` gives whole items by id, and names what is gone."""
        connector = system.connect()
        needs(connector, Ability.FETCH)
        name, *_ = expected = filled(system, 2)
        page = connector.fetch([name, system.absent_id])
        assert [found.id for found in page.items] == [name], f"fetch([{name!r}]) gave {[i.id for i in page.items]}"
        assert [m.text for m in page.items[0].messages] == expected[name]
        assert page.erased == (system.absent_id,), "fetch names ids that are gone in Page.erased"

    def test_start_leaves_out_what_is_older(self, system: System) -> None:
        """`start(since)` passes over older items, and loses none that is newer."""
        old = item("T-old", "Long ago.", when="2025-01-01")
        new = item("T-new", "Today.", when="2026-11-02")
        system.put(old)
        name = system.put(new)
        connector = system.connect()
        cursor = connector.start(new.created_at.astimezone(UTC) - timedelta(days=30))
        found = {one.id for page in connector.pull(cursor) for one in page.items}
        assert name in found, f"start(since) lost an item from after `since`; found {sorted(found)}"
