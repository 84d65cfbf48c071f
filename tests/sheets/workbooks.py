"""Fill a master under construction, and look into a finished one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from lxml import etree

from tjxl.sheets.calculate import Values, calculate
from tjxl.sheets.model import Cell, Content, Sheet, Table, Workbook
from tjxl.sheets.tables import FIRST_ROW

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def sheet_of(book: Workbook, title: str) -> Sheet:
    """The sheet of this title."""
    return next(sheet for sheet in book.sheets if sheet.title == title)


def fill(book: Workbook, title: str, rows: Mapping[int, Mapping[str, Content]]) -> None:
    """Write column title → content into rows of the table *title*, the first being 1; the table grows as needed."""
    sheet = sheet_of(book, title)
    table = sheet.tables[0]
    places = {column.title: table.left + i for i, column in enumerate(table.columns)}
    for number, contents in rows.items():
        for column_title, content in contents.items():
            key = (FIRST_ROW + number - 1, places[column_title])
            style = sheet.cells[key].style if key in sheet.cells else "body+line"
            sheet.cells[key] = Cell(content, style)
    longest = max(table.rows, *rows)
    sheet.tables[0] = Table(table.name, table.header_row, table.left, longest, table.columns)


def set_name(book: Workbook, name: str, content: Content) -> None:
    """Write into the cell that a defined name stands for."""
    for sheet in book.sheets:
        if name in sheet.names:
            row, column, _, _ = sheet.names[name]
            sheet.cells[(row, column)] = Cell(content, sheet.cells[(row, column)].style)
            return
    raise KeyError(name)


def column(book: Workbook, values: Values, title: str, column_title: str) -> list[object]:
    """A column of a table, formulas by their values."""
    sheet = sheet_of(book, title)
    table = sheet.tables[0]
    place = table.left + [c.title for c in table.columns].index(column_title)
    found = []
    for row in range(table.header_row + 1, table.header_row + 1 + table.rows):
        cell = sheet.cells[(row, place)]
        found.append(values.get((title, row, place), cell.content))
    return found


def board_text(book: Workbook) -> list[list[object]]:
    """看板 as it reads, without blanks: a list per row."""
    values = calculate(book)
    sheet = sheet_of(book, "看板")
    last = sheet.page.area[3] if sheet.page.area else 0
    rows: dict[int, list[object]] = {}
    for (row, place), cell in sorted(sheet.cells.items()):
        shown = values.get(("看板", row, place), cell.content)
        if place <= last and shown not in (None, ""):
            rows.setdefault(row, []).append(shown)
    return list(rows.values())


def rows_below(text: Sequence[Sequence[object]], heading: str) -> list[list[object]]:
    """The rows of a section of 看板, from below its heading to the next heading."""
    start = next(i for i, row in enumerate(text) if row[0] == heading)
    found = []
    for row in text[start + 1 :]:
        if len(row) <= 2 and isinstance(row[-1], str) and row[0] in HEADINGS:
            break
        found.append(list(row))
    return found


HEADINGS = {"总体情况", "按主要任务", "按分管领导", "红灯任务", "临近时限任务", "本期未报单位", "按责任单位"}


def parts(file: bytes, prefix: str) -> dict[str, etree._Element]:
    """The XML parts whose name begins with *prefix*, parsed."""
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        return {
            name: etree.fromstring(package.read(name))
            for name in package.namelist()
            if name.startswith(prefix) and name.endswith(".xml")
        }
