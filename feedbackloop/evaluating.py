"""How do scorers do on a labelled file? Reads the file, lets each scorer read its texts, and sets the answers side by side."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from feedbackloop.errors import UsageError
from feedbackloop.manager import PluginManager
from feedbackloop.records import Text
from feedbackloop.settings import LANGUAGE_MODEL, Settings
from feedbackloop.stages.reading import read_texts, sentiments
from feedbackloop.understanding.evaluation.expectation import (
    LabelledDimension,
    LabelledExpectation,
    evaluate_dimension,
    evaluate_expectation,
)
from feedbackloop.understanding.evaluation.measures import Evaluation, Measure, Report
from feedbackloop.understanding.evaluation.sentiment import LabelledText, evaluate_sentiment

BATCH = 500
BUILT_IN = "built-in"
"""What the finder of expectations and dimensions is called: plugins may replace it, and then it is theirs."""
READ_BY = "expectations_by"
"""The signal of a text whose expectations somebody else read."""
RowT = TypeVar("RowT", LabelledText, LabelledExpectation, LabelledDimension)
AnswerT = TypeVar("AnswerT")


def evaluate_file(
    plugins: PluginManager, file: Path, task: str, scorers: Sequence[str], settings: Settings
) -> Evaluation:
    """Compare scorers on a labelled file.

    Args:
        plugins: Bring the scorers.
        file: JSON lines: `text`, `lang`, and the labels of the task.
        task: sentiment, expectation or dimension.
        scorers: Names; empty means all that read on this machine, `auto` first. Expectations are read by the rules, and by
            the language model of the config; dimensions by the rules.
        settings: The config, or the defaults: its touchpoints, and what plugins are told.

    Raises:
        UsageError: The file has a line that does not fit, or no labelled line at all.
    """
    if task == "sentiment":
        return _sentiment(plugins, _rows(file, LabelledText), scorers, settings)
    if task == "expectation":
        rows = _rows(file, LabelledExpectation)
        given, spent, readers = {}, {}, {}
        for name, asked in _readers(settings):
            found, spent[name] = _timed(_texts(rows), lambda batch, s=asked: read_texts(plugins, batch, s))  # type: ignore[misc]
            given[name] = [one.expectations for one in found]
            readers[name] = [str(one.signals.get(READ_BY, BUILT_IN)) for one in found]
        return _with_readers(evaluate_expectation(rows, given, spent), readers)
    labelled = _rows(file, LabelledDimension)
    rules = _asking(settings, sentiment="auto", language_model=None)
    found, seconds = _timed(_texts(labelled), lambda batch: read_texts(plugins, batch, rules))
    dimensions = [one.dimensions[0].name if one.dimensions else None for one in found]
    return evaluate_dimension(labelled, {BUILT_IN: dimensions}, {BUILT_IN: seconds})


def _readers(settings: Settings) -> Iterator[tuple[str, Settings]]:
    """Name who reads expectations: the rules, and the language model where the config has one for it."""
    yield BUILT_IN, _asking(settings, sentiment="auto", language_model=None)
    model = settings.understand.language_model
    if model and "expectations" in model.use_for:
        yield LANGUAGE_MODEL, _asking(settings, sentiment="auto")


def _asking(settings: Settings, **changed: object) -> Settings:
    """Give the config with some of `[understand]` changed."""
    return settings.model_copy(update={"understand": settings.understand.model_copy(update=changed)})


def _sentiment(
    plugins: PluginManager, rows: Sequence[LabelledText], scorers: Sequence[str], settings: Settings
) -> Evaluation:
    given, seconds = {}, {}
    staying = sorted(name for name, scorer in plugins.scorers.items() if not scorer.sends_text_away)
    for name in scorers or ("auto", *staying):
        asked = _asking(settings, sentiment=name)
        given[name], seconds[name] = _timed(_texts(rows), lambda batch, s=asked: sentiments(plugins, batch, s))  # type: ignore[misc]
    readers = {name: [one.scorer for one in results] for name, results in given.items()}
    return _with_readers(evaluate_sentiment(rows, given, seconds), readers)


def _with_readers(evaluation: Evaluation, readers: Mapping[str, Sequence[str]]) -> Evaluation:
    """Say of each report who read its rows, so that no figure stands under the name of one who gave no answer."""
    reports = (replace(one, read_by=dict(sorted(Counter(readers[one.scorer]).items()))) for one in evaluation.reports)
    return replace(evaluation, reports=tuple(reports))


def _texts(rows: Sequence[RowT]) -> list[Text]:
    return [
        Text(id=row.id or str(number), text=row.text, language=row.lang or "und") for number, row in enumerate(rows, 1)
    ]


def _timed(texts: Sequence[Text], read: Callable[[Sequence[Text]], Sequence[AnswerT]]) -> tuple[list[AnswerT], float]:
    """Read all texts in batches; models are loaded by a first text of each language, which is not timed."""
    read(list({text.language: text for text in texts}.values()))
    began = time.perf_counter()
    answers = [one for start in range(0, len(texts), BATCH) for one in read(texts[start : start + BATCH])]
    return answers, time.perf_counter() - began


def _rows(file: Path, kind: type[RowT]) -> list[RowT]:
    rows: list[RowT] = []
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                rows.append(msgspec.json.decode(line, type=kind))
            except (msgspec.MsgspecError, ValueError) as error:
                raise UsageError(f"{file}, line {number}: {error}") from error
    if not rows:
        raise UsageError(f"{file} has no lines")
    return rows


# --- in words ------------------------------------------------------------------------------------------------------


def in_words(evaluation: Evaluation) -> list[str]:
    """Write an evaluation for people."""
    lines = [
        f"{evaluation.rows} labelled texts" + (f", {evaluation.skipped} without a label" if evaluation.skipped else "")
    ]
    for report in evaluation.reports:
        lines += _report_lines(report)
    for one in evaluation.differences:
        sure = "real" if one.is_sure else "cannot tell"
        lines.append(
            f"{one.second} against {one.first}, {one.measure}: {one.value:+.3f} ({one.low:+.3f} to {one.high:+.3f}): {sure}"
        )
    return lines


def _report_lines(report: Report) -> list[str]:
    speed = f", {report.texts_per_second:,.0f} texts/s" if report.texts_per_second else ""
    lines = ["", f"{report.scorer}{speed}", *_readers_line(report), *(f"  {_measure(one)}" for one in report.measures)]
    for group, measures in report.groups.items():
        lines.append(f"  {group}: " + "; ".join(_measure(one) for one in measures))
    if report.confusion:
        lines += _table(report.confusion)
    if report.calibration:
        lines.append("  confidence said, share right, texts:")
        lines += [f"    {one.confidence_mean:.2f}  {one.share_right:.2f}  {one.rows:6}" for one in report.calibration]
    if report.worst:
        lines.append("  surest mistakes:")
        lines += [
            f"    {one.label}, not {one.given} ({one.confidence:.2f}): {one.text[:120]}" for one in report.worst[:5]
        ]
    return lines


def _readers_line(report: Report) -> list[str]:
    """Say who read the rows, where it was not the scorer alone."""
    own = {report.scorer, *(name for name in report.read_by if name.startswith(f"{report.scorer}:"))}
    if set(report.read_by) <= own:
        return []
    return ["  read by " + ", ".join(f"{name}: {rows}" for name, rows in report.read_by.items())]


def _table(confusion: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Write a confusion table: a line for each label, a column for each answer."""
    given = sorted({one for row in confusion.values() for one in row})
    wide = max(map(len, (*confusion, "label")))
    lines = [f"  {'label':{wide}}" + "".join(f"{one:>12}" for one in given) + "   (given)"]
    return lines + [
        f"  {label:{wide}}" + "".join(f"{row.get(one, 0):12}" for one in given) for label, row in confusion.items()
    ]


def _measure(one: Measure) -> str:
    return f"{one.name} {one.value:.3f} ({one.low:.3f}–{one.high:.3f}, n = {one.rows})"
