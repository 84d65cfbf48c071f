"""Where a formula is computed."""

from __future__ import annotations

from collections.abc import Callable

from tjxl.formula.arrays import Array, Operand
from tjxl.formula.errors import Unsupported
from tjxl.formula.grid import Area
from tjxl.formula.ranges import Ranges
from tjxl.formula.values import VALUE, Value


class Place:
    """The cell that a formula is computed at, and how other cells are read: the `Context` of the functions."""

    __slots__ = ("column", "ranges", "read", "row")

    def __init__(self, row: int, column: int, ranges: Ranges, read: Callable[[str, int, int], Value]) -> None:
        self.row, self.column, self.ranges, self.read = row, column, ranges, read

    def single(self, operand: Operand) -> Value:
        """One value: the only one, that in the formula's row or column, else #VALUE!; of an array the first."""
        if isinstance(operand, Area):
            return self._intersection(*operand)
        if isinstance(operand, Array):
            return operand.cells[0]
        return operand

    def _intersection(self, sheet: str, top: int, left: int, bottom: int, right: int) -> Value:
        if top == bottom and left == right:
            return self.read(sheet, top, left)
        if left == right and top <= self.row <= bottom:
            return self.read(sheet, self.row, left)
        if top == bottom and left <= self.column <= right:
            return self.read(sheet, top, self.column)
        return VALUE

    def elements(self, operand: Operand) -> Value | Array:
        """An operand as operators see it that work on all elements."""
        if isinstance(operand, Area):
            operand = self.ranges.array(operand)
        elif not isinstance(operand, Array):
            return operand
        if operand.height == 0:
            raise Unsupported("an empty range in an array expression")
        return operand.cells[0] if operand.height == operand.width == 1 and not operand.cut else operand
