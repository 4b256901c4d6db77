"""feedbackloop: a feedback-loop sidecar for the helpdesk you already have.

This front holds what a plugin author needs and nothing heavy: `hookimpl` marks hook implementations,
the records live in `feedbackloop.records`, the connector interface in `feedbackloop.connector`.
"""

import pluggy

__all__ = ["__version__", "hookimpl"]

__version__ = "0.1.0"

hookimpl = pluggy.HookimplMarker("feedbackloop")
"""Marks a function as the implementation of one of the hooks in `feedbackloop.hookspecs`."""
