"""Edits of a workbook as few, large writes to the same workbook while it is open: what is written where (pure).

Cells that touch become one block, which a spreadsheet program takes in one call. The values that formulas are to show
are not among them: the program calculates, and draws its charts, itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from tjxl.errors import PackageError
from tjxl.ooxml.book import Book, Table
from tjxl.ooxml.cells import CellValue, RawCell, to_serial
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.edits import Put, PutFormula, Recalculated, Remove
from tjxl.ooxml.refs import Range, grow, parse_range
from tjxl.ooxml.stored import storable

Place = tuple[int, int]
Written = str | float | int | bool | None

LONGEST_IN_BLOCK = 8_000
"""Characters of a text written together with others: Excel takes longer ones (over 8,203) only one by one."""

_CALLED_FOR = "=+-@'＝＋－＠#"
"""First characters of what a program takes for a formula, a mark of text, or an error value."""

_SHORT = 64  # no number, date or amount of money is longer


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula to be written, beginning with `=`."""

    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of cells written in one call: values, or formulas."""

    area: Range
    rows: tuple[tuple[Written, ...], ...]
    formulas: bool


@dataclass(frozen=True, slots=True)
class Growth:
    """A table whose last row becomes `bottom`; new rows take their looks from the row `model` (None: it shrinks)."""

    table: Table
    bottom: int
    model: int | None


@dataclass(frozen=True, slots=True)
class Refilled:
    """Blank rows inside a table that are filled: they take their looks from the row `model`."""

    table: Table
    first: int
    last: int
    model: int


@dataclass(frozen=True, slots=True)
class Heights:
    """Rows of a sheet that are given the same height in points."""

    sheet: str
    first: int
    last: int
    height: float


@dataclass(frozen=True, slots=True)
class Replay:
    """What is done to the open workbook, in this order: tables, blank rows, names, cells, heights.

    Attributes:
        names: defined name → sheet, area before, area after.
        cells: sheet → place → what is to stand there.
        before: the same places as they stand now.
    """

    growths: tuple[Growth, ...]
    refilled: tuple[Refilled, ...]
    names: Mapping[str, tuple[str, Range, Range]]
    cells: Mapping[str, Mapping[Place, Written | Formula]]
    before: Mapping[str, Mapping[Place, Written | Formula]]
    heights: tuple[Heights, ...]


def plan_replay(editor: BookEditor) -> Replay:
    """
    Raises:
        PackageError: E237 the edits hold something that only a closed file can take; E238 a filter hides all rows
            of a table that is to grow.
    """
    book, collected = editor.book, editor.collected
    if collected.template or any(not _is_chart(book, name) for name in collected.parts):
        raise PackageError("E237")
    growths = tuple(
        Growth(table, bottom, _model(editor, table) if bottom > table.last_row else None)
        for name, bottom in collected.bottoms.items()
        for table in (editor.table(name),)
        if bottom != table.last_row
    )
    names = {}
    for g in growths:
        for name, (sheet, area) in book.names.items():
            longer = grow(area.ref, g.table.range, g.bottom)
            if sheet == g.table.sheet and longer != area.ref:
                names[name] = (sheet, area, parse_range(longer))
    cells: dict[str, dict[Place, Written | Formula]] = {}
    for sheet, edits in collected.cells.items():
        written = {p: _written(e, book.date1904) for p, e in edits.items() if not isinstance(e, Recalculated)}
        if written:
            _bridge(written, book.cells(sheet).cells, [t for t in book.tables.values() if t.sheet == sheet])
            cells[sheet] = written
    before = {sheet: {place: _stored(book, sheet, place) for place in written} for sheet, written in cells.items()}
    refilled = tuple(
        Refilled(table, area.top, area.bottom, _model(editor, table))
        for name, rows in collected.refilled.items()
        for table in (editor.table(name),)
        for area in _areas([(row, 1) for row in sorted(rows)])
    )
    return Replay(growths, refilled, names, cells, before, tuple(_heights(book, collected.heights)))


def _heights(book: Book, given: Mapping[str, Mapping[int, float]]) -> Iterator[Heights]:
    """Rows that touch and are equally high, together: each is one call. A row that a filter hides would show up."""
    for sheet, rows in given.items():
        numbered = enumerate(sorted(rows.keys() - set(book.cells(sheet).hidden_rows)))
        for (_, height), run in groupby(numbered, key=lambda at: (at[1] - at[0], rows[at[1]])):
            numbers = [row for _, row in run]
            yield Heights(sheet, numbers[0], numbers[-1], height)


def _is_chart(book: Book, part: str) -> bool:
    """Whether a part is a chart that the workbook has: an open workbook redraws it by itself."""
    return part in book.package and part.rpartition("/")[0].endswith("/charts")


def _model(editor: BookEditor, table: Table) -> int:
    """The row whose looks new rows take: the lowest that no filter hides, because hidden rows cannot be copied."""
    hidden, lowest = set(editor.book.cells(table.sheet).hidden_rows), editor.model_row(table.name)
    rows = (r for r in range(lowest, table.first_row - 1, -1) if r not in hidden)
    row = next((r for r in rows if r == lowest or editor.dressed(table.name, r)), None)
    if row is None:
        raise PackageError("E238", table=table.name)
    return row


def _written(edit: Put | PutFormula | Remove, date1904: bool) -> Written | Formula:
    if isinstance(edit, Remove):
        return None  # the cell's looks stay, below the table
    return Formula("=" + edit.text) if isinstance(edit, PutFormula) else plain_value(edit.value, date1904)


def plain_value(value: CellValue, date1904: bool) -> Written:
    """A value as it stands in a cell: dates as serial numbers, so that the cell keeps its number format."""
    if isinstance(value, dt.date):
        return float(to_serial(value, date1904))
    if isinstance(value, str):
        return storable(value.replace("\r\n", "\n").replace("\r", "\n")) or None
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _stored(book: Book, sheet: str, place: Place) -> Written | Formula:
    """What stands in a cell of the file."""
    cells = book.cells(sheet)
    if (formula := cells.formula(*place)) is not None:
        return Formula("=" + formula)
    cell = cells.cells.get(place)
    return cell.value if cell is not None else None


def _bridge(
    written: dict[Place, Written | Formula], stored: Mapping[Place, RawCell], tables: Sequence[Table]
) -> None:
    """Fill the gaps in rows of a table with cells that are empty and stay so: rows then lie alike, and are one block.

    Columns with formulas stay out: a new row gets those of its table's calculated columns from the program.
    """
    calculated = {column for (_, column), cell in stored.items() if cell.formula is not None}
    by_table: dict[str, list[Place]] = {}
    for row, column in written:
        name = next((t.name for t in tables if t.range.left <= column <= t.range.right and t.range.top < row), "")
        by_table.setdefault(name or f"row {row}", []).append((row, column))
    for places in by_table.values():
        left, right = min(c for _, c in places), max(c for _, c in places)
        for row in {r for r, _ in places}:
            for column in range(left, right + 1):
                cell = stored.get((row, column))
                if column not in calculated and (cell is None or cell.value in (None, "")):
                    written.setdefault((row, column), None)


def blocks(cells: Mapping[Place, Written | Formula]) -> list[Block]:
    """The cells as rectangles: along rows or along columns, whichever gives fewer."""
    out: list[Block] = []
    for formulas in (False, True):
        chosen = {p: v for p, v in cells.items() if isinstance(v, Formula) is formulas}
        ours: dict[Place, Written] = {p: v.text if isinstance(v, Formula) else v for p, v in chosen.items()}
        long = {p for p, v in ours.items() if isinstance(v, str) and len(v) > LONGEST_IN_BLOCK}
        places = sorted(p for p in ours if p not in long)
        turned = [Range(a.left, a.top, a.right, a.bottom) for a in _areas(sorted((c, r) for r, c in places))]
        areas = min(list(_areas(places)), turned, key=len)
        for a in [*areas, *(Range(r, c, r, c) for r, c in sorted(long))]:
            rows = tuple(tuple(ours[r, c] for c in range(a.left, a.right + 1)) for r in range(a.top, a.bottom + 1))
            out.append(Block(a, rows, formulas))
    return out


def _areas(places: Sequence[Place]) -> Iterator[Range]:
    """Runs along the second number, those that lie alike side by side taken together; `places` is sorted."""
    runs: list[Range] = []
    for row, column in places:
        if runs and runs[-1].top == row and runs[-1].right == column - 1:
            runs[-1] = runs[-1]._replace(right=column)
        else:
            runs.append(Range(row, column, row, column))
    growing: dict[tuple[int, int], Range] = {}
    for run in runs:
        above = growing.get((run.left, run.right))
        if above is not None and above.bottom == run.top - 1:
            growing[run.left, run.right] = above._replace(bottom=run.bottom)
            continue
        if above is not None:
            yield above
        growing[run.left, run.right] = run
    yield from growing.values()


def as_typed(value: Written) -> Written:
    """A value as it is handed over: a text that could be read as something else gets the mark of a text, `'`."""
    if not isinstance(value, str):
        return value
    read = value[:1] in _CALLED_FOR or value.casefold() in ("true", "false")
    return "'" + value if read or (len(value) <= _SHORT and any(c.isnumeric() for c in value)) else value
