"""Arrays of values, and functions of single values spread over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tjxl.formula.errors import Unsupported
from tjxl.formula.grid import Area
from tjxl.formula.values import NA, Value


@dataclass(frozen=True, slots=True)
class Array:
    """Rows of values, all of the same length. `cut` says that blank rows below were left out (whole columns)."""

    rows: Sequence[Sequence[Value]]
    cut: bool = False

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.rows)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.rows[0]) if self.rows else 0

    def flat(self) -> Iterator[Value]:
        """The values row by row."""
        for row in self.rows:
            yield from row


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
        return Array(
            [[function(*elements) for elements in zip(*row, strict=True)] for row in _rows(operands, height, width)]
        )
    rows = []
    for r in range(height):
        row: list[Value] = []
        for c in range(width):
            elements = [_element(o, r, c) for o in operands]
            row.append(NA if any(e is _ABSENT for e in elements) else function(*elements))
        rows.append(row)
    return Array(rows)


def _rows(operands: Sequence[Value | Array], height: int, width: int) -> Iterator[list[Sequence[Value]]]:
    """Row by row what each operand gives: arrays of one shape, single values repeated."""
    singles = {i: [o] * width for i, o in enumerate(operands) if not isinstance(o, Array)}
    for r in range(height):
        yield [o.rows[r] if isinstance(o, Array) else singles[i] for i, o in enumerate(operands)]


_ABSENT = object()


def _element(operand: Value | Array, r: int, c: int) -> object:
    if not isinstance(operand, Array):
        return operand
    r, c = (0 if operand.height == 1 else r), (0 if operand.width == 1 else c)
    return operand.rows[r][c] if r < operand.height and c < operand.width else _ABSENT
