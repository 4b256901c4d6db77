"""What would the loop write about one item with the templates as they stand now?

Nothing is stored and nothing is sent. Restraint is not asked: this is about the words.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec.structs import replace

from feedbackloop.analysis import notes
from feedbackloop.analysis.follow_ups import draft, language_for
from feedbackloop.analysis.follow_ups_matter import task_for
from feedbackloop.analysis.follow_ups_triggers import triggers
from feedbackloop.analysis.wording import ForgivingWording
from feedbackloop.records import Comparison
from feedbackloop.settings import Settings
from feedbackloop.store import Store


def preview(store: Store, settings: Settings, ident: str, now: datetime) -> dict[str, Any] | None:
    """Write the follow-up and the note of an item anew: `lines` for people, `faults` of templates with file and line.

    Returns:
        None where there is no such item or follow-up, or it was not understood yet.
    """
    follow_up = store.plans.follow_up(ident)
    found = store.items.get(follow_up.item if follow_up else ident)
    item, understanding = found or (None, None)
    if item is None or understanding is None:
        return None
    gaps, promises = tuple(store.judgements.gaps_of(item.key)), tuple(store.judgements.promises_of(item.key))
    comparison = Comparison(item=item.key, gaps=gaps, promises=promises)
    templates = ForgivingWording(settings.templates_folder)
    drafts, lines = [], []
    for matter in triggers(item, understanding, comparison, settings, now):
        written = draft(replace(matter, task=task_for(matter.gaps, store.plans.tasks())), settings, templates=templates)
        lines.append(f"follow-up ({matter.trigger}, {language_for(matter) or 'no template in this language'}):")
        if written:
            drafts.append({"cause": written.cause, "text": written.text, "lint": list(written.lint)})
            lines += [f"  {line}" for line in written.text.splitlines()]
            lines += [f"  edit first: {fault}" for fault in written.lint]
    if not lines:
        lines.append("no follow-up is due here")
    note = ""
    if notes.wants_note(gaps, promises):
        language, zone = settings.loop.language, settings.loop.zone
        note = notes.note_text(item, gaps, promises, [], language, zone=zone, templates=templates)
        lines += ["note:", *(f"  {line}" for line in note.splitlines())]
    return {"kind": "preview", "lines": lines, "drafts": drafts, "note": note, "faults": templates.take_faults()}
