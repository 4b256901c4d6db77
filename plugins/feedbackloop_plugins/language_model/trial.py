"""Can the model be asked, and does it read what nobody could misread?"""

from __future__ import annotations

from feedbackloop.connector import Check
from feedbackloop_plugins.language_model.endpoint import Endpoint, Question
from feedbackloop_plugins.language_model.masking import align
from feedbackloop_plugins.language_model.tasks import Mood, Moods, rows
from feedbackloop_plugins.language_model.unanswered import Unanswered

SENTENCES = (
    ("The parcel came two weeks late and the box was crushed.", "negative"),
    ("The woman on the phone was kind and solved it in a minute. Thank you!", "positive"),
    ("I am angry: nobody answers my mails.", "negative"),
    ("Great service, I am very happy with it.", "positive"),
)
"""Ours: no customer wrote them. Each is so plain that a model which reads it otherwise will not do."""


def tried(endpoint: Endpoint, name: str, caps: str) -> Check:
    """Let the model read our sentences, one by one, and say how it did.

    Args:
        endpoint: Where it is.
        name: Of the check.
        caps: On a run, in words.
    """
    read, right = 0, 0
    for sentence, label in SENTENCES:
        try:
            mood = _mood(endpoint, sentence)
        except Unanswered as error:
            fix = "see docs/language-model.md; until it answers, the built-in reading is used"
            return Check(name, False, error.detail, fix)
        read += mood is not None
        right += mood is not None and mood.label == label
    said = f"{endpoint.model} read {right} of {len(SENTENCES)} plain sentences of ours right"
    if read < len(SENTENCES):
        said += f", and answered {len(SENTENCES) - read} in no form that counts"
    if right < len(SENTENCES):
        return Check(name, False, said, "take a larger model; the built-in reading has no trouble with them")
    return Check(name, True, f"{said}, in the form {endpoint.manner.form}; {caps}")


def _mood(endpoint: Endpoint, sentence: str) -> Mood | None:
    task = Moods()
    data = task.data([{"id": "t1", "language": "en", "text": sentence}])
    row = (rows(endpoint.ask(Question(task.name, task.rules, data, task.schema(), ("t1",))), task.row) or {}).get("t1")
    whole = align(sentence, sentence)
    return task.keep(row, whole) if row and whole else None
