"""Do the ready-made mappings for public data fit the columns of those downloads? The rows here are invented."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feedbackloop import config
from feedbackloop.connector import Context
from feedbackloop.errors import Fatal
from feedbackloop.records import Item
from feedbackloop_connectors.files.csv_files import CsvConnector, CsvOptions

FOLDER = Path(__file__).parents[2] / "examples" / "public-data"

COMPLAINT = {
    "Date received": "2023-08-07",
    "Product": "Payday loan, title loan, or personal loan",
    "Sub-product": "Title loan",
    "Issue": "Problem with the payoff process",
    "Sub-issue": "",
    "Consumer complaint narrative": "They said the payoff letter comes in XX days. It never came.",
    "Company public response": "",
    "Company": "Invented Lending LLC",
    "State": "GA",
    "ZIP code": "303XX",
    "Tags": "Older American, Servicemember",
    "Consumer consent provided?": "Consent provided",
    "Submitted via": "Web",
    "Date sent to company": "2023-08-08",
    "Company response to consumer": "Untimely response",
    "Timely response?": "No",
    "Consumer disputed?": "N/A",
    "Complaint ID": "7000001",
}
LEGACY = {
    "case_enquiry_id": "101009999999",
    "open_dt": "2022-01-03 09:15:00",
    "target_dt": "2022-01-10 08:30:00",
    "closed_dt": "2022-01-12 11:00:00",
    "ontime": "OVERDUE",
    "case_status": "Closed",
    "closure_reason": "Case Closed. Invented. Lamp repaired.",
    "case_title": "Street Light Outages",
    "subject": "Public Works Department",
    "reason": "Street Lights",
    "type": "Street Light Outages",
    "queue": "PWDx_Street Light Outages",
    "department": "PWDx",
    "neighborhood": "Brighton",
    "source": "Citizens Connect App",
}
RENAMED = {{"target_dt": "sla_target_dt", "ontime": "on_time"}.get(name, name): value for name, value in LEGACY.items()}
NEWER = {
    "case_id": "BCS-00000001",
    "open_date": "2026-03-20 13:00:00+00",
    "case_topic": "Street Light Outage",
    "service_name": "Street Light Outage",
    "assigned_department": "Public Works",
    "assigned_team": "Street Lighting",
    "case_status": "In progress",
    "closure_reason": "",
    "close_date": "",
    "target_close_date": "2026-03-23 13:00:00+00",
    "on_time": "ONTIME",
    "report_source": "Call",
    "neighborhood": "South Boston",
}


def read(name: str, folder: Path, row: dict[str, str]) -> Item:
    """Read one invented row through the example's own config."""
    ((source, section),) = config.load(FOLDER / name).sources.items()
    options: Any = config.validate_options(CsvOptions, section, f"sources.{source}")
    with (folder / options.path).open("w", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    (page,) = CsvConnector(options, Context(source, folder=str(folder))).pull("")
    assert not page.rejected
    return page.items[0]


def test_a_complaint_is_mapped(tmp_path: Path) -> None:
    item = read("complaints.toml", tmp_path, COMPLAINT)
    assert (item.id, item.kind, item.subject) == ("7000001", "ticket", "Problem with the payoff process")
    assert item.created_at == datetime(2023, 8, 7, tzinfo=UTC)
    assert [message.text for message in item.messages] == [COMPLAINT["Consumer complaint narrative"]]
    assert item.customer.tags == ("Older American", "Servicemember")
    assert (item.fields["company"], item.fields["timely"]) == ("Invented Lending LLC", "No")
    assert item.fields["ZIP code"] == "303XX"


def test_an_export_without_the_columns_that_were_dropped_is_mapped_too(tmp_path: Path) -> None:
    dropped = {"Consumer consent provided?", "Consumer disputed?"}
    row = {name: value for name, value in COMPLAINT.items() if name not in dropped}
    row["Date received"] = "2024-01-01T08:15:30.000Z"
    assert read("complaints.toml", tmp_path, row).created_at == datetime(2024, 1, 1, 8, 15, 30, tzinfo=UTC)


def test_an_export_without_narratives_is_refused(tmp_path: Path) -> None:
    row = {name: value for name, value in COMPLAINT.items() if name != "Consumer complaint narrative"}
    with pytest.raises(Fatal, match="has no column 'Consumer complaint narrative'"):
        read("complaints.toml", tmp_path, row)


@pytest.mark.parametrize("row", [LEGACY, RENAMED], ids=["until 2024", "2025"])
def test_a_service_request_is_mapped(tmp_path: Path, row: dict[str, str]) -> None:
    item = read("requests_311.toml", tmp_path, row)
    assert (item.id, item.status, item.channel) == ("101009999999", "closed", "Citizens Connect App")
    # Boston is five hours behind in January: 8:30 there is 13:30 UTC
    assert item.due_at == datetime(2022, 1, 10, 13, 30, tzinfo=UTC)
    assert item.solved_at == datetime(2022, 1, 12, 16, 0, tzinfo=UTC)
    assert [(m.author, m.at) for m in item.messages] == [("agent", item.solved_at)]
    assert item.fields["type"] == "Street Light Outages"
    assert item.fields["ontime"] == "OVERDUE"
    assert item.fields["subject"] == "Public Works Department"


def test_a_request_of_the_newer_system_is_mapped(tmp_path: Path) -> None:
    item = read("requests_311.toml", tmp_path, NEWER)
    assert (item.id, item.status, item.fields["queue"]) == ("BCS-00000001", "open", "Street Lighting")
    assert item.due_at == datetime(2026, 3, 23, 13, tzinfo=UTC)
