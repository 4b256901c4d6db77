"""When is a connector right?

A connector's author subclasses `ConnectorContract` with one fixture and runs pytest:

    class TestMyDesk(ConnectorContract):
        @pytest.fixture
        def system(self):
            return MyDeskForTests()          # a feedbackloop.testing.System

Each test's docstring is one rule of the contract; what a failing test says is meant for someone who has never seen our code.
Tests for abilities that the connector does not declare, and for faults that the system cannot show, are skipped with the reason.
"""

from __future__ import annotations

from feedbackloop.testing.contract_manners import MannersContract
from feedbackloop.testing.contract_reading import ReadingContract
from feedbackloop.testing.contract_writing import WritingContract


class ConnectorContract(MannersContract, ReadingContract, WritingContract):
    """All rules: how it presents itself, how it reads, how it writes."""
