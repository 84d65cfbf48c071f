"""A workbook before it is written: sheets as plain values. Rows and columns count from 1.

The builders (`tables`, `dashboard`, `settings_sheet` …) fill it, `calculate` computes its formulas, `render` writes
it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from tjxl.formula import Area, Formula

Content: TypeAlias = str | int | float | bool | dt.date | dt.datetime | Formula | None
Visibility: TypeAlias = Literal["visible", "very_hidden"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell and how it looks; `style` is a chain of parts of `theme.toml`."""

    content: Content
    style: str


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of an Excel table. `formula` makes it a calculated column: Excel fills it in new rows."""

    title: str
    header_style: str
    style: str
    formula: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table: its header row, and the rows below it (at least one, as Excel asks)."""

    name: str
    header_row: int
    left: int
    rows: int
    columns: tuple[TableColumn, ...]


@dataclass(frozen=True, slots=True)
class Validation:
    """A check on typing into cells: XlsxWriter's options of a data validation, made by `tjxl.fields`.

    Formulas in it are relative to the first cell of the area.
    """

    area: tuple[int, int, int, int]
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Highlight:
    """A conditional colour for cells that hold just this text, or, where it says so, begin with it."""

    area: tuple[int, int, int, int]
    text: str
    name: str
    beginning: bool = False


@dataclass(frozen=True, slots=True)
class FormulaHighlight:
    """A conditional colour for cells where a formula holds; it is relative to the first cell of the area."""

    area: tuple[int, int, int, int]
    formula: str
    name: str


@dataclass(frozen=True, slots=True)
class Series:
    """A chart series: `values` over `categories`; `fill` names a fill."""

    name: Area
    categories: Area
    values: Area
    fill: str = "none"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of stacked columns at a cell, its size in pixels. `description` is its alternative text.

    Figures below `least_label` are not written on it.
    """

    description: str
    series: tuple[Series, ...]
    row: int
    column: int
    width: int
    height: int
    least_label: int = 1


@dataclass(frozen=True, slots=True)
class Page:
    """How a sheet prints: fitted to one page in width, and to `pages_tall` in height where that is not 0.

    `breaks` are rows that end a page.
    """

    landscape: bool = True
    paper: Literal["A4", "A3"] = "A4"
    repeat_rows: tuple[int, int] | None = None
    area: tuple[int, int, int, int] | None = None
    breaks: tuple[int, ...] = ()
    pages_tall: int = 0


@dataclass(slots=True)
class Sheet:
    """A sheet under construction."""

    title: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    highlights: list[Highlight | FormulaHighlight] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    names: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    freeze: tuple[int, int] | None = None
    page: Page = field(default_factory=Page)
    tab_colour: str | None = None
    visibility: Visibility = "visible"
    gridlines: bool = True
    zoom: int = 100

    def put(self, row: int, column: int, content: Content, style: str, *, width: int = 1) -> None:
        """Fill a cell, or *width* cells merged into one."""
        self.cells[(row, column)] = Cell(content, style)
        if width > 1:
            self.merges.append((row, column, row, column + width - 1))


@dataclass(frozen=True, slots=True)
class Properties:
    """Document properties."""

    title: str
    subject: str
    category: str
    comments: str
    created: dt.datetime


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets in their order."""

    sheets: tuple[Sheet, ...]
    properties: Properties
