"""What a merge changed, field by field: the one definition behind `changes` of `tjxl merge`, 变更记录 and history.

A ledger row is compared with the row that it replaces: that of the same period where the unit reports again (更正),
else that of the period before. What the register shows is no measure: a correction of an older period does not show
there, and what a person typed over a cell is nobody's report.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from tjxl.fields.spec import Part
from tjxl.merge.projection import Entry, Key
from tjxl.ooxml.records import Records
from tjxl.sheets.layout import Column, change_words, master_layout
from tjxl.sheets.parts import PART_TABLES

ReportKind = Literal["first", "update", "correction", "late"]
HandKind = Literal["hand", "overwritten"]
Kind = ReportKind | HandKind | Literal["undone"]

E = TypeVar("E", bound=Entry)


LOGGED = (
    "changed_at", "period", "task_code", "row_code", "unit", "field", "old", "new", "kind", "file", "sha256", "sheet",
    "cell", "batch",
)  # fmt: skip
"""The columns of 变更记录 in which a change is noted."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field that became another one; the shape of `changes` in section 11 of the design.

    Attributes:
        period: the one reported on; of a hand edit the one whose report the cell is to show.
        code: the key of the row, the task's own where it is a report on the task.
        table: the table of the master that `field` is a column of.
        old, new: typed values; of a hand edit what the ledger says and what stands in the cell.
        file, sha256, sheet, cell: where the new value stands; of a hand edit the master, without a digest; of what is
            undone the report taken back, without the cell.
        kind: a key of `[changes]` in `workbook/master.toml`.
    """

    period: str | None
    task: str
    code: str
    unit: str | None
    table: str
    field: str
    old: Any
    new: Any
    kind: Kind
    file: str
    sha256: str | None
    sheet: str
    cell: str | None

    @property
    def column(self) -> Column:
        """The column of the master that holds the field."""
        return master_layout()[self.table].column(self.field)

    def to_json(self) -> dict[str, Any]:
        """The change with dates in ISO form."""
        names = ("period", "task", "code", "unit", "field", "old", "new", "kind", "file", "sha256", "sheet", "cell")
        return {n: v.isoformat() if isinstance(v := getattr(self, n), dt.date) else v for n in names}

    def row(self, batch: int | None, now: dt.datetime | None) -> tuple[Any, ...]:
        """A row of 变更记录: a value for each of `LOGGED`."""
        column = self.column
        return (
            now,
            self.period,
            self.task,
            self.code if self.code != self.task else None,
            self.unit,
            column.title,
            as_text(self.old, column),
            as_text(self.new, column),
            change_words()[self.kind],
            self.file,
            self.sha256,
            self.sheet,
            self.cell,
            batch,
        )


def logged(changes: Iterable[Change], batch: int | None, now: dt.datetime) -> Records:
    """Rows for 变更记录.

    Args:
        batch: the one to which the changes belong, but for hand edits, which no command has made.
    """
    return Records(LOGGED, [c.row(None if c.kind == "hand" else batch, now) for c in changes])


def as_text(value: Any, column: Column) -> str | None:
    """A value as 变更记录 says it, whole: 40%, 2022-06-30, 35.2; a text as it is."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value * 100:.15g}%" if column.kind in ("percent", "rate") else f"{value:.15g}"
    return None if value is None else str(value)


class Lives(Generic[E]):
    """The rows of one ledger that count, by what they are about: what a further row replaces."""

    def __init__(self, effective: Mapping[Key, E]) -> None:
        self._periods: dict[tuple[str, str], dict[str, E]] = {}
        for key, entry in effective.items():
            self.put(key, entry)

    def put(self, key: Key, entry: E) -> None:
        """From now on this is the row that counts for its key."""
        period, code, unit = key
        self._periods.setdefault((code, unit), {})[period] = entry

    def replaced(self, key: Key) -> tuple[ReportKind, E | None]:
        """What kind of report a row of this key would be, and the row that it would replace.

        Period codes of one cadence sort as text.
        """
        period, code, unit = key
        known = self._periods.get((code, unit), {})
        if period in known:
            return "correction", known[period]
        before = max((p for p in known if p < period), default=None)
        kind: ReportKind = "late" if any(p > period for p in known) else "first" if before is None else "update"
        return kind, known[before] if before is not None else None


def differing(part: Part, entry: Entry, replaced: Entry | None) -> Iterator[tuple[str, Any, Any]]:
    """Field, old and new value of each field in which a ledger row differs from the one that it replaces."""
    for name in PART_TABLES[part].fields:
        old = replaced[name] if replaced is not None else None
        if entry[name] != old:
            yield name, old, entry[name]
