"""The grid that 看板 and 看板附表 are laid out on: blocks span narrow columns of equal width."""

from __future__ import annotations

from typing import Any, Literal

from tjxl.formula import Formula
from tjxl.resources import layout_toml
from tjxl.sheets.model import Content, Sheet

FIRST_COLUMN = 2
HELPER_COLUMNS = 20
"""Columns beside a board that its formulas and charts draw on."""


class Board:
    """A board under construction: the sheet, its grid, and the next free row of those who fill it from the top."""

    def __init__(self, which: Literal["page", "annex"]) -> None:
        self.spec: dict[str, Any] = layout_toml("dashboard.toml")
        own: dict[str, Any] = self.spec[which]
        self.heights: dict[str, float] = own["height"]
        self.sheet = Sheet(own["sheet"], gridlines=False, zoom=own["grid"]["zoom"])
        self.row = 1
        grid = own["grid"]
        self.columns: int = grid["columns"]
        self.pixels: int = grid["pixels"]
        self.gutter: int = grid["gutter"]
        self.last_column = FIRST_COLUMN + self.columns - 1
        self.helper_column = self.last_column + 1 + grid["helper_gap"]
        self.sheet.widths = dict.fromkeys(range(FIRST_COLUMN, self.last_column + 1), grid["width"])
        self.sheet.widths |= dict.fromkeys((1, self.last_column + 1), grid["margin"])

    def put(self, row: int, column: int, content: Content, style: str, span: int = 1) -> str:
        """Fill *span* columns from grid column *column* (from 0); return the cell's address."""
        self.sheet.put(row, FIRST_COLUMN + column, content, style, width=span)
        return address(row, FIRST_COLUMN + column)

    def formula(self, row: int, column: int, text: str, style: str, span: int = 1) -> str:
        """The same with a formula."""
        return self.put(row, column, Formula(text), style, span)

    def helper(self, row: int, offset: int, content: Content) -> str:
        """Fill a cell beside the board, outside the print; return its absolute address."""
        column = self.helper_column + offset
        self.sheet.put(row, column, content, "helper")
        return address(row, column, absolute=True)

    def heighten(self, height: str, row: int | None = None) -> int:
        """Give a row, the next one if none is named, a height of the board; return its number."""
        at = self.row if row is None else row
        self.sheet.heights[at] = self.heights[height]
        self.row = max(self.row, at + 1)
        return at

    def section(self, row: int, key: str, left: int = 0, span: int | None = None, note: Content = None) -> None:
        """A section's heading, with a note at its right."""
        whole = self.columns - left if span is None else span
        section = self.spec["section"][key]
        first = (whole + 1) // 2
        self.put(row, left, section["title"], "section", first)
        said = note if note is not None else section["note"]
        self.put(row, left + first, said, "section_note", whole - first)

    def short(self, heading: str) -> str:
        """A heading as a narrow column has room for it."""
        return str(self.spec["short"].get(heading, heading))

    def abroad(self, cell: str) -> str:
        """An address of this board as other sheets write it."""
        return f"'{self.sheet.title}'!{cell}"


def beside(header: int, last: int, column: int) -> str:
    """The cell of the formula's own row in a column of lines, in words that are the same in every line.

    Formulas that read alike are parsed once, however many there are; an address of its own in each line would make
    thousands of texts. (Implicit intersection would be shorter, but LibreOffice 7.4 computes it wrongly in formulas
    that it takes together as a group.)

    Args:
        header: the row above the lines; last: their last row.
        column: a sheet column.
    """
    lines = f"{address(header + 1, column, absolute=True)}:{address(last, column, absolute=True)}"
    return f"INDEX({lines},{number_of_line(header)})"


def number_of_line(header: int) -> str:
    """How many lines below the row *header* a formula stands."""
    return f"ROW()-ROW({address(header, FIRST_COLUMN, absolute=True)})"


def address(row: int, column: int, absolute: bool = False) -> str:
    """`B5`, or `$B$5`."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"${letters}${row}" if absolute else f"{letters}{row}"
