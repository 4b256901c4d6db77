"""Where is text understood: in this process, in several, or on a cluster?

The work is pure and cut into small batches; results come back in order and are the same wherever they were made. A process
that dies over a batch (killed, out of memory, a crash in C code) costs that batch only: the others are started again.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from feedbackloop.errors import Skippable, UsageError
from feedbackloop.manager import PluginManager
from feedbackloop.records import Item, Understanding
from feedbackloop.settings import Settings
from feedbackloop.stages.correcting import NOTHING, encoded
from feedbackloop.stages.reading import read_items
from feedbackloop.understanding.correction.correcting import Correction

if TYPE_CHECKING:
    from types import TracebackType

BATCH = 200
DEATHS = 10
"""So many deaths in a row are no matter of single records."""
Answer = tuple[Sequence[Item], list[Understanding] | Exception]

_worker_settings = Settings()
_encode = msgspec.json.Encoder(enc_hook=str).encode


class Reader(ABC):
    """Understands items in batches; use as a context manager."""

    @abstractmethod
    def read(self, items: Sequence[Item]) -> Iterator[Answer]:
        """Yield (batch, its understandings or what went wrong), in the order of the items."""

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let go of processes or connections."""


class LocalReader(Reader):
    """Reads in this process."""

    def __init__(self, plugins: PluginManager, settings: Settings, corrections: bytes = NOTHING) -> None:
        self._plugins, self._settings, self._corrections = plugins, settings, corrections

    def read(self, items: Sequence[Item]) -> Iterator[Answer]:
        for batch in _batches(items):
            try:
                yield batch, read_items(self._plugins, batch, self._settings, self._corrections)
            except Exception as error:  # noqa: BLE001 - the stage sets the one bad record aside and goes on
                yield batch, error

    def close(self) -> None:
        """Nothing is held."""


class PoolReader(Reader):
    """Reads on any `concurrent.futures.Executor` whose workers have the same plugins installed.

    Args:
        pool: The workers.
        settings: What travels with every batch: without secrets where workers are on other machines. None: the workers were
            told by `prepare_worker`.
        corrections: What was learned from the desk's own ratings, encoded.
    """

    def __init__(self, pool: Executor, settings: Settings | None, corrections: bytes = NOTHING) -> None:
        self._pool, self._settings, self._corrections = pool, settings, corrections

    def read(self, items: Sequence[Item]) -> Iterator[Answer]:
        batches = list(_batches(items))
        futures = [self._submit(batch) for batch in batches]
        for batch, future in zip(batches, futures, strict=True):
            yield batch, _answer(future)

    def _submit(self, batch: Sequence[Item]) -> Future[bytes]:
        return self._pool.submit(read_encoded, _encode(batch), self._settings, self._corrections)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


class ProcessReader(PoolReader):
    """Reads in processes of this machine, and starts them again when one of them dies.

    A death breaks every batch that was under way. So the rest is then read one batch at a time, until the batch is found that
    kills its process even alone; from there on all processes work again.
    """

    def __init__(self, start: Callable[[], Executor], corrections: bytes = NOTHING) -> None:
        super().__init__(start(), None, corrections)
        self._start, self._starts, self._deaths = start, 1, 0

    def read(self, items: Sequence[Item]) -> Iterator[Answer]:
        waiting = deque(_batches(items))
        while waiting:
            starts = self._starts
            try:
                for future in [self._submit(batch) for batch in waiting]:
                    answer = _answer(future)
                    self._deaths = 0
                    yield waiting.popleft(), answer
            except BrokenExecutor:
                if starts == self._starts:  # else whoever read meanwhile has found what killed them
                    self._start_again()
                    yield from self._one_by_one(waiting) if len(waiting) > 1 else [_died(waiting.popleft())]

    def _one_by_one(self, waiting: deque[Sequence[Item]]) -> Iterator[Answer]:
        """Read waiting batches, each alone, up to the one that kills its process."""
        while waiting:
            batch = waiting.popleft()
            try:
                answer = _answer(self._submit(batch))
            except BrokenExecutor:
                self._start_again()
                yield _died(batch)
                return
            self._deaths = 0
            yield batch, answer

    def _start_again(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._pool = self._start()
        self._starts += 1
        self._deaths += 1
        if self._deaths > DEATHS:
            raise UsageError(
                f"understand.executor: {DEATHS} processes died one after another, whatever they read; "
                'is memory short, or a plugin broken? Set executor = "local" to see its error'
            )


def reader_for(
    settings: Settings, plugins: PluginManager, corrections: Sequence[Correction] = ()
) -> AbstractContextManager[Reader]:
    """Give the reader that `[understand] executor` names.

    Args:
        settings: The config.
        plugins: Those of this process; others find their own.
        corrections: What was learned from the desk's own ratings; it travels with every batch.
    """
    local = encoded(corrections)
    name = settings.understand.executor
    if name == "processes":
        return ProcessReader(
            lambda: ProcessPoolExecutor(os.cpu_count(), initializer=prepare_worker, initargs=(settings,)), local
        )
    if name.startswith(("dask://", "tls://")):
        return _dask(name, settings.without_secrets(), local)
    return LocalReader(plugins, settings, local)


def _died(batch: Sequence[Item]) -> Answer:
    return batch, Skippable("the process that read it died: killed, out of memory, or a crash in a library")


def _answer(future: Future[bytes]) -> list[Understanding] | Exception:
    """Give what a worker made of its batch, or what went wrong in it.

    Raises:
        BrokenExecutor: The worker died, this batch's or another's.
    """
    try:
        return msgspec.json.decode(future.result(), type=list[Understanding])
    except BrokenExecutor:
        raise
    except Exception as error:  # noqa: BLE001 - as in `LocalReader`
        return error


def prepare_worker(settings: Settings) -> None:
    """Tell a process of this machine the whole config, once: it stays in memory and in the pipe between the two."""
    global _worker_settings
    _worker_settings = settings


def read_encoded(items: bytes, settings: Settings | None, corrections: bytes = NOTHING) -> bytes:
    """Understand encoded items in a worker; a function of its own so that it can travel."""
    batch = msgspec.json.decode(items, type=list[Item])
    return _encode(read_items(_worker_plugins(), batch, settings or _worker_settings, corrections))


@cache
def _worker_plugins() -> PluginManager:
    return PluginManager()


@contextmanager
def _dask(address: str, settings: Settings, corrections: bytes) -> Iterator[Reader]:
    try:
        from distributed import Client
    except ImportError as error:
        raise UsageError(
            "understand.executor: Dask is not installed; run `pip install feedbackloop[dask]`, or use local or processes"
        ) from error
    client: Any = Client(address.replace("dask://", "tcp://"))
    try:
        yield PoolReader(client.get_executor(), settings, corrections)
    finally:
        client.close()


def _batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
