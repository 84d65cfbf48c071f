"""The report forms of a period, one file a unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tjxl.bulk import in_bulk
from tjxl.durable import said_plainly, sync_folder, write_whole
from tjxl.errors import ProjectError
from tjxl.findings import finding
from tjxl.masters.door import Master
from tjxl.ooxml.editor import BookEditor
from tjxl.periods import Period
from tjxl.project import Project
from tjxl.session import (
    due_date,
    entered,
    obeyed,
    period_of,
    refuse_foreign_year,
    stage_to_issue,
)
from tjxl.settings import Settings
from tjxl.sheets.layout import hidden_layout, master_layout, state_titles
from tjxl.sheets.master_edit import append, set_current_period, set_row_values
from tjxl.sheets.recalc import refresh
from tjxl.sheets.state import MasterState, sender_of
from tjxl.stages import Stage, stage_title, step, step_before

if TYPE_CHECKING:
    from tjxl.sheets.form import FormContent, FormTemplate

Progress = Callable[[int, int], None]


def issue(
    project: Project,
    period_code: str,
    units: Sequence[str] = (),
    progress: Progress | None = None,
    master: Master | None = None,
    *,
    stage: str | None = None,
) -> dict[str, Any]:
    """Write the report forms of a period and note in 报送情况 who owes a report.

    What the period before left open (units that did not report, questions without an answer) is said, not refused.

    Args:
        stage: where a period has two stages, `cooperating` (the first, and the default) or `lead`.

    Raises:
        TjxlError: E201 no period; E214 not one of this project; E208 unknown units; E205 the master is open;
            E270 to E273 the stage cannot be issued.
    """
    from tjxl.issuing import form_contents, forms_of_former_names
    from tjxl.opening import missing_before, opening_findings
    from tjxl.sheets.form import form_template

    settings = project.settings()
    period = period_of(period_code, settings)
    with project.locked("issue"), in_bulk():
        master, state = entered(project, master)
        refuse_foreign_year(period, state, settings)
        state, decisions = obeyed(master, state, settings)
        of_stage = stage_to_issue(period, state, settings, stage)
        contents = form_contents(state, period, settings, dt.datetime.now().replace(microsecond=0), of_stage)
        if units:
            contents = _of_units(contents, units, state)
        template = form_template(settings, period, state.meta.get("owner", "") + state.meta["year"], of_stage)
        folder = project.issued(period.code, stage_title(of_stage))
        two_stages = settings.reporting.two_stages
        findings = opening_findings(state, period, of_stage, two_stages=two_stages, forms=len(contents))
        missing = missing_before(state, period)
        issued = _written(folder, template, contents.values(), progress)
        if former := forms_of_former_names(folder, state, contents):
            findings.append(finding("P124", files="、".join(former)))
        backup = _note_issued(master, state, period, contents, settings, stage=of_stage)
    return {
        "period": period.code,
        **({"stage": title} if (title := stage_title(of_stage)) else {}),
        "issued": issued,
        "missing_before": missing,
        "findings": [f.to_json() for f in findings],
        "decisions": decisions,
        "backup": backup.relative_to(project.root).as_posix(),
    }


def _written(
    folder: Path, template: FormTemplate, contents: Collection[FormContent], progress: Progress | None
) -> list[dict[str, Any]]:
    """The forms on disk, one file a unit; what `issue` reports of each."""
    from tjxl.issuing import form_file_name

    issued = []
    with said_plainly(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for done, content in enumerate(contents, 1):
        path = folder / form_file_name(content.unit)
        form = template.filled(content)
        with said_plainly(path):
            write_whole(path, form)
        issued.append({"unit": content.unit, "file": str(path), "rows": len(content.rows)})
        if progress:
            progress(done, len(contents))
    with said_plainly(folder):
        sync_folder(folder)
    return issued


def _of_units(
    contents: Mapping[str, FormContent], units: Sequence[str], state: MasterState
) -> dict[str, FormContent]:
    """The forms of the units named, by whatever of their names.

    Raises:
        ProjectError: E208, a name that no unit with tasks has.
    """
    found = {name: unit.code if (unit := state.registry.find(name)) else "" for name in units}
    if unknown := [name for name, code in found.items() if code not in contents]:
        raise ProjectError("E208", units="、".join(sorted(unknown)))
    return {code: content for code, content in contents.items() if code in found.values()}


def _note_issued(
    master: Master,
    state: MasterState,
    period: Period,
    contents: Mapping[str, FormContent],
    settings: Settings,
    *,
    stage: Stage,
) -> Path:
    """Add the rows of the period and stage to 报送情况 (once) and tell the dashboard which period is current.

    Returns:
        The backup of the master before.
    """
    from tjxl.merge.derived import follow
    from tjxl.merge.past_register import close_periods

    known = {
        sender[0] for r in state.submissions if r["period"] == period.code and (sender := sender_of(r))[1] == stage
    }
    rows = [
        {
            "period": period.code,
            "unit_code": code,
            "unit": content.unit,
            "stage": stage_title(stage),
            "rows": len(content.rows),
            "due_on": due_date(period, settings, stage),
            "state": state_titles()["missing"],
            "returned_times": 0,
        }
        for code, content in contents.items()
        if code not in known
    ]
    newest = max([*state.issued_periods, period])
    editor = BookEditor(state.book)
    append(editor, master_layout()["submissions"], rows)
    set_current_period(editor, newest)
    _note_in_hand(editor, state, period, stage, set(contents))
    if period not in state.issued_periods:
        close_periods(state, editor, period)
    follow(state, editor, state.effective, settings)
    refresh(editor)
    backup = master.backup(dt.datetime.now().replace(microsecond=0))
    master.write(editor)
    return backup


def _note_in_hand(editor: BookEditor, state: MasterState, period: Period, stage: Stage, units: set[str]) -> None:
    """Forms just issued hold what has changed since the earlier ones of this period and stage (下发后变更)."""
    own, before = step(period.code, stage), step_before(period.code, period.previous.code, stage)
    owing = (sender_of(r) for r in state.submissions if r["period"] == period.code)
    whole = units >= {unit for unit, of_stage in owing if of_stage == stage}
    for row in state.since_issue:
        concerned = whole if row["unit_code"] is None else row["unit_code"] in units
        if row["period"] == own and concerned:
            set_row_values(editor, hidden_layout()["since_issue"], row.number, {"period": before})
