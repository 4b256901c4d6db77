"""What does pytest learn when feedbackloop is installed?

Only that assertions in the connector contract explain themselves. It imports nothing else: it is loaded in every test run of
every project in whose environment feedbackloop stands.
"""

import pytest

pytest.register_assert_rewrite(
    "feedbackloop.testing.contract",
    "feedbackloop.testing.contract_bad_input",
    "feedbackloop.testing.contract_manners",
    "feedbackloop.testing.contract_reading",
    "feedbackloop.testing.contract_writing",
)
