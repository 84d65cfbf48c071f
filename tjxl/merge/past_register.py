"""The register as it was in a past period, and what has to be remembered for it. The one definition of it.

With the reports of this period and of those before it, as of its last day, and with the 核定状态 that stood when the
first later period was issued (期末核定; a master made before there was such a table has none). The newest period is
the register as it stands. A period issued late ended when the later one was issued: the period before it was closed
then, and what was noted for that one holds for it too. Who leads, and when a task is due, is as it is now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tjxl.fields.spec import Part
from tjxl.formula.values import Value
from tjxl.merge.projection import Entry, Key, Register, project
from tjxl.ooxml.editor import BookEditor
from tjxl.periods import Period
from tjxl.sheets.figures import AS_OF, CURRENT_PERIOD
from tjxl.sheets.layout import SheetLayout, hidden_layout, master_layout
from tjxl.sheets.master_edit import append, take_out
from tjxl.sheets.recalc import EditedGrid
from tjxl.sheets.rows import TableRow, find_table, holds_table, read_rows
from tjxl.sheets.state import MasterState

Effective = Mapping[Part, Mapping[Key, Entry]]
Place = tuple[str, int, int]
"""Sheet, row and column."""


def past_values(
    editor: BookEditor, grid: EditedGrid, register: Register, effective: Effective, period: Period
) -> dict[Place, Any]:
    """What the cells of the register held while a period that is past was the newest; formulas follow from them.

    Args:
        grid: the master as the editor leaves it; register: its rows.
        effective: the ledger rows that count, of all periods.
    """
    out = reported_values(editor, register, effective, period)
    layout = master_layout()["tasks"]
    table = find_table(editor.book, layout)
    verified = _verified_at_close(editor, grid, period.code)
    if (place := table.columns.get(layout.column("verified_status").title)) is not None:
        out |= {(table.sheet, r.number, place): verified.get(str(r["task_code"])) for r in register.tasks}
    return out


def reported_values(editor: BookEditor, register: Register, effective: Effective, period: Period) -> dict[Place, Any]:
    """The merged columns as the reports of a period and those before it make them, 统计截止日 its last day."""
    book, out = editor.book, dict[Place, Any]()
    known = {part: {k: e for k, e in rows.items() if k[0] <= period.code} for part, rows in effective.items()}
    for shown in project(register, known):
        layout = master_layout()[shown.table]
        table = find_table(book, layout)
        for name, value in shown.values.items():
            out[table.sheet, shown.row.number, table.columns[layout.column(name).title]] = value
    for defined, told in ((CURRENT_PERIOD, period.code), (AS_OF, period.last_day)):
        if defined in book.names:
            sheet, area = book.names[defined]
            out[sheet, area.top, area.left] = told
    return out


def _verified_at_close(editor: BookEditor, grid: EditedGrid, period: str) -> dict[str, Value]:
    """Task code → 核定状态 when the period was closed."""
    layout = hidden_layout()["verified_at_close"]
    if not holds_table(editor.book, layout):
        return {}
    rows = grid_rows(grid, layout, ("period", "task_code", "status"))
    return {str(r["task_code"]): r["status"] for r in rows if r["period"] == period}


def close_periods(state: MasterState, editor: BookEditor, period: Period) -> None:
    """A period being issued for the first time, note in 期末核定 with what 核定状态 a period ends.

    That is the newest, where a later one is issued; else the one issued late, with what was noted of the period
    before it. Of one before all others nobody knows; what comes nearest is the 核定状态 of the first that was issued.
    A master made before there was such a table goes without.
    """
    layout, issued = hidden_layout()["verified_at_close"], state.issued_periods
    if not issued or not holds_table(editor.book, layout):
        return
    newest = issued[-1]
    before = max((p for p in issued if p < period), default=issued[0])
    if before == newest:
        noted = {str(task["task_code"]): task["verified_status"] for task in state.tasks}
    else:
        noted = _verified_at_close(editor, EditedGrid(editor), before.code)
    ended = min(period, newest).code
    rows = [{"period": ended, "task_code": task, "status": status} for task, status in noted.items() if status]
    append(editor, layout, rows)


def reopen_periods(state: MasterState, editor: BookEditor, period: Period) -> None:
    """The way back of `close_periods`: the note of a period that is withdrawn goes.

    If it is the newest, so does that of the one before it, which then has not ended.
    """
    layout, left = hidden_layout()["verified_at_close"], [p for p in state.issued_periods if p != period]
    if holds_table(editor.book, layout):
        open_again = {period.code} | ({left[-1].code} if left and left[-1] < period else set())
        rows = read_rows(editor.book, layout)
        take_out(editor, layout, {row.number for row in rows if str(row["period"]) in open_again})


def grid_rows(grid: EditedGrid, layout: SheetLayout, names: Collection[str]) -> list[TableRow]:
    """Some columns of a table as the edits leave it; rows without the first of them are left out."""
    table = grid.table(layout.title)
    if table is None:
        return []
    columns = [(name, table.columns[layout.column(name).title]) for name in names]
    out = []
    for number in range(table.first_row, table.last_row + 1):
        values = {name: grid.value(table.sheet, number, at) for name, at in columns}
        if next(iter(values.values())) not in (None, ""):
            out.append(TableRow(number, values))
    return out
