"""Does a deed of an agent still count when the customer says thank you, and not when they say anything else?"""

from datetime import timedelta

import pytest

from feedbackloop.analysis.follow_ups_matter import agent_action
from feedbackloop.records import Message
from feedbackloop.testing.makers import MONDAY, item, message

DAY = timedelta(days=1)
NOW = MONDAY + 5 * DAY


@pytest.mark.parametrize(
    ("text", "hides"),
    [
        ("Ok, thank you!", False),
        ("Great. Bye", False),
        ("好的，谢谢您！", False),
        ("Thanks, and where is the second one?", True),
        ("No, it is not.", True),
        ("谢谢，但是还没到", True),
        ("It has not come.", True),
        ("?", True),
        ("thank " * 33 + "not", True),  # and in no time
    ],
)
def test_thanks_and_goodbyes_do_not_hide_a_deed(text: str, hides: bool) -> None:
    asked = message("Where is my parcel?", when=NOW - 4 * DAY)
    deed = Message("m3", "agent", NOW - 2 * DAY, "I have sent it.")
    said = Message("m4", "customer", NOW - DAY, text)
    assert (agent_action(item(messages=(asked, deed, said))) is None) is hides
