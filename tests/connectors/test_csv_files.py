"""Does a CSV export of any make give its items, and is a bad row or column named?"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from feedbackloop.connector import Context, Page
from feedbackloop.errors import Fatal
from feedbackloop.records import Message, Rating
from feedbackloop_connectors.files import csv_files
from feedbackloop_connectors.files.csv_files import CsvConnector, CsvOptions

REVIEWS = {
    "kind": "review",
    "columns": {"id": "review_id", "text": "content", "created_at": "date", "rating": "stars", "language": "lang"},
    "rating": {"scale": "stars", "min": 1, "max": 5},
}
HEADER = "review_id,content,date,stars,lang,plan\n"
NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)


def connector(path: Path, **options: Any) -> CsvConnector:
    made = CsvOptions(connector="csv", path=path.name, **options)
    return CsvConnector(made, Context("reviews", folder=str(path.parent)))


def page_of(folder: Path, text: str | bytes, **options: Any) -> Page:
    path = folder / "f.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    (page,) = connector(path, **options).pull("")
    return page


def test_the_contracts_mapping_makes_reviews(tmp_path: Path) -> None:
    (item,) = page_of(tmp_path, HEADER + "r1,Too slow,2026-11-02T09:00:00Z,2,en,gold\n", **REVIEWS).items
    assert (item.id, item.kind, item.created_at) == ("r1", "review", NINE)
    assert item.messages == (Message("text", "customer", NINE, "Too slow"),)
    assert item.ratings == (Rating("stars", 2, 1, 5),)
    assert item.customer.locale == "en"
    assert item.fields == {"plan": "gold"}


def test_answers_comments_tags_and_dotted_names_are_placed(tmp_path: Path) -> None:
    text = (
        "Nr;Frage;Antwort;am;bis;Note;warum;Mail;Marken;Tarif\n"
        "7;Wo?;Da.;02.11.2026 10:00;03.11.2026 12:00;4,5;gut;a@b.example;eilig, vip;plus\n"
    )
    columns = {
        "id": "Nr",
        "text": "Frage",
        "agent_text": "Antwort",
        "created_at": "am",
        "solved_at": "bis",
        "rating": "Note",
        "rating_comment": "warum",
        "customer.email": "Mail",
        "tags": "Marken",
        "customer.fields.plan": "Tarif",
    }
    options = {"delimiter": ";", "time_format": "%d.%m.%Y %H:%M", "timezone": "Europe/Berlin", "kind": "ticket"}
    scale = {"scale": "csat", "min": 1, "max": 5}
    (item,) = page_of(tmp_path, text, columns=columns, rating=scale, **options).items
    eleven = datetime(2026, 11, 3, 11, tzinfo=UTC)  # Berlin is one hour ahead in November
    assert item.messages == (Message("text", "customer", NINE, "Wo?"), Message("agent_text", "agent", eleven, "Da."))
    assert item.ratings == (Rating("csat", 4.5, 1, 5, comment="gut"),)
    assert (item.customer.email, item.tags, item.customer.fields) == ("a@b.example", ("eilig", "vip"), {"plan": "plus"})


def test_dotted_names_may_be_written_as_toml_reads_them(tmp_path: Path) -> None:
    columns = {"id": "a", "created_at": "b", "customer": {"email": "c"}}
    (item,) = page_of(tmp_path, "a,b,c\n1,2026-11-02,x@y.example\n", kind="ticket", columns=columns).items
    assert item.customer.email == "x@y.example"


def test_of_several_columns_the_first_with_a_value_counts(tmp_path: Path) -> None:
    columns = {"created_at": ["opened", "open_dt"], "due_at": ["target", "sla"]}
    page = page_of(tmp_path, "id,open_dt,sla\n1,2026-11-02,2026-11-09\n", kind="ticket", columns=columns)
    assert page.items[0].due_at == datetime(2026, 11, 9, tzinfo=UTC)


def test_a_file_with_the_wires_own_names_needs_no_columns(tmp_path: Path) -> None:
    (item,) = page_of(tmp_path, "id,kind,created_at,text,subject,shoe\n1,survey,2026-11-02,Fine,Hello,42\n").items
    assert (item.kind, item.subject, item.messages[0].text, item.fields) == ("survey", "Hello", "Fine", {"shoe": "42"})


def test_what_is_not_mapped_lands_in_fields_even_if_it_bears_a_wire_name(tmp_path: Path) -> None:
    columns = {"id": "nr", "created_at": "day", "subject": "title"}
    text = "nr,day,title,subject,status\n1,2026-11-02,Lamp out,Public Works,odd\n"
    (item,) = page_of(tmp_path, text, kind="ticket", columns=columns).items
    assert (item.subject, item.status) == ("Lamp out", None)
    assert item.fields == {"subject": "Public Works", "status": "odd"}


def test_words_of_the_file_are_translated(tmp_path: Path) -> None:
    words = {"status": {"Resolved": "solved", "in progress": "open"}}
    text = "id,created_at,status\n1,2026-11-02,resolved\n2,2026-11-02,In progress\n3,2026-11-02,Closed\n"
    page = page_of(tmp_path, text, kind="ticket", columns={"status": "status"}, values=words)
    assert [item.status for item in page.items] == ["solved", "open", "closed"]


def test_marks_newlines_quotes_and_chinese_come_through(tmp_path: Path) -> None:
    text = '\ufeffid,created_at,text\r\n1,2026-11-02,"说好三天，""结果""\n等了一周"\r\n\r\n2,2026-11-02,"a,b"\r\n'
    page = page_of(tmp_path, text, kind="review")
    assert [item.messages[0].text for item in page.items] == ['说好三天，"结果"\n等了一周', "a,b"]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    page = page_of(
        tmp_path, "id,created_at,text\n1,2026-11-02,太慢了\n".encode(encoding), kind="review", encoding=encoding
    )
    assert page.items[0].messages[0].text == "太慢了"


@pytest.mark.parametrize("text", ["", "id,created_at\n", "\n\n", "id,created_at\n\n,\n"])
def test_a_file_without_rows_is_an_empty_source(tmp_path: Path, text: str) -> None:
    page = page_of(tmp_path, text, kind="review")
    assert (page.items, page.rejected, page.caught_up) == ((), (), True)


def test_without_a_column_for_ids_a_row_is_its_own_id_and_check_says_so(tmp_path: Path) -> None:
    text = "created_at,text\n2026-11-02,slow\n2026-11-02,fast\n2026-11-02,slow\n"
    ids = [item.id for item in page_of(tmp_path, text, kind="review").items]
    assert ids[0] == ids[2] != ids[1]
    assert "made from the row" in connector(tmp_path / "f.csv", kind="review").check()[-1].detail


ROWS = [
    (b"2,2026-11-02,late,extra,more", None, "has 5 cells under 3 columns"),
    (b"2,yesterday,late", "created_at", "'yesterday' is not a time"),
    (b"2,,late", "created_at", "is missing"),
    (b",2026-11-02,late", "id", "is missing"),
    (b"2,1969-07-20,late", "created_at", "outside 1990..2099"),
    (b"2,2026-11-02,caf\xe9", "text", "bytes that are not utf-8"),
]


@pytest.mark.parametrize(("row", "field", "reason"), ROWS)
def test_a_bad_row_is_named_and_the_others_go_on(tmp_path: Path, row: bytes, field: str | None, reason: str) -> None:
    text = b"id,created_at,text\n1,2026-11-02,fine\n" + row + b"\n3,2026-11-02,fine\n"
    page = page_of(tmp_path, text, kind="review")
    assert [item.id for item in page.items] == ["1", "3"]
    (rejected,) = page.rejected
    assert (rejected.field, rejected.reason[:7]) == (field, "line 3:")
    assert reason in rejected.reason


def test_a_rating_that_is_no_number_is_named(tmp_path: Path) -> None:
    (rejected,) = page_of(tmp_path, HEADER + "r1,x,2026-11-02,five,en,\n", **REVIEWS).rejected
    assert (rejected.record, rejected.field) == ("r1", "rating")
    assert "'five' is not a number" in rejected.reason


def test_short_rows_and_empty_cells_too_many_are_read(tmp_path: Path) -> None:
    page = page_of(tmp_path, "id,created_at,text\n1,2026-11-02\n2,2026-11-02,x,,\n", kind="review")
    assert [len(item.messages) for item in page.items] == [0, 1]


def test_zero_bytes_are_kept_and_a_giant_cell_is_cut_and_said(tmp_path: Path) -> None:
    text = "id,created_at,text\n1,2026-11-02,a\x00b\n2,2026-11-02," + "x" * 10_000_000 + "\n"
    path = tmp_path / "f.csv"
    path.write_text(text)
    page, last = connector(path, kind="review").pull("")  # a page is small in bytes too
    assert page.items[0].messages[0].text == "a\x00b"
    assert len(page.items[1].messages[0].text) == 1_000_000
    assert last.caught_up
    assert "was cut from 10000000" in page.warnings[0]


def test_a_quote_that_is_never_closed_does_not_stop_the_source(tmp_path: Path) -> None:
    page = page_of(
        tmp_path, 'id,created_at,text\n1,2026-11-02,fine\n2,2026-11-02,"open\n3,2026-11-02,x\n', kind="review"
    )
    assert [item.id for item in page.items] == ["1", "2"]
    assert page.items[1].messages[0].text == "open\n3,2026-11-02,x\n"


def test_a_cell_beyond_the_limit_is_rejected_and_the_rows_after_it_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_files, "MAXIMUM_CELL", 100)
    before = csv.field_size_limit(100)
    try:
        text = "id,created_at,text\n1,2026-11-02," + "x" * 200 + "\n2,2026-11-02,fine\n"
        page = page_of(tmp_path, text, kind="review")
    finally:
        csv.field_size_limit(before)
    assert [item.id for item in page.items] == ["2"]
    assert [r.reason for r in page.rejected] == ["line 2: the line cannot be read: field larger than field limit (100)"]


HEADERS = [
    (REVIEWS, "review_id,contents,date,stars,lang", "has no column 'content' (for text); did you mean 'contents'?"),
    (REVIEWS, "review_id,Content,date,stars,lang", "did you mean 'Content'?"),
    (REVIEWS, "review_id;content;date;stars;lang", "is delimiter = ';' right?"),
    (REVIEWS, "a,b,c", "it has a, b, c"),
    (REVIEWS, "review_id,content,date,stars,lang,date", "has two columns 'date' (for created_at)"),
    ({"kind": "review"}, "id,text", "has no column 'created_at' (for created_at)"),
    ({}, "id,created_at", 'set kind = "ticket"'),
]


@pytest.mark.parametrize(("options", "header", "reason"), HEADERS)
def test_a_header_that_does_not_fit_stops_the_source_with_the_remedy(
    tmp_path: Path, options: dict[str, Any], header: str, reason: str
) -> None:
    with pytest.raises(Fatal) as caught:
        page_of(tmp_path, f"{header}\n1,2,3,4,5\n", **options)
    assert reason in str(caught.value)
    assert not connector(tmp_path / "f.csv", **options).check()[0].ok


def test_utf_16_read_as_utf_8_is_recognised(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match="looks like UTF-16"):
        page_of(tmp_path, "id,created_at\n1,2026-11-02\n".encode("utf-16-le"), kind="review")


@pytest.mark.parametrize("delimiter", ["", ",,", "\n", '"'])
def test_a_delimiter_is_one_character(delimiter: str) -> None:
    with pytest.raises(ValidationError):
        CsvOptions(connector="csv", path="f.csv", kind="review", delimiter=delimiter)


def test_a_tab_is_a_delimiter(tmp_path: Path) -> None:
    page = page_of(tmp_path, "id\tcreated_at\n1\t2026-11-02\n", kind="review", delimiter="\t")
    assert page.items[0].id == "1"


def test_only_changed_rows_are_read_again_and_all_when_the_header_changes(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    source = connector(path, kind="review")

    def pull(text: str, cursor: str) -> tuple[list[str], str]:
        path.write_text(text)
        (page,) = source.pull(cursor)
        return [item.id for item in page.items], page.cursor

    ids, cursor = pull("id,created_at,text\n1,2026-11-02,a\n2,2026-11-02,b\n", "")
    assert ids == ["1", "2"]
    ids, cursor = pull("id,created_at,text\n1,2026-11-02,a\n2,2026-11-02,c\n3,2026-11-02,d\n", cursor)
    assert ids == ["2", "3"]
    ids, cursor = pull("id,created_at,words\n1,2026-11-02,a\n2,2026-11-02,c\n3,2026-11-02,d\n", cursor)
    assert ids == ["1", "2", "3"]


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=20)


@settings(max_examples=80, deadline=None)
@given(st.lists(cells, min_size=1, max_size=6))
def test_any_cell_that_csv_can_write_is_read_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["id", "created_at", "text"])
    writer.writerows([number, "2026-11-02", text] for number, text in enumerate(texts))
    page = page_of(tmp_path_factory.mktemp("c"), buffer.getvalue(), kind="review")
    assert [item.messages[0].text if item.messages else "" for item in page.items] == texts
