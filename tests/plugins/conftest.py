"""A stand-in endpoint for a language model, and desks over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model_desk import Desk, Make
from model_server import ModelServer


@pytest.fixture
def server() -> Iterator[ModelServer]:
    made = ModelServer()
    yield made
    made.close()


@pytest.fixture
def desk(server: ModelServer, tmp_path: Path) -> Iterator[Make]:
    made: list[Desk] = []

    def make(**table: Any) -> Desk:
        made.append(Desk(server, tmp_path, **table))
        return made[-1]

    yield make
    for one in made:
        one.told()
