"""The sheets 节点 and 指标 of a return (`tests.promises` says what stands where).

1. Found by key and header text, under any name, with rows in any order; a lost sheet is said plainly.
2. Values are read in the spirit of 填报: synonyms and units with a note, else an error or a question in its cell.
3. The field rules of the sheets; all findings of a return in one verdict, sheet by sheet.
4. Without a project the form's own hidden list stands for the register.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl.workbook.workbook import Workbook

from tests.intake.conftest import Desk
from tests.office import AUDIT, MAY, SPORTS, Office, Place, changed, filled, opened, outcome, saved
from tests.promises import PETITIONS
from tjxl import flows

ACCEPTED: tuple[str, list[Place]] = ("accepted", [])
DONE = {"F5": "是", "G5": dt.date(2022, 5, 20), "H5": None}
VALUE = {"G5": 12.5, "H5": dt.date(2022, 5, 31), "I5": None}


@pytest.fixture(scope="module")
def desk(promised_project: Office) -> Desk:
    """The desk of the project with promises."""
    return Desk(promised_project, MAY)


def judged(desk: Desk, *, milestones: dict[str, Any] | None = None, targets: dict[str, Any] | None = None) -> Any:
    """市体育局's form without a mistake but for these cells."""
    return desk.judge(filled(desk.form(SPORTS), milestones or {}, targets or {}))


def rewritten(content: bytes, change: Any) -> bytes:
    """A return changed as a whole by another program."""
    book = opened(content)
    change(book)
    return saved(book)


def written(folder: Path, content: bytes) -> Path:
    """The return as a file."""
    path = folder / "a.xlsx"
    path.write_bytes(content)
    return path


# 1


def test_a_form_filled_in_without_a_mistake(desk: Desk) -> None:
    assert judged(desk) == ACCEPTED
    assert judged(desk, milestones=DONE, targets=VALUE) == ACCEPTED
    assert desk.judge(filled(desk.form(AUDIT))) == ACCEPTED
    assert desk.judge(filled(desk.form(PETITIONS))) == ACCEPTED


def test_sheets_renamed_hidden_and_moved(desk: Desk) -> None:
    def change(book: Workbook) -> None:
        book["节点"].title, book["指标"].title = "里程碑", "数据"
        book["里程碑"].sheet_state = "hidden"
        book.move_sheet("数据", -3)

    content = rewritten(filled(desk.form(SPORTS), DONE, {"G5": "很多"}), change)
    assert desk.judge(content) == ("returned", [("R332", "里程碑", None, None), ("V420", "数据", "G5", "很多")])


def test_rows_in_another_order_and_columns_inserted(desk: Desk) -> None:
    def change(sheet: Any) -> None:
        for column in range(1, 9):
            first, last = sheet.cell(5, column), sheet.cell(7, column)
            first.value, last.value = last.value, first.value
        sheet.insert_cols(6)
        sheet.insert_rows(1)

    content = changed(filled(desk.form(SPORTS), {"F5": "好了"}), change, "节点")
    assert desk.judge(content) == ("returned", [("V416", "节点", "G8", "好了")])


def test_titles_are_known_by_their_aliases(desk: Desk) -> None:
    content = changed(filled(desk.form(SPORTS)), lambda s: s.__setitem__("G4", "累计完成值"), "指标")
    assert desk.judge(content) == ("accepted_with_notes", [("R312", "指标", "G4", "累计完成值")])


def test_a_column_lost(desk: Desk) -> None:
    content = changed(filled(desk.form(SPORTS)), lambda s: s.delete_cols(8), "指标")
    assert desk.judge(content) == ("returned", [("R302", "指标", None, None)])


@pytest.mark.parametrize(("sheet", "count"), [("节点", 3), ("指标", 3)])
def test_a_sheet_deleted(desk: Desk, sheet: str, count: int) -> None:
    content = rewritten(filled(desk.form(SPORTS)), lambda book: book.remove(book[sheet]))
    assert desk.judge(content) == ("returned", [("R313", None, None, None)])
    assert desk.messages["a.xlsx"] == [
        f"找不到「{sheet}」表，本单位牵头的任务有 {count} 个{sheet}须在其中填报。"
        "请使用办公厅下发的填报表，不要删除工作表或改动表头。"
    ]


def test_a_lost_report_sheet_is_not_taken_from_the_milestones(desk: Desk) -> None:
    content = rewritten(filled(desk.form(SPORTS)), lambda book: book.remove(book["填报"]))
    verdict, findings = desk.judge(content)
    assert (verdict, [f[0] for f in findings if f[0].startswith("R")]) == ("returned", ["R301"])


def test_a_unit_without_promises_may_have_a_sheet_of_such_a_name(desk: Desk) -> None:
    content = rewritten(filled(desk.form("市外办")), lambda book: book.create_sheet("节点"))
    assert desk.judge(content) == ACCEPTED


def test_rows_missing_repeated_and_foreign(desk: Desk) -> None:
    def change(sheet: Any) -> None:
        sheet["A6"], sheet["A7"] = "T130-M1", "T107-M1"
        sheet["D6"], sheet["D7"] = sheet["D5"].value, "工作规程"

    content = changed(filled(desk.form(SPORTS)), change, "节点")
    assert desk.judge(content) == (
        "returned",
        [("R307", "节点", None, None), ("R306", "节点", "C6", None), ("R308", "节点", "C7", None)],
    )
    assert desk.messages["a.xlsx"] == [
        "缺少第 130 项任务的节点行。请使用下发的填报表补齐，不要删除行。",
        "第 130 项任务的节点“赛事筹备方案（完成方案）”出现了 2 次（C5、C6）。请每项只保留一行。",
        "第 107 项任务的节点不是本单位承担的。请删去该行；几家单位的内容请分别填在各自的填报表中报送。",
    ]


def test_words_in_a_row_without_code_are_a_question(desk: Desk) -> None:
    content = changed(filled(desk.form(SPORTS)), lambda s: s.__setitem__("I8", "另有一项指标"), "指标")
    assert desk.judge(content) == ("needs_decision", [("R305", "指标", "C8", "另有一项指标")])


def test_the_registers_word_stands_where_a_locked_cell_was_changed(desk: Desk) -> None:
    content = filled(desk.form(SPORTS), {"E6": dt.date(2022, 12, 31)}, {"F5": "人"})
    assert desk.judge(content) == (
        "needs_decision",
        [("R330", "节点", "E6", "2022-12-31"), ("R309", "指标", "F5", "人")],
    )


def test_a_form_sent_back_as_issued_is_said_to_be_unfilled_once(desk: Desk) -> None:
    assert desk.judge(desk.form(SPORTS)) == ("returned", [("R310", "填报", None, None)])


def test_a_form_with_only_a_target_filled_in_is_judged_row_by_row(desk: Desk) -> None:
    content = changed(desk.form(SPORTS), lambda s: s.__setitem__("I5", "下月公布"), "指标")
    codes = [f[0] for f in desk.judge(content)[1]]
    assert "R310" not in codes
    assert codes.count("F010") == 3
    assert codes.count("K010") == 2


# 2


@pytest.mark.parametrize(
    ("written", "read"),
    [("√", "是"), ("已完成", "是"), (True, "是"), ("未完成", "否"), ("×", "否"), (" 否 ", "否"), ("否", None)],
)
def test_yes_and_no_in_other_words(desk: Desk, written: Any, read: str | None) -> None:
    cells = {"F5": written, "G5": dt.date(2022, 5, 20)} if read == "是" else {"F5": written}
    shown = "TRUE" if written is True else written
    notes = [("V415", "节点", "F5", shown)] if read else []
    assert judged(desk, milestones=cells) == ("accepted_with_notes" if read else "accepted", notes)


@pytest.mark.parametrize("written", ["基本完成", "部分完成", 1])
def test_almost_done_is_neither(desk: Desk, written: Any) -> None:
    verdict, findings = judged(desk, milestones={"F5": written})
    assert (verdict, [f[:3] for f in findings]) == ("returned", [("V416", "节点", "F5")])


def test_dates_as_they_are_written(desk: Desk) -> None:
    assert judged(desk, milestones=DONE | {"G5": "5月20日"}) == (
        "accepted_with_notes",
        [("V414", "节点", "G5", "5月20日")],
    )


def test_values_with_their_unit(desk: Desk) -> None:
    assert judged(desk, targets=VALUE | {"G5": "125000人"}) == (
        "accepted_with_notes",
        [("V422", "指标", "G5", "125000人")],
    )
    assert judged(desk, targets=VALUE | {"G5": 125000}) == ("needs_decision", [("V424", "指标", "G5", "125000")])


def test_a_percent_cell_of_a_target_in_percent(desk: Desk) -> None:
    def change(sheet: Any) -> None:
        sheet["G6"].number_format = "0.0%"
        sheet["G6"], sheet["H6"], sheet["I6"] = 0.048, dt.date(2022, 5, 31), None

    assert desk.judge(changed(filled(desk.form(SPORTS)), change, "指标")) == ACCEPTED


# 3


def test_what_must_hold_on_the_sheet_of_milestones(desk: Desk) -> None:
    cells = {"F5": "否", "H5": None, "F6": "是", "H6": None, "F7": None, "G7": dt.date(2022, 6, 1), "H7": None}
    assert judged(desk, milestones=cells) == (
        "returned",
        [("S030", "节点", "H5", None), ("S020", "节点", "G6", None), ("S011", "节点", "F7", None)],
    )
    assert judged(desk, milestones={f"{c}6": None for c in "FGH"}) == ACCEPTED, "not due yet"
    assert judged(desk, milestones={f"{c}7": None for c in "FGH"}) == ACCEPTED, "no day yet"
    assert judged(desk, milestones={f"{c}5": None for c in "FGH"}) == ("returned", [("S010", "节点", "F5", None)])


def test_what_must_hold_on_the_sheet_of_targets(desk: Desk) -> None:
    cells = {"G5": 12, "I6": None, "G7": 3e5, "H7": dt.date(2022, 6, 1)}
    assert judged(desk, targets=cells) == (
        "returned",
        [("K020", "指标", "H5", None), ("K010", "指标", "G6", None), ("K022", "指标", "H7", "2022-06-01")],
    )


def test_all_sheets_of_a_return_in_one_verdict_in_their_order(desk: Desk) -> None:
    content = filled(desk.form(SPORTS), {"F5": "差不多"}, {"G5": "很多"}, J7="差不多了", H4="找小王")
    assert desk.judge(content) == (
        "returned",
        [
            ("F103", "填报", "H4", "找小王"),
            ("V402", "填报", "J7", "差不多了"),
            ("V416", "节点", "F5", "差不多"),
            ("V420", "指标", "G5", "很多"),
        ],
    )


def test_findings_name_the_task_the_field_and_the_unit_wanted(desk: Desk, tmp_path: Path) -> None:
    returned = flows.check(written(tmp_path, filled(desk.form(SPORTS), targets={"G5": "很多"})), desk.office.project)
    (finding,) = returned["findings"]
    assert (finding["task"], finding["field"], finding["cell"]) == ("T130", "current_value", "G5")
    assert finding["message"] == "「指标」表 G5：“很多”不是可以采用的数。请只填数字（单位：万人）。"


# 4


def test_without_a_project_the_same_is_found(desk: Desk, tmp_path: Path) -> None:
    content = filled(desk.form(SPORTS), {"F5": "好了"}, VALUE | {"G5": "125000人", "G6": "3家"})
    assert outcome(flows.check(written(tmp_path, content))) == (
        "returned",
        [
            ("V416", "节点", "F5", "好了"),
            ("V422", "指标", "G5", "125000人"),
            ("V421", "指标", "G6", "3家"),
            ("I221", None, None, None),
        ],
    )


def test_without_a_project_a_lost_sheet_is_missed(desk: Desk, tmp_path: Path) -> None:
    content = rewritten(filled(desk.form(SPORTS)), lambda book: book.remove(book["指标"]))
    assert outcome(flows.check(written(tmp_path, content))) == (
        "returned",
        [("R313", None, None, None), ("I221", None, None, None)],
    )
