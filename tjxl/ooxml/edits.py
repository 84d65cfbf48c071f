"""What can be done to a sheet: plain values that say which cell, row or range becomes what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tjxl.ooxml.cells import CellValue
from tjxl.ooxml.refs import Range


class Put(NamedTuple):
    """Set a cell to a value; None empties it. Text stays text, also when it begins with `=`.

    `style` None keeps the cell's own style; a new cell takes the model row's, else its row's or column's.
    """

    value: CellValue
    style: int | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """A formula stored once for a block of cells, as Excel does when one is filled down.

    `index` names it on its sheet (no other formula of the sheet may have it). The block's first cell gives the
    `area`; the others give none and store no text.
    """

    index: int
    area: Range | None = None


@dataclass(frozen=True, slots=True)
class PutFormula:
    """Set a cell to a formula (without `=`) and the value it has; `shared` where a block of cells has the same.

    Where the value is not known (`valued` False) none is stored: the file computes it on opening.
    """

    text: str
    cached: CellValue
    style: int | None = None
    shared: Shared | None = None
    valued: bool = True


@dataclass(frozen=True, slots=True)
class Recalculated:
    """The new cached value of the formula that stands in the cell; a cell without formula is left alone."""

    cached: CellValue


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a cell out, its style too; a row that is left without any cell goes with it."""


@dataclass(frozen=True, slots=True)
class Reworded:
    """The formula that stands in the cell says the same in another text; its value stays, or becomes `value`.

    A cell that followed a shared formula gets a text of its own.
    """

    text: str
    value: Recalculated | None = None


Edit = Put | PutFormula | Recalculated | Remove
"""What a caller may ask for."""

Change = Edit | Reworded
"""What is written: a caller's edit, or a formula that follows something else that moved."""


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row that may not exist yet: styles, height and attributes come from the row `like`.

    A row that is there keeps what it has, but takes a height that is given. With `grows`, the height is what the row
    starts with: spreadsheet programs fit it to what is typed later.
    """

    like: int
    height: float | None = None
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Growth:
    """A range of rows (a table, a list) whose last row moves to `bottom`, down or up; rules that end there follow."""

    area: Range
    bottom: int
