"""The workbook of a snapshot: tables of the master as plain values, to be looked at. It is no master."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from tjxl.resources import layout_toml
from tjxl.sheets.form_pen import FormPen
from tjxl.sheets.layout import Column, master_layout
from tjxl.sheets.textsize import row_height

_HEADER = 2
_LINES = {"tasks": 60.0}
_LEAST = 22.0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a snapshot shows.

    Attributes:
        title, until, notes: what it is, as of when, and what to know of it.
        figures: what is counted, its kind, how many.
        tables: name of a table of the master → its rows by column name.
    """

    title: str
    until: str
    notes: Sequence[str]
    figures: Sequence[tuple[str, str, int]]
    tables: Mapping[str, Sequence[Mapping[str, Any]]]


def snapshot_book(shown: Snapshot) -> bytes:
    """The .xlsx file: 概况, then a sheet for each table, protected, without a formula."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": shown.title, "subject": shown.until, "category": "督查台账快照"})
    book.read_only_recommended()
    pen = FormPen(book)
    _summary(book, pen, shown)
    for name, rows in shown.tables.items():
        _table(book, pen, name, rows, shown)
    book.close()
    return file.getvalue()


def _summary(book: Any, pen: FormPen, shown: Snapshot) -> None:
    words = layout_toml("snapshot.toml")["summary"]
    sheet = book.add_worksheet(words["sheet"])
    last = len(words["widths"]) - 1
    for i, width in enumerate(words["widths"]):
        sheet.set_column(i, i, width)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, shown.title, pen.style("sheet_title"))
    row = 1
    for text in (shown.until, *shown.notes):
        sheet.merge_range(row, 0, row, last, text, pen.style("paragraph"))
        sheet.set_row(row, row_height([(text, sum(words["widths"]))], _LEAST))
        row += 1
    for i, title in enumerate(words["columns"]):
        sheet.write_string(row, i, title, pen.style("header"))
    sheet.set_row(row, 24)
    for number, (group, kind, count) in enumerate(shown.figures, row + 1):
        sheet.write_string(number, 0, group, pen.style("body+line"))
        sheet.write_string(number, 1, kind, pen.style("body+line"))
        sheet.write_number(number, 2, count, pen.style("body+int"))
        sheet.set_row(number, 20)
    pen.protect(sheet)
    pen.page(sheet, landscape=False)
    sheet.hide_gridlines(2)


def _table(book: Any, pen: FormPen, name: str, rows: Sequence[Mapping[str, Any]], shown: Snapshot) -> None:
    layout = master_layout()[name]
    left_out = layout_toml("snapshot.toml")["tables"][name]
    columns = [column for column in layout.columns if column.name not in left_out]
    sheet = book.add_worksheet(layout.title)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, f"{layout.title}（{shown.until}）", pen.style("sheet_title"))
    sheet.set_row(_HEADER - 1, 30)
    for i, column in enumerate(columns):
        sheet.set_column(i, i, column.width)
        sheet.write_string(_HEADER - 1, i, column.title, pen.style("header"))
    for number, row in enumerate(rows, _HEADER):
        for i, column in enumerate(columns):
            _put(sheet, (number, i), column, row.get(column.name), pen)
        texts = [(str(row[c.name]), c.width) for c in columns if c.kind in ("text", "long") and row.get(c.name)]
        sheet.set_row(number, row_height(texts, _LINES.get(name, _LEAST)))
    sheet.autofilter(_HEADER - 1, 0, _HEADER + max(len(rows), 1) - 1, len(columns) - 1)
    frozen = layout_toml("master.toml")["sheet"][name]["freeze"]
    sheet.freeze_panes(_HEADER, [c.name for c in columns].index(frozen) + 1)
    pen.protect(sheet, "autofilter", "sort")
    pen.page(sheet, landscape=True)
    sheet.repeat_rows(0, _HEADER - 1)


def _put(sheet: Any, at: tuple[int, int], column: Column, value: Any, pen: FormPen) -> None:
    """A value as its column shows it; what a person typed instead stands as text."""
    style = pen.style(f"body+{column.kind}")
    if value is None:
        sheet.write_blank(*at, None, style)
    elif isinstance(value, dt.date):
        sheet.write_datetime(*at, value, style)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(*at, value, style)
    else:
        sheet.write_string(*at, str(value), style)
