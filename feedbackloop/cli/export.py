"""The command `export`."""

from __future__ import annotations

from pathlib import Path

import click

from feedbackloop.cli.session import Session, moment

_KINDS = ("items", "gaps", "findings", "tasks", "follow-ups", "promises", "customers", "actions", "ledger")


@click.command()
@click.argument("kind", type=click.Choice(_KINDS))
@click.option("--format", "form", type=click.Choice(("jsonl", "csv", "parquet")), default="jsonl", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file [default: stdout].")
@click.option("--since", metavar="TIME", help="From this time on; promises: due from then on.")
@click.option("--until", metavar="TIME", help="Before this time; promises: due before it.")
@click.option("--customer", metavar="ID", help="All that is kept about one person (SOURCE/ID or person:N).")
@click.pass_obj
def export(
    session: Session,
    kind: str,
    *,
    form: str,
    out: Path | None,
    since: str | None,
    until: str | None,
    customer: str | None,
) -> None:
    """Write what is kept, one row a line.

    Example: feedbackloop export gaps --format csv --out gaps.csv
    """
    from feedbackloop import exporting, exporting_files

    zone = session.settings.loop.zone
    span = (moment(since, "--since", zone), moment(until, "--until", zone))
    with session.store() as store:
        found = exporting.rows(store, session.settings, kind, span, customer)
        if session.as_json and out is None:
            listed = list(found)
            session.finish({"kind": kind, "rows": listed, "count": len(listed)})
            return
        with session.rows_out() as stdout:
            number = exporting_files.write(found, form, out or stdout)
    if out:
        session.say(f"wrote {number} {kind} to {out}")
        session.finish({"kind": kind, "file": str(out), "count": number})
