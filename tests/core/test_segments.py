"""Segments: the first that matches wins."""

from datetime import UTC, datetime

import pytest

from feedbackloop.analysis.segments import segment_of
from feedbackloop.records import Customer, Item
from feedbackloop.settings import Segment

GOLD = Segment(name="gold", tags=("vip", "gold"))
ENTERPRISE = Segment(name="enterprise", fields={"plan": "enterprise"})
PARTNER = Segment(name="partner", organization_tags=("partner",), fields={"active": True})


def item(**values: object) -> Item:
    return Item(id="1", kind="ticket", created_at=datetime(2026, 11, 2, tzinfo=UTC), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "segment"),
    [
        (item(), "standard"),
        (item(tags=("vip",)), "gold"),
        (item(customer=Customer(tags=("gold",))), "gold"),
        (item(fields={"plan": "enterprise"}), "enterprise"),
        (item(customer=Customer(fields={"plan": "enterprise"})), "enterprise"),
        (item(fields={"plan": "Enterprise"}), "standard"),
        (item(tags=("vip",), fields={"plan": "enterprise"}), "gold"),  # both match: the first wins
        (item(customer=Customer(organization_tags=("partner",))), "standard"),  # one of two conditions
        (item(customer=Customer(organization_tags=("partner",), fields={"active": True})), "partner"),
    ],
)
def test_the_first_segment_whose_conditions_all_hold_wins(given: Item, segment: str) -> None:
    assert segment_of(given, (GOLD, ENTERPRISE, PARTNER)) == segment


def test_a_segment_without_conditions_takes_nobody() -> None:
    assert segment_of(item(tags=("vip",)), (Segment(name="empty"), GOLD)) == "gold"
