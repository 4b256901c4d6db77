"""Which faults can the loopback helpdesk show, and when?

A fault is laid into `Helpdesk.faults`; the first one that fits a call is used up by it. Every fault was seen on real desks.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

LATE = "<html><body>504 Gateway Time-out</body></html>"


@dataclass(slots=True)
class Fault:
    """One way for an answer to go wrong.

    Attributes:
        kind: `answer`: another answer instead; `drop`: the connection closes without one; `truncate`: half the body;
            `drip`: the body comes byte by byte.
        after: The call is done first and its answer lost; else it is not done at all.
        method: Only for calls with this method.
        path: Only for paths that contain this.
        times: For so many calls; None for all.
        share: Of the calls that fit, so many are hit (0..1), drawn from a seeded generator.
        seconds: Between two pieces of a drip.
        says_date: Whether the answer carries a Date header.
    """

    kind: Literal["answer", "drop", "truncate", "drip"]
    after: bool = False
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    method: str | None = None
    path: str = ""
    times: int | None = 1
    share: float = 1.0
    seconds: float = 0.05
    says_date: bool = True

    def fits(self, method: str, path: str) -> bool:
        """Say whether a call is of the kind that this fault hits."""
        return self.times != 0 and self.path in path and self.method in {None, method}


def rate_limited(retry_after: str | None = "1", *, plain: bool = False, path: str = "", times: int | None = 1) -> Fault:
    """A 429; `retry_after` is any text, None leaves the header out; `plain` answers in words instead of JSON."""
    words = "You have exceeded the rate limit for updating a single unique user."
    body = (
        words if plain else '{"error":"APIRateLimitExceeded","description":"Number of allowed API requests exceeded"}'
    )
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    headers["Content-Type"] = "text/plain" if plain else "application/json"
    return Fault("answer", status=429, headers=headers, body=body, path=path, times=times)


def lost_answer(method: str = "PUT", *, times: int | None = 1, share: float = 1.0) -> Fault:
    """The write is done, and the connection closes before the answer."""
    return Fault("drop", after=True, method=method, times=times, share=share)


def late_error(method: str = "PUT", *, times: int | None = 1, share: float = 1.0) -> Fault:
    """The write is done, and a proxy in between answers 504."""
    return Fault("answer", after=True, status=504, body=LATE, method=method, times=times, share=share)


def html_page(path: str = "", *, times: int | None = 1) -> Fault:
    """A page of HTML with status 200."""
    return Fault("answer", body="<!DOCTYPE html><title>Down for maintenance</title>", path=path, times=times)


def truncated(path: str = "", *, times: int | None = 1) -> Fault:
    """Half of the body, though Content-Length promised all of it."""
    return Fault("truncate", after=True, path=path, times=times)


def dripping(path: str = "", *, seconds: float = 0.05, times: int | None = 1) -> Fault:
    """The body byte by byte."""
    return Fault("drip", after=True, path=path, seconds=seconds, times=times)


class Faults:
    """The faults that are laid out, and a seeded generator for those that hit a share of the calls."""

    def __init__(self, seed: int = 7) -> None:
        self._laid: list[Fault] = []
        self._random = random.Random(seed)  # noqa: S311 - a reproducible experiment, not a secret

    def add(self, *faults: Fault) -> None:
        """Lay out faults; the first that fits a call is taken."""
        self._laid.extend(faults)

    def clear(self) -> None:
        """Take all faults away."""
        self._laid.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Give the fault that hits this call, if one does, and count it as used."""
        for fault in self._laid:
            if fault.fits(method, path) and self._random.random() < fault.share:
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None
