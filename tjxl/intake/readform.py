"""A returned form as it was read: its head, its sheets, their rows."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tjxl.fields.spec import Part
from tjxl.findings import Finding

NOTHING: Mapping[str, Any] = {}
NONE: frozenset[str] = frozenset()
"""One object for all the many rows that have none."""


class RowCells(Mapping[str, str]):
    """The cell address of each field of a row; all rows of a sheet share the letters of its columns."""

    __slots__ = ("_letters", "_row")

    def __init__(self, letters: Mapping[str, str], row: int) -> None:
        self._letters, self._row = letters, row

    def __getitem__(self, name: str) -> str:
        return f"{self._letters[name]}{self._row}"

    def __iter__(self) -> Iterator[str]:
        return iter(self._letters)

    def __len__(self) -> int:
        return len(self._letters)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row as the unit filled it in.

    Attributes:
        code: the row's key: `T010`, `T010-M1`, `T005-K1`; task_code: the task it belongs to.
        row: the true sheet row.
        values: typed value by field name; blank and unreadable fields are not in it.
        cells: cell address by field name.
        unread: by field name, what stood in cells whose value is another, or none: ask `original`.
        unreadable: fields that are filled but gave no value, or whose column is lost.
        conflict: the code that 序号 and text name instead; None where they do not speak against `code`.
        waits: a question concerns the row although its cell stands in another one.
    """

    code: str
    task_code: str
    row: int
    values: Mapping[str, Any]
    cells: Mapping[str, str]
    unread: Mapping[str, Any]
    unreadable: frozenset[str]
    conflict: str | None = None
    waits: bool = False

    def original(self, name: str) -> Any:
        """What stood in a field's cell, a date as a date; None for a blank one."""
        return self.unread[name] if name in self.unread else self.values.get(name)

    def only(self, names: Collection[str]) -> ReadRow:
        """The row with the values of these fields alone."""
        kept = {n: v for n, v in self.values.items() if n in names}
        unread = {n: v for n, v in self.unread.items() if n in names} if self.unread else NOTHING
        own = (self.code, self.task_code, self.row, kept, self.cells, unread or NOTHING)
        return ReadRow(*own, self.unreadable, self.conflict, self.waits)


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """One sheet of rows of a return, under the title it has there. `keyed` where its column of codes was found."""

    title: str
    rows: tuple[ReadRow, ...]
    keyed: bool


@dataclass(frozen=True, slots=True)
class ReadForm:
    """A return's sheets of rows, and the head that stands on 填报 (by head field name)."""

    sheets: Mapping[Part, ReadSheet]
    head: Mapping[str, Any]
    head_cells: Mapping[str, str]
    head_unreadable: frozenset[str]
    findings: tuple[Finding, ...]

    @property
    def report(self) -> ReadSheet:
        """The sheet 填报."""
        return self.sheets["report"]

    def with_rows(self, rows: Mapping[Part, tuple[ReadRow, ...]]) -> ReadForm:
        """The form with these rows."""
        sheets = {part: dataclasses.replace(s, rows=rows.get(part, ())) for part, s in self.sheets.items()}
        return dataclasses.replace(self, sheets=sheets)


def head_date(form: ReadForm) -> dt.date | None:
    """填报日期, where it was read."""
    value = form.head.get("reported_on")
    return value if isinstance(value, dt.date) else None


@lru_cache(maxsize=64)
def shared(places: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Columns or cells by field name, as one object for all forms where they are the same: most of a period."""
    return dict(places)
