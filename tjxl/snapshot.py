"""`tjxl snapshot`: the register of a past period as a workbook of its own, from the ledgers of the master."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tjxl.durable import said_plainly, write_durably
from tjxl.errors import ProjectError
from tjxl.past import as_it_stood, merged_on, reported_by
from tjxl.periods import Period
from tjxl.project import SETTINGS_FILE, Project
from tjxl.resources import layout_toml
from tjxl.session import current_period
from tjxl.sheets.layout import state_titles
from tjxl.sheets.lost_rows import refuse_lost_rows
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState, read_master, sender_of


def snapshot(
    project: Project, period_code: str, out: Path | None = None, as_merged: str | None = None
) -> dict[str, Any]:
    """Write the register as it stood with the reports of a period and those before it.

    Corrections and late reports of these periods count, whenever they were merged; with `as_merged` only what was
    merged by that day does. 核定状态 is that of when the next period was issued; deadlines and responsibilities
    have no date and are today's. The master is read, never written.

    Args:
        out: the file; by default 快照/ in the project folder.
        as_merged: a day in ISO form.

    Returns:
        period, file, as_merged, tasks, by_status, lights, reports.

    Raises:
        ProjectError: E207, E215 the period was not issued; E277 to E279, E285 rows of tasks are missing; E274 no day;
            E275 `out` is a file of the project; E212 it cannot be written.
    """
    from tjxl.sheets.snapshot_book import Snapshot, snapshot_book

    day = _day(as_merged)
    state = read_master(project)
    refuse_lost_rows(state)
    period = current_period(project, state, period_code)
    path = out or project.root / layout_toml("snapshot.toml")["folder"] / _file_name(state, period, day)
    _refuse_own_file(project, path)
    then = as_it_stood(state, period, project.settings(), day)
    reports = _reports(state, period, day)
    tables = {name: [dict(row.values) for row in getattr(then, name)] for name in _REGISTER}
    figures = list(_figures(then, reports))
    words = layout_toml("snapshot.toml")
    made = dt.datetime.now()
    book = snapshot_book(
        Snapshot(
            title=words["title"].format(year=state.meta["year"]),
            until=words["until"].format(period=period.title, day=period.last_day.isoformat()),
            notes=(
                words["as_merged"].format(date=day.isoformat()) if day else words["corrected"],
                words["note"].format(made=made.strftime("%Y-%m-%d")),
            ),
            figures=figures,
            tables={**tables, "submissions": reports},
        )
    )
    with said_plainly(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, book)
    return {
        "period": period.code,
        "file": str(path),
        "as_merged": day.isoformat() if day else None,
        "tasks": len(then.tasks),
        "by_status": _counts(_status(row) for row in then.tasks),
        "lights": _counts(row["light"] for row in then.tasks),
        "reports": _counts(row["state"] for row in reports),
    }


_REGISTER = ("tasks", "assignments", "milestones", "targets")


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip()) if text is not None else None
    except ValueError as error:
        raise ProjectError("E274", date=text) from error


def _file_name(state: MasterState, period: Period, day: dt.date | None) -> str:
    words = layout_toml("snapshot.toml")
    template = words["file_as_merged" if day else "file"]
    return str(template.format(year=state.meta["year"], period=period.code, date=day))


def _refuse_own_file(project: Project, path: Path) -> None:
    """A snapshot in the place of the master would be a second truth, and the loss of the first."""
    own = {project.master.resolve(), project.settings_file.resolve(), (project.root / SETTINGS_FILE).resolve()}
    folders = (
        project.inbox,
        project.archive,
        project.backups,
        project.volumes,
        project.root / "下发",
        project.root / "退回",
    )
    inside = any(path.resolve().is_relative_to(folder.resolve()) for folder in folders)
    if path.resolve() in own or inside or path.is_dir():
        raise ProjectError("E275", file=path)


def _reports(state: MasterState, period: Period, day: dt.date | None) -> list[dict[str, Any]]:
    """报送情况 of the period; what had not been merged by the day is missing.

    What a unit's row said before a later correction nobody noted: of a report that was merged by then it shows the
    state of today, which the first report decides.
    """
    rows = [row for row in state.submissions if row["period"] == period.code]
    if day is None:
        return [dict(row.values) for row in rows]
    merged = {
        state.reporter_of(row)
        for ledger in reported_by(state, period, day).values()
        for row in ledger.values()
        if row["period"] == period.code
    }
    out = []
    for row in rows:
        known = (period.code, *sender_of(row)) in merged
        known |= row["merged_at"] is not None and merged_on(row) <= day
        nothing = {"state": state_titles()["missing"], **dict.fromkeys(_OF_REPORT)}
        out.append(dict(row.values) | ({} if known else nothing))
    return out


_OF_REPORT = ("reported_on", "first_reported_on", "days_late", "prepared_by", "phone", "reviewed_by", "merged_at")


def _figures(then: MasterState, reports: list[dict[str, Any]]) -> Iterator[tuple[str, str, int]]:
    """What 概况 counts: tasks by status and light, milestones, targets, reports."""
    words = layout_toml("snapshot.toml")["summary"]
    yield words["tasks"], words["total"], len(then.tasks)
    groups: list[tuple[str, Iterable[object]]] = [
        (words["tasks"], (_status(row) for row in then.tasks)),
        (words["light"], (row["light"] or words["none"] for row in then.tasks)),
        (words["milestones"], (row["outcome"] for row in then.milestones)),
        (words["targets"], (row["attainment"] for row in then.targets)),
        (words["agreement"], (row["agreement"] for row in then.assignments)),
    ]
    groups += [
        (words["reports"] + (f"（{title}）" if title else ""), states) for title, states in _by_stage(reports).items()
    ]
    for group, kinds in groups:
        for kind, count in _counts(kinds).items():
            yield group, kind, count


def _by_stage(reports: list[dict[str, Any]]) -> dict[str | None, list[object]]:
    out: dict[str | None, list[object]] = {}
    for row in reports:
        out.setdefault(row["stage"], []).append(row["state"])
    return out


def _status(row: TableRow) -> str:
    none = layout_toml("snapshot.toml")["summary"]["no_report"]
    return str(row["verified_status"] or row["status"] or none)


def _counts(kinds: Iterable[object]) -> dict[str, int]:
    return dict(Counter(str(kind) for kind in kinds if kind))
