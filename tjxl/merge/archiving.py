"""Which rows of the ledgers may leave the master for a volume, and their leaving. Pure.

A row stays where somebody has written more in it than tjxl has: words in an office column or beside the table, a
comment, a formula, a link, a picture. What the rows say is the same wherever they stand, so nothing that follows from
the ledgers moves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tjxl.ooxml.anchored import anchored_rows
from tjxl.ooxml.calculated import calculated_columns, continued
from tjxl.ooxml.cells import RawCell, SharedFormula
from tjxl.ooxml.editor import BookEditor
from tjxl.periods import Period
from tjxl.resources import layout_toml
from tjxl.sheets.layout import SheetLayout, master_layout
from tjxl.sheets.master_edit import move_out
from tjxl.sheets.moved_notice import open_below_gap, say_moved
from tjxl.sheets.rows import TableRow, find_table, holds_table
from tjxl.sheets.state import MasterState
from tjxl.sheets.volumes import MOVABLE, Volume, register_volumes


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that stays in the master, and why (in words)."""

    table: str
    row: int
    period: str
    reason: str


@dataclass(slots=True)
class Movable:
    """The rows of one period that may be moved, by table, and those that stay."""

    rows: dict[str, list[TableRow]] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Table → how many rows may be moved."""
        return {name: len(rows) for name, rows in self.rows.items()}


def movable(state: MasterState, periods: Sequence[Period]) -> dict[str, Movable]:
    """Code of each of these periods → its rows that stand in the master; periods without any are left out."""
    out = {period.code: Movable() for period in periods}
    for name in MOVABLE:
        layout = master_layout()[name]
        if not holds_table(state.book, layout):
            continue
        rows = [row for row in state.own_rows(name) if row["period"] in out]
        reasons = _reasons(state, layout) if rows else {}
        for row in rows:
            of_period = out[row["period"]]
            if row.number in reasons:
                of_period.kept.append(Kept(name, row.number, row["period"], reasons[row.number]))
            else:
                of_period.rows.setdefault(name, []).append(row)
    return {code: found for code, found in out.items() if found.rows or found.kept}


def _reasons(state: MasterState, layout: SheetLayout) -> dict[int, str]:
    """Sheet row → why it stays."""
    words = layout_toml("volumes.toml")["kept"]
    table = find_table(state.book, layout)
    columns = _Columns(
        frozenset(table.columns[c.title] for c in layout.columns if c.owner != "office" and c.title in table.columns),
        frozenset(table.columns.values()) - {table.columns.get(c.title) for c in layout.columns},
        calculated_columns(state.book, table),
    )
    out: dict[int, str] = {}
    for cells in state.book.stretches(table.sheet):
        for (row, column), cell in cells.items():
            if table.first_row <= row <= table.last_row and (kind := _more(cell, row, column, columns)):
                out[row] = words[kind]
    marked = anchored_rows(state.book, table)
    state.book.let_go(table.sheet)
    out = dict.fromkeys(marked, words["mark"]) | out
    return out | {row: words["comment"] for row, _ in state.book.comments(table.sheet)}


class _Columns(NamedTuple):
    """The sheet columns of a table: tjxl's, those that the office has added, and the formulas that new rows get."""

    ours: frozenset[int]
    added: frozenset[int]
    calculated: Mapping[int, SharedFormula]


def _more(cell: RawCell, row: int, column: int, columns: _Columns) -> str | None:
    """What a cell holds that is not tjxl's; the formula that every row of a column has is nobody's words."""
    if cell.formula is None:
        return "written" if column not in columns.ours and cell.value not in (None, "") else None
    origin = columns.calculated.get(column)
    if column in columns.ours or origin is None:
        return "formula"
    if not cell.formula:  # it follows a shared formula, the text of which is not told here
        return None if column in columns.added else "formula"
    if column not in columns.added and row == origin.row:  # no other row need have it
        return "formula"
    return None if cell.formula == continued(origin, row, column) else "formula"


def moved_out(state: MasterState, moved: Mapping[str, Movable], volumes: Sequence[Volume]) -> BookEditor:
    """The edits that take these rows out of the master and register the volumes that hold them."""
    editor = BookEditor(state.book)
    for name in MOVABLE:
        rows = [row.number for of_period in moved.values() for row in of_period.rows.get(name, ())]
        if rows:
            move_out(editor, master_layout()[name], rows)
            left = {row.number for row in state.own_rows(name)}.difference(rows)
            open_below_gap(editor, master_layout()[name], left)
    register_volumes(editor, volumes)
    say_moved(editor, [*state.volumes, *volumes])
    return editor
