"""Fill a master under construction, and look into a finished one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

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


def board_text(book: Workbook, title: str = "看板") -> list[list[object]]:
    """A board as it reads, without blanks: a list per row."""
    values = calculate(book)
    sheet = sheet_of(book, title)
    last = sheet.page.area[3] if sheet.page.area else 0
    rows: dict[int, list[object]] = {}
    for (row, place), cell in sorted(sheet.cells.items()):
        shown = values.get((title, row, place), cell.content)
        if place <= last and shown not in (None, ""):
            rows.setdefault(row, []).append(shown)
    return list(rows.values())


def section_of(book: Workbook, heading: str, title: str = "看板") -> tuple[object, list[list[object]]]:
    """A section of a board: its note, and its rows without blanks, down to the next heading or a gap."""
    values = calculate(book)
    sheet = sheet_of(book, title)
    top, left = next(place for place, cell in sheet.cells.items() if cell.content == heading)
    ends = {(row, first): last for row, first, _, last in sheet.merges}
    note = (top, ends[top, left] + 1)
    right = ends.get(note, note[1])
    rows: list[list[object]] = []
    for row in range(top + 1, sheet.page.area[2] + 1 if sheet.page.area else 0):
        cells = {at: cell for (r, at), cell in sorted(sheet.cells.items()) if r == row and left <= at <= right}
        if not cells or next(iter(cells.values())).style == "section":
            break
        shown = [values.get((title, row, at), cell.content) for at, cell in cells.items()]
        rows.append([value for value in shown if value not in (None, "")])
    cell = sheet.cells[note]
    return values.get((title, *note), cell.content), [row for row in rows if row]


def cards(book: Workbook) -> dict[object, object]:
    """The figures in large type of 看板, by their labels."""
    values = calculate(book)
    cells = sheet_of(book, "看板").cells
    labels = {place: cell.content for place, cell in cells.items() if cell.style.startswith("card_label")}
    return {label: values["看板", row + 1, column] for (row, column), label in labels.items()}


def parts(file: bytes, prefix: str) -> dict[str, etree._Element]:
    """The XML parts whose name begins with *prefix*, parsed."""
    with zipfile.ZipFile(io.BytesIO(file)) as package:
        return {
            name: etree.fromstring(package.read(name))
            for name in package.namelist()
            if name.startswith(prefix) and name.endswith(".xml")
        }
