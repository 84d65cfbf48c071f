"""What every workbook can be asked, whatever its format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, Protocol

from tjxl.ooxml.cells import SheetCells
from tjxl.ooxml.comments import CellComment, Place
from tjxl.ooxml.looks import NumberClass

Format = Literal["xlsx", "xls", "ods"]


class Sheet(NamedTuple):
    """A sheet: its name, and whether people see it (visible, hidden, veryHidden)."""

    name: str
    state: str


class SheetLike(Protocol):
    """Whatever tells a sheet's name and state."""

    @property
    def name(self) -> str: ...
    @property
    def state(self) -> str: ...


class Workbook(Protocol):
    """Read access to a workbook: `tjxl.ooxml.book.Book`, `XlsBook`, `OdsBook`.

    Attributes:
        format: what the content is, whatever the file is called.
        sheets: worksheets by name, in order.
        date1904: whether serial numbers count days from 1904.
        number_classes: what kind of number each cell style shows (`RawCell.style` counts in it).
        fills: the ground colour of each cell style, as far as telling two apart; empty where that is not read.
        has_macros: whether it carries a program.
        has_links: whether it refers to other files.
    """

    @property
    def format(self) -> Format: ...
    @property
    def sheets(self) -> Mapping[str, SheetLike]: ...
    @property
    def date1904(self) -> bool: ...
    @property
    def number_classes(self) -> Sequence[NumberClass]: ...
    @property
    def fills(self) -> Sequence[str]: ...
    @property
    def has_macros(self) -> bool: ...
    @property
    def has_links(self) -> bool: ...

    def cells(self, sheet: str) -> SheetCells:
        """The non-empty cells of a sheet, its merged ranges and hidden rows."""

    def attachments(self, sheet: str) -> int:
        """How many pictures and embedded objects lie on a sheet; charts and shapes are none."""

    def comments(self, sheet: str, /) -> Mapping[Place, CellComment]:
        """The comments of a sheet by (row, column); none where the format's are not read."""
