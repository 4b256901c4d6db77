"""Run the loop week after week over a public file, and say what it found. See docs/worked-example.md.

    python weeks.py complaints.toml                             the CSV that the config names
    python weeks.py complaints.toml --wire FILE.jsonl.gz        the same feedback in feedbackloop's own wire form
    python weeks.py complaints.toml --wire FILE --keep fields.source=NAME --first 2023-01-09 --last 2023-08-28

Every week is run twice, as a schedule would. Nothing is sent anywhere; database, digest and a copy of the feedback go into the
folder `out` (`--out`). One after the other: the groups tested and raised, each raised finding, the tasks, the last digest.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from feedbackloop import loop
from feedbackloop.clock import last_full_week
from feedbackloop.config import from_dict
from feedbackloop.digest.making import Maker
from feedbackloop.manager import PluginManager
from feedbackloop.records import Finding
from feedbackloop.settings import Settings
from feedbackloop.stages.report import Report
from feedbackloop.stages.turn import Turn, closing
from feedbackloop.store import Store

WEEK = timedelta(weeks=1)


def settings_for(options: argparse.Namespace) -> Settings:
    """Read the config, with all that it writes in the folder `out`, and with the wire file as its source if one is named."""
    raw: dict[str, Any] = tomllib.loads(options.config.read_text(encoding="utf-8"))
    raw["loop"]["database"] = str((options.out / "loop.db").absolute())
    ((name, source),) = raw["sources"].items()
    feedback = options.out / ("feedback.jsonl" if options.wire else Path(source["path"]).name)
    if options.wire:
        field, _, wanted = (options.keep or "").partition("=")
        with feedback.open("w", encoding="utf-8") as file:
            file.writelines(line for line in lines_of(options.wire) if not field or value_at(line, field) == wanted)
        known = {key: source[key] for key in ("timezone", "touchpoint_field") if key in source}
        raw["sources"][name] = {"connector": "jsonl", "path": str(feedback.absolute()), **known}
    else:
        shutil.copyfile(options.config.parent / source["path"], feedback)
        source["path"] = str(feedback.absolute())
    return from_dict(raw)


def lines_of(path: Path) -> Iterator[str]:
    """Give the lines of a file, unpacked if need be."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        yield from lines


def value_at(line: str, name: str) -> str:
    """Read one value of a line by its dotted name."""
    value = json.loads(line)
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return str(value)


def one_week(store: Store, settings: Settings, plugins: PluginManager, now: datetime) -> Report:
    """Run the loop once."""
    turn = Turn.at(now, store, settings, plugins)
    with closing(turn):
        loop.run(turn)
        loop.finish(turn)
    for failure in turn.report.failures:
        print(f"  could not be read: {failure.record}: {failure.error}")
    return turn.report


def said(finding: Finding) -> str:
    """Say one finding in a line."""
    group = ", ".join(f"{key.removeprefix('fields.')} {value}" for key, value in finding.group.items())
    before = (
        "" if finding.baseline_share is None else f", before {finding.baseline_share:.0%} of {finding.baseline_items}"
    )
    what = {"worse": "fell short", "better": "went better", "spoken": "speak of it"}[finding.counted]
    return (
        f"  {finding.week} {finding.direction:6} {group}: {finding.shortfalls} of {finding.items} {what} ({finding.share:.0%}, "
        f"{finding.share_low:.0%}–{finding.share_high:.0%}){before}; q = {finding.q_value:.4f}"
    )


def play(options: argparse.Namespace) -> None:
    """Run all weeks and print what came of them."""
    shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True)
    settings, plugins, began = settings_for(options), PluginManager(), time.perf_counter()
    tested = weeks = items = 0
    now = options.first
    with Store(settings.database_path) as store, store.held("weeks.py"):
        while now <= options.last:
            report = one_week(store, settings, plugins, now)
            items += sum(source.new for source in report.sources)
            tested, weeks = tested + report.tested, weeks + bool(report.tested)
            one_week(store, settings, plugins, now + timedelta(hours=1))
            now += WEEK
        found = store.plans.findings(raised_only=True)
        print(f"{items} items; {tested} tests in {weeks} weeks; {len(found)} raised")
        print(*map(said, found), sep="\n")
        tasks = store.plans.tasks()
        print(f"{len(tasks)} improvement tasks")
        for task in sorted(tasks, key=lambda one: (one.raised_week, one.title)):
            print(f"  {task.raised_week}–{task.updated_week} {task.status:9} {task.title}")
        last = last_full_week(now - WEEK, settings.loop.zone)
        maker = Maker(store, settings, plugins, now - WEEK)
        maker.write(maker.make(last, None), options.out / "digest.html", twins=True)
    print(f"the digest of {last} lies in {options.out / 'digest.html'}; {time.perf_counter() - began:.0f} s")


def main() -> None:
    """Read the options and play."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("--wire", type=Path, help="feedback in the wire form instead of the CSV")
    parser.add_argument("--keep", metavar="NAME=VALUE", help="with --wire: only lines with this value")
    parser.add_argument("--first", type=_day, help="the first Monday", required=True)
    parser.add_argument("--last", type=_day, help="the last Monday", required=True)
    parser.add_argument("--out", type=Path, default=Path("out"))
    play(parser.parse_args())


def _day(text: str) -> datetime:
    """Read a Monday; the week before it is complete three days later."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) + timedelta(days=3, hours=6)


if __name__ == "__main__":
    main()
