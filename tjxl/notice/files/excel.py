"""Reader of workbooks: .xlsx by tjxl's own reader, .xls and .ods by python-calamine. Each visible sheet is a grid."""

from __future__ import annotations

import datetime as dt
import io
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from tjxl.errors import NoticeError, PackageError
from tjxl.notice.files.blocks import Block, Grid, clean_cell, refuse_too_many
from tjxl.notice.table import Row
from tjxl.ooxml.book import Book
from tjxl.ooxml.cells import RawCell, class_of, from_serial
from tjxl.ooxml.looks import NumberClass
from tjxl.ooxml.package import Package

_Areas = Sequence[tuple[int, int, int, int]]
"""Merged areas: first row, first column, last row, last column."""
_OLD_SHEET = 65_536 * 256


def read_excel(data: bytes, file: str) -> tuple[Block, ...]:
    """The visible sheets of an .xlsx or .xlsm; rows keep their sheet numbers.

    Raises:
        NoticeError: E112 the file is damaged or dangerous, E109 it holds far more cells than a task table.
    """
    grids = []
    try:
        book = Book(data)
        for info in book.sheets.values():
            if info.state != "visible":
                continue
            cells = book.cells(info.name)
            texts = {
                place: text
                for place, cell in cells.cells.items()
                if (text := _shown(cell, class_of(cell, book.number_classes), book.date1904))
            }
            merged = [(m.top, m.left, m.bottom, m.right) for m in cells.merged]
            grids.append(_grid(texts, merged, file))
    except PackageError as error:
        raise NoticeError("E112", file=file) from error
    return tuple(grid for grid in grids if grid.rows)


def read_old_excel(data: bytes, file: str) -> tuple[Block, ...]:
    """The visible sheets of an .xls or .ods.

    Raises:
        NoticeError: E112, E109, as `read_excel`.
    """
    import python_calamine as calamine

    grids = []
    try:
        if data.startswith(b"PK"):
            Package(data).read("content.xml")  # the guard: its size is looked at before it is unpacked
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        for about in book.sheets_metadata:
            if about.visible != calamine.SheetVisibleEnum.Visible or about.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(about.name)
            if sheet.total_height * sheet.total_width > _OLD_SHEET:
                raise NoticeError("E109", file=file, count=sheet.total_height * sheet.total_width)
            rows = sheet.to_python(skip_empty_area=False)
            texts = {(r, c): t for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1) if (t := _text(v))}
            merged = [(a + 1, b + 1, c + 1, d + 1) for (a, b), (c, d) in sheet.merged_cell_ranges or ()]
            grids.append(_grid(texts, merged, file))
    except NoticeError:
        raise
    except (PackageError, Exception) as error:  # calamine's own errors, and what a damaged file makes of them
        raise NoticeError("E112", file=file) from error
    except BaseException as error:
        # A panic in calamine's Rust code arrives as an exception outside Exception; anything else goes on.
        if type(error).__name__ != "PanicException":
            raise
        raise NoticeError("E112", file=file) from error
    return tuple(grid for grid in grids if grid.rows)


def _grid(texts: Mapping[tuple[int, int], str], merged: _Areas, file: str) -> Grid:
    """Only rows and columns that hold something: a stray cell at the sheet's far corner costs one column.

    Raises:
        NoticeError: E109.
    """
    numbers = sorted({row for row, _ in texts})
    columns = sorted({column for _, column in texts})
    refuse_too_many(len(numbers) * len(columns), file)
    place = {column: i for i, column in enumerate(columns)}
    cells = {number: [""] * len(columns) for number in numbers}
    for (row, column), text in texts.items():
        cells[row][place[column]] = text
    shared: dict[int, set[int]] = {}
    for top, left, bottom, right in merged:
        if top == bottom or (top, left) not in texts:
            continue
        for number in _between(numbers, top + 1, bottom):
            cells[number][place[left]] = texts[top, left]
            covered = (place[c] for c in _between(columns, left, right))
            shared.setdefault(number, set()).update(covered)
    return Grid(tuple(Row(n, tuple(cells[n]), frozenset(shared.get(n, ()))) for n in numbers))


def _between(numbers: Sequence[int], first: int, last: int) -> Sequence[int]:
    return numbers[bisect_left(numbers, first) : bisect_right(numbers, last)]


def _shown(cell: RawCell, number: NumberClass, date1904: bool) -> str:
    """A cell's text as people see it: a date in ISO form, a whole number without a point."""
    value = cell.value
    if isinstance(value, float) and not isinstance(value, bool):
        moment = from_serial(value, date1904) if number == "date" else None
        if moment is not None:
            return moment.date().isoformat()
        return f"{value * 100:.10g}%" if number == "percent" else f"{value:.15g}"
    return _text(value)


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else "是" if value else "否"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return clean_cell(str(value).replace("\r\n", "\n").replace("\r", "\n"))
