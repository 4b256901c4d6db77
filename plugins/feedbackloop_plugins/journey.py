"""The command `journey`: which touchpoints are known, at which stage of the journey, and what are they called?"""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from feedbackloop import hookimpl


@hookimpl
def register_commands() -> Sequence[click.Command]:
    """Add the command `journey`."""
    return [journey]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def journey(as_json: bool) -> None:
    """List the built-in touchpoints with stage and names.

    Example: feedbackloop journey
    """
    from feedbackloop.understanding.journey import JOURNEY

    rows = [
        {"touchpoint": name, "stage": one.stage, "en": one.en_name, "zh": one.zh_name} for name, one in JOURNEY.items()
    ]
    if as_json:
        click.echo(json.dumps({"ok": True, "touchpoints": rows, "failures": []}, ensure_ascii=False))
        return
    from tabulate import tabulate

    click.echo(tabulate([list(row.values()) for row in rows], headers=["touchpoint", "stage", "English", "中文"]))
    click.echo("Add your own under [understand.touchpoints]; their words come before the built-in ones.")
