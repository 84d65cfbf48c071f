"""Cells of the register that show reports and hold something else: what a person has typed over them.

Pure. What a row may rightly hold is the report that it is to show, or, between a decision of the office and the merge
that follows it, a report of the unit that led before or was merged into this one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tjxl.fields.spec import Part
from tjxl.merge.changes import Change, HandKind, as_text
from tjxl.merge.projection import Entry, Key, Projected
from tjxl.ooxml.book import Book
from tjxl.ooxml.refs import cell_ref
from tjxl.sheets.layout import change_words, master_layout
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.rows import TableRow, find_table

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Standing(Generic[E]):
    """What a row of the register shows.

    Attributes:
        entry: the ledger row whose report stands there; None for none.
        edits: column name → what it says instead, for the cells that somebody has changed.
    """

    row: TableRow
    table: str
    part: Part
    key: Key | None
    entry: E | None
    edits: Mapping[str, Any]

    def expected(self, name: str) -> Any:
        """What the report says; None where nothing was reported."""
        if self.key is None or self.entry is None:
            return None
        return self.key[0] if name == "period" else self.entry[name]


def standing(shown: Sequence[Projected[E]], effective: Mapping[Part, Mapping[Key, E]]) -> list[Standing[E]]:
    """What the rows of the register show, in the order of `shown`.

    Args:
        shown: what they are to show by the ledgers as they are.
        effective: sheet of the form → the ledger rows that count.
    """
    others: dict[tuple[Part, str, str], list[tuple[Key, E]]] | None = None
    out = []
    for projected in shown:
        found = (projected.key, projected.entry)
        edits = projected.differing
        if edits and projected.row["period"] is not None:
            if others is None:
                others = _by_period(effective)
            code = str(projected.row[PART_TABLES[projected.part].key])
            for key, entry in others.get((projected.part, code, str(projected.row["period"])), ()):
                differs = _differing(projected, key, entry)
                if len(differs) < len(edits):
                    found, edits = (key, entry), differs
        changed = {name: projected.row[name] for name in edits}
        out.append(Standing(projected.row, projected.table, projected.part, *found, changed))
    return out


def _by_period(effective: Mapping[Part, Mapping[Key, E]]) -> dict[tuple[Part, str, str], list[tuple[Key, E]]]:
    out: dict[tuple[Part, str, str], list[tuple[Key, E]]] = {}
    for part, entries in effective.items():
        for key, entry in entries.items():
            out.setdefault((part, key[1], key[0]), []).append((key, entry))
    return out


def _differing(projected: Projected[E], key: Key, entry: E) -> dict[str, Any]:
    values = {name: key[0] if name == "period" else entry[name] for name in projected.values}
    return {name: value for name, value in values.items() if projected.row[name] != value}


def edits_of(stood: Standing[Any], kind: HandKind, book: Book, master: str) -> list[Change]:
    """The changed cells of a row as changes: old is what the ledger says, new what stands in the cell.

    Args:
        master: the name of the master's file.
    """
    layout = master_layout()[stood.table]
    table = find_table(book, layout)
    task, code = str(stood.row["task_code"]), str(stood.row[PART_TABLES[stood.part].key])
    return [
        Change(
            period=stood.key[0] if stood.key else None,
            task=task,
            code=code,
            unit=str(stood.entry["unit"]) if stood.entry is not None else _unit_of(stood.row),
            table=stood.table,
            field=name,
            old=stood.expected(name),
            new=value,
            kind=kind,
            file=master,
            sha256=None,
            sheet=table.sheet,
            cell=cell_ref(stood.row.number, table.columns[layout.column(name).title]),
        )
        for name, value in stood.edits.items()
    ]


def _unit_of(row: TableRow) -> str | None:
    """The unit whose word a row of which nothing was reported is to show."""
    return row.values.get("unit") or row.values.get("lead_unit")


def not_recorded(edits: Sequence[Change], recorded: Collection[TableRow]) -> list[Change]:
    """The edits of which 变更记录 has no row yet; one that a report has overwritten is always new."""
    words = change_words()
    known = {
        tuple(row[n] for n in ("task_code", "row_code", "sheet", "unit", "field", "old", "new"))
        for row in recorded
        if row["kind"] == words["hand"]
    }
    return [e for e in edits if e.kind == "overwritten" or _identity(e) not in known]


def _identity(edit: Change) -> tuple[Any, ...]:
    """What tells an edit from others wherever its table has been sorted or moved to."""
    code = edit.code if edit.code != edit.task else None
    texts = (as_text(edit.old, edit.column), as_text(edit.new, edit.column))
    return (edit.task, code, edit.sheet, edit.unit, edit.column.title, *texts)
