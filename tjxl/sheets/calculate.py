"""Compute the formulas of a workbook under construction, so that each formula cell can carry its value."""

from __future__ import annotations

import datetime as dt
from typing import TypeAlias

from tjxl.formula import Area, Evaluator, Formula, MemoryGrid, TableArea, Value
from tjxl.sheets.model import Content, Table, Workbook

Values: TypeAlias = dict[tuple[str, int, int], Value]

_DAY_ZERO = dt.date(1899, 12, 30)


def serial(day: dt.date) -> int | float:
    """A date or a moment as the number a cell holds (1900 date system)."""
    whole = (dt.date(day.year, day.month, day.day) - _DAY_ZERO).days
    if not isinstance(day, dt.datetime):
        return whole
    return whole + (day.hour * 3600 + day.minute * 60 + day.second) / 86400


def calculate(book: Workbook) -> Values:
    """The value of every formula cell, by sheet, row and column.

    Raises:
        tjxl.formula.Unsupported: a builder wrote a formula that the evaluator does not know.
    """
    evaluator = Evaluator(grid_of(book))
    return {
        (sheet.title, row, column): evaluator.formula_cell(sheet.title, row, column)
        for sheet in book.sheets
        for (row, column), cell in sheet.cells.items()
        if isinstance(cell.content, Formula)
    }


def grid_of(book: Workbook) -> MemoryGrid:
    """The workbook as formulas see it."""
    return MemoryGrid(
        {sheet.title: {key: _plain(cell.content) for key, cell in sheet.cells.items()} for sheet in book.sheets},
        {table.name: _area(sheet.title, table) for sheet in book.sheets for table in sheet.tables},
        {name: Area(sheet.title, *area) for sheet in book.sheets for name, area in sheet.names.items()},
    )


def _plain(content: Content) -> Value | Formula:
    return serial(content) if isinstance(content, dt.date) else content


def _area(sheet: str, table: Table) -> TableArea:
    columns = {column.title: table.left + i for i, column in enumerate(table.columns)}
    return TableArea(sheet, table.header_row, table.header_row + 1, table.header_row + table.rows, columns)
