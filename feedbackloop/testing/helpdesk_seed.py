"""What stands in a loopback helpdesk that was asked for so and so many tickets?

Tickets of a small shop, in English and Chinese, made by counting: the same number gives the same desk.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from feedbackloop.testing.helpdesk_state import AGENT, DeskState

_OPENINGS = (
    "You promised delivery within 24 hours and my parcel took three days. I am disappointed.",
    "I expected an answer on the same day. Nobody wrote back for two days.",
    "你们承诺24小时内发货，结果等了三天，太失望了。",
    "The refund was in my account after one day, earlier than you said. Thank you!",
    "The app crashes each time I open the basket. This is the second time I report it.",
)
_ANSWERS = (
    "Sorry about that! I will call you back tomorrow.",
    "Thank you for waiting. Your parcel leaves today.",
    "非常抱歉，我们会在24小时内回复您。",
)
_SUBJECTS = ("Late again", "No answer", "发货太慢", "Refund", "App crashes")


def seed(state: DeskState, tickets: int, until: datetime, *, every: timedelta = timedelta(minutes=7)) -> None:
    """Fill a desk with tickets, the newest shortly before `until`; every third is solved, every fourth of these rated."""
    customers = [
        state.add_user(f"Customer {n}", email=f"c{n}@example.com") for n in range(max(1, min(200, tickets // 3)))
    ]
    for number in range(tickets):
        at = until - every * (tickets - number)
        ticket = state.add_ticket(
            _SUBJECTS[number % 5],
            f"{_OPENINGS[number % 5]} (order {1000 + number})",
            requester=customers[number % len(customers)],
            at=at,
            tags=["delivery"] if number % 5 < 3 else ["app"],
        )
        state.add_comment(ticket, _ANSWERS[number % 3], author=AGENT, at=at + timedelta(minutes=2))
        if number % 3 == 0:
            state.change(ticket, status="solved", at=at + timedelta(minutes=4))
        if number % 12 == 0:
            state.rate(
                ticket, "bad" if number % 24 else "good", "three days for an answer", at=at + timedelta(minutes=5)
            )
