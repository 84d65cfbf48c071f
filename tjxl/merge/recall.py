"""Rows of a volume that are to change, as an undo or a rebuild asks: the volume's rows come back to the master.

A volume is never changed. All its rows return to the ledgers, those concerned taken out or put right, and it is no
longer registered; `tjxl archive-period` may move them again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tjxl.findings import Finding, finding
from tjxl.ooxml.editor import BookEditor
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import append_fitted
from tjxl.sheets.moved_notice import open_below_gap, say_moved
from tjxl.sheets.rows import holds_table
from tjxl.sheets.state import MasterState, batch_of
from tjxl.sheets.volumes import MOVABLE, ArchivedRow, place_of, unregister_volumes

Revised = Mapping[tuple[str, int], Mapping[str, Any] | None]
"""`place_of` a row → the values that differ by column name, or None where the row goes."""


def recall(state: MasterState, editor: BookEditor, revised: Mapping[str, Revised]) -> list[str]:
    """Add to the edits of a master the return of the volumes in which these rows stand.

    Args:
        revised: table → its rows that change; those of the master itself are left to the caller.

    Returns:
        The files of the volumes.
    """
    files = {file for rows in revised.values() for file, _ in rows if file}
    if not files or state.shelf is None:
        return []
    volumes = [volume for volume in state.volumes if volume.file in files]
    for name in MOVABLE:
        layout = master_layout()[name]
        if name == "changes" and not holds_table(state.book, layout):
            continue
        rows = [row for volume in volumes for row in state.shelf.rows(volume, name)]
        returning = _returning(rows, revised.get(name, {}))
        if returning:
            append_fitted(editor, layout, returning)
            open_below_gap(editor, layout, ())  # blank rows are filled from above
    unregister_volumes(editor, files)
    say_moved(editor, [volume for volume in state.volumes if volume.file not in files])
    return [volume.file for volume in volumes]


def left_behind(state: MasterState, files: Collection[str], folder: str) -> list[Finding]:
    """That 变更记录, deleted by the office, cannot take the rows back that these volumes hold of it.

    Args:
        state: before the volumes come back.
        folder: that the volumes stand in.
    """
    layout = master_layout()["changes"]
    held = {v.file: v.rows["changes"] for v in state.volumes if v.file in files and v.rows.get("changes")}
    if not held or holds_table(state.book, layout):
        return []
    places = "、".join(f"{folder}/{file}" for file in held)
    return [finding("M533", table=layout.title, files=places, count=sum(held.values()))]


def _returning(rows: Collection[ArchivedRow], revised: Revised) -> list[Mapping[str, Any]]:
    out: list[Mapping[str, Any]] = []
    for row in sorted(rows, key=lambda r: (batch_of(r), r.number)):  # as they were written
        new = revised.get(place_of(row), {})
        if new is not None:
            out.append({**row.values, **new})
    return out
