"""Where the year stands, and the life of one task."""

from __future__ import annotations

from typing import Any

from tjxl.project import Project
from tjxl.session import (
    current_period,
)
from tjxl.sheets.filling import filling_up
from tjxl.sheets.lost_rows import lost_row_findings
from tjxl.sheets.state import MasterState, read_master, sender_of
from tjxl.stages import stage_title


def status(project: Project, period_code: str | None = None) -> dict[str, Any]:
    """Where the year stands: periods issued, who has reported in one, tasks by status, open questions, cells of the
    register that hold something else than what was reported, problems, closures and findings of others.

    `decisions` holds what the office has typed and no command can use, as other commands tell it.

    Of a period that is named the tasks are counted as they stood at its end, as `snapshot` shows them; all but tasks
    and reports is as it is now. `past` says whether that is another time. Where the period has
    two stages, `stages` counts the reports of each, `agreement` the words of 责任分工[与牵头口径].

    Raises:
        ProjectError: E207, E215, the period named was not issued; E268, the master is damaged.
    """
    with project.naming_damage():
        return _standing(project, period_code)


def _standing(project: Project, period_code: str | None) -> dict[str, Any]:
    from tjxl.decisions.obey import unusable
    from tjxl.merge.run import present_edits
    from tjxl.opening import open_questions
    from tjxl.past import as_it_stood
    from tjxl.supervise.oversight import oversight

    state, settings = read_master(project), project.settings()
    lost = lost_row_findings(state)
    issued = state.issued_periods
    period = issued[-1].code if issued else None
    shown = state
    if period_code is not None:
        chosen = current_period(project, state, period_code)
        period, shown = chosen.code, as_it_stood(state, chosen, settings)
    reports: dict[str, int] = {}
    stages: dict[str, dict[str, int]] = {}
    for row in state.submissions:
        if row["period"] == period:
            _count(reports, row["state"])
            if title := stage_title(sender_of(row)[1]):
                _count(stages.setdefault(title, {}), row["state"])
    by_status: dict[str, int] = {}
    agreement: dict[str, int] = {}
    for row in shown.tasks:
        _count(by_status, row["verified_status"] or row["status"] or "尚无报送")
    for row in shown.assignments:
        if row["agreement"]:
            _count(agreement, row["agreement"])
    return {
        "master": str(project.master),
        "period": period,
        "periods": [p.code for p in issued],
        "past": bool(issued) and period != issued[-1].code,
        "tasks": len(state.tasks),
        "by_status": by_status,
        "reports": reports,
        **({"stages": stages, "agreement": agreement} if stages else {}),
        "open_questions": open_questions(state),
        "hand_edits": [e.to_json() for e in present_edits(state, project.master.name)],
        "oversight": oversight(_computed(state), settings),
        "findings": [f.to_json() for f in (*lost, *filling_up(state))],
        "decisions": [d.to_json() for d in unusable(state, settings)],
    }


def _computed(state: MasterState) -> MasterState:
    """The master with its formulas' values, where a program that stores none has saved it."""
    from tjxl.ooxml.editor import BookEditor
    from tjxl.sheets.recalc import refresh

    if all(row["state"] is not None for row in (*state.problems, *state.closings)):
        return state
    editor = BookEditor(state.book)
    refresh(editor)
    return state.later(editor.save())


def _count(counts: dict[str, int], name: object) -> None:
    counts[str(name)] = counts.get(str(name), 0) + 1


def history(project: Project, task: str, unit: str | None = None) -> dict[str, Any]:
    """The life of every field of a task, its milestones and targets: reported when, by whom, in which cell.

    Args:
        task: 序号 or 任务编码.
        unit: any of a unit's names, or its code: only what it reported.

    Raises:
        ProjectError: E250 no such task, E252 several of this 序号; E251 the unit has no part in it.
    """
    from tjxl.merge.history import history_of

    return history_of(project, read_master(project), task, unit)
