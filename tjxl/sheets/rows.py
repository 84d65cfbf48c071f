"""The master's tables as typed rows, wherever a person has moved them: found by table name and column title."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tjxl.errors import PackageError
from tjxl.ooxml.book import Book, Table
from tjxl.ooxml.cells import RawCell, from_serial
from tjxl.sheets.layout import Column, SheetLayout


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table of the master: its sheet row and its values by column name (see `workbook/master.toml`)."""

    number: int
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


def find_table(book: Book, layout: SheetLayout) -> Table:
    """The Excel table of a layout.

    Raises:
        PackageError: E312 the table is gone; E313 columns are missing.
    """
    table = book.tables.get(layout.title)
    if table is None:
        raise PackageError("E312", table=layout.title)
    needed = (c for c in layout.columns if c.owner != "office" and not c.later)
    missing = [c.title for c in needed if c.title not in table.columns]
    if missing:
        raise PackageError("E313", sheet=table.sheet, columns="、".join(missing))
    return table


def lacking_columns(book: Book, layout: SheetLayout) -> list[str]:
    """Titles of the columns that a master of an earlier version does not have yet.

    Raises:
        PackageError: as `find_table`.
    """
    table = find_table(book, layout)
    return [c.title for c in layout.columns if c.later and c.title not in table.columns]


def holds_table(book: Book, layout: SheetLayout) -> bool:
    """Whether the table of a layout is there with all its columns."""
    try:
        find_table(book, layout)
    except PackageError:
        return False
    return True


def read_rows(book: Book, layout: SheetLayout) -> list[TableRow]:
    """The filled rows of a table (rows without any key value are left out), in sheet order."""
    return list(iter_rows(book, layout))


def iter_rows(book: Book, layout: SheetLayout, keys: Sequence[str] = ()) -> Iterator[TableRow]:
    """As `read_rows`, one at a time; `keys` are other columns that make a row count as filled."""
    table = find_table(book, layout)
    cells, rows = book.cells(table.sheet).cells, _RowReader(book, layout, table, keys)
    for number in range(table.first_row, table.last_row + 1):
        if (row := rows.read(cells, number)) is not None:
            yield row


def read_long(book: Book, layout: SheetLayout) -> list[TableRow]:
    """As `read_rows`, of a table that grows for a year: of its sheet nothing is kept but the rows."""
    table = find_table(book, layout)
    rows, out = _RowReader(book, layout, table), []
    for cells in book.stretches(table.sheet):
        numbers = sorted({row for row, _ in cells if table.first_row <= row <= table.last_row})
        out += [row for number in numbers if (row := rows.read(cells, number)) is not None]
    book.let_go(table.sheet)
    return out


def named_column(book: Book, name: str) -> Iterator[tuple[str, int, int, Any]]:
    """Sheet, row, column and value of each cell in the column that a defined name stands for; none without it."""
    sheet, area = book.names.get(name, ("", None))
    if area is None or sheet not in book.sheets:
        return
    cells = book.cells(sheet).cells
    for row in range(area.top, area.bottom + 1):
        cell = cells.get((row, area.left))
        yield sheet, row, area.left, cell.value if cell else None


class LeanValues(Mapping[str, Any]):
    """Values by column name. The rows of a table share the names: there may be a hundred thousand of them."""

    __slots__ = ("_at", "_given")

    def __init__(self, at: Mapping[str, int], given: tuple[Any, ...]) -> None:
        self._at, self._given = at, given

    def __getitem__(self, name: str) -> Any:
        return self._given[self._at[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)


class _RowReader:
    """Reads the rows of one table; equal values are kept once."""

    def __init__(self, book: Book, layout: SheetLayout, table: Table, keys: Sequence[str] = ()) -> None:
        absent = lacking_columns(book, layout)
        columns = [c for c in layout.columns if c.title in table.columns or c.title in absent]
        self._at = {c.name: place for place, c in enumerate(columns)}
        self._keys = [self._at[k] for k in keys or [c.name for c in columns if c.owner == "key"]]
        self._columns: list[tuple[int, Column, dict[Any, Any] | None]] = [
            (table.columns.get(c.title, 0), c, None if c.kind == "long" else {}) for c in columns
        ]
        self._date1904 = book.date1904

    def read(self, cells: Mapping[tuple[int, int], RawCell], number: int) -> TableRow | None:
        """A row; None where nothing stands in any of its keys."""
        given = tuple(_known(cells.get((number, at)), c, known, self._date1904) for at, c, known in self._columns)
        return (
            TableRow(number, LeanValues(self._at, given)) if any(given[k] is not None for k in self._keys) else None
        )


def _known(cell: RawCell | None, column: Column, known: dict[Any, Any] | None, date1904: bool) -> Any:
    """As `typed`; a value met before is the same object."""
    if cell is None or known is None or isinstance(cell.value, bool):
        return typed(cell, column, date1904)
    if cell.value not in known:
        known[cell.value] = typed(cell, column, date1904)
    return known[cell.value]


def typed(cell: RawCell | None, column: Column, date1904: bool = False) -> Any:
    """A cell's value as its column's kind wants it; what does not fit the kind is given as it stands."""
    if cell is None or cell.value is None or cell.value == "":
        return None
    value = cell.value
    if isinstance(value, float) and not isinstance(value, bool):
        if column.kind in ("date", "datetime"):
            moment = from_serial(value, date1904)
            return (moment.date() if column.kind == "date" else moment) if moment else value
        if column.kind == "int":
            return int(value) if value == int(value) else value
        if column.kind in ("text", "long", "entry", "line", "digest"):
            return f"{value:.15g}"
        return value
    if isinstance(value, str) and column.kind in ("date", "datetime"):
        return _iso(value, column.kind == "date")
    return value


def _iso(text: str, only_date: bool) -> Any:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.date() if only_date else moment
