"""What units do to rows and columns (modes 1 to 11), sheets (41) and what they leave around the rows (44, 46)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from tests.books.case import Case, Outcome, Stage
from tests.office import PROGRESS, SPORTS, Office, Place, changed, filled, opened, part_of, saved, with_part

FINE: Outcome = ("accepted", [])


def one(
    mode: int,
    how: str,
    change: Callable[[Worksheet], object],
    outcome: Outcome,
    *,
    sheet: str = "填报",
    stage: Stage = "may",
    **cells: Any,
) -> Case:
    """A case of one file: 市体育局's form filled in, then a sheet of it changed."""

    def make(office: Office) -> dict[str, bytes]:
        return {"报表.xlsx": changed(filled(office.form(SPORTS), **cells), change, sheet)}

    return Case(mode, how, make, {"报表.xlsx": outcome}, stage)


def notes(*places: Place) -> Outcome:
    return "accepted_with_notes", list(places)


def asks(*places: Place) -> Outcome:
    return "needs_decision", list(places)


def goes_back(*places: Place) -> Outcome:
    return "returned", list(places)


def put(**cells: Any) -> Callable[[Worksheet], None]:
    """Set cells."""

    def change(sheet: Worksheet) -> None:
        for cell, value in cells.items():
            sheet[cell] = value

    return change


def both(*changes: Callable[[Worksheet], object]) -> Callable[[Worksheet], None]:
    """One change after the other."""

    def change(sheet: Worksheet) -> None:
        for each in changes:
            each(sheet)

    return change


def move_status_to_the_end(sheet: Worksheet) -> None:
    for row in range(6, 10):
        sheet.cell(row, 19).value = sheet.cell(row, 10).value
        sheet.cell(row, 10).value = None


def swapped(first: int, last: int) -> Callable[[Worksheet], None]:
    """Rows 7 and 9 in each other's place, from one column to another."""

    def change(sheet: Worksheet) -> None:
        for column in range(first, last + 1):
            one, other = sheet.cell(7, column), sheet.cell(9, column)
            one.value, other.value = other.value, one.value

    return change


def comment(cell: str, text: str) -> Callable[[Worksheet], None]:
    return lambda sheet: setattr(sheet[cell], "comment", Comment(text, "张明"))


def colour(*cells: str) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for cell in cells:
            sheet[cell].fill = PatternFill("solid", fgColor="FFFF0000")

    return change


def hide(rows: tuple[int, ...] = (), columns: str = "") -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for row in rows:
            sheet.row_dimensions[row].hidden = True
        for column in columns:
            sheet.column_dimensions[column].hidden = True

    return change


COLUMNS = (
    one(1, "表头“进展情况”改为“工作进展”", put(L6="工作进展"), notes(("R312", "填报", "L6", "工作进展"))),
    one(1, "表头“进展情况”改为“领导要求”", put(L6="领导要求"), goes_back(("R314", "填报", "L6", "领导要求"))),
    one(1, "表头“进展状态”被清空", put(J6=None), goes_back(("R302", "填报", "J6", None))),
    one(
        1, "增加的一列也叫“进展情况”", put(R6="进展情况", R7="另一种说法"),
        goes_back(("R303", "填报", "R6", None)),
    ),
    one(2, "在中间插入一个空列", lambda s: s.insert_cols(10), FINE),
    one(2, "“进展状态”移到最后一列", move_status_to_the_end, FINE),
    one(
        2, "增加“内部备注”列并写了字", put(R6="内部备注", R8="待局长审定"),
        notes(("R304", "填报", "R6", "待局长审定")),
    ),
    one(2, "在没有表头的一列写了字", put(S9="见附件"), notes(("R315", "填报", "S9", "见附件"))),
    one(3, "删除“下一步措施”列", lambda s: s.delete_cols(14), goes_back(("R302", "填报", None, None))),
    one(
        3, "删除“进展情况”列，表头的“填报日期”一并删去", lambda s: s.delete_cols(12),
        goes_back(("R302", "填报", None, None), ("R311", "填报", None, None)),
    ),
    one(3, "删除不必填的“分管领导”列", lambda s: s.delete_cols(6), FINE),
    one(3, "删除隐藏的任务编码列", lambda s: s.delete_cols(1), notes(("R323", "填报", None, None))),
    one(
        3, "删除任务编码列，重点工作文字也改了", both(lambda s: s.delete_cols(1), put(B7="运动之都建设")),
        goes_back(("R302", "填报", None, None)),
    ),
)  # fmt: skip

ROWS = (
    one(4, "插入一个空行", lambda s: s.insert_rows(8), FINE),
    one(
        4, "插入一行写了说明", both(lambda s: s.insert_rows(8), put(C8="注：以上数据截至5月20日")),
        asks(("R305", "填报", "B8", "注：以上数据截至5月20日")),
    ),
    one(
        4, "最后加一行合计", put(C10="合计", K10="40%"),
        notes(("R322", "填报", "B10", "合计；40%")),
    ),
    one(
        4, "某行的任务编码被清空", put(A8=None),
        notes(("R321", "填报", "B8", None)),
    ),
    one(5, "删除一行", lambda s: s.delete_rows(8), goes_back(("R307", "填报", None, None))),
    one(6, "整行重新排序", swapped(1, 17), FINE),
    one(
        6, "只对看得见的列排序，隐藏的编码没有跟着走", swapped(2, 17),
        goes_back(("R328", "填报", "B7", 37.0), ("R328", "填报", "B9", 130.0)),
    ),
    one(7, "隐藏一行", hide((8,)), notes(("R324", "填报", None, "8"))),
    one(7, "隐藏“佐证材料”列", hide(columns="P"), notes(("R324", "填报", None, "P"))),
    one(
        8, "三行的进展情况合并为一格", both(put(L8=None, L9=None), lambda s: s.merge_cells("L7:L9")),
        asks(("R325", "填报", "L7", PROGRESS)),
    ),
    one(
        8, "一行内的“存在问题”和“下一步措施”合并",
        both(put(M7="征地补偿协议尚有三户未签订"), lambda s: s.merge_cells("M7:N7")),
        notes(("R326", "填报", "M7", None)),
    ),
    one(8, "只合并了“牵头单位”两格", lambda s: s.merge_cells("G8:G9"), notes(("R327", "填报", "G9", None))),
    one(
        9, "第二、三行的“重点工作”被清空", put(C8=None, C9=None),
        notes(("R327", "填报", "C8", None), ("R327", "填报", "C9", None)),
    ),
    one(
        10, "“重点工作”的文字被改写", put(C7="运动之都建设"),
        notes(("R309", "填报", "C7", "运动之都建设")),
    ),
    one(
        10, "“完成时限”被改为另一时间", put(E7="2023年6月底前完成"),
        asks(("R330", "填报", "E7", "2023年6月底前完成")),
    ),
    one(10, "“牵头单位”被改为另一单位", put(G8="市教委"), asks(("R330", "填报", "G8", "市教委"))),
    one(11, "序号变成文本", put(B7="130", B8="35"), FINE),
    one(
        11, "序号变成日期", put(B8=dt.datetime(2022, 1, 2)),
        notes(("R329", "填报", "B8", "2022-01-02")),
    ),
    one(
        11, "序号变成日期，任务编码也没有了",
        both(put(B8=dt.datetime(2022, 1, 2)), lambda s: s.delete_cols(1)),
        goes_back(("R302", "填报", None, None)),
    ),
)  # fmt: skip


def with_sheet(change: Callable[[Any], object]) -> Callable[[Office], dict[str, bytes]]:
    """The filled form with something done to its sheets."""

    def make(office: Office) -> dict[str, bytes]:
        book = opened(filled(office.form(SPORTS)))
        change(book)
        return {"报表.xlsx": saved(book)}

    return make


def second(title: str = "填报 (2)", **cells: Any) -> Callable[[Any], None]:
    """A second sheet 填报, copied from the first."""

    def change(book: Any) -> None:
        copy = book.copy_worksheet(book["填报"])
        copy.title = title
        for cell, value in cells.items():
            copy[cell] = value

    return change


def rename(book: Any) -> None:
    book["填报"].title = "市体育局5月"


def hide_sheet(book: Any) -> None:
    book["填报"].sheet_state = "hidden"


def written(office: Office, cell: str, text: str) -> bytes:
    """A text that no spreadsheet program would let one type, put into the sheet's XML."""
    stand_in = "此处的文字由程序写入。"
    content = filled(office.form(SPORTS), **{cell: stand_in})
    return with_part(content, part_of(content, "填报"), lambda xml: xml.replace(stand_in.encode(), text.encode()))


UNFILLED = {f"{c}{r}": None for c in "JKL" for r in (7, 8, 9)} | dict.fromkeys(("F4", "H4", "J4", "M4"))

SHEETS = (
    Case(41, "加了自己的“附表”", with_sheet(lambda b: b.create_sheet("附表", 0)), {"报表.xlsx": FINE}),
    Case(41, "工作表“填报”改名", with_sheet(rename), {"报表.xlsx": FINE}),
    Case(41, "工作表“填报”被隐藏", with_sheet(hide_sheet), {"报表.xlsx": notes(("R332", "填报", None, None))}),
    Case(
        41, "另有一张空白的“填报 (2)”", with_sheet(second(**UNFILLED)),
        {"报表.xlsx": notes(("R334", "填报", None, None))},
    ),
    Case(
        41, "另有一张内容不同的“填报 (2)”", with_sheet(second(K7=0.6)),
        {"报表.xlsx": asks(("R333", None, None, "「填报」、「填报 (2)」"))},
    ),
)  # fmt: skip

AROUND = (
    one(
        44, "在批注里写了内容", comment("M7", "三户未签，拟7月完成"),
        notes(("R335", "填报", "M7", "三户未签，拟7月完成")),
    ),
    one(44, "用红色底色标出两格", colour("L7", "L8"), notes(("R336", "填报", "L7", "L7、L8"))),
    one(46, "单元格内分三段填写", put(L7="已完成立项批复。\n已完成初步设计。\n正在办理招标。"), FINE),
    one(46, "进展情况 2001 字", put(L7="进" * 2001), goes_back(("F032", "填报", "L7", "进" * 2001))),
    Case(
        46, "由程序写入的 32,768 字",
        lambda office: {"报表.xlsx": written(office, "L7", "进" * 32_768)},
        {"报表.xlsx": goes_back(("V413", "填报", "L7", "进" * 50 + "…"))},
    ),
)  # fmt: skip

CASES: tuple[Case, ...] = (*COLUMNS, *ROWS, *SHEETS, *AROUND)
