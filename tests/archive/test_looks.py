"""How ledgers look after `tjxl archive-period`.

1. Every row of a volume, and of the master when rows come back, is as high as the beginning of its texts needs.
2. At its top a sheet says which periods' rows stand in volumes: when they go, when they come back, in older masters.
3. It opens at the rows that are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.archive.conftest import PERIODS, correction
from tests.flows.test_rebuild import damage
from tests.office import Office, changed, opened
from tjxl import recovery
from tjxl.archiving import archive_period
from tjxl.merge.recall import recall
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.sheets.layout import master_layout
from tjxl.sheets.textsize import lines_of

APRIL = PERIODS[3]
FOUR_LINES = 70
CHANGES = "每次合并改变的每一项内容：原值、新值和出处，只增不改；完整经过用 tjxl history 查看。"
REPORTS = "每次合并的每一行报送内容都记在这里，合并时只增不改；撤销合并时移除该次的各行。"


def clipped(sheet: Any) -> Iterator[str]:
    """The texts of 变更记录 that their rows cut off within the first four lines."""
    columns = [(place, c.width) for place, c in enumerate(master_layout()["changes"].columns) if c.kind == "long"]
    for row in sheet.iter_rows(min_row=3):
        height = sheet.row_dimensions[row[0].row].height or 0
        for place, width in columns:
            text = str(row[place].value or "")
            if text and height < min(FOUR_LINES, 16 * lines_of(text, width)):
                yield row[place].coordinate


def moved(office: Office, title: str) -> str:
    """What a sheet says above its table, besides its heading."""
    (said,) = (c.value for c in opened(office.master)[title][1][1:] if c.value not in (None, "办公厅填"))
    return str(said)


def opens_at(office: Office, title: str) -> str:
    book = Book(office.master)
    (pane,) = re.findall(rb'<pane [^>]*topLeftCell="(\w+)"', book.text(book.tables[title].sheet).head)
    return str(pane.decode())


# 1


def test_no_text_of_a_volume_is_cut_off(months: Office) -> None:
    archive_period(months.project, APRIL)
    for period in PERIODS[:4]:
        sheet = opened(months.project.volumes / f"{period}.xlsx")["变更记录"]
        heights = {sheet.row_dimensions[row].height for row in range(3, sheet.max_row + 1)}
        assert len(heights) > 2
        assert list(clipped(sheet)) == []


def test_no_text_is_cut_off_in_rows_that_come_back(months: Office) -> None:
    assert list(clipped(opened(months.master)["变更记录"])) == []
    damage(months, "ledger", "problems", "手工改写", period=PERIODS[1], task_code="T002")
    archive_period(months.project, APRIL)
    recovery.rebuild(months.project)
    sheet = opened(months.master)["变更记录"]
    assert sheet["A4"].value is not None
    assert list(clipped(sheet)) == []


# 2


def test_a_sheet_says_which_rows_were_moved(months: Office) -> None:
    assert moved(months, "变更记录") == CHANGES
    archive_period(months.project, PERIODS[0])
    rows = len(months.state.changes) - len(months.state.own_rows("changes"))
    expected = f"2022年1月的变更记录（{rows}行）已移入“往期流水”文件夹，空出的行由以后的记录依次填入。"
    assert moved(months, "变更记录") == expected + CHANGES
    archive_period(months.project, PERIODS[2])
    rows = len(months.state.ledger) - len(months.state.own_rows("ledger"))
    expected = f"2022年1月至3月的填报流水（{rows}行）已移入“往期流水”文件夹，空出的行由以后的记录依次填入。"
    assert moved(months, "填报流水") == expected + REPORTS


def test_a_sheet_says_so_no_more_when_the_rows_are_back(months: Office) -> None:
    months.send("补正.xlsx", correction(months, "2022-02", "T002", 0.07), "2022-06-28 10:00")
    months.merge("2022-02")
    archive_period(months.project, APRIL)
    recovery.undo(months.project)
    assert moved(months, "填报流水").startswith("2022年1月、3月至4月的填报流水（")
    editor = BookEditor(months.master)
    recall(months.state, editor, {"ledger": {(volume.file, 3): {} for volume in months.state.volumes}})
    months.project.master.write_bytes(editor.save())
    assert months.state.volumes == ()
    assert [moved(months, title) for title in ("填报流水", "变更记录")] == [REPORTS, CHANGES]


@pytest.mark.parametrize(("words", "said"), [("本表由督查室专人管理", "本表由督查室专人管理"), (None, None)])
def test_words_of_the_office_in_the_place_of_the_hint_stay(months: Office, words: Any, said: Any) -> None:
    def write(sheet: Any) -> None:
        (place,) = (c for c in sheet[1] if c.value == REPORTS)
        place.value = words

    months.project.master.write_bytes(changed(months.master, write, "填报流水"))
    archive_period(months.project, APRIL)
    assert [c.value for c in opened(months.master)["填报流水"][1] if c.value] == [
        "填报流水", *([said] if said else []), "办公厅填"
    ]  # fmt: skip


# 3


def test_a_sheet_opens_at_the_rows_that_are_left(months: Office) -> None:
    assert opens_at(months, "填报流水") == "E3"

    def note(sheet: Any) -> None:
        sheet["S4"] = "已向单位核实"

    months.project.master.write_bytes(changed(months.master, note, "填报流水"))
    archive_period(months.project, APRIL)
    left = [row.number for row in months.state.own_rows("ledger")]
    assert left[0] == 4  # noted upon, it stays above the blank rows
    assert opens_at(months, "填报流水") == f"E{left[1]}"


def test_a_sheet_opens_at_its_top_when_rows_are_back(months: Office) -> None:
    months.send("补正.xlsx", correction(months, "2022-02", "T002", 0.07), "2022-06-28 10:00")
    months.merge("2022-02")
    archive_period(months.project, APRIL)
    recovery.undo(months.project)
    assert opens_at(months, "填报流水") == "E3"
