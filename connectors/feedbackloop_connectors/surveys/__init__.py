"""Replies to surveys as sources: Delighted, Formbricks, SurveyMonkey and Typeform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from feedbackloop import hookimpl

if TYPE_CHECKING:
    from feedbackloop.connector import Connector


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """Name the connectors of this package."""
    from feedbackloop_connectors.surveys.delighted import Delighted
    from feedbackloop_connectors.surveys.formbricks import Formbricks
    from feedbackloop_connectors.surveys.surveymonkey import SurveyMonkey
    from feedbackloop_connectors.surveys.typeform import Typeform

    return [Delighted, Formbricks, SurveyMonkey, Typeform]
