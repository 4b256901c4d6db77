"""How is a draft reworded without telling the model whom it is for, or what that person wrote?

Only feeling and understanding are sent, never the greeting or what we did. Quotations become `[1]`, `[2]` … and come back word
for word; what the installed plugins mask is treated the same. The loop then holds the result to the draft's own facts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from feedbackloop.hookspecs import Polished, Redact
from feedbackloop.records import FollowUp
from feedbackloop_plugins.language_model.endpoint import Question
from feedbackloop_plugins.language_model.masking import masked
from feedbackloop_plugins.language_model.reading import Model
from feedbackloop_plugins.language_model.schema import closed_schema
from feedbackloop_plugins.language_model.tasks import json_of
from feedbackloop_plugins.language_model.unanswered import Unanswered

_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|(?<!\w)\"[^\"\n]*\"")
_PLACE = re.compile(r"\[(\d{1,3})\]")
_RULES = (
    "The user message is a JSON document with two parts of a message from a company to one of its customers, in the language it "
    "names. Reword both parts so that they read warm, plain and sincere, in that language and in the same order. Change no fact, "
    "figure, date or name, add none, and leave none out. Promise nothing, offer nothing, and say of nothing that it was done "
    "unless the part says so. No link, no greeting, no closing. Numbers in square brackets such as [1] stand for words that were "
    "taken out: each must stand in the same part again, exactly once. Keep line breaks and list marks. Answer with JSON alone: "
    '{"feeling": "…", "understanding": "…"}'
)


class _Reworded(Struct, frozen=True):
    feeling: str
    understanding: str


def polish(model: Model, draft: FollowUp, redact: Redact) -> Polished | None:
    """Reword one draft; None where the model gave no answer that keeps every piece in its place."""
    parts = _without_words((draft.feeling, draft.understanding), redact)
    if parts is None:
        model.account.drafts["could not be masked"] += 1
        return None
    data = {"language": draft.language, "feeling": parts[0][0], "understanding": parts[1][0]}
    try:
        words = model.endpoint.ask(Question("reworded", _RULES, data, closed_schema(_Reworded)))
    except Unanswered as error:
        model.account.drafts[f"not reworded ({error})"] += 1
        return None
    said = _read(words)
    whole = [_restored(part, taken) for part, (_, taken) in zip(said, parts, strict=True)] if said else []
    if len(whole) < len(parts) or not all(whole):
        model.account.drafts["not reworded (the answer lost its pieces)"] += 1
        return None
    model.account.drafts["reworded"] += 1
    return Polished(str(whole[0]), str(whole[1]), model.name)


def _without_words(parts: Sequence[str], redact: Redact) -> list[tuple[str, list[str]]] | None:
    """Take quotations and masked words out of each part: (what is left, what was taken out)."""
    found = masked(parts, redact)
    cut = []
    for part, sent in zip(parts, found, strict=True):
        if sent is None or _PLACE.search(part):
            return None
        spans = sorted({match.span() for match in _QUOTED.finditer(part)} | set(_hidden(sent.starts, sent.ends)))
        cut.append(_cut(part, _joined(spans)))
    return cut


def _hidden(starts: Sequence[int], ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give the places whose words were masked: what stands for them there is longer or shorter, so no place is one to one."""
    for span, characters in Counter(zip(starts, ends, strict=True)).items():
        if span[1] - span[0] != 1 or characters != 1:
            yield span


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    whole: list[tuple[int, int]] = []
    for start, end in spans:
        if whole and start < whole[-1][1]:
            whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
        else:
            whole.append((start, end))
    return whole


def _cut(part: str, spans: Sequence[tuple[int, int]]) -> tuple[str, list[str]]:
    left, place, taken = "", 0, []
    for start, end in spans:
        taken.append(part[start:end])
        left += f"{part[place:start]}[{len(taken)}]"
        place = end
    return left + part[place:], taken


def _read(words: str) -> tuple[str, str] | None:
    try:
        said = msgspec.json.decode(json_of(words), type=_Reworded)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return said.feeling.strip(), said.understanding.strip()


def _restored(part: str, taken: Sequence[str]) -> str | None:
    """Put the pieces back; None unless each stands there exactly once."""
    named = sorted(int(number) for number in _PLACE.findall(part))
    if named != list(range(1, len(taken) + 1)):
        return None
    return _PLACE.sub(lambda match: taken[int(match[1]) - 1], part)
