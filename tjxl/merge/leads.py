"""A task whose lead has changed shows the new lead's reports at once, not only after the next merge."""

from __future__ import annotations

import datetime as dt

from tjxl.merge.agreement import agreements
from tjxl.merge.changes import Change, logged
from tjxl.merge.hand_edits import edits_of, not_recorded, standing
from tjxl.merge.projection import project, register_of
from tjxl.ooxml.editor import BookEditor
from tjxl.settings import Settings
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import append_fitted, set_row_values
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import holds_table
from tjxl.sheets.state import MasterState
from tjxl.sheets.volumes import place_of


def follow_leads(
    before: MasterState, editor: BookEditor, master: str, now: dt.datetime, settings: Settings
) -> list[Change]:
    """Add to the edits of `before` what tasks, milestones and targets show whose lead these edits change.

    As in a merge: a row that is to show another report is written whole, and what somebody had typed over it is
    recorded; one that shows its report already stays as it stands. 与牵头口径 of the cooperating units follows.

    Returns:
        The hand edits that are overwritten.
    """
    after = before.later(editor.save())
    _follow_agreement(after, editor, settings)
    moved = {task for task, unit in after.leads.items() if before.leads.get(task) != unit}
    if not moved:
        return []
    layouts = master_layout()
    stood = standing(project(register_of(before), before.effective), before.effective)
    were = {(was.table, was.row.number): was for was in stood}
    lost: list[Change] = []
    for shown in project(register_of(after), after.effective):
        was = were.get((shown.table, shown.row.number))
        if shown.table == "assignments" or shown.entry is None or str(shown.row["task_code"]) not in moved:
            continue
        if was is None or (was.entry is not None and place_of(was.entry) == place_of(shown.entry)):
            continue
        set_row_values(editor, layouts[shown.table], shown.row.number, shown.differing)
        lost += [e for e in edits_of(was, "overwritten", before.book, master) if shown.values[e.field] != e.new]
    if lost and holds_table(before.book, layouts["changes"]):
        append_fitted(editor, layouts["changes"], logged(not_recorded(lost, before.changes), None, now))
    refresh(editor)
    return lost


def _follow_agreement(after: MasterState, editor: BookEditor, settings: Settings) -> None:
    """与牵头口径 as it is with these leads and units; no formula looks at it."""
    said = agreements(after.assignments, after.leads, after.effective["report"], after.split_periods, settings)
    for row in after.assignments:
        if row["agreement"] != said.get(row.number):
            value = {"agreement": said.get(row.number)}
            set_row_values(editor, master_layout()["assignments"], row.number, value)
