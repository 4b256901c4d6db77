"""What may a connector's author test with?

`ConnectorContract` is a pytest class that tells when a connector is right; `System` is what it needs of the source system;
`MemorySystem` and `MemoryConnector` are both in memory, with faults to switch on; `helpdesk` is a loopback Zendesk; `makers`
writes records in few words. All of it is public and under semantic versioning. Nothing is imported before it is asked for, so
that pytest can rewrite its assertions.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feedbackloop.testing.contract import ConnectorContract
    from feedbackloop.testing.contract_bad_input import BadInputContract
    from feedbackloop.testing.memory import MemoryConnector, MemorySystem
    from feedbackloop.testing.shelf import Shelf
    from feedbackloop.testing.system import Fault, System, Write

__all__ = [
    "BadInputContract",
    "ConnectorContract",
    "Fault",
    "MemoryConnector",
    "MemorySystem",
    "Shelf",
    "System",
    "Write",
]

_HOMES = {
    "BadInputContract": "contract_bad_input",
    "ConnectorContract": "contract",
    "Fault": "system",
    "MemoryConnector": "memory",
    "MemorySystem": "memory",
    "Shelf": "shelf",
    "System": "system",
    "Write": "system",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
