"""The command `journey` shows the built-in map to people and programs."""

from __future__ import annotations

import json

from click.testing import CliRunner

from feedbackloop_plugins.journey import journey


def test_it_lists_touchpoints_with_stage_and_names_in_both_languages() -> None:
    shown = json.loads(CliRunner().invoke(journey, ["--json"]).output)
    delivery = next(row for row in shown["touchpoints"] if row["touchpoint"] == "delivery")
    assert delivery["stage"] in {"purchase", "use"}
    assert all(row["en"] and row["zh"] for row in shown["touchpoints"])


def test_people_get_a_table_and_learn_how_to_add_their_own() -> None:
    output = CliRunner().invoke(journey, []).output
    assert "delivery" in output
    assert "[understand.touchpoints]" in output
