"""A volume as a workbook: the ledgers' sheets with the rows of one period, plain values, for people to read too.

The same rows give the same bytes, so that a run that was interrupted finds its own file again.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence

import xlsxwriter

from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.package import Package
from tjxl.periods import Period
from tjxl.resources import layout_toml
from tjxl.sheets.form_pen import FormPen
from tjxl.sheets.layout import SheetLayout
from tjxl.sheets.master_edit import append_fitted
from tjxl.sheets.rows import TableRow
from tjxl.sheets.volumes import MASTER_ROW, MOVABLE, volume_layout


def volume_book(period: Period, rows: Mapping[str, Sequence[TableRow]]) -> bytes:
    """The .xlsx file: a sheet for each of `MOVABLE`, titled and with its table named as in the master, protected.

    Args:
        rows: table → rows of the master.
    """
    editor = BookEditor(_empty(period))
    for name, moved in rows.items():
        append_fitted(editor, volume_layout(name), [{**row.values, MASTER_ROW: row.number} for row in moved])
    return _at_rest(editor.save())


def _at_rest(content: bytes) -> bytes:
    """The book without its wish to be calculated: there is nothing to calculate, and Excel would ask to save."""
    package = Package(content)
    part = package.workbook_part
    return package.rewritten({part: package.read(part).replace(b' fullCalcOnLoad="1"', b"")})


def _empty(period: Period) -> bytes:
    words = layout_toml("volumes.toml")
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    created = dt.datetime.combine(period.last_day, dt.time())
    book.set_properties(
        {"title": words["title"].format(year=period.year), "subject": period.title, "created": created}
    )
    book.read_only_recommended()
    pen = FormPen(book)
    for name in MOVABLE:
        _sheet(book, pen, volume_layout(name), words["heading"], period)
    book.close()
    return file.getvalue()


def _sheet(book: xlsxwriter.Workbook, pen: FormPen, layout: SheetLayout, heading: str, period: Period) -> None:
    """A sheet with its heading and its table, which has the one blank row that Excel asks for."""
    look = layout_toml("master.toml")["sheet"][layout.name]
    sheet = book.add_worksheet(layout.title)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, heading.format(sheet=layout.title, period=period.title), pen.style("sheet_title"))
    header, first = layout.header_row - 1, layout.header_row
    sheet.set_row(header, 34)
    sheet.set_row(first, look["least_height"])
    for place, column in enumerate(layout.columns):
        sheet.set_column(place, place, column.width)
        kind = "line" if column.kind in ("text", "entry") else column.kind  # one line a row, as in the master
        sheet.write_blank(first, place, None, pen.style(f"body+{kind}"))
    columns = [{"header": column.title, "header_format": pen.style("header")} for column in layout.columns]
    area = (header, 0, first, len(columns) - 1)
    sheet.add_table(*area, {"name": layout.title, "columns": columns, "style": None})
    sheet.freeze_panes(first, layout.position(look["freeze"]) + 1)
    pen.protect(sheet, "autofilter")
    pen.page(sheet, landscape=True)
    sheet.repeat_rows(0, header)
