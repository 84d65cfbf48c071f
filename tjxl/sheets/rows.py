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
    cells = book.cells(table.sheet).cells
    columns = [(c, table.columns[c.title]) for c in layout.columns if c.title in table.columns]
    absent = lacking_columns(book, layout)
    lacking = {c.name: None for c in layout.columns if c.title in absent}
    keys = keys or [c.name for c in layout.columns if c.owner == "key"]
    for number in range(table.first_row, table.last_row + 1):
        values = lacking | {c.name: typed(cells.get((number, at)), c, book.date1904) for c, at in columns}
        if any(values[k] is not None for k in keys):
            yield TableRow(number, values)


class LeanValues(Mapping[str, Any]):
    """Values by column name. The rows of a ledger share the names: there may be a hundred thousand of them."""

    __slots__ = ("_at", "_given")

    def __init__(self, at: Mapping[str, int], given: tuple[Any, ...]) -> None:
        self._at, self._given = at, given

    def __getitem__(self, name: str) -> Any:
        return self._given[self._at[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._at)

    def __len__(self) -> int:
        return len(self._at)


def read_long(book: Book, layout: SheetLayout) -> list[TableRow]:
    """As `read_rows`, of a table that grows for a year: little is kept but the rows, and equal values only once."""
    table = find_table(book, layout)
    absent = lacking_columns(book, layout)
    columns = [c for c in layout.columns if c.title in table.columns or c.title in absent]
    at = {c.name: place for place, c in enumerate(columns)}
    keys = [at[c.name] for c in columns if c.owner == "key"]
    readers: list[tuple[int, Column, dict[Any, Any] | None]] = [
        (table.columns.get(c.title, 0), c, None if c.kind == "long" else {}) for c in columns
    ]
    out = []
    for cells in book.stretches(table.sheet):
        for number in sorted({row for row, _ in cells if table.first_row <= row <= table.last_row}):
            given = tuple(
                _known(cells.get((number, column)), c, known, book.date1904) for column, c, known in readers
            )
            if any(given[key] is not None for key in keys):
                out.append(TableRow(number, LeanValues(at, given)))
    book.let_go(table.sheet)
    return out


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
