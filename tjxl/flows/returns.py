"""Returned forms: collected, each with its verdict, and merged into the master."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tjxl.bulk import in_bulk
from tjxl.fields.beside import checked_beside
from tjxl.flows.forms import Progress
from tjxl.flows.inbox import opened_inbox
from tjxl.flows.named import refuse_no_file
from tjxl.intake.decided import archived_sources, to_be_read_again
from tjxl.intake.gather import gather_returns, read_ahead
from tjxl.intake.otherperiods import of_other_periods
from tjxl.intake.returns import Return
from tjxl.masters.door import Master
from tjxl.periods import Period
from tjxl.project import Project
from tjxl.session import (
    current_period,
    due_date,
    entered,
    obeyed,
)
from tjxl.settings import Settings
from tjxl.sheets.filling import filling_up
from tjxl.sheets.state import MasterState, sender_of
from tjxl.stages import stage_title


def collect(
    project: Project,
    files: Sequence[Path] = (),
    period_code: str | None = None,
    progress: Progress | None = None,
    master: Master | None = None,
    *,
    scheduler: str | None = None,
) -> dict[str, Any]:
    """Read 收件/, give each file its verdict, write 退回/, note states and questions in the master.

    Nothing is merged and no file leaves 收件; every form of a unit, those sent back too, is archived first.

    Args:
        scheduler: address of a dask scheduler whose workers read the files.

    Raises:
        ProjectError: E207 or E215 nothing issued; E209 a named file does not exist, E216 it is a folder; E256 收件
            cannot be opened; E205 the master is open; E245 to E248 the scheduler cannot be used.
    """
    from tjxl.intake.expected import intake_context
    from tjxl.intake.record import note_verdicts
    from tjxl.merge.run import archive_returns, is_kept, present_edits
    from tjxl.sendback import send_back

    for path in files:
        refuse_no_file(path)
    with (
        checked_beside(worth_it=bool(files) or _holds_files(project.inbox)),
        read_ahead(project.inbox, files, scheduler=scheduler),
        project.locked("collect"),
        in_bulk(),
    ):
        master, state = entered(project, master)
        said = [] if files else opened_inbox(project)
        settings = project.settings()
        state, decisions = obeyed(master, state, settings)
        period = current_period(project, state, period_code)
        context = intake_context(state, period, settings)
        returns = gather_returns(project.inbox, context, files, progress, scheduler=scheduler)
        archive_returns(project, [r for r in returns if is_kept(r)])
        due = due_date(period, settings)
        annotated = send_back(project, state, context, returns, due, whole=not files)
        noted = note_verdicts(state, context, returns)
        if noted is not None:
            master.write(noted)
    missing = _missing(state, period, returns)
    return {
        "period": period.code,
        "returns": [r.to_json() | {"annotated": annotated.get(r.source.file)} for r in returns],
        "missing": list(dict.fromkeys(unit for units in missing.values() for unit in units)),
        **({"missing_by_stage": missing} if period.code in state.split_periods else {}),
        "hand_edits": [e.to_json() for e in present_edits(state, project.master.name)],
        "findings": [f.to_json() for f in (*said, *of_other_periods(returns, state, period), *filling_up(state))],
        "decisions": decisions,
    }


def _holds_files(folder: Path) -> bool:
    """Whether anything lies in it; a folder that cannot be read is told by whoever reads it."""
    return any(folders or names for _, folders, names in os.walk(folder))


def _missing(state: MasterState, period: Period, returns: Sequence[Return]) -> dict[str, list[str]]:
    """By stage (its title, blank for the only one) the units of which nothing is accepted or awaits a decision."""
    here = {
        r.identity.sender
        for r in returns
        if r.identity and r.verdict in ("accepted", "accepted_with_notes", "needs_decision")
    }
    out: dict[str, list[str]] = {stage_title(s) or "": [] for s in state.stages_issued.get(period.code, ())}
    for row in state.submissions:
        if row["period"] == period.code and sender_of(row) not in here and row["merged_at"] is None:
            out[stage_title(sender_of(row)[1]) or ""].append(str(row["unit"]))
    return out


def merge(
    project: Project,
    period_code: str | None = None,
    progress: Progress | None = None,
    master: Master | None = None,
    *,
    scheduler: str | None = None,
) -> dict[str, Any]:
    """Take the accepted returns in 收件/ into the master, and what the office has decided about earlier ones.

    Rows that waited for a decision are taken from 收件/, or from 归档/ where the file has left it; without a period
    named, those of earlier periods too.

    Raises:
        ProjectError: E207 or E215 nothing issued; E256 收件 cannot be opened; E205 the master is open; E212 it cannot
            be written.
        PackageError: the master cannot be changed safely.
    """
    from tjxl.merge.run import merge_time

    with (
        checked_beside(worth_it=_holds_files(project.inbox)),
        read_ahead(project.inbox, scheduler=scheduler),
        project.locked("merge"),
        in_bulk(),
    ):
        master, state = entered(project, master)
        said = opened_inbox(project)
        settings = project.settings()
        state, decisions = obeyed(master, state, settings)
        period = current_period(project, state, period_code)
        now = merge_time(state, dt.datetime.now())
        merged: dict[str, Any] = {}
        for earlier in [] if period_code else [p for p in state.issued_periods if p != period]:
            if to_be_read_again(state, earlier.code):
                _join(merged, _merge_period(master, state, earlier, settings, now))
                state = state.later(master.read())
        _join(
            merged,
            _merge_period(master, state, period, settings, now, inbox=True, progress=progress, scheduler=scheduler),
        )
        merged["findings"] = [*(f.to_json() for f in said), *merged["findings"]]
        told = {name: _once(merged[name]) for name in ("hand_edits", "findings")}
        return {"period": period.code} | merged | told | {"decisions": decisions}


def _merge_period(
    master: Master,
    state: MasterState,
    period: Period,
    settings: Settings,
    now: dt.datetime,
    *,
    inbox: bool = False,
    progress: Progress | None = None,
    scheduler: str | None = None,
) -> dict[str, Any]:
    """Merge what 归档/ holds for a period that was decided on since, and with `inbox` what came in.

    Args:
        now: the time of the command.
    """
    from tjxl.intake.expected import intake_context
    from tjxl.intake.returns import judge, read_return
    from tjxl.merge.run import merge_returns

    project = master.project
    context = intake_context(state, period, settings)
    archived = archived_sources(project.archive, to_be_read_again(state, period.code))
    if inbox:
        returns = gather_returns(project.inbox, context, (), progress, archived=archived, scheduler=scheduler)
    else:
        returns = judge([read_return(source, context) for source in archived], context)
    result = merge_returns(master, state, returns, context, now)
    result["findings"] += [f.to_json() for f in of_other_periods(returns, state, period)]
    return result


def _join(merged: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Add what one merge reports to what those before it do; the first backup has the master before all of them."""
    for name, value in more.items():
        merged[name] = (merged.get(name) or value) if name == "backup" else merged.get(name, type(value)()) + value


def _once(said: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What several merges of one command have said, each thing once."""
    return [one for place, one in enumerate(said) if one not in said[:place]]
