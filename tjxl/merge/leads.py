"""A task whose lead has changed shows the new lead's reports at once, not only after the next merge."""

from __future__ import annotations

from tjxl.merge.projection import project, register_of
from tjxl.ooxml.editor import BookEditor
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import set_row_values
from tjxl.sheets.recalc import refresh
from tjxl.sheets.state import MasterState


def follow_leads(before: MasterState, editor: BookEditor) -> None:
    """Add to the edits of `before` what tasks, milestones and targets show whose lead these edits change."""
    after = MasterState(editor.save())
    moved = {task for task, unit in after.leads.items() if before.leads.get(task) != unit}
    if not moved:
        return
    layouts = master_layout()
    for shown in project(register_of(after), after.effective):
        if shown.table != "assignments" and shown.key is not None and str(shown.row["task_code"]) in moved:
            set_row_values(editor, layouts[shown.table], shown.row.number, shown.differing)
    refresh(editor)
