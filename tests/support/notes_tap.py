"""A small Singer tap over a JSON file, with the ways in which real taps go wrong. Run as its own program.

Its config names the file (`path`), a `token` that must be "tap-secret", and what to do badly: `late` (fail once, in the middle),
`repeat` (send each row twice), `noise` (write other things between messages), `hang`, `flood`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def say(**message: Any) -> None:
    print(json.dumps(message), flush=True)


def catalog(streams: dict[str, Any]) -> dict[str, Any]:
    return {"streams": [{"tap_stream_id": name, "stream": name, "schema": {"type": "object"}} for name in streams]}


def sync(config: dict[str, Any], source: dict[str, Any], state: dict[str, Any], selected: set[str]) -> None:
    version = int(source.get("version", 0)) or None
    for name, stream in source["streams"].items():
        if name not in selected:
            continue
        mark = stream.get("bookmark")
        say(type="SCHEMA", stream=name, schema={}, key_properties=["id"], bookmark_properties=[mark] if mark else [])
        since = state.get("bookmarks", {}).get(name, "") if mark else ""
        rows = (
            sorted(stream["rows"], key=lambda row: (row.get(mark, ""), str(row.get("id")))) if mark else stream["rows"]
        )
        sent = [row for row in rows if not mark or row.get(mark, "") >= since]
        for number, row in enumerate(sent, 1):
            for _ in range(2 if "repeat" in config["faults"] else 1):
                say(type="RECORD", stream=name, record=row, **({"version": version} if version else {}))
            if "noise" in config["faults"]:
                print("Loading…\n{\n" + '{"type": "RECORD"}', flush=True)
            if mark and number % 3 == 0:
                say(type="STATE", value={"bookmarks": {**state.get("bookmarks", {}), name: row[mark]}})
            if (
                "late" in config["faults"]
                and number == len(sent) // 2
                and not Path(config["path"] + ".failed").exists()
            ):
                Path(config["path"] + ".failed").touch()
                print(f"CRITICAL 503 from source; token {config['token']}\x1b[31m", file=sys.stderr)
                sys.exit(1)
        if mark and sent:
            state = {"bookmarks": {**state.get("bookmarks", {}), name: sent[-1][mark]}}
        if version:
            say(type="ACTIVATE_VERSION", stream=name, version=version)
        say(type="STATE", value=state)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--catalog")
    parser.add_argument("--state")
    parser.add_argument("--discover", action="store_true")
    options = parser.parse_args()
    config = {"faults": [], **json.loads(Path(options.config).read_text())}
    if config.get("seen"):  # for a look at what the tap was given
        folder = Path(options.config).parent
        modes = {place.name: oct(place.stat().st_mode & 0o777) for place in folder.iterdir()}
        Path(config["seen"]).write_text(json.dumps({"argv": sys.argv, "env": dict(os.environ), "modes": modes}))
    if config["token"] != "tap-secret":
        print(f"ERROR 401: token {config['token']} is not known", file=sys.stderr)
        sys.exit(2)
    source = json.loads(Path(config["path"]).read_text())
    if options.discover:
        print(json.dumps(catalog(source["streams"])))
        return
    if "hang" in config["faults"]:
        time.sleep(60)
    while "flood" in config["faults"]:
        say(type="RECORD", stream="nothing", record={})
    found = json.loads(Path(options.catalog).read_text())["streams"]
    selected = {one["tap_stream_id"] for one in found if one["metadata"][0]["metadata"]["selected"]}
    state = json.loads(Path(options.state).read_text()) if options.state else {}
    sync(config, source, state, selected)


if __name__ == "__main__":
    main()
