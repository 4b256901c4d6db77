"""What backs the words "this is what was done", and when is it worth looking again?

A draft whose action part nothing backs waits for a person's pen. Often something comes up while it waits: an agent acts, the
thread is solved, somebody agrees to the task that mends the cause. Then the draft is written anew, and a person writes less.
"""

from __future__ import annotations

import hashlib

from feedbackloop.analysis.follow_ups_matter import AgentAction, Matter, agent_action, people
from feedbackloop.analysis.next_word import about_the_same
from feedbackloop.stages.contact import items_of_person
from feedbackloop.stages.turn import Turn

_NOTE = "tasks that backed drafts"


def deed_elsewhere(turn: Turn, matter: Matter) -> AgentAction | None:
    """Find what an agent did for the same person, about the same touchpoint, on another item, since they spoke here.

    A review says nothing of the parcel that a colleague has replaced by mail in the meantime; the ticket does.
    """
    item = matter.item
    last_word = max((m.at for m in people(item) if m.author == "customer"), default=item.created_at)
    others = [one.key for one in items_of_person(turn, item) if one.key != item.key]
    related = [one for one, read in turn.store.items.several(others) if about_the_same(matter.gaps, read)]
    found = [deed for one in related if (deed := agent_action(one)) and last_word <= deed.at <= turn.now]
    return max(found, key=lambda deed: deed.at, default=None)


def look_again(turn: Turn) -> None:
    """Have the items of unfinished drafts planned anew where a task was agreed to, done or verified since."""
    tasks = turn.store.plans.tasks(("approved", "open", "reopened", "done", "verified"))
    standing = hashlib.sha256("\n".join(f"{one.id} {one.status} {one.due_at}" for one in tasks).encode()).hexdigest()[
        :16
    ]
    if turn.store.books.note(_NOTE) == standing:
        return
    with turn.store.write():
        turn.store.items.plan_anew([one.item for one in turn.store.plans.follow_ups(("drafted",))])
        turn.store.books.set_note(_NOTE, standing)
