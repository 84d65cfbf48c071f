"""Arrays of values, and functions of single values spread over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from tjxl.formula.errors import Unsupported
from tjxl.formula.grid import Area
from tjxl.formula.values import NA, Value


class Array:
    """A rectangle of values, row by row. `cut` says that blank rows below were left out (whole columns).

    `numeric` is whether all are numbers, once somebody has looked.
    """

    __slots__ = ("_cells", "cut", "height", "numeric", "width")

    def __init__(self, cells: Sequence[Value], height: int, width: int, cut: bool = False) -> None:
        self._cells = cells
        self.height, self.width, self.cut = height, width, cut
        self.numeric: bool | None = None

    @property
    def cells(self) -> Sequence[Value]:
        """All values, row by row. The list is shared: do not change it."""
        return self._cells


class Sparse(Array):
    """An array of which few elements matter: `few` by their positions in ascending order.

    All others are `rest`: FALSE, or the 0 that it counts as.

    So a formula that looks in each row of a table for the rows that belong to it does not go through the whole
    table for each.
    """

    __slots__ = ("few", "rest")

    def __init__(self, few: Mapping[int, Value], rest: bool | float, height: int, width: int) -> None:
        super().__init__((), height, width)
        self.few, self.rest = few, rest

    @property
    def cells(self) -> Sequence[Value]:
        """All values, row by row, spelt out."""
        cells: list[Value] = [self.rest] * (self.height * self.width)
        for position, value in self.few.items():
            cells[position] = value
        return cells


Operand: TypeAlias = Value | Array | Area
"""What an expression can be: a value, computed values, or a reference."""


def spread(function: Callable[..., Value], *operands: Value | Array) -> Value | Array:
    """Call *function* once per element; single rows, columns and values are repeated to fit.

    Elements that one side lacks are #N/A, as in Excel. *function* returns errors, it does not raise them.
    """
    arrays = [o for o in operands if isinstance(o, Array)]
    if not arrays:
        return function(*operands)
    if any(a.cut for a in arrays):
        # The blank rows left out could change the result; tjxl writes no such formula.
        raise Unsupported("element-wise arithmetic over whole columns")
    height, width = max(a.height for a in arrays), max(a.width for a in arrays)
    if all(a.height == height and a.width == width for a in arrays):  # nearly always
        size = height * width
        columns = [o.cells if isinstance(o, Array) else [o] * size for o in operands]
        return Array([function(*elements) for elements in zip(*columns, strict=True)], height, width)
    spelt = [(o.cells, o.height, o.width) if isinstance(o, Array) else ([o], 1, 1) for o in operands]
    cells: list[Value] = []
    for r in range(height):
        for c in range(width):
            elements = [_element(*one, r, c) for one in spelt]
            cells.append(NA if any(e is _ABSENT for e in elements) else function(*elements))
    return Array(cells, height, width)


_ABSENT = object()


def _element(cells: Sequence[Value], height: int, width: int, r: int, c: int) -> object:
    r, c = (0 if height == 1 else r), (0 if width == 1 else c)
    return cells[r * width + c] if r < height and c < width else _ABSENT
