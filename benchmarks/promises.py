"""How well are agents' promises read: is there one, until when, and what became of it?

    python benchmarks/promises.py LABELS.jsonl [--show] [--split dev|test]

LABELS has one JSON a line, of two kinds. A message: `id`, `lang`, `at`, `text`, `label` (yes, no, either: either answer
would do, so the row is left out) and `promises`. A thread: `id`, `lang`, `now`, `item` (as on the wire) and `promises`,
each with the id of its `message` and the `states` that would be right at `now`. A promise has `what`, a piece of its
words, and `due`, every answer that would be right: a moment, a day (at any time of it, in UTC), or null for no date.
A row may have a `split`. Texts are read as `feedbackloop run` reads them, with the default config. Intervals are
percentile bootstraps over rows, 95 %; `--show` prints what was not right: leave it off for rows that are kept back.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from feedbackloop.manager import PluginManager
from feedbackloop.records import Promise, Text
from feedbackloop.settings import Settings
from feedbackloop.stages.reading import read_items, read_texts
from feedbackloop.understanding.promise.finding import settle
from feedbackloop.wire import Reader

Row = dict[str, Any]
Share = tuple[int, int]
"""Right, of how many."""
STATES = ("kept", "broken", "open", "unknown", "not found")
RESAMPLES = 1000


def main() -> None:
    """Read the labels, read the texts, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path, nargs="+")
    parser.add_argument("--split", choices=["dev", "test"])
    parser.add_argument("--show", action="store_true")
    asked = parser.parse_args()
    rows = [json.loads(line) for path in asked.labels for line in path.read_text("utf-8").splitlines()]
    rows = [row for row in rows if asked.split in {None, row.get("split")} and row.get("label") != "either"]
    plugins = PluginManager()
    messages = [row | {"found": in_message(plugins, row)} for row in rows if "text" in row]
    threads = [row | {"found": in_thread(plugins, row)} for row in rows if "item" in row]
    by_part: dict[str, list[Row]] = defaultdict(list)
    for row in messages:
        by_part[f"{row['lang']} {row.get('part', '')}".strip()].append(row)
    for name, part in sorted(by_part.items()):
        print_messages(name, part)
    for language in sorted({row["lang"] for row in threads}):
        print_threads(language, [row for row in threads if row["lang"] == language])
    if threads:
        print_confusion(threads)
    if asked.show:
        show(messages, threads)


def in_message(plugins: PluginManager, row: Row) -> list[Promise]:
    """Give the promises of a message that stands alone."""
    text = Text(id=row["id"], text=row["text"], language="und", at=datetime.fromisoformat(row["at"]), author="agent")
    return list(read_texts(plugins, [text], Settings())[0].promises)


def in_thread(plugins: PluginManager, row: Row) -> list[Promise]:
    """Give the promises of a thread as they stand at its `now`."""
    item, now = Reader().record(row["item"]), datetime.fromisoformat(row["now"])
    return [settle(promise, item, now) for promise in read_items(plugins, [item], Settings())[0].promises]


def meant(label: Row, found: Sequence[Promise]) -> Promise | None:
    """Give the promise that a label means: in its message, with its words if several are there."""
    here = [
        one for one in found if "message" not in label or (one.text_id or "").rpartition("#")[2] == label["message"]
    ]
    return next((one for one in here if label["what"].lower() in one.what.lower()), here[0] if here else None)


def is_due(promise: Promise, dues: Sequence[str | None]) -> bool:
    """Say whether the due time is one of those that would be right, give or take a minute."""
    if promise.due_at is None:
        return None in dues
    said = promise.due_at
    days = {str(moment.date()) for moment in (said, said - timedelta(minutes=1))}
    exact = [datetime.fromisoformat(one) for one in dues if one and "T" in one]
    return bool(days & {one for one in dues if one}) or any(abs(said - one) < timedelta(minutes=2) for one in exact)


def detection(rows: Sequence[Row]) -> tuple[float, float, float]:
    """Give precision, recall and F1 of "this message promises something"."""
    true, said = [r for r in rows if r["label"] == "yes"], [r for r in rows if r["found"]]
    right = sum(r["label"] == "yes" for r in said)
    return (*(right / max(1, len(part)) for part in (said, true)), 2 * right / max(1, len(said) + len(true)))


def due_right(rows: Sequence[Row], *, dated: bool | None = None) -> Share:
    """Give how many due times are right, of the labelled promises that were found (with a date, or without one)."""
    pairs = [(label, meant(label, row["found"])) for row in rows for label in row["promises"]]
    mine = [(label, one) for label, one in pairs if one and (dated is None or dated == (None not in label["due"]))]
    return sum(is_due(one, label["due"]) for label, one in mine), len(mine)


def of_detection(number: int, rows: Sequence[Row]) -> float:
    """Give one figure of `detection`."""
    return detection(rows)[number]


def of_dues(dated: bool, rows: Sequence[Row]) -> float:
    """Give the share of `due_right`."""
    return share(due_right(rows, dated=dated))


def state_right(rows: Sequence[Row]) -> Share:
    """Give how many promises were found and have the right state, of all labelled whose state can be told."""
    pairs = [(label, state(label, row)) for row in rows for label in row["promises"] if len(label["states"]) < 4]
    return sum(said in label["states"] for label, said in pairs), len(pairs)


def state(label: Row, row: Row) -> str:
    """Give the state of the promise that a label means."""
    one = meant(label, row["found"])
    return one.state if one else "not found"


def interval(rows: Sequence[Row], figure: Callable[[Sequence[Row]], float]) -> str:
    """Give a figure with its interval."""
    chance = Random(7)
    drawn = sorted(figure(chance.choices(rows, k=len(rows))) for _ in range(RESAMPLES))
    return f"{figure(rows):.3f} [{drawn[RESAMPLES // 40]:.2f}, {drawn[-RESAMPLES // 40]:.2f}]"


def share(right: Share) -> float:
    """Give a share; nothing of nothing is 0."""
    return right[0] / max(1, right[1])


def print_messages(name: str, rows: Sequence[Row]) -> None:
    """Print the figures of one set of messages."""
    true = sum(row["label"] == "yes" for row in rows)
    print(f"\n{name}: {len(rows)} messages, {true} with a promise")
    for number, measure in enumerate(("precision", "recall", "F1")):
        print(f"  {measure:<22}{interval(rows, partial(of_detection, number))}")
    for dated, measure in ((True, "due time, dated"), (False, "no date where none is")):
        print(f"  {measure:<22}{interval(rows, partial(of_dues, dated))}", end="")
        print("  ({} of {})".format(*due_right(rows, dated=dated)))


def print_threads(language: str, rows: Sequence[Row]) -> None:
    """Print the figures of the threads of one language."""
    print(f"\n{language}: {len(rows)} threads")
    print(f"  {'due time':<22}{interval(rows, lambda part: share(due_right(part)))}", end="")
    print("  ({} of {})".format(*due_right(rows)))
    print(f"  {'state':<22}{interval(rows, lambda part: share(state_right(part)))}", end="")
    print("  ({} of {})".format(*state_right(rows)))


def print_confusion(rows: Sequence[Row]) -> None:
    """Print the states as they should be (rows) and as they are said to be; two right answers count as the one said."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        for label in row["promises"]:
            said = state(label, row)
            if len(label["states"]) < 4:
                counts[said if said in label["states"] else label["states"][0], said] += 1
    print("\n" + " " * 12 + "".join(f"{said:>11}" for said in STATES))
    for true in STATES[:-1]:
        print(f"  {true:<10}" + "".join(f"{counts[true, said]:>11}" for said in STATES))


def show(messages: Sequence[Row], threads: Sequence[Row]) -> None:
    """Print what was not right."""
    for row in messages:
        if (row["label"] == "yes") != bool(row["found"]):
            print(f"\n{row['label']:<4}{row['id']} {row['text']}\n    {[one.what for one in row['found']]}")
    for row in (*messages, *threads):
        for label in row["promises"]:
            one = meant(label, row["found"])
            words = row.get("text") or " / ".join(m["text"] for m in row["item"]["messages"])
            if one and not is_due(one, label["due"]):
                print(f"\ndue {label['due']}, said {one.due_at}: {row['id']} {words}")
            if "states" in label and state(label, row) not in label["states"]:
                evidence = one.evidence if one else None
                print(f"\nstate {label['states']}, said {state(label, row)} ({evidence}): {row['id']} {words}")


if __name__ == "__main__":
    main()
