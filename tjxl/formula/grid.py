"""What the evaluator needs to know of a workbook, and a workbook in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from tjxl.formula.values import Value

LAST_ROW = 1048576
LAST_COLUMN = 16384


class TableArea(NamedTuple):
    """An Excel table: rows and columns are 1-based and inclusive; `columns` leads from title to column."""

    sheet: str
    header_row: int
    first_row: int
    last_row: int
    columns: Mapping[str, int]


class Area(NamedTuple):
    """A rectangle of cells, 1-based and inclusive."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Number of rows."""
        return self.bottom - self.top + 1

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.right - self.left + 1


class Formula(NamedTuple):
    """A formula cell: the text with or without ``=``, and its cached value."""

    text: str
    cached: Value = None


class Grid(Protocol):
    """A workbook as formulas see it. Rows and columns are 1-based."""

    def value(self, sheet: str, row: int, column: int) -> Value:
        """The stored value of a cell; of a formula cell its cached value."""
        ...

    def formula(self, sheet: str, row: int, column: int) -> str | None:
        """The formula of a cell without ``=``, or None."""
        ...

    def content(self, sheet: str, row: int, column: int) -> Value | Formula:
        """The formula of a cell, or the value of one that holds none."""
        ...

    def used(self, sheet: str) -> tuple[int, int]:
        """Last used row and column; they bound references to whole columns."""
        ...

    def table(self, name: str) -> TableArea | None:
        """The table of this name, upper and lower case alike."""
        ...

    def name(self, name: str) -> Area | None:
        """The area of a defined name that is a plain range."""
        ...


@dataclass
class MemoryGrid:
    """A grid built from ``{sheet: {(row, column): value or Formula}}``, tables and defined names."""

    sheets: Mapping[str, Mapping[tuple[int, int], Value | Formula]]
    tables: Mapping[str, TableArea] = field(default_factory=dict)
    names: Mapping[str, Area] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Tables and names are found whatever their case."""
        self._tables = {name.lower(): area for name, area in self.tables.items()}
        self._names = {name.lower(): area for name, area in self.names.items()}

    def value(self, sheet: str, row: int, column: int) -> Value:
        """See `Grid`."""
        content = self.sheets.get(sheet, {}).get((row, column))
        return content.cached if isinstance(content, Formula) else content

    def formula(self, sheet: str, row: int, column: int) -> str | None:
        """See `Grid`."""
        content = self.sheets.get(sheet, {}).get((row, column))
        return content.text.removeprefix("=") if isinstance(content, Formula) else None

    def content(self, sheet: str, row: int, column: int) -> Value | Formula:
        """See `Grid`."""
        return self.sheets.get(sheet, {}).get((row, column))

    def used(self, sheet: str) -> tuple[int, int]:
        """See `Grid`."""
        cells = self.sheets.get(sheet) or {(0, 0): None}
        return max(row for row, _ in cells), max(column for _, column in cells)

    def table(self, name: str) -> TableArea | None:
        """See `Grid`."""
        return self._tables.get(name.lower())

    def name(self, name: str) -> Area | None:
        """See `Grid`."""
        return self._names.get(name.lower())
