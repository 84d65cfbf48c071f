"""Returns in .xls and .ods all the way: collected, sent back, merged, archived."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.libreoffice import requires_libreoffice, saved_as
from tests.office import SPORTS, Office, filled, opened
from tests.ooxml.consistency import problems_of
from tjxl import flows

INJECTED = "=cmd|' /C calc'!A0"
DONE = {"J7": "已完成", "K7": 1.0, "O7": dt.date(2022, 5, 18), "P7": INJECTED}


@requires_libreoffice
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_what_is_merged_is_what_was_filled_in(office: Office, kind: str) -> None:
    content = saved_as(filled(office.form(SPORTS), **DONE), kind)
    office.send(f"报表.{kind}", content)
    office.merge()
    (row,) = office.table("ledger", task_code="T130")
    assert (row["status"], row["percent_complete"], row["completion_date"]) == ("已完成", 1.0, dt.date(2022, 5, 18))
    assert (row["evidence"], row["file"], row["sheet"], row["row"]) == (INJECTED, f"报表.{kind}", "填报", 7)
    assert [p.read_bytes() for p in office.project.archive.glob(f"*.{kind}")] == [content]


BAD = {"H4": "abc", "J7": "差不多了", "K7": 0.5, "L8": "完成立项，正在组织招标工作。"}


@requires_libreoffice
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_what_goes_back_is_a_form_with_the_units_own_words(office: Office, kind: str) -> None:
    """A file of another format cannot be marked: the form is made anew, filled with what was read, and marked."""
    office.send(f"报表.{kind}", saved_as(filled(office.form(SPORTS), **BAD), kind))
    (returned,) = flows.collect(office.project)["returns"]
    assert (returned["verdict"], returned["unit"]) == ("returned", SPORTS)
    wrong = [(f["code"], f["cell"]) for f in returned["findings"] if f["severity"] == "error"]
    assert wrong == [("F103", "H4"), ("V402", "J7")]

    copy = (office.project.root / returned["annotated"]).read_bytes()
    assert problems_of(copy) == []
    sheet = opened(copy)["填报"]
    assert {cell: sheet[cell].value for cell in BAD} == BAD
    assert {c.coordinate for row in sheet.iter_rows() for c in row if c.comment} >= {"H4", "J7"}
    (text,) = office.project.returned("2022-05").glob(f"{SPORTS}*退回说明.txt")
    assert "「填报」表 J7" in text.read_text("utf-8-sig")

    (office.project.inbox / f"报表.{kind}").unlink()
    office.send("改后.xlsx", copy)
    (again,) = flows.collect(office.project)["returns"]
    assert [(f["code"], f["cell"]) for f in again["findings"]] == wrong
