"""Are the examples on the pages about records read as the pages say, and are all names there?"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from feedbackloop import config
from feedbackloop.records import Item
from feedbackloop.wire import Reader

DOCS = Path(__file__).parents[2] / "docs"
WIRE = (DOCS / "wire.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.+?)\n```", WIRE, re.DOTALL)
OWN = {"source", "version"}
"""Set by the core or a connector, not by whoever writes the wire form."""


def test_the_page_shows_one_item_of_each_kind() -> None:
    kinds = [msgspec.json.decode(example)["kind"] for example in EXAMPLES]
    assert kinds == ["ticket", "review", "survey"]


@pytest.mark.parametrize("example", EXAMPLES, ids=["ticket", "review", "survey"])
def test_every_example_is_read_with_nothing_left_over(example: str) -> None:
    reader = Reader()
    item = reader.line(example.replace("\n", " ").encode())
    assert not reader.warnings
    assert set(item.fields) <= {"plan"}, "an unknown key of the example landed in fields"


def test_the_ticket_shows_every_key_an_item_can_have() -> None:
    shown = set(msgspec.json.decode(EXAMPLES[0])) | {"answers"}
    assert shown == set(Item.__struct_fields__) - OWN


def test_the_csv_source_on_the_page_is_a_valid_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.+?)\n```", WIRE, re.DOTALL)
    path = tmp_path / "feedbackloop.toml"
    path.write_text(example, encoding="utf-8")
    options = pytest.importorskip("feedbackloop_connectors.files.csv_files").CsvConnector.Options
    section = config.load(path).sources["reviews"]
    assert config.validate_options(options, section, "sources.reviews").path == "reviews.csv"
    assert tomllib.loads(example)["sources"]["reviews"]["kind"] == "review"
