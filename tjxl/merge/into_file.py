"""A merge plan applied to the closed master file, as one splice."""

from __future__ import annotations

from tjxl.merge.plan import Plan
from tjxl.ooxml.editor import BookEditor
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import add_questions, append, set_row_values
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.recalc import refresh
from tjxl.sheets.state import MasterState


def apply_plan(state: MasterState, plan: Plan) -> bytes | None:
    """The new master, formulas' values and chart points refreshed; None when the plan changes nothing."""
    editor = BookEditor(state.book)
    layouts = master_layout()
    for name, rows in plan.updates.items():
        for number, values in rows.items():
            set_row_values(editor, layouts[name], number, values)
    for part, entries in plan.ledgers.items():
        append(editor, layouts[PART_TABLES[part].ledger], entries)
    add_questions(editor, state, plan.questions)
    if not editor.changed:
        return None
    refresh(editor)
    return editor.save()
