"""Generated cells that are not as the archived files say, and how those that are proven are mended. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from tjxl.fields.spec import Part
from tjxl.merge.projection import Key
from tjxl.ooxml.book import Book
from tjxl.ooxml.refs import cell_ref
from tjxl.sheets.layout import SheetLayout, master_layout
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.rows import TableRow, find_table
from tjxl.sheets.volumes import ArchivedRow, place_of

EDITED = "手工改动"
ADDED = "手工添加的行"
LOST_ROW = "流水缺行"
LOST_FILE = "归档缺失或内容已变"
UNREADABLE = "归档文件现无法对应（单位或任务已变）"
NOT_IN_FILE = "来源文件中没有这一行"
UNKNOWN = "来源不明"
FORMULA = "公式被改动或删除"
LOST_PERIOD = "期次缺行"
UNLIKE_DUTIES = "与责任分工不符"


@dataclass(frozen=True, slots=True)
class Difference:
    """A generated cell, or a row (`column` None), that is not what the files say.

    Attributes:
        table: title of the table; cell: None where a row is missing.
        found, expected: what stands there and what should; `expected` says nothing where `proven` is False.
        proven: whether it can be restored.
        volume: the file in 往期流水 in which the row stands, None for the master; row and cell are of that file.
    """

    table: str
    row: int | None
    column: str | None
    cell: str | None
    found: Any
    expected: Any
    reason: str
    proven: bool = True
    volume: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The difference with dates in ISO form."""
        names = ("table", "row", "column", "cell", "found", "expected", "reason", "proven", "volume")
        return {n: v.isoformat() if isinstance(v := getattr(self, n), dt.date) else v for n in names}


@dataclass(slots=True)
class Rebuild:
    """All differences, and how those that are proven are mended: cells, formulas, rows of the ledgers.

    `effective` are the ledger rows that count once they are: what is derived of them is written by `follow`.
    `revised` are the rows in volumes that differ, by table (`recall`).
    """

    differences: list[Difference] = field(default_factory=list)
    updates: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    formulas: dict[tuple[str, int, int], str] = field(default_factory=dict)
    appended: dict[Part, list[dict[str, Any]]] = field(default_factory=dict)
    revised: dict[str, dict[tuple[str, int], dict[str, Any] | None]] = field(default_factory=dict)
    effective: dict[Part, dict[Key, dict[str, Any]]] = field(default_factory=dict)


class Notes:
    """Takes down what differs in one master, and plans to mend it: `rebuild`."""

    def __init__(self, book: Book) -> None:
        self.book, self.rebuild = book, Rebuild()

    def differ(self, table: str, row: TableRow, expected: Mapping[str, Any], reason: str = EDITED) -> None:
        """Note, and plan to mend, the cells of a row that differ."""
        changed = {name: value for name, value in expected.items() if row[name] != value}
        if changed:
            self.differing(master_layout()[table], row, changed, reason)
            if isinstance(row, ArchivedRow):
                self.rebuild.revised.setdefault(table, {})[place_of(row)] = changed
            else:
                self.rebuild.updates.setdefault(table, {}).setdefault(row.number, {}).update(changed)

    def differing(
        self, layout: SheetLayout, row: TableRow, expected: Mapping[str, Any], reason: str = EDITED
    ) -> None:
        """Note these cells of a row; they are mended elsewhere."""
        found = find_table(self.book, layout)
        volume, number = place_of(row)
        for name, value in expected.items():
            title = layout.column(name).title
            if layout.column(name).later and title not in found.columns:
                continue  # a master of an earlier version
            cell = cell_ref(number, layout.position(name) + 1 if volume else found.columns[title])
            place = (layout.title, number, title, cell)
            self.note(Difference(*place, row[name], value, reason, volume=volume or None))

    def note(self, difference: Difference) -> None:
        """Note a difference as it is."""
        self.rebuild.differences.append(difference)

    def unproven(self, table: str, row: TableRow, reason: str) -> None:
        """A row of which nothing can be said."""
        self.note(_whole_row(table, row, reason, proven=False))

    def unproven_cell(self, table: str, row: TableRow, name: str, reason: str) -> None:
        """A cell that cannot be right, and of which nothing tells what should stand there."""
        layout = master_layout()[table]
        title = layout.column(name).title
        cell = cell_ref(row.number, find_table(self.book, layout).columns[title])
        self.note(Difference(layout.title, row.number, title, cell, row[name], None, reason, proven=False))

    def extra(self, table: str, row: TableRow) -> None:
        """A row that a merge has not written: a copy of one that it has."""
        self.note(_whole_row(table, row, ADDED, proven=True))
        if isinstance(row, ArchivedRow):
            self.rebuild.revised.setdefault(table, {})[place_of(row)] = None
        else:
            emptied = {c.name: None for c in master_layout()[table].columns if c.owner != "office"}
            self.rebuild.updates.setdefault(table, {})[row.number] = emptied

    def missing(self, part: Part, entry: dict[str, Any]) -> None:
        """A row that a ledger does not hold any more."""
        layout = master_layout()[PART_TABLES[part].ledger]
        key = " ".join(str(entry[c.name]) for c in layout.columns if c.owner == "key")
        self.note(Difference(layout.title, None, None, None, None, key, LOST_ROW))
        self.rebuild.appended.setdefault(part, []).append(entry)


def _whole_row(table: str, row: TableRow, reason: str, *, proven: bool) -> Difference:
    layout = master_layout()[table]
    key = " ".join(str(row[c.name] or "") for c in layout.columns if c.owner == "key")
    volume, number = place_of(row)
    return Difference(layout.title, number, None, None, key, None, reason, proven, volume or None)


def without_file(sha256: object, kept: Set[str]) -> str:
    """Why nothing can be said of a row by the file that it names.

    Args:
        kept: sha256 of all that 归档 holds unchanged.
    """
    return UNREADABLE if sha256 in kept else LOST_FILE if sha256 else UNKNOWN
