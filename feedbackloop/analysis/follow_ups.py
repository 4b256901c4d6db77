"""What do we write to one customer about one matter?

A draft has three parts that can be checked one by one: feeling, understanding (their matter in their words, the promise and
the fact with their times) and action. The action says only what a task or an agent's own words back; where nothing backs
anything it stays empty, the lint says so, and a person has to write it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, tzinfo

from msgspec.structs import replace

from feedbackloop import clock
from feedbackloop.analysis import lint
from feedbackloop.analysis.follow_ups_facts import QUOTE, Voice, customer_words, facts, stopped
from feedbackloop.analysis.follow_ups_matter import Matter, people
from feedbackloop.analysis.manner import manner_of
from feedbackloop.analysis.tasks import EVERYONE
from feedbackloop.analysis.wording import Wording, language_of, wording_of
from feedbackloop.analysis.wording_figures import Language, day, moment
from feedbackloop.analysis.wording_text import greeting_name, inert
from feedbackloop.records import FollowUp, ImprovementTask, Item
from feedbackloop.settings import Settings

NO_LANGUAGE = "no_language"
"""Why `draft` gives None: there is no template in the customer's language, and a guess would be worse than silence."""


def follow_up_id(matter: Matter) -> str:
    """Name a follow-up by customer, item and cause: the same matter is the same follow-up for ever."""
    about = "\n".join((matter.item.customer_key or matter.item.key, matter.item.key, matter.cause))
    return "fu-" + hashlib.sha256(about.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def language_for(matter: Matter) -> Language | None:
    """Give the language in which this customer is answered: the one they write, else the one their account names."""
    written = matter.understanding.language
    return language_of(written if written != "und" else matter.item.customer.locale or "")


def draft(matter: Matter, settings: Settings, *, templates: Wording | None = None) -> FollowUp | None:
    """Write the follow-up of a matter, with its lint.

    Args:
        matter: From `triggers`, with the task that mends the cause where there is one.
        settings: Glossary, standards and the loop's zone.
        templates: Instead of those that the config names.

    Returns:
        The draft, restraint not yet applied; None where the customer's language has no template (`NO_LANGUAGE`).
    """
    language = language_for(matter)
    if language is None:
        return None
    manner = manner_of(m.text for m in people(matter.item) if m.author == "customer")
    values = _values(matter, settings, Voice(language, _zone(matter, settings), manner))
    parts = (templates or wording_of(settings)).blocks("follow_up", language, values)
    shown = [parts.get(name, "") for name in ("greeting", "feeling", "understanding", "action", "closing")]
    written = FollowUp(
        id=follow_up_id(matter),
        item=matter.item.key,
        customer=matter.item.customer_key,
        cause=matter.cause,
        language=language,
        text="\n\n".join(part for part in shown if part),
        feeling=shown[1],
        understanding=shown[2],
        action=shown[3],
        manner=manner,
        created_at=matter.at,
    )
    return _checked(written, settings)


def _checked(written: FollowUp, settings: Settings) -> FollowUp:
    faults = lint.lint(written, settings.understand.glossary)
    return replace(written, lint=lint.lines(faults))


def _values(matter: Matter, settings: Settings, voice: Voice) -> dict[str, object]:
    """Collect what a template may name; all of it ready to be printed."""
    language, zone = voice.language, voice.zone
    said = customer_words(matter)
    done = matter.agent_action
    return {
        "trigger": matter.trigger,
        "manner": voice.manner,
        "name": greeting_name(matter.item.customer.name),
        "subject": inert(matter.item.subject or "", QUOTE),
        "words": said.words if said else "",
        "wrote_on": day(said.at, zone, language) if said else "",
        "facts": facts(matter, settings, voice),
        "gap_type": next((gap.gap_type for gap in matter.gaps if gap.gap_type), ""),
        "done_words": stopped(inert(done.words, QUOTE), language) if done else "",
        "done_on": day(done.at, zone, language) if done else "",
        "solved_on": _day(matter.item.solved_at, zone, language),
        "is_closed": matter.item.status in {"solved", "closed"},
        "due": _due(matter, zone, language),
        **_task_values(matter, zone, language),
    }


def _task_values(matter: Matter, zone: tzinfo, language: Language) -> dict[str, str]:
    """Say how far the task is, and its dates; a target date that has passed, and the team of all, are not said."""
    task, stage = matter.task, _task_stage(matter.task, matter.item)
    if task is None or not stage:
        return {"task": "", "team": "", "task_due": "", "task_done": ""}
    is_ahead = task.due_at is not None and task.due_at > matter.at
    return {
        "task": stage,
        "team": "" if task.team == EVERYONE else inert(task.team, 60),
        "task_due": _day(task.due_at, zone, language) if is_ahead else "",
        "task_done": _day(task.done_at, zone, language),
    }


def _task_stage(task: ImprovementTask | None, item: Item) -> str:
    """Say how far a task is for this customer: `listed`, `done`, `verified`, or nothing.

    Nothing is said of a task that no person has agreed to yet, nor of a fix that was there before the customer suffered: to
    them it is no fix.
    """
    if task is None or task.status not in {"approved", "open", "reopened", "done", "verified"}:
        return ""
    if task.status not in {"done", "verified"}:
        return "listed"
    if task.done_at is None or task.done_at <= item.created_at:
        return ""
    return "verified" if task.status == "verified" and task.verdict == "worked" else "done"


def _day(at: datetime | None, zone: tzinfo, language: Language) -> str:
    return day(at, zone, language) if at else ""


def _due(matter: Matter, zone: tzinfo, language: Language) -> str:
    first = next((promise.due_at for promise in matter.promises if promise.due_at), None)
    return moment(first, zone, language) if first else ""


def _zone(matter: Matter, settings: Settings) -> tzinfo:
    try:
        return clock.zone(matter.item.customer.timezone or settings.loop.timezone)
    except ValueError:
        return settings.loop.zone
