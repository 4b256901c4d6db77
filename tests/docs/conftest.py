"""One plain item for the examples in the docs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedbackloop.records import Item


@pytest.fixture
def item() -> Item:
    return Item(id="1", source="desk", kind="ticket", created_at=datetime(2026, 10, 5, 9, tzinfo=UTC))
