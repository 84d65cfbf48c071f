"""A period (or one stage of it) that was issued by mistake, taken back. Pure.

Only where nothing of it has come in. Then all that it left in the master are its rows of 报送情况, its line of
期次统计, what 看板 shows as current, and the notes that the period before had ended and whose forms were the last.
"""

from __future__ import annotations

from tjxl.errors import ProjectError
from tjxl.grouping import first_names
from tjxl.merge.derived import follow
from tjxl.merge.past_register import reopen_periods
from tjxl.ooxml.editor import BookEditor
from tjxl.periods import Period
from tjxl.settings import Settings
from tjxl.sheets.layout import hidden_layout, master_layout
from tjxl.sheets.master_edit import set_current_period, set_row_values, take_out
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import TableRow, holds_table
from tjxl.sheets.state import MasterState, sender_of
from tjxl.stages import step


def issued_rows(state: MasterState, period: Period, stage: str | None) -> list[TableRow]:
    """The rows of 报送情况 that an issue has made.

    Args:
        stage: only of this one, where the period has two.
    """
    return [
        r for r in state.submissions if r["period"] == period.code and (stage is None or sender_of(r)[1] == stage)
    ]


def apply_withdrawal(
    state: MasterState, period: Period, stage: str | None, settings: Settings
) -> tuple[BookEditor, Period | None]:
    """The edits, formulas and charts refreshed, and the period that is current then.

    Raises:
        ProjectError: E253 something of it has come in.
    """
    rows = issued_rows(state, period, stage)
    _refuse_received(state, rows, period)
    editor, layouts = BookEditor(state.book), master_layout()
    gone = {row.number for row in rows}
    left = [row for row in state.submissions if row.number not in gone]
    periods = [p for p in state.issued_periods if any(row["period"] == p.code for row in left)]
    if period not in periods:
        reopen_periods(state, editor, period)
        if holds_table(state.book, layouts["period_figures"]):
            lines = {row.number for row in state.period_figures if row["period"] == period.code}
            take_out(editor, layouts["period_figures"], lines)
    take_out(editor, layouts["submissions"], gone)
    current = periods[-1] if periods else None
    set_current_period(editor, current)
    last_step = max((step(str(row["period"]), sender_of(row)[1]) for row in left), default=period.previous.code)
    for row in state.since_issue:
        if str(row["period"]) > last_step:  # changed since these forms, which are the last again
            set_row_values(editor, hidden_layout()["since_issue"], row.number, {"period": last_step})
    follow(state, editor, state.effective, settings)
    refresh(editor)
    return editor, current


def _refuse_received(state: MasterState, rows: list[TableRow], period: Period) -> None:
    """
    Raises:
        ProjectError: E253.
    """
    own = {(period.code, *sender_of(row)) for row in rows}
    reporters = {state.reporter_of(row) for ledger in state.ledgers.values() for row in ledger} & own
    received = [
        str(row["unit"])
        for row in rows
        if row["file"] or row["merged_at"] or row["returned_times"] or (period.code, *sender_of(row)) in reporters
    ]
    if received:
        names = list(dict.fromkeys(received))
        raise ProjectError("E253", period=period.title, count=len(names), units=first_names(names))
