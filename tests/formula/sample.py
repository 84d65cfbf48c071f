"""A small workbook that the formula tests share, as a grid in memory and as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

from tjxl.formula import Area, Formula, MemoryGrid, TableArea, Value

DATA = "数据 表"
"""Holds the table 台账 (A3:G13) with its header in row 3, and some loose cells to its right."""

TITLES = ("编码", "状态", "核定状态", "进度", "预计（实际）完成日期", "投资[万元]", "说明")

ROWS: Sequence[Sequence[Value]] = (
    ("T001", "正常推进", None, 0.5, 44742, 1200, "已完成初步设计，正在招标"),
    ("T002", "滞后", None, 0.2, 44773, 30.5, "  土地  手续 未办结 "),
    ("T003", "已完成", None, 1, 44650, 0, ""),
    ("T004", "正常推进", "滞后", 0.35, 44834, -12, "Abc"),
    ("T005", "未启动", None, None, None, None, None),
    ("T006", "申请调整", None, 0.1, 44926, 88, "abc*def"),
    ("t007", "滞后", "已完成", 0.9, 44700, "120", "问~题?"),
    ("T008", "已完成", None, 1, 44651, 45, "=1+1"),
    ("T009", "正常推进", None, 0.7, 44865, 1200, "2022-06-30"),
    ("T010", "滞后", "", 0.3, 44804, 7, "ABC"),
)

FIRST, LAST = 4, 3 + len(ROWS)

LOOSE: Mapping[tuple[int, int], Value] = {
    (1, 1): "2022年重点工作台账",
    (1, 9): 3, (2, 9): "文字", (3, 9): True, (4, 9): 2.5, (5, 9): "7",
    (7, 9): -1, (8, 9): 0, (9, 9): 10, (10, 9): 3,
    (1, 10): 1, (2, 10): 3, (3, 10): 5, (4, 10): 7, (5, 10): 9,
    (1, 11): "一", (2, 11): "三", (3, 11): "五", (4, 11): "七", (5, 11): "九",
    (1, 12): 9, (2, 12): 7, (3, 12): 5, (4, 12): 3, (5, 12): 1,
}  # fmt: skip

TABLE = TableArea(DATA, 3, FIRST, LAST, {title: i for i, title in enumerate(TITLES, 1)})
NAMES = {"统计截止日": Area(DATA, 2, 13, 2, 13), "进度列": Area(DATA, FIRST, 4, LAST, 4)}


def data_cells() -> dict[tuple[int, int], Value | Formula]:
    """All cells of the sheet 数据 表; N4:N7 hold errors, empty text and a number."""
    cells: dict[tuple[int, int], Value | Formula] = dict(LOOSE)
    cells |= {(3, column): title for column, title in enumerate(TITLES, 1)}
    cells |= {(FIRST + r, c): v for r, row in enumerate(ROWS) for c, v in enumerate(row, 1) if v is not None}
    cells[2, 13] = 44742
    cells |= {(4, 14): Formula("1/0"), (5, 14): Formula("MATCH(99,J1:J5,0)"), (6, 14): Formula('""'), (7, 14): 4}
    return {place: value for place, value in cells.items() if value != ""}  # empty text is no cell in a file


def grid(formulas: Sequence[str] = ()) -> MemoryGrid:
    """The workbook in memory; *formulas* stand in column A of the sheet 公式."""
    own = {(row, 1): Formula(text) for row, text in enumerate(formulas, 1)}
    return MemoryGrid({DATA: data_cells(), "公式": own}, {"台账": TABLE}, NAMES)


def write(path: Path, formulas: Sequence[str]) -> None:
    """The same workbook as a file, its formulas without computed values."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet(DATA)
        columns = [{"header": title} for title in TITLES]
        sheet.add_table(2, 0, LAST - 1, len(TITLES) - 1, {"name": "台账", "columns": columns})
        for (row, column), value in data_cells().items():
            if isinstance(value, Formula):
                sheet.write_formula(row - 1, column - 1, "=" + value.text)
            else:
                sheet.write(row - 1, column - 1, value)
        for name, area in NAMES.items():
            first = f"{chr(64 + area.left)}${area.top}"
            last = f"{chr(64 + area.right)}${area.bottom}"
            book.define_name(name, f"='{DATA}'!${first}:${last}" if first != last else f"='{DATA}'!${first}")
        own = book.add_worksheet("公式")
        for row, text in enumerate(formulas):
            own.write_formula(row, 0, "=" + text.replace("AGGREGATE(", "_xlfn.AGGREGATE("))
