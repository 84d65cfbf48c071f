"""The grid that 看板 is laid out on: blocks span narrow columns of equal width, filled from the top down."""

from __future__ import annotations

from typing import Any

from tjxl.formula import Formula
from tjxl.resources import layout_toml
from tjxl.sheets.model import Content, Sheet

FIRST_COLUMN = 2
HELPER_COLUMNS = 4
"""Columns beside the board that formulas and charts of the board draw on."""


class Board:
    """The dashboard under construction: the sheet, and the next free row."""

    def __init__(self) -> None:
        self.spec: dict[str, Any] = layout_toml("dashboard.toml")
        self.heights: dict[str, Any] = self.spec["height"]
        self.sheet = Sheet(self.spec["sheet"], gridlines=False)
        self.row = 1
        grid = self.spec["grid"]
        self.columns: int = grid["columns"]
        self.last_column = FIRST_COLUMN + self.columns - 1
        self.helper_column = self.last_column + 1 + grid["helper_gap"]
        self.sheet.widths = dict.fromkeys(range(FIRST_COLUMN, self.last_column + 1), grid["width"])
        self.sheet.widths |= dict.fromkeys((1, self.last_column + 1), grid["margin"])

    def put(self, column: int, content: Content, style: str, span: int = 1, row: int | None = None) -> str:
        """Fill *span* columns from grid column *column* (from 0) in the current row; return the cell's address."""
        at = row or self.row
        self.sheet.put(at, FIRST_COLUMN + column, content, style, width=span)
        return address(at, FIRST_COLUMN + column)

    def formula(self, column: int, text: str, style: str, span: int = 1, row: int | None = None) -> str:
        """The same with a formula."""
        return self.put(column, Formula(text), style, span, row)

    def helper(self, offset: int, content: Content) -> str:
        """Fill a cell of the current row beside the board, outside the print; return its absolute address."""
        column = self.helper_column + offset
        self.sheet.put(self.row, column, content, "helper")
        return address(self.row, column, absolute=True)

    def next_row(self, height: str | float) -> None:
        """Give the current row its height, a key of `[height]` or points, and go to the next."""
        self.sheet.heights[self.row] = self.heights[height] if isinstance(height, str) else height
        self.row += 1

    def section(self, key: str, note: Content = None) -> None:
        """A section's heading, with a note at its right."""
        half = self.columns // 2
        section = self.spec["section"][key]
        self.put(0, section["title"], "section", half)
        self.put(half, note if note is not None else section["note"], "section_note", self.columns - half)
        self.next_row("section")


def address(row: int, column: int, absolute: bool = False) -> str:
    """`B5`, or `$B$5`."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"${letters}${row}" if absolute else f"{letters}{row}"
