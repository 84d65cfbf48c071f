"""What commands do before their own work: through the door to the master, what the office decided, which period."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tjxl.duedates import due_date
from tjxl.errors import ProjectError
from tjxl.masters.closed import ClosedMaster
from tjxl.masters.door import Master
from tjxl.merge.commit import clear_leftovers
from tjxl.periods import Period, parse_period
from tjxl.project import Project
from tjxl.settings import Settings
from tjxl.sheets.lost_rows import refuse_lost_rows
from tjxl.sheets.state import MasterState, read_master
from tjxl.stages import SINGLE, STAGES, Stage, stage_title

__all__ = [
    "current_period",
    "due_date",
    "entered",
    "obeyed",
    "period_of",
    "refuse_foreign_year",
    "stage_to_issue",
]

_CADENCES = {"monthly": ("月报", 1), "quarterly": ("季报", 3)}


def entered(project: Project, master: Master | None) -> tuple[Master, MasterState]:
    """The door to the master (the closed file where none is given) and what stands behind it, leftovers cleared.

    Raises:
        ProjectError: E277 to E279, E285 rows of tasks are missing; E268 the master is damaged; what the door refuses.
    """
    master = master or ClosedMaster(project)
    master.ready()
    clear_leftovers(project)
    state = read_master(project, master.read())
    refuse_lost_rows(state)
    return master, state


def obeyed(master: Master, state: MasterState, settings: Settings) -> tuple[MasterState, list[dict[str, Any]]]:
    """The master after what the office decided since the last command, written; and what was decided.

    A step of its own, in place before the command's own change: killed in between, the decisions are carried out
    and the command is not, and running it again does the rest.
    """
    from tjxl.decisions.obey import obey
    from tjxl.merge.derived import follow
    from tjxl.merge.leads import follow_leads
    from tjxl.sheets.recalc import refresh

    editor, decisions = obey(state, settings)
    if editor is not None:
        now = dt.datetime.now().replace(microsecond=0)
        follow_leads(state, editor, master.project.master.name, now, settings)
        after = state.later(editor.save())
        follow(after, editor, after.effective, settings)
        refresh(editor)
        master.backup(now)
        state = state.later(master.write(editor))
    return state, [d.to_json() for d in decisions]


def period_of(code: str, settings: Settings) -> Period:
    period = parse_period(code)
    title, months = _CADENCES[settings.cadence]
    if period.months != months:
        raise ProjectError("E214", period=code, cadence=title, year=period.year)
    return period


def refuse_foreign_year(period: Period, state: MasterState, settings: Settings) -> None:
    year = int(state.meta["year"])
    if period.year != year:
        raise ProjectError("E214", period=period.code, cadence=_CADENCES[settings.cadence][0], year=year)


def current_period(project: Project, state: MasterState, code: str | None) -> Period:
    """The period named, else the newest issued.

    Raises:
        ProjectError: E207 nothing issued yet; E215 not issued.
    """
    issued = state.issued_periods
    if not issued:
        raise ProjectError("E207")
    if code is None:
        return issued[-1]
    period = period_of(code, project.settings())
    if period not in issued:
        raise ProjectError("E215", period=period.code)
    return period


def stage_to_issue(period: Period, state: MasterState, settings: Settings, wanted: str | None) -> Stage:
    """The stage of a period whose forms are to be issued: the one named, else the first, or the only one.

    A period that has been issued keeps to what it was begun with, whatever the settings say since.

    Raises:
        ProjectError: E270 no such stage; E271 the period is not split; E272 its first stage is not issued yet; E273
            the master has no column for stages.
    """
    if wanted is not None and wanted not in STAGES:
        raise ProjectError("E270", stage=wanted)
    begun = state.stages_issued.get(period.code)
    split = settings.reporting.two_stages if begun is None else SINGLE not in begun
    if not split:
        if wanted is not None:
            raise ProjectError("E271", period=period.code, stage=stage_title(wanted))
        return SINGLE
    if not state.holds_stages:
        raise ProjectError("E273")
    if wanted == "lead" and "cooperating" not in (begun or ()):
        raise ProjectError("E272", period=period.code)
    return "lead" if wanted == "lead" else "cooperating"
