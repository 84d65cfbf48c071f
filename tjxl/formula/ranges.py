"""Ranges read once, and indexes over them: a dashboard asks hundreds of questions of the same few columns."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

from tjxl.formula.arrays import Array, Sparse
from tjxl.formula.criteria import Criterion, cell_key, folded
from tjxl.formula.errors import Unsupported
from tjxl.formula.grid import Area
from tjxl.formula.values import ExcelError, Raised, Value

_WHOLE = 200_000
"""Cells up to which a range is read whole; of larger ones only the used rows are."""

_LARGEST = 2_000_000
"""Cells beyond which a range is refused rather than read."""

_KEPT = 64
"""Arrays that are computed and kept. Formulas of a column share one; a text of its own in each row must not fill all
memory."""

_MASKS = 1024
"""Columns' answers to criteria that are kept, for the same reason."""


class Ranges:
    """The values of areas, kept for as long as the workbook does not change.

    *cell* reads one cell; *used_rows* tells the last used row of a sheet.
    """

    def __init__(self, cell: Callable[[str, int, int], Value], used_rows: Callable[[str], int]) -> None:
        self._cell = cell
        self._used_rows = used_rows
        self._kept: dict[object, Value | Array] = {}
        self._arrays: dict[Area, Array] = {}
        self._flat: dict[tuple[Area, int], list[Value]] = {}
        self._positions: dict[tuple[Area, int], dict[Hashable, list[int]]] = {}
        self._masks: dict[tuple[Area, Criterion, int], bytes] = {}
        self._first: dict[Area, dict[Hashable, int]] = {}
        self._errors: dict[Area, list[int]] = {}
        self._ordered: dict[Area, list[float]] = {}

    def kept(self, key: object, compute: Callable[[], Value | Array]) -> Value | Array:
        """What an expression gives that is the same wherever it stands; *key* stands for it."""
        if key not in self._kept:
            found = compute()
            _make_room(self._kept, _KEPT)
            self._kept[key] = found
        return self._kept[key]

    def array(self, area: Area) -> Array:
        """The values of an area. Of very tall areas the rows below the used ones are left out (`Array.cut`)."""
        found = self._arrays.get(area)
        if found is None:
            rows = self.rows(area)
            found = self._arrays[area] = Array(self.flat(area, rows), rows, area.width, rows < area.height)
        return found

    def rows(self, area: Area) -> int:
        """How many rows of an area are worth reading."""
        _sheet, top, left, bottom, right = area
        height = bottom - top + 1
        if height * (right - left + 1) <= _WHOLE:
            return height
        return max(0, min(bottom, self._used_rows(area.sheet)) - top + 1)

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

    def numbers(self, area: Area) -> list[float]:
        """The numbers in an area, the smallest first. The list is shared. Raises errors as they are."""
        found = self._ordered.get(area)
        if found is None:
            cells = self.flat(area, self.rows(area))
            for value in cells:
                if isinstance(value, ExcelError):
                    raise Raised(value)
            numbers = [v for v in cells if isinstance(v, (int, float)) and not isinstance(v, bool)]
            found = self._ordered[area] = sorted(numbers)
        return found

    def matching(self, areas: Sequence[Area], criteria: Sequence[Criterion]) -> tuple[Sequence[int], int]:
        """Positions (row by row, from 0) where every area meets its criterion, and how many blank rows below do.

        The areas have one shape. Of the criteria that ask for one value, that with the fewest cells is answered from
        an index; in the rows found the others are tested.
        """
        rows = areas[0].height
        if rows * areas[0].width > _WHOLE:
            rows = max(map(self.rows, areas))
        positions: Sequence[int] = range(rows * areas[0].width)
        indexed: tuple[Area, Criterion] | None = None
        tests = []
        for asked in zip(areas, criteria, strict=True):
            area, criterion = asked
            if criterion.key is None:
                tests.append(asked)
                continue
            found = self._index(area, rows).get(criterion.key, ())
            if indexed is not None and len(found) >= len(positions):
                tests.append(asked)
                continue
            if indexed is not None:
                tests.append(indexed)
            positions, indexed = found, asked
        for area, test in tests:
            positions = self._tested(positions, area, test, rows)
        below = (areas[0].height - rows) * areas[0].width
        return positions, below if below and all(c.met_by(None) for c in criteria) else 0

    def _tested(self, positions: Sequence[int], area: Area, test: Criterion, rows: int) -> list[int]:
        """The positions that meet *test*. Few are tested each; for many the answer of the whole column is kept."""
        if len(positions) * 8 < rows * area.width:
            cells = self.flat(area, rows)
            return [i for i in positions if test.met_by(cells[i])]
        mask = self._mask(area, test, rows)
        return [i for i in positions if mask[i]]

    def _index(self, area: Area, rows: int) -> dict[Hashable, list[int]]:
        """Positions by the `cell_key` of what stands there."""
        found = self._positions.get((area, rows))
        if found is None:
            found = {}
            for position, value in enumerate(self.flat(area, rows)):
                key = cell_key(value)
                if key in found:
                    found[key].append(position)
                else:
                    found[key] = [position]
            self._positions[(area, rows)] = found
        return found

    def _mask(self, area: Area, test: Criterion, rows: int) -> bytes:
        """One byte per cell: 1 where the criterion is met. Criteria are cached objects, so equal ones share it."""
        found = self._masks.get((area, test, rows))
        if found is None:
            found = bytes([test.met_by(value) for value in self.flat(area, rows)])
            _make_room(self._masks, _MASKS)
            self._masks[(area, test, rows)] = found
        return found

    def equal_to(self, area: Area, text: str) -> Sparse:
        """``area = text`` for each cell of an area that is read whole, *text* not being empty."""
        rows = area.height
        cells = self.flat(area, rows)
        errors = self._errors.get(area)
        if errors is None:
            errors = self._errors[area] = [i for i, v in enumerate(cells) if isinstance(v, ExcelError)]
        wanted = text.lower()
        few: dict[int, Value] = {}
        for position in self._index(area, rows).get(cell_key(text), ()):
            value = cells[position]
            if type(value) is str and value.lower() == wanted:  # not the number that the text would spell
                few[position] = True
        if errors:
            few |= {position: cells[position] for position in errors}
            few = dict(sorted(few.items()))
        return Sparse(few, False, rows, area.width)

    def first_position(self, area: Area, wanted: Hashable) -> int | None:
        """Where, from 0, the exact value with the `lookup_key` *wanted* first stands."""
        index = self._first.get(area)
        if index is None:
            index = {}
            for position, value in enumerate(self.flat(area, self.rows(area))):
                index.setdefault(lookup_key(value), position)
            self._first[area] = index
        return index.get(wanted)


def _make_room(cache: dict[Any, Any], most: int) -> None:
    """Forget the oldest where there are so many."""
    if len(cache) >= most:
        del cache[next(iter(cache))]


def lookup_key(value: Value) -> Hashable:
    """Values with equal keys are equal to MATCH and VLOOKUP: unlike in criteria, "1" is not 1, blank not ""."""
    if isinstance(value, str) and not isinstance(value, ExcelError):
        return folded(value)
    if isinstance(value, (bool, ExcelError)):
        return (type(value), value)
    return cell_key(value) if value is not None else None
