"""What may a follow-up's template name: whose matter, which words, which facts, and what was or will be done?"""

from __future__ import annotations

from datetime import datetime, tzinfo

from feedbackloop.analysis.follow_ups_facts import QUOTE, Voice, customer_words, facts, stopped
from feedbackloop.analysis.follow_ups_matter import Matter
from feedbackloop.analysis.manner import Manner
from feedbackloop.analysis.tasks import EVERYONE
from feedbackloop.analysis.wording_figures import Language, day, moment
from feedbackloop.analysis.wording_text import greeting_name, inert
from feedbackloop.records import ImprovementTask, Item
from feedbackloop.settings import Settings


def values(matter: Matter, settings: Settings, language: Language, manner: Manner) -> dict[str, object]:
    """Collect what a template may name; all of it ready to be printed."""
    zone = settings.loop.zone_of(matter.item.customer.timezone)
    said = customer_words(matter)
    done = matter.agent_action
    return {
        "trigger": matter.trigger,
        "manner": manner,
        "name": greeting_name(matter.item.customer.name),
        "subject": inert(matter.item.subject or "", QUOTE),
        "words": said.words if said else "",
        "wrote_on": day(said.at, zone, language) if said else "",
        "facts": facts(matter, settings, Voice(language, zone, manner)),
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
