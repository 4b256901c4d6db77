"""The commands about understanding alone: `score` and `evaluate`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from feedbackloop.cli.session import Session
from feedbackloop.errors import UsageError

if TYPE_CHECKING:
    from feedbackloop.records import Text
    from feedbackloop.settings import Settings

BATCH = 500


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), default="-", metavar="[FILE | -]")
@click.option("--scorer", default=None, metavar="NAME", help="The sentiment scorer [default: auto].")
@click.pass_obj
def score(session: Session, file: Path, scorer: str | None) -> None:
    """Understand texts: one JSON object a line in (id, text, language, at), one a line out, in the same order.

    Example: echo '{"id": "1", "text": "Three days late again."}' | feedbackloop score -
    """
    from feedbackloop.scoring import read_line, score_lines

    failures: list[dict[str, Any]] = []
    settings = _settings(session, scorer)
    collected: list[dict[str, Any]] = []
    with _opened(file) as lines, session.rows_out() as out:
        for batch in _batches(read_line(number, line) for number, line in enumerate(lines, 1) if line.strip()):
            for row in score_lines(session.plugins, batch, settings):
                if "error" in row:
                    failures.append(_failure(row))
                    session.warn(f"{row['record']}: {row['error']}")
                if session.as_json:
                    collected.append(row)
                else:
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
    _say_remarks(session)
    session.finish({"results": collected, "failures": failures}, ok=not failures)


def _failure(row: dict[str, Any]) -> dict[str, Any]:
    return {"stage": "score", "source": None, "record": row["record"], "error": row["error"], "permanent": True}


def _settings(session: Session, scorer: str | None = None) -> Settings:
    """Take touchpoints and scorer from a config that was named; without one the defaults do."""
    from feedbackloop.settings import Settings

    settings = session.settings if session.config else Settings()
    wanted = scorer or settings.understand.sentiment
    if wanted != "auto" and wanted not in session.plugins.scorers:
        raise UsageError(f"there is no scorer {wanted!r}; known are auto, {', '.join(sorted(session.plugins.scorers))}")
    _know_model(settings, wanted)
    understand = settings.understand.model_copy(update={"sentiment": wanted})
    return settings.model_copy(update={"understand": understand})


def _know_model(settings: Settings, scorer: str) -> None:
    from feedbackloop.settings import LANGUAGE_MODEL

    if scorer == LANGUAGE_MODEL and settings.understand.language_model is None:
        raise UsageError(f"the scorer {scorer} needs a config with [understand.language_model]; name it with -c FILE")


def _say_remarks(session: Session) -> None:
    for remark in session.plugins.remarks():
        session.warn(remark)


def _opened(file: Path) -> IO[bytes]:
    if str(file) == "-":
        return sys.stdin.buffer
    try:
        return file.open("rb")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error


def _batches(texts: Iterator[Text | dict[str, Any]]) -> Iterator[Sequence[Text | dict[str, Any]]]:
    batch: list[Text | dict[str, Any]] = []
    for text in texts:
        batch.append(text)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--task", type=click.Choice(("sentiment", "expectation", "dimension")), required=True)
@click.option(
    "--scorer", "scorers", multiple=True, metavar="NAME", help="Which to compare (repeatable) [default: all]."
)
@click.pass_obj
def evaluate(session: Session, file: Path, task: str, scorers: tuple[str, ...]) -> None:
    """Compare scorers with labelled data (JSON lines: text, label, lang), with intervals.

    Example: feedbackloop evaluate labelled.jsonl --task sentiment --scorer textblob --scorer auto
    """
    from feedbackloop.evaluating import evaluate_file, in_words

    unknown = [name for name in scorers if name != "auto" and name not in session.plugins.scorers]
    if unknown:
        known = ", ".join(sorted(session.plugins.scorers))
        raise UsageError(f"there is no scorer {unknown[0]!r}; known are auto, {known}")
    settings = _settings(session)
    for name in scorers:
        _know_model(settings, name)
    evaluation = evaluate_file(session.plugins, file, task, scorers, settings)
    _say_remarks(session)
    for line in in_words(evaluation):
        session.say(line)
    session.finish(evaluation.as_json())
