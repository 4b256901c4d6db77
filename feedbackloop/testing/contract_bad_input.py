"""Does a connector survive records that no system should send?

For systems that speak JSON over HTTP. Use it beside `ConnectorContract`:

    class TestMyDesk(ConnectorContract, BadInputContract): ...

It needs `System.http_address` and `System.connect_through`.
"""

from __future__ import annotations

import msgspec
import pytest

from feedbackloop.testing.contract_base import ContractBase, possible, some_items
from feedbackloop.testing.makers import item, message
from feedbackloop.testing.shelf import Shelf
from feedbackloop.testing.spoiling import Spoil, SpoilingProxy
from feedbackloop.testing.system import System

WORDS = "Nobody-else-says-this."
HARMLESS = (Spoil.NO_PEOPLE, Spoil.SURROGATE, Spoil.HTML_PAGE, Spoil.TRUNCATED)
"""What a connector reads all the same: nobody's words are words, and a broken answer is whole when it is asked for again."""


class BadInputContract(ContractBase):
    """Rules about what comes from outside."""

    @pytest.mark.parametrize("how", Spoil)
    def test_one_broken_record_is_named_or_mended_and_the_rest_goes_on(self, system: System, how: Spoil) -> None:
        """Wrong types, nulls, nobody as author, 1969, 10000, half characters, 10 MB, HTML, half an answer."""
        address = possible(lambda: system.http_address)
        sound = {system.put(made): [made.messages[0].text] for made in some_items(3)}
        name = system.put(
            item("T-9", message(WORDS, when="2026-11-02T10:00:00Z", id="m-9"), when="2026-11-02T10:00:00Z")
        )
        with SpoilingProxy(address, name, WORDS, how) as proxy:
            connector = possible(system.connect_through, proxy.address)
            shelf = Shelf().pull(connector)
            connector.close()
        assert proxy.spoiled, "the proxy saw no record of the item: nothing was tried"
        texts = shelf.texts()
        lost = {one: words for one, words in sound.items() if texts.get(one) != words}
        assert not lost, f"a broken record took others with it: {lost}"
        is_named = any(name in bad.record for bad in shelf.rejected)
        assert name in shelf.items or is_named, f"{name} is neither read nor named; rejected are {shelf.rejected}"
        if how in HARMLESS:
            assert name in shelf.items, f"{how} is no reason to reject a record: {shelf.rejected}"
        for found in shelf.items.values():
            msgspec.json.encode(found)  # can be stored
