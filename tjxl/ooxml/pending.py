"""The edits of one sheet that are not written yet, row by row: so they are made, and so a sheet is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Generic, TypeVar, cast

from tjxl.ooxml.cells import CellValue
from tjxl.ooxml.edits import Change, Put

C = TypeVar("C", bound=Change)


class AppendedRow(Mapping[int, Put]):
    """A new row as it was given: column → value. A ledger gains them by the hundred thousand, so it holds no more.

    Attributes:
        columns: in no order; all rows appended at once share them.
        given: a value for each column; a blank one is no edit.
    """

    __slots__ = ("columns", "given")

    def __init__(self, columns: tuple[int, ...], given: tuple[CellValue, ...]) -> None:
        self.columns, self.given = columns, given

    def __getitem__(self, column: int) -> Put:
        value = self.given[self.columns.index(column)] if column in self.columns else None
        if value is None or value == "":
            raise KeyError(column)
        return Put(value)

    def __iter__(self) -> Iterator[int]:
        return (c for c, v in zip(self.columns, self.given, strict=True) if v is not None and v != "")

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Pending(Mapping[tuple[int, int], C], Generic[C]):
    """(row, column) → edit.

    Attributes:
        rows: row → column → edit.
    """

    __slots__ = ("rows",)

    def __init__(self, edits: Mapping[tuple[int, int], C] | None = None) -> None:
        self.rows: dict[int, Mapping[int, C]] = {}
        for (row, column), edit in (edits or {}).items():
            self.row(row)[column] = edit

    def __getitem__(self, place: tuple[int, int]) -> C:
        return self.rows[place[0]][place[1]]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return ((row, column) for row, edits in self.rows.items() for column in edits)

    def __len__(self) -> int:
        return sum(map(len, self.rows.values()))

    def __bool__(self) -> bool:
        return any(self.rows.values())

    def get(self, place: tuple[int, int], default: C | None = None) -> C | None:  # type: ignore[override]
        """The edit of a cell; asked for every cell that a formula looks at."""
        row = self.rows.get(place[0])
        return default if row is None else row.get(place[1], default)

    def row(self, number: int) -> dict[int, C]:
        """The edits of a row, to be added to."""
        found = self.rows.get(number)
        if type(found) is not dict:
            found = self.rows[number] = dict(found or {})
        return found

    def append(self, number: int, row: AppendedRow) -> None:
        """A new row, or more of one: several tables may stand side by side."""
        self._add(number, cast(Mapping[int, C], row))

    def share(self, numbers: Iterable[int], edits: Mapping[int, C]) -> None:
        """The same edits for many rows, held once: a row that gets others has a copy."""
        shared = MappingProxyType(edits)
        for number in numbers:
            self._add(number, shared)

    def _add(self, number: int, edits: Mapping[int, C]) -> None:
        if number in self.rows:
            self.row(number).update(edits)
        else:
            self.rows[number] = edits

    @property
    def single(self) -> Iterator[tuple[int, Mapping[int, C]]]:
        """The rows in which something else may stand than plain values of a row that was appended."""
        return ((number, row) for number, row in self.rows.items() if type(row) is not AppendedRow)

    @property
    def bounds(self) -> tuple[int, int]:
        """The last row and the last column with an edit."""
        columns: set[int] = set()
        for row in self.rows.values():
            columns.update(row.columns if isinstance(row, AppendedRow) else row)
        return max(self.rows, default=0), max(columns, default=0)
