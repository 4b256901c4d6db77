"""Where can a connector be tried against a desk that keeps its state?

`Helpdesk` is a Zendesk on a loopback address: it listens while the `with` block lasts, is filled through `state`, breaks on
demand through `faults`, and writes down every write in `journal`. It also runs as a process of its own, for tests that kill:

    python -m feedbackloop.testing.helpdesk --port 0 --tickets 60 --journal writes.jsonl
"""

from __future__ import annotations

import argparse
import re
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from feedbackloop.testing.helpdesk_faults import Faults, late_error, lost_answer
from feedbackloop.testing.helpdesk_reads import Behaviour, Reads
from feedbackloop.testing.helpdesk_seed import seed
from feedbackloop.testing.helpdesk_server import Budget, Desk, DeskServer, Handler, authorizations, routes
from feedbackloop.testing.helpdesk_state import DeskClock, DeskState
from feedbackloop.testing.helpdesk_writes import Journal, Refusal, Writes

EMAIL = "loop@acme.example"
TOKEN = "token-of-the-loopback-desk"  # noqa: S105 - opens nothing but this toy


class Helpdesk:
    """A Zendesk that listens on 127.0.0.1.

    Attributes:
        state: What it holds; `state.add_ticket(…)` and its like fill it.
        clock: Its time; `clock.set(…)`, `clock.advance(seconds)`.
        behaviour: How it behaves where desks differ.
        faults: What goes wrong.
        budget: How many calls a minute it takes.
        journal: Every write that was really done.
        calls: Every call that came in: method, path with query.
        is_revoked: True: every call is answered with 401 from now on.
    """

    def __init__(
        self, *, now: datetime | None = None, port: int = 0, journal: Path | None = None, fault_seed: int = 7
    ) -> None:
        self.clock = DeskClock(now)
        self.state = DeskState(self.clock)
        self.behaviour = Behaviour()
        self.faults = Faults(fault_seed)
        self.budget = Budget()
        self.journal = Journal(journal)
        self.calls: list[tuple[str, str]] = []
        self.is_revoked = False
        self.reads = Reads(self.state, self.behaviour)
        self.writes = Writes(self.state, self.journal)
        self._server = DeskServer(("127.0.0.1", port), Handler)
        table = routes(self.state, self.reads, self.writes)
        self._server.desk = Desk(self.state, self.faults, self.calls, self.budget, table, self.admit)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.behaviour.link_base = self.url

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def options(self, **more: object) -> dict[str, object]:
        """Give a `[sources.NAME]` table that reaches this desk, unpaced."""
        login = {"email": EMAIL, "api_token": TOKEN}
        return {"connector": "zendesk", "base_url": self.url, "incremental_requests_per_minute": 0, **login, **more}

    def admit(self, authorization: str, path: str) -> None:
        """Let a call in.

        Raises:
            Refusal: 401 for wrong or revoked credentials, 429 when the budget is used up.
        """
        if self.is_revoked or authorization not in authorizations(EMAIL, TOKEN):
            raise Refusal(401, "Couldn't authenticate you")
        self.budget.take(path)

    def calls_to(self, part: str, method: str | None = None) -> list[str]:
        """Give the calls so far whose path holds `part`."""
        return [path for how, path in self.calls if part in path and method in {None, how}]

    def route(self, method: str, path: str, answer: Callable[[dict[str, str]], Any]) -> None:
        """Let one path be answered by something else: what it returns for a query is sent as JSON."""
        self._server.desk.routes.insert(0, (method, re.compile(re.escape(path)), answer))

    def unroute(self) -> None:
        """Let all paths be answered as they were."""
        self._server.desk.routes[:] = routes(self.state, self.reads, self.writes)

    def start(self) -> Helpdesk:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering and close the journal."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.journal.close()

    def __enter__(self) -> Helpdesk:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def main(argv: list[str] | None = None) -> None:
    """Run a desk as a process; the first line of its output is its address."""
    options = _parser().parse_args(argv)
    desk = Helpdesk(port=options.port, journal=options.journal, fault_seed=options.seed)
    seed(desk.state, options.tickets, datetime.now(UTC) - timedelta(minutes=5))
    desk.budget.incremental_per_minute = options.incremental_per_minute
    if options.lost_answers:
        desk.faults.add(*(lost_answer(how, times=None, share=options.lost_answers) for how in ("PUT", "POST")))
    if options.late_errors:
        desk.faults.add(*(late_error(how, times=None, share=options.late_errors) for how in ("PUT", "POST")))
    over = threading.Event()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with desk:
        print(desk.url, flush=True)
        over.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m feedbackloop.testing.helpdesk", description="a loopback Zendesk")
    parser.add_argument("--port", type=int, default=0, help="0: any free one; the address is printed")
    parser.add_argument("--tickets", type=int, default=20, help="how many tickets it holds at the start")
    parser.add_argument("--journal", type=Path, help="where every write is written down, one JSON line each")
    parser.add_argument("--seed", type=int, default=7, help="of the faults")
    parser.add_argument("--lost-answers", type=float, default=0.0, help="share of writes whose answer is dropped")
    parser.add_argument("--late-errors", type=float, default=0.0, help="share of writes answered with 504 though done")
    parser.add_argument("--incremental-per-minute", type=int, default=0, help="budget of export calls; 0: any number")
    return parser


if __name__ == "__main__":
    main()
