"""What do the desk's own ratings teach, and when is it time to learn again?

Learning is seldom: at first, when the ratings grew by a fifth, when somebody whose words had taught was erased, and when the
shipped model changed. What was learned serves from the next run on; `understand --all` applies it to what was read before.
"""

from __future__ import annotations

from datetime import timedelta

from feedbackloop.errors import FeedbackloopError
from feedbackloop.stages.correcting import correctable
from feedbackloop.stages.rated import rated_texts
from feedbackloop.stages.turn import Turn
from feedbackloop.store.corrections import Seen, State, Version
from feedbackloop.understanding.correction.correcting import Correction, fits
from feedbackloop.understanding.correction.labels import SCALES
from feedbackloop.understanding.correction.trial import MINIMUM, Trial, attempt

MOST = 2_000
"""Ratings that are learned from, the newest; more would cost seconds and teach little."""
GROWTH = 0.2
LONGEST = timedelta(days=365)


def corrections_in_use(turn: Turn) -> list[Correction]:
    """Give what was learned, as far as it corrects the models of this version and may be used."""
    if turn.settings.understand.local_correction == "off":
        return []
    return [one.correction for one in turn.store.corrections.in_use() if fits(one.correction)]


def learn(turn: Turn) -> None:
    """Learn from the ratings if it is time, and say what came of it."""
    languages = correctable(turn.plugins.scorers, turn.settings.understand)
    if not languages or not _is_time(turn):
        return
    known = turn.store.corrections
    # Words are erased after `retain`: what teaches stays well within it, or every erasure of old words would undo a fit.
    since = turn.now - min(LONGEST, turn.settings.loop.retain / 2)
    newest_first = known.rated(SCALES, since, MOST)
    seen = Seen(len(newest_first), newest_first[0][0] if newest_first else "")
    items = known.items(list(dict.fromkeys(key for _, key in reversed(newest_first))))
    try:
        by_language = rated_texts(turn, (items[key] for _, key in reversed(newest_first) if key in items))
    except FeedbackloopError as error:  # a cleaning plugin's fault: the shipped models serve, and the run goes on
        turn.fail("understand", f"nothing was learned from the ratings: {turn.said(error)}")
        return
    fitted = [
        (texts, *attempt(language, texts, known.next_version(language)))
        for language in languages
        if (texts := by_language.get(language, []))
    ]
    with turn.store.write():
        if len(known.items(list(items))) < len(items):
            return  # somebody was erased meanwhile: the next run learns without those words
        for texts, correction, trial in fitted:
            _keep(turn, correction, trial, [one.key for one in texts])
        known.mark_seen(seen)


def _is_time(turn: Turn) -> bool:
    known = turn.store.corrections
    seen = known.seen()
    if seen is None or any(not fits(one.correction) for one in known.in_use()):
        return len(known.rated(SCALES, turn.now - LONGEST, MINIMUM)) >= MINIMUM
    if not turn.report.understood:
        return False
    wanted = max(MINIMUM // 5, round(seen.ratings * GROWTH))
    return known.rated_after(seen, SCALES, wanted) >= wanted


def _keep(turn: Turn, correction: Correction, trial: Trial, keys: list[str]) -> None:
    known = turn.store.corrections
    state: State = "in_use" if trial.is_adopted else "not_better"
    known.save(Version(correction=correction, trial=trial, fitted_at=turn.now, state=state), keys)
    figures = f"{trial.gain:+.4f}_on_{trial.tried}_of_{trial.labels}"
    if trial.is_adopted:
        turn.write_down("local_correction", correction.scorer, "adopted", figures)
        turn.report.remarks.append(
            f"{correction.scorer}: {trial.words}; it serves from the next run on, `feedbackloop understand --all` "
            "applies it to what was read before"
        )
        return
    turn.write_down("local_correction", correction.scorer, "not_adopted", figures)
    if trial.is_worse and known.retire(correction.language, "withdrawn"):
        turn.report.remarks.append(f"the local correction of {correction.language} was withdrawn: {trial.words}")
