"""How fast is a first pull from Zendesk, beside a bare loop that reads and stores the same answers?

    PYTHONPATH=.:connectors python benchmarks/zendesk_pull.py --tickets 2000 20000

The loopback desk runs as its own process. Each measurement is a process, too: items per second, CPU seconds of the client per
1,000 tickets, peak memory. The bare loop is requests + json + sqlite3 over the same pages of tickets, events and ratings, making
nothing of them. Both store one row a ticket.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve()


def bare(url: str, store: sqlite3.Connection) -> int:
    """Read all pages with requests and json, store each row as it came."""
    import requests

    from feedbackloop.testing.helpdesk import EMAIL, TOKEN

    session = requests.Session()
    session.auth = (f"{EMAIL}/token", TOKEN)

    def get(path: str, **params: object) -> dict:
        return json.loads(session.get(f"{url}/api/v2/{path}", params=params, timeout=60).content)

    for path in ("satisfaction_ratings.json", "guide/survey_responses.json"):
        answer = {"meta": {"has_more": True, "after_cursor": "0"}}
        while answer["meta"]["has_more"]:
            answer = get(path, **{"page[after]": answer["meta"]["after_cursor"]})
    count, at, is_last, query = 0, 0, False, {"start_time": 0}
    while not is_last:
        include = "users,organizations,metric_sets,comment_count"
        page = get("incremental/tickets/cursor.json", include=include, per_page=1000, **query)
        threads: dict[int, list] = {}
        end = page["tickets"][-1]["generated_timestamp"] if page["tickets"] else 0
        while at <= end:
            events = get("incremental/ticket_events.json", start_time=at, include="comment_events")
            for event in events["ticket_events"]:
                threads.setdefault(event["ticket_id"], []).append(event["child_events"])
            if events["end_of_stream"] or events["end_time"] <= at:
                break
            at = events["end_time"]
        with store:
            rows = [(str(t["id"]), json.dumps({"ticket": t, "thread": threads.get(t["id"])})) for t in page["tickets"]]
            store.executemany("INSERT OR REPLACE INTO items VALUES (?, ?)", rows)
        count += len(page["tickets"])
        query, is_last = {"cursor": page["after_cursor"]}, page["end_of_stream"]
    return count


def connector(url: str, store: sqlite3.Connection) -> int:
    """Pull with the connector, store each item and the cursor with it."""
    import msgspec

    from feedbackloop.connector import Context
    from feedbackloop.testing.helpdesk import EMAIL, TOKEN
    from feedbackloop_connectors.zendesk.connector import Zendesk

    login = {"email": EMAIL, "api_token": TOKEN}
    options = Zendesk.Options(connector="zendesk", base_url=url, incremental_requests_per_minute=0, **login)
    source, count = Zendesk(options, Context("support")), 0
    for page in source.pull(source.start(None)):
        with store:
            rows = [(item.id, msgspec.json.encode(item)) for item in page.items]
            store.executemany("INSERT OR REPLACE INTO items VALUES (?, ?)", rows)
        count += len(page.items)
    source.close()
    return count


ROADS: dict[str, Callable[[str, sqlite3.Connection], int]] = {"bare": bare, "connector": connector}


def measure(road: str, url: str) -> None:
    """Run one road in this process and print its figures as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        store = sqlite3.connect(Path(folder) / "items.db")
        store.execute("CREATE TABLE items (id TEXT PRIMARY KEY, document TEXT)")
        began, cpu = time.perf_counter(), time.process_time()
        count = ROADS[road](url, store)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"items": count, "seconds": seconds, "cpu_per_1000": 1000 * cpu / count, "peak_mb": peak}))


def compare(tickets: int, rounds: int) -> None:
    """Start a desk, run both roads in turns, print the best of each and their ratio."""
    command = [sys.executable, "-m", "feedbackloop.testing.helpdesk", "--tickets", str(tickets)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as desk:
        assert desk.stdout
        url, best = desk.stdout.readline().strip(), {}
        for _ in range(rounds):
            for road in ROADS:
                run = subprocess.run(
                    [sys.executable, HERE, "--road", road, "--url", url], stdout=subprocess.PIPE, check=True
                )
                found = json.loads(run.stdout)
                best[road] = min(best.get(road, found), found, key=lambda one: one["cpu_per_1000"])
        desk.terminate()
    for road, found in best.items():
        speed = found["items"] / found["seconds"]
        print(
            f"{tickets:>7} tickets  {road:<10} {speed:>7.0f} items/s  {found['cpu_per_1000']:.3f} CPU s/1000"
            f"  peak {found['peak_mb']:.0f} MB"
        )
    ratio = best["connector"]["cpu_per_1000"] / best["bare"]["cpu_per_1000"]
    wall = best["connector"]["seconds"] / best["bare"]["seconds"]
    print(f"{tickets:>7} tickets  connector : bare = {ratio:.2f} in CPU, {wall:.2f} in time")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tickets", type=int, nargs="+", default=[2000, 20000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--road", choices=list(ROADS), help="internal: run one road")
    parser.add_argument("--url", help="internal: of the desk")
    options = parser.parse_args()
    if options.road:
        measure(options.road, options.url)
        return
    for tickets in options.tickets:
        compare(tickets, options.rounds)


if __name__ == "__main__":
    main()
