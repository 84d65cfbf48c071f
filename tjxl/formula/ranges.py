"""Ranges read once, and indexes over them: a dashboard asks hundreds of questions of the same few columns."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from tjxl.formula.arrays import Array
from tjxl.formula.criteria import Criterion, cell_key
from tjxl.formula.errors import Unsupported
from tjxl.formula.grid import Area
from tjxl.formula.nodes import Structured
from tjxl.formula.values import ExcelError, Value

_WHOLE = 200_000
"""Cells up to which a range is read whole; of larger ones only the used rows are."""

_LARGEST = 2_000_000
"""Cells beyond which a range is refused rather than read."""


class Ranges:
    """The values of areas, kept for as long as the workbook does not change.

    *cell* reads one cell; *used_rows* tells the last used row of a sheet.
    """

    def __init__(self, cell: Callable[[str, int, int], Value], used_rows: Callable[[str], int]) -> None:
        self._cell = cell
        self._used_rows = used_rows
        self.structured: dict[Structured, Area] = {}
        """Structured references and the cells that they mean, with ``#This Row`` those of all rows."""
        self._arrays: dict[Area, Array] = {}
        self._flat: dict[tuple[Area, int], list[Value]] = {}
        self._positions: dict[tuple[tuple[Area, ...], int], dict[tuple[Hashable, ...], list[int]]] = {}
        self._masks: dict[tuple[Area, Criterion, int], bytes] = {}
        self._first: dict[Area, dict[Hashable, int]] = {}

    def array(self, area: Area) -> Array:
        """The values of an area. Of very tall areas the rows below the used ones are left out (`Array.cut`)."""
        found = self._arrays.get(area)
        if found is None:
            rows = self.rows(area)
            flat, width = self.flat(area, rows), area.width
            found = Array([flat[i * width : (i + 1) * width] for i in range(rows)], rows < area.height)
            self._arrays[area] = found
        return found

    def rows(self, area: Area) -> int:
        """How many rows of an area are worth reading."""
        if area.height * area.width <= _WHOLE:
            return area.height
        return max(0, min(area.bottom, self._used_rows(area.sheet)) - area.top + 1)

    def flat(self, area: Area, rows: int) -> list[Value]:
        """The values of the first *rows* rows, row by row. The list is shared: do not change it."""
        found = self._flat.get((area, rows))
        if found is None:
            if rows * area.width > _LARGEST:
                raise Unsupported("range too large")
            found = [
                self._cell(area.sheet, row, column)
                for row in range(area.top, area.top + rows)
                for column in range(area.left, area.right + 1)
            ]
            self._flat[(area, rows)] = found
        return found

    def matching(self, pairs: Sequence[tuple[Area, Criterion]]) -> tuple[Sequence[int], int]:
        """Positions (row by row, from 0) where every area meets its criterion, and how many blank rows below do.

        The areas have one shape. Criteria that ask for one value are answered from an index over their areas.
        """
        rows = max(self.rows(area) for area, _ in pairs)
        keyed = sorted(((a, c) for a, c in pairs if c.key is not None), key=lambda pair: _order(pair[0]))
        tests = [(a, c) for a, c in pairs if c.key is None]
        positions: Sequence[int]
        if keyed:
            index = self._index(tuple(a for a, _ in keyed), rows)
            positions = index.get(tuple(c.key for _, c in keyed), [])
        else:
            positions = range(rows * pairs[0][0].width)
        for area, test in tests:
            positions = self._tested(positions, area, test, rows)
        area = pairs[0][0]
        below = (area.height - rows) * area.width
        return positions, below if below and all(c.met_by(None) for _, c in pairs) else 0

    def _tested(self, positions: Sequence[int], area: Area, test: Criterion, rows: int) -> list[int]:
        """The positions that meet *test*. Few are tested each; for many the answer of the whole column is kept."""
        if len(positions) * 8 < rows * area.width:
            cells = self.flat(area, rows)
            return [i for i in positions if test.met_by(cells[i])]
        mask = self._mask(area, test, rows)
        return [i for i in positions if mask[i]]

    def _index(self, areas: tuple[Area, ...], rows: int) -> dict[tuple[Hashable, ...], list[int]]:
        found = self._positions.get((areas, rows))
        if found is None:
            found = {}
            columns = [[cell_key(v) for v in self.flat(area, rows)] for area in areas]
            for position, key in enumerate(zip(*columns, strict=True)):
                found.setdefault(key, []).append(position)
            self._positions[(areas, rows)] = found
        return found

    def _mask(self, area: Area, test: Criterion, rows: int) -> bytes:
        """One byte per cell: 1 where the criterion is met. Criteria are cached objects, so equal ones share it."""
        found = self._masks.get((area, test, rows))
        if found is None:
            found = bytes(test.met_by(value) for value in self.flat(area, rows))
            self._masks[(area, test, rows)] = found
        return found

    def first_position(self, area: Area, wanted: Hashable) -> int | None:
        """Where, from 0, the exact value with the `lookup_key` *wanted* first stands."""
        index = self._first.get(area)
        if index is None:
            index = {}
            for position, value in enumerate(self.flat(area, self.rows(area))):
                index.setdefault(lookup_key(value), position)
            self._first[area] = index
        return index.get(wanted)


def lookup_key(value: Value) -> Hashable:
    """Values with equal keys are equal to MATCH and VLOOKUP: unlike in criteria, "1" is not 1, blank not ""."""
    if isinstance(value, str) and not isinstance(value, ExcelError):
        return ("text", value.lower())
    if isinstance(value, (bool, ExcelError)):
        return (type(value), value)
    return cell_key(value) if value is not None else None


def _order(area: Area) -> tuple[str, int, int]:
    return area.sheet, area.top, area.left
