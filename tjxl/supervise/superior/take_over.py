"""`tjxl take-over`: what has changed above since the register was begun, taken into it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from tjxl.errors import ProjectError
from tjxl.findings import Finding, finding
from tjxl.masters.door import Master
from tjxl.ooxml.editor import BookEditor
from tjxl.project import Project
from tjxl.session import entered, obeyed
from tjxl.sheets.identity import given_row
from tjxl.sheets.layout import hidden_layout, master_layout, split_words
from tjxl.sheets.master_edit import append, append_fitted, set_row_values
from tjxl.sheets.promise_tables import milestone_row, target_row, target_text
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import read_rows
from tjxl.sheets.split_sheet import given_columns
from tjxl.sheets.state import MasterState
from tjxl.supervise.superior.differences import differences_of, refuse_foreign
from tjxl.supervise.superior.received import Received, promises_of, read_received


def take_over(project: Project, form: Path, master: Master | None = None) -> dict[str, Any]:
    """Take over a later form from above: tasks that are new, deadlines, words and roles that are others.

    New tasks wait in 分解 for somebody to have them. Tasks that the form does not ask for any more stay, and so do
    milestones and targets of tasks that are known: what has changed of them is told. A form of one of two stages says
    nothing of the tasks of the other.

    Returns:
        period, unit, added, removed, changed, decisions, findings.

    Raises:
        ProjectError: H105, the project answers to nobody; H101, H102, the form is none or damaged; H106, it is not
            this project's; E209, E216 no such file; E205 the master is open.
        PackageError: the master cannot be changed safely.
    """
    with project.locked("take-over"):
        master, state = entered(project, master)
        settings = project.settings()
        if not state.meta.get("superior_master_id"):
            raise ProjectError("H105")
        received = read_received(form, settings)
        refuse_foreign(received, state)
        found = differences_of(received, state)
        promises, said = _promises(received, state)
        editor = BookEditor(state.book)
        _take_over_tasks(editor, received, state)
        for table, rows in promises.items():
            append_fitted(editor, master_layout()[table], rows)
        if editor.changed:
            refresh(editor)
            master.backup(dt.datetime.now().replace(microsecond=0))
            state = state.later(master.write(editor))
        state, decisions = obeyed(master, state, settings)
    kept = [f for f in found.findings if f.code == "H131"]
    return {
        "period": received.period.code,
        "unit": received.identity.unit,
        **found.lists,
        "decisions": decisions,
        "findings": [f.to_json() for f in (*kept, *said)],
    }


def _take_over_tasks(editor: BookEditor, received: Received, state: MasterState) -> None:
    """上级任务 as the form has it; a row of 分解 for each task that is new."""
    layout = hidden_layout()["superior"]
    rows = {str(row["task_code"]): row for row in read_rows(state.book, layout)}
    new = []
    for given in received.given:
        if given.code not in rows:
            new.append(given)
        elif given != state.given[given.code]:
            set_row_values(editor, layout, rows[given.code].number, given_row(given))
    append(editor, layout, [given_row(given) for given in new])
    open_row = {"state": split_words()["open"]}
    append_fitted(editor, master_layout()["splits"], [given_columns(given) | open_row for given in new])


def _promises(received: Received, state: MasterState) -> tuple[dict[str, list[dict[str, Any]]], list[Finding]]:
    """Rows of 节点 and 指标 of new tasks; of the others, which promises are others than they were."""
    milestones, targets, findings = promises_of(received)
    serials = {given.code: given.serial_no for given in received.given}
    rows: dict[str, list[dict[str, Any]]] = {
        "milestones": [milestone_row(m, serials[m.task_code]) for m in milestones if m.task_code not in state.given],
        "targets": [target_row(t, serials[t.task_code]) for t in targets if t.task_code not in state.given],
    }
    known = {str(r["milestone_code"]): r["due"] for r in state.milestones}
    known |= {str(r["target_code"]): r["target"] for r in state.targets}
    now: dict[str, tuple[str, Any, str]] = {m.code: (m.task_code, m.due, m.scope) for m in milestones}
    now |= {t.code: (t.task_code, target_text(t), t.subject) for t in targets}
    missing = object()
    said = [
        finding("H133", serial_no=serials[task], name=name, task=task)
        for code, (task, value, name) in now.items()
        if task in state.given and known.get(code, missing) != value
    ]
    return rows, [*findings, *said]
