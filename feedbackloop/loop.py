"""In which order do the stages of one turn run?

    pull → understand → compare → detect → plan → push → verify, and then the digest of the last full week.

Each stage reads what is due and stores its result with the mark that it is done; this file is little more than their order.
"""

from __future__ import annotations

from feedbackloop.analysis.wording import wording_of
from feedbackloop.digest.deliver import send_due
from feedbackloop.stages.compare import compare
from feedbackloop.stages.detect import detect
from feedbackloop.stages.plan import plan
from feedbackloop.stages.pull import pull
from feedbackloop.stages.push import push
from feedbackloop.stages.retain import retain
from feedbackloop.stages.turn import Turn
from feedbackloop.stages.understand import understand, understand_again
from feedbackloop.stages.verify import verify


def run(turn: Turn) -> None:
    """Do one whole turn of the loop."""
    pull(turn)
    _judge(turn)
    plan(turn)
    push(turn)
    verify(turn)
    retain(turn)
    if turn.settings.digest.send and not turn.dry_run:
        send_due(turn)


def one_stage(turn: Turn, stage: str, *, again: bool = False) -> None:
    """Do one stage alone; `understand` covers compare and detect too.

    Args:
        turn: The run.
        stage: pull, understand, plan, push or verify.
        again: For understand: read every item again, as after a change of scorer.
    """
    if stage == "understand":
        _judge(turn, again=again)
        return
    {"pull": pull, "plan": plan, "push": push, "verify": verify}[stage](turn)


def _judge(turn: Turn, *, again: bool = False) -> None:
    (understand_again if again else understand)(turn)
    compare(turn)
    detect(turn)


def finish(turn: Turn) -> None:
    """Close the account: what plugins raised, which were skipped, and how many tasks stand open."""
    turn.close()
    turn.report.remarks += turn.plugins.remarks()
    if turn.report.unpolished:
        kept = "follow-ups that stay as the templates wrote them, because better words broke a rule"
        turn.report.remarks.append(f"{kept}: {turn.report.unpolished}")
    for failure in turn.plugins.failures:
        turn.report.fail(failure)
    for fault in wording_of(turn.settings).take_faults():
        turn.fail("plan", fault)
    for plugin in turn.plugins.skipped:  # neither fatal nor silent: what needed it failed on its own account
        turn.report.remarks.append(f"plugin {plugin.name} was skipped: {plugin.skipped}")
    turn.report.tasks["open"] = len(turn.store.plans.tasks(("proposed", "approved", "open", "reopened")))
    turn.report.finished_at = turn.clock.now()
