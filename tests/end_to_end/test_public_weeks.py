"""The worked example's one command runs on a file with the public columns; the complaints here are invented."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "public-data"
MONDAY = date(2023, 1, 2)


def complaints(path: Path) -> None:
    """Write twenty weeks of two companies; from the eighteenth on the second one answers late."""
    columns = [
        *(
            "Complaint ID",
            "Date received",
            "Product",
            "Sub-product",
            "Issue",
            "Sub-issue",
            "Consumer complaint narrative",
        ),
        *("Company", "State", "Tags", "Submitted via", "Date sent to company", "Company response to consumer"),
        "Timely response?",
    ]
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, columns)
        rows.writeheader()
        for week in range(20):
            for number in range(16):
                late = number % 2 and (week >= 17 or number + week == 12)
                values = {
                    "Complaint ID": f"{week}-{number}",
                    "Date received": (MONDAY + timedelta(weeks=week, days=number % 5)).isoformat(),
                    "Product": "Payday loan",
                    "Company": "Slow Lending" if number % 2 else "Quick Lending",
                    "Timely response?": "No" if late else "Yes",
                }
                rows.writerow(dict.fromkeys(columns, "") | values)


@pytest.mark.slow
@pytest.mark.skipif(not FOLDER.exists(), reason="the examples are not beside the tests")
def test_the_company_that_answers_late_is_found_and_named(tmp_path: Path) -> None:
    for name in ("weeks.py", "complaints.toml"):
        (tmp_path / name).write_text((FOLDER / name).read_text(encoding="utf-8"), encoding="utf-8")
    complaints(tmp_path / "complaints.csv")
    command = [sys.executable, "weeks.py", "complaints.toml", "--first", "2023-04-24", "--last", "2023-05-15"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (
        "2023-W18 worse  dimension responsiveness, company Slow Lending, touchpoint Payday loan: 8 of 8" in done.stdout
    )
    assert done.stdout.count("(company: Slow Lending)") == 1  # one task
    assert (tmp_path / "out" / "digest.html").exists()
