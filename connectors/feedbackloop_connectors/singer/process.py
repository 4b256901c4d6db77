"""How does a tap run, so that it can neither hang, nor flood us, nor leave anything behind?

It is a process group of its own, started without a shell, with an environment that holds nothing of ours. What it says on
stderr goes to the log, without its secrets. It is ended when it takes too long, says nothing for too long, or is no longer
needed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO

from feedbackloop.errors import Fatal, Retriable
from feedbackloop.inert import inert

log = logging.getLogger("feedbackloop.singer")

LONGEST_LINE = 32 * 1024 * 1024
"""Bytes of one message; a longer one is passed over and named."""
GRACE_SECONDS = 5.0
_CHUNK = 65536
_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a tap may take, and how long it may say nothing."""

    whole: timedelta = timedelta(hours=2)
    silence: timedelta = timedelta(minutes=10)


class Tap:
    """One run of a tap.

    Args:
        command: The program and its arguments.
        environment: All the variables that it gets.
        secrets: What no log line may show.
        limits: In time.

    Raises:
        Fatal: It cannot be started.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], *, secrets: Sequence[str] = (), limits: Limits
    ) -> None:
        self.name = Path(command[0]).name
        self._secrets = sorted(filter(None, secrets), key=len, reverse=True)
        self._limits = limits
        self._said: deque[str] = deque(maxlen=20)
        self._buffers = {"out": b"", "err": b""}
        self._is_cut = False
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the operator's own command, and no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(environment),
                cwd=environment.get("HOME"),
                start_new_session=True,
            )
        except OSError as error:
            raise Fatal(
                f"the tap {command[0]!r} cannot be started: {error.strerror}; check command and venv"
            ) from error

    def __enter__(self) -> Tap:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def lines(self) -> Iterator[bytes | None]:
        """Yield what it writes to stdout, line by line; None for a line that is too long.

        Raises:
            Retriable: It took too long, or said nothing for too long.
        """
        out, err = self._process.stdout, self._process.stderr
        assert out and err
        began = time.monotonic()
        with selectors.DefaultSelector() as selector:
            selector.register(out, selectors.EVENT_READ, "out")
            selector.register(err, selectors.EVENT_READ, "err")
            while selector.get_map():
                left = self._limits.whole.total_seconds() - (time.monotonic() - began)
                ready = selector.select(max(0.0, min(left, self._limits.silence.total_seconds())))
                if not ready or left <= 0:
                    is_over = time.monotonic() - began >= self._limits.whole.total_seconds()
                    raise Retriable(self._too_slow(is_over))
                for key, _ in ready:
                    chunk = os.read(key.fd, _CHUNK)
                    if not chunk:
                        selector.unregister(key.fileobj)
                    yield from self._taken(key.data, chunk)

    def finish(self) -> None:
        """Wait for its end.

        Raises:
            Fatal: It ended with an error; the last words of it that speak of one are named.
        """
        try:
            code = self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            raise Retriable(f"the tap {self.name} closed its output and did not end") from None
        if code:
            how = f"ended with code {code}" if code > 0 else f"was ended by signal {-code}"
            raise Fatal(f"the tap {self.name} {how}: {self._last_words()}")

    def close(self) -> None:
        """End it and all that it started, if it still runs."""
        _signal(self._process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_SECONDS if self._process.poll() is None else 0)
        _signal(self._process, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            _shut(stream)

    def _taken(self, stream: str, chunk: bytes) -> Iterator[bytes | None]:
        *whole, rest = (self._buffers[stream] + chunk).split(b"\n")
        if not chunk and rest:  # the last line has no end
            whole, rest = [*whole, rest], b""
        if stream == "err":
            self._buffers["err"] = rest[-_SHOWN * 4 :]
            for line in whole:
                self._log(line)
            return
        for line in whole:
            yield None if self._is_cut else line
            self._is_cut = False
        if len(rest) > LONGEST_LINE:
            self._is_cut, rest = True, b""
        self._buffers["out"] = rest

    def _log(self, line: bytes) -> None:
        text = inert(self._masked(line.decode("utf-8", "replace")))[:_SHOWN]
        if text:
            self._said.append(text)
            log.info("%s: %s", self.name, text)

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def _last_words(self) -> str:
        telling = [
            line for line in self._said if any(word in line.lower() for word in ("error", "critical", "exception"))
        ]
        return (telling or list(self._said) or ["it said nothing"])[-1]

    def _too_slow(self, is_over: bool) -> str:
        if is_over:
            return f"the tap {self.name} took longer than time_limit; what it sent is kept, the next run goes on"
        return f"the tap {self.name} said nothing for silence_limit; {self._last_words()}"


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)  # its own session: the group is the tap and what it started
    except (ProcessLookupError, PermissionError):
        return


def _shut(stream: IO[bytes] | None) -> None:
    if stream:
        stream.close()
