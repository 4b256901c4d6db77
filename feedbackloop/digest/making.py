"""How is one digest made: of whose week, from which facts, with which sections of plugins, and into which files?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from feedbackloop.digest.facts import Facts
from feedbackloop.digest.gather import gather
from feedbackloop.digest.mail import build, key_of, write_files
from feedbackloop.digest.render import Rendered, render
from feedbackloop.hookspecs import Mail, Section
from feedbackloop.manager import PluginManager
from feedbackloop.settings import Settings
from feedbackloop.store import Store


@dataclass(frozen=True, slots=True)
class Made:
    """One digest: its facts and how they read."""

    facts: Facts
    rendered: Rendered

    @property
    def key(self) -> str:
        """Its name: the same for the same team and week."""
        return key_of(self.facts)


class Maker:
    """Makes digests and writes them to files.

    Args:
        store: Read only.
        settings: The config.
        plugins: Add sections, and mask personal data in quotes.
        now: The loop's time: nothing later is shown.
    """

    def __init__(self, store: Store, settings: Settings, plugins: PluginManager, now: datetime) -> None:
        self.store, self.settings, self.plugins, self.now = store, settings, plugins, now

    def make(self, week: str, name: str | None) -> Made:
        """Gather and render one digest.

        Raises:
            UsageError: There is no team of that name.
        """
        team = self.settings.team_named(name)
        facts = gather(self.store, self.settings, self.plugins, week=week, team=team, now=self.now)
        return Made(facts, render(facts, self._sections(facts)))

    def _sections(self, facts: Facts) -> list[Section]:
        values = msgspec.to_builtins(facts, builtin_types=(datetime,))
        answers = self.plugins.each("digest_sections", week=facts.week, team=facts.team, facts=values)
        return [section for _, sections in answers for section in sections]

    def mail(self, made: Made, to: Sequence[str]) -> Mail:
        """Make the mail of a digest to a team's addresses.

        Raises:
            UsageError: The sender or a recipient is not a mail address.
        """
        return build(made.facts, made.rendered, self.settings.mail.sender, to)

    def write(self, made: Made, out: Path, *, twins: bool) -> list[Path]:
        """Write a digest to a file, with its twins if they are wanted."""
        eml = self.mail(made, ()).eml if twins else None
        return write_files(made.rendered, out, eml)


def loop_figures(made: Made) -> dict[str, Any]:
    """Give how well the loop was closed, as programs read it: what was in time with what was confirmed, and recovery."""
    health, found, changed = made.facts.health, made.facts.recovery, made.facts.edits
    return {
        "in_time": msgspec.to_builtins(health.in_time) if health else None,
        "confirmed": msgspec.to_builtins(health.confirmed) if health else None,
        "recovery": msgspec.to_builtins(found) if found else None,
        "edits": msgspec.to_builtins(changed) if changed else None,
    }
