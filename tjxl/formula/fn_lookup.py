"""Finding values and cells: INDEX, MATCH, VLOOKUP, LOOKUP, ROW, COLUMN and the like."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cmp_to_key

from tjxl.formula.arrays import Array, Operand
from tjxl.formula.coercion import compare
from tjxl.formula.criteria import has_wildcards, wildcard_pattern
from tjxl.formula.errors import Unsupported
from tjxl.formula.grid import Area
from tjxl.formula.ranges import lookup_key
from tjxl.formula.registry import Context, Function, values
from tjxl.formula.values import NA, REF, VALUE, ExcelError, Raised, Value, is_number, is_text


def _index(_context: Context, source: Operand, row: int, column: int | None = None) -> Operand:
    """A cell, or with 0 a whole row or column; of a reference it is a reference."""
    if isinstance(source, ExcelError):
        raise Raised(source)
    if not isinstance(source, (Area, Array)):
        source = Array([source], 1, 1)
    if column is None:
        # One index into a single row counts columns.
        row, column = (1, row) if source.height == 1 and source.width > 1 else (row, 0 if source.width > 1 else 1)
    if row < 0 or column < 0:
        raise Raised(VALUE)
    if row > source.height or column > source.width:
        raise Raised(REF)
    if isinstance(source, Area):
        top, bottom = (source.top + row - 1,) * 2 if row else (source.top, source.bottom)
        left, right = (source.left + column - 1,) * 2 if column else (source.left, source.right)
        return Area(source.sheet, top, left, bottom, right)
    cells, width = source.cells, source.width
    if row:
        cells = cells[(row - 1) * width : row * width]
    if column:
        cells = cells[column - 1 :: width]
    return Array(cells, 1 if row else source.height, 1 if column else width)


def _vector(context: Context, operand: Operand) -> Sequence[Value]:
    """The values of a single row or column."""
    _in_line(operand)
    return values(context, operand)


def _in_line(operand: Operand) -> None:
    if isinstance(operand, (Area, Array)) and operand.height != 1 and operand.width != 1:
        raise Raised(NA)


def _exact(context: Context, wanted: Value, operand: Operand) -> int:
    """The position from 0 of the first equal value; #N/A where there is none."""
    position: int | None
    if is_text(wanted) and has_wildcards(str(wanted)):
        pattern = wildcard_pattern(str(wanted))
        vector = _vector(context, operand)
        position = _first(vector, lambda v: is_text(v) and pattern.fullmatch(str(v)) is not None)
    else:
        key = lookup_key(0 if wanted is None else wanted)
        if isinstance(operand, Area):
            _in_line(operand)
            position = context.ranges.first_position(operand, key)
        else:
            position = _first(_vector(context, operand), lambda v: lookup_key(v) == key)
    if position is None:
        raise Raised(NA)
    return position


def _first(vector: Sequence[Value], test: Callable[[Value], bool]) -> int | None:
    return next((i for i, value in enumerate(vector) if test(value)), None)


def _kind(value: Value) -> str:
    if isinstance(value, ExcelError) or value is None:
        return "none"
    return "number" if is_number(value) else type(value).__name__


def _sorted_position(wanted: Value, vector: Sequence[Value], descending: bool = False) -> int:
    """The position from 0 of the last value not beyond *wanted*, among those of its kind; #N/A before the first.

    It halves like Excel, so that in ``LOOKUP(2,1/(...),...)`` the last number is found.
    """
    wanted = 0 if wanted is None else wanted
    places = [i for i, value in enumerate(vector) if _kind(value) == _kind(wanted)]
    sign = -1 if descending else 1

    def by_rank(a: Value, b: Value) -> int:
        return sign * compare(a, b)

    order = cmp_to_key(by_rank)
    found = bisect_right([order(vector[i]) for i in places], order(wanted))
    if found == 0:
        raise Raised(NA)
    return places[found - 1]


def _match(context: Context, wanted: Value, operand: Operand, kind: int = 1) -> int:
    if kind == 0:
        return _exact(context, wanted, operand) + 1
    return _sorted_position(wanted, _vector(context, operand), descending=kind < 0) + 1


def _vlookup(context: Context, wanted: Value, table: Operand, column: int, near: bool = True) -> Value:
    if not isinstance(table, (Area, Array)):
        raise Unsupported("VLOOKUP in something that is no range")
    if column < 1:
        raise Raised(VALUE)
    if column > table.width:
        raise Raised(REF)
    first = _index(context, table, 0, 1)
    row = _sorted_position(wanted, _vector(context, first)) if near else _exact(context, wanted, first)
    return values(context, table)[row * table.width + column - 1]


def _lookup(context: Context, wanted: Value, operand: Operand, result: Operand = None) -> Value:
    """The vector form; with one array the last row or column of it is the result, whichever way it is longer."""
    if not isinstance(operand, (Area, Array)):
        raise Unsupported("LOOKUP in something that is no range")
    vector = operand
    if result is None and operand.height > 1 and operand.width > 1:
        wide = operand.width > operand.height
        first = _index(context, operand, 1, 0) if wide else _index(context, operand, 0, 1)
        last = (operand.height, 0) if wide else (0, operand.width)
        assert isinstance(first, (Area, Array))
        vector, result = first, _index(context, operand, *last)
    position = _sorted_position(wanted, _vector(context, vector))
    found = values(context, operand if result is None else result)
    if position >= len(found):
        raise Raised(NA)
    return found[position]


def _place(of_row: bool) -> Callable[..., Operand]:
    """ROW and COLUMN: of the formula's own cell, or of a reference."""

    def run(context: Context, operand: Operand = None) -> Operand:
        if operand is None:
            return context.row if of_row else context.column
        if not isinstance(operand, Area):
            raise Unsupported("the row or column of something that is no reference")
        if of_row:
            return Array(range(operand.top, operand.bottom + 1), operand.height, 1)
        return Array(range(operand.left, operand.right + 1), 1, operand.width)

    return run


def _extent(of_rows: bool) -> Callable[..., int]:
    def run(_context: Context, operand: Operand) -> int:
        if isinstance(operand, ExcelError):
            raise Raised(operand)
        if not isinstance(operand, (Area, Array)):
            return 1
        return operand.height if of_rows else operand.width

    return run


FUNCTIONS = {
    "INDEX": Function(_index, "aii", least=2, context=True, spreads=False, many=True),
    "MATCH": Function(_match, "vmi", least=2, context=True),
    "VLOOKUP": Function(_vlookup, "vmib", least=3, context=True),
    "LOOKUP": Function(_lookup, "vaa", least=2, context=True),
    "ROW": Function(_place(True), "r", least=0, context=True, many=True, placed=(0,)),
    "COLUMN": Function(_place(False), "r", least=0, context=True, many=True, placed=(0,)),
    "ROWS": Function(_extent(True), "a", context=True),
    "COLUMNS": Function(_extent(False), "a", context=True),
}
