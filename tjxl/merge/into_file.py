"""A merge plan as edits of the master."""

from __future__ import annotations

from tjxl.merge.derived import follow
from tjxl.merge.plan import Plan
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.records import Records
from tjxl.settings import Settings
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import add_questions, append, append_fitted, set_row_values
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.recalc import refresh
from tjxl.sheets.state import MasterState


def apply_plan(
    state: MasterState, plan: Plan, settings: Settings, changes: Records | None = None
) -> BookEditor | None:
    """The edits of the master, formulas' values and chart points refreshed; None when nothing changes.

    Args:
        settings: those in force: what follows from the ledgers follows them too.
        changes: rows for 变更记录; none where the master has no such table.
    """
    editor = BookEditor(state.book)
    layouts = master_layout()
    for name, rows in plan.updates.items():
        for number, values in rows.items():
            set_row_values(editor, layouts[name], number, values)
    for part, entries in plan.ledgers.items():
        append(editor, layouts[PART_TABLES[part].ledger], entries)
    if changes is not None and changes.rows:
        append_fitted(editor, layouts["changes"], changes)
    add_questions(editor, state, plan.questions)
    follow(state, editor, plan.effective(state.effective), settings)
    if not editor.changed:
        return None
    refresh(editor)
    return editor
