"""The master as it was in a past period, for status, snapshot and bulletin alike. Nothing is written."""

from __future__ import annotations

import datetime as dt

from tjxl.fields.spec import PARTS, Part
from tjxl.merge.agreement import agreements
from tjxl.merge.derived import follow_lists
from tjxl.merge.past_register import past_values, reported_values
from tjxl.merge.projection import Key, register_of
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.periods import Period
from tjxl.settings import Settings
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import set_row_values
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.recalc import EditedGrid, refresh
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState, in_order

Effective = dict[Part, dict[Key, TableRow]]


def reported_by(state: MasterState, period: Period, merged_by: dt.date | None = None) -> Effective:
    """The ledger rows that count of this period and those before it.

    Args:
        merged_by: only rows merged by the end of that day; by default later corrections count too.
    """
    return {
        part: {
            (str(row["period"]), str(row[PART_TABLES[part].key]), str(row["unit_code"])): row
            for row in in_order(state.ledgers[part])
            if str(row["period"]) <= period.code and (merged_by is None or merged_on(row) <= merged_by)
        }
        for part in PARTS
    }


def merged_on(row: TableRow) -> dt.date:
    """The day on which a row was merged; the last of all days where a person has typed over it."""
    at = row["merged_at"]
    return at.date() if isinstance(at, dt.datetime) else dt.date.max


def as_it_stood(
    state: MasterState, period: Period, settings: Settings, merged_by: dt.date | None = None
) -> MasterState:
    """The master as it was in a period (`merge.past_register`), every formula computed; the newest is the present.

    Args:
        merged_by: as of `reported_by`; of the newest period too, then.
    """
    editor = BookEditor(state.book)
    effective = reported_by(state, period, merged_by)
    if any(issued > period for issued in state.issued_periods):
        then = past_values(editor, EditedGrid(editor), register_of(state), effective, period)
    else:
        then = reported_values(editor, register_of(state), effective, period) if merged_by else {}
    for place, value in then.items():
        editor.edit(*place, Put(value))
    if then:
        _follow_agreement(state, editor, effective, settings)
        follow_lists(state, editor, effective, settings)
    refresh(editor)
    return state.later(editor.save())


def _follow_agreement(state: MasterState, editor: BookEditor, effective: Effective, settings: Settings) -> None:
    """与牵头口径 by these reports."""
    layout = master_layout()["assignments"]
    said = agreements(state.assignments, state.leads, effective["report"], state.split_periods, settings)
    for row in state.assignments:
        if row["agreement"] != said.get(row.number):
            set_row_values(editor, layout, row.number, {"agreement": said.get(row.number)})
