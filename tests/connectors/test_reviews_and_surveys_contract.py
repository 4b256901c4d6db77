"""Do the connectors of review sites and survey tools keep the same contract as every connector?

Each stands before an imitation made from the system's own documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedbackloop.testing import ConnectorContract
from row_systems import SYSTEMS, RowSystem


@pytest.mark.parametrize("name", SYSTEMS, scope="class")
class TestReviewsAndSurveys(ConnectorContract):
    """All rules, each connector before its imitation."""

    @pytest.fixture
    def system(self, name: str) -> Iterator[RowSystem]:
        system = RowSystem(name)
        yield system
        system.site.close()
