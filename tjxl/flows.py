"""The use cases, one function each. Buttons and command line call these; nothing here prints.

Each takes a project, does its work under the project's lock where it writes, and returns plain data in the shape of
section 11 of the design. `progress` is called with steps done and steps in all; `master` is the door to the master,
the closed file unless one is given.
"""

from __future__ import annotations

import calendar
import datetime as dt
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tjxl.durable import said_plainly, sync_folder, write_durably, write_whole
from tjxl.errors import NoticeError, PackageError, ProjectError
from tjxl.intake.decided import archived_sources, to_be_read_again
from tjxl.intake.gather import gather_returns
from tjxl.intake.returns import Return
from tjxl.masters.closed import ClosedMaster
from tjxl.masters.door import Master
from tjxl.merge.commit import clear_leftovers
from tjxl.ooxml.editor import BookEditor
from tjxl.periods import Period, parse_period
from tjxl.project import SETTINGS_FILE, Project
from tjxl.register import Unit
from tjxl.resources import schema_file
from tjxl.settings import Settings, load_settings
from tjxl.sheets.layout import hidden_layout, master_layout, state_titles
from tjxl.sheets.master_edit import append, set_current_period, set_row_values
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState

if TYPE_CHECKING:
    from tjxl.sheets.form import FormContent

Progress = Callable[[int, int], None]
_CADENCES = {"monthly": ("月报", 1), "quarterly": ("季报", 3)}


Titles = Mapping[str, Sequence[str]]
"""Titles of columns that a notice uses, by the usual one: `{"重点工作": ["工作内容"]}`."""


def tasks(
    notice: Path,
    year: int,
    settings: Settings | None = None,
    columns: Titles | None = None,
    units_from: Path | None = None,
) -> dict[str, Any]:
    """What the notice says: the JSON of `tjxl tasks`.

    Raises:
        NoticeError: the file is no notice with tasks that can be told apart.
        ProjectError: E209, E218, `units_from` is no project and no master.
    """
    from tjxl.notice.read import read_notice, register_json

    known = known_units(units_from) if units_from else ()
    return register_json(read_notice(notice, year, settings or load_settings(), columns, known))


def known_units(source: Path) -> tuple[Unit, ...]:
    """The registry of an earlier master, for a new year to take over: its units and groups with their codes.

    Args:
        source: a project folder, or a master workbook.

    Raises:
        ProjectError: E209, there is no such file; E218, it is no master.
    """
    path = Project(source).master if source.is_dir() else source
    if not path.is_file():
        raise ProjectError("E209", file=path)
    try:
        state = MasterState(path.read_bytes())
        _ = state.meta  # only a master has one
        return tuple(unit for unit in state.registry.units if unit.code and unit.kind != "merged")
    except PackageError as error:
        raise ProjectError("E218", file=path.name, reason=str(error)) from error


def init(
    folder: Path,
    notice: Path,
    year: int,
    columns: Titles | None = None,
    units_from: Path | None = None,
    *,
    macros: bool = True,
) -> dict[str, Any]:
    """Make a project: folders, settings, and the master built from the notice.

    Args:
        units_from: last year's project or master, whose registry of units is taken over.

    Raises:
        NoticeError: the notice cannot be read, or not as a whole (E213).
        ProjectError: E206, the folder holds a master already; E212, it cannot be written; E209, E218, `units_from`
            is no project and no master.
    """
    from tjxl.notice.read import read_notice
    from tjxl.sheets.macros import with_macros
    from tjxl.sheets.master import MasterMeta, build_master

    project = Project(folder)
    if project.master.exists():
        raise ProjectError("E206", folder=folder)
    settings = load_settings(project.settings_file)
    known = known_units(units_from) if units_from else ()
    register = read_notice(notice, year, settings, columns, known)
    broken = [f.sentence for f in register.findings if f.severity == "error"]
    if broken:
        raise NoticeError("E213", problems="".join(broken))
    meta = MasterMeta(uuid.uuid4().hex, secrets.token_hex(32), dt.datetime.now().replace(microsecond=0))
    master = build_master(register, settings, meta)
    if macros:
        master = with_macros(master)
    with said_plainly(folder):
        project.make_folders()
        if not project.settings_file.exists():
            write_durably(project.root / SETTINGS_FILE, schema_file("defaults.toml").read_bytes())
    path = project.new_master(macros)
    with project.locked("init"), said_plainly(path):
        if project.master.exists():  # made by another command while this one was reading the notice
            raise ProjectError("E206", folder=folder)
        write_durably(path, master)
    return {
        "master": str(project.master),
        "tasks": len(register.tasks),
        "units": len(register.reporting_units),
        "assignments": len(register.assignments),
        "questions": len(register.questions),
        "findings": [f.to_json() for f in register.findings],
    }


def issue(
    project: Project,
    period_code: str,
    units: Sequence[str] = (),
    progress: Progress | None = None,
    master: Master | None = None,
) -> dict[str, Any]:
    """Write the report forms of a period and note in 报送情况 who owes a report.

    Raises:
        TjxlError: E201 no period; E214 not one of this project; E208 unknown units; E205 the master is open.
    """
    from tjxl.issuing import form_contents, form_file_name
    from tjxl.sheets.form import form_template

    settings = project.settings()
    period = _period_of(period_code, settings)
    with project.locked("issue"):
        master, state = _entered(project, master)
        _refuse_foreign_year(period, state, settings)
        state, decisions = _obeyed(master, state, settings)
        contents = form_contents(state, period, settings, dt.datetime.now().replace(microsecond=0))
        if units:
            contents = _of_units(contents, units, state)
        template = form_template(settings, period, int(state.meta["year"]))
        folder = project.issued(period.code)
        issued = []
        with said_plainly(folder):
            folder.mkdir(parents=True, exist_ok=True)
        for done, content in enumerate(contents.values(), 1):
            path = folder / form_file_name(content.unit)
            form = template.filled(content)
            with said_plainly(path):
                write_whole(path, form)
            issued.append({"unit": content.unit, "file": str(path), "rows": len(content.rows)})
            if progress:
                progress(done, len(contents))
        with said_plainly(folder):
            sync_folder(folder)
        _note_issued(master, state, period, contents, settings)
    return {"period": period.code, "issued": issued, "decisions": decisions}


def _entered(project: Project, master: Master | None) -> tuple[Master, MasterState]:
    """The door to the master (the closed file where none is given) and what stands behind it, leftovers cleared."""
    master = master or ClosedMaster(project)
    master.ready()
    clear_leftovers(project)
    return master, MasterState(master.read())


def _obeyed(master: Master, state: MasterState, settings: Settings) -> tuple[MasterState, list[dict[str, Any]]]:
    """The master after what the office decided since the last command, written; and what was decided.

    A step of its own, in place before the command's own change: killed in between, the decisions are carried out
    and the command is not, and running it again does the rest.
    """
    from tjxl.decisions.obey import obey
    from tjxl.merge.leads import follow_leads

    editor, decisions = obey(state, settings)
    if editor is not None:
        now = dt.datetime.now().replace(microsecond=0)
        follow_leads(state, editor, master.project.master.name, now)
        master.backup(now)
        state = MasterState(master.write(editor))
    return state, [d.to_json() for d in decisions]


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


def _period_of(code: str, settings: Settings) -> Period:
    period = parse_period(code)
    title, months = _CADENCES[settings.cadence]
    if period.months != months:
        raise ProjectError("E214", period=code, cadence=title, year=period.year)
    return period


def _refuse_foreign_year(period: Period, state: MasterState, settings: Settings) -> None:
    year = int(state.meta["year"])
    if period.year != year:
        raise ProjectError("E214", period=period.code, cadence=_CADENCES[settings.cadence][0], year=year)


def _note_issued(
    master: Master, state: MasterState, period: Period, contents: Mapping[str, FormContent], settings: Settings
) -> None:
    """Add the period's rows to 报送情况 (once) and tell the dashboard which period is current."""
    known = {str(r["unit_code"]) for r in state.submissions if r["period"] == period.code}
    rows = [
        {
            "period": period.code,
            "unit_code": code,
            "unit": content.unit,
            "rows": len(content.rows),
            "due_on": due_date(period, settings),
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
    _note_in_hand(editor, state, period, set(contents))
    refresh(editor)
    master.write(editor)


def _note_in_hand(editor: BookEditor, state: MasterState, period: Period, units: set[str]) -> None:
    """Forms just issued hold what has changed since the earlier ones of this period (下发后变更)."""
    whole = units >= {str(r["unit_code"]) for r in state.submissions if r["period"] == period.code}
    for row in state.since_issue:
        concerned = whole if row["unit_code"] is None else row["unit_code"] in units
        if row["period"] == period.code and concerned:
            set_row_values(editor, hidden_layout()["since_issue"], row.number, {"period": period.previous.code})


def due_date(period: Period, settings: Settings) -> dt.date:
    """The day by which a period's report is due: the set day of its last month, or that month's end."""
    last = calendar.monthrange(period.year, period.last_month)[1]
    return dt.date(period.year, period.last_month, min(settings.due_day, last))


def _current_period(project: Project, state: MasterState, code: str | None) -> Period:
    """The period named, else the newest issued.

    Raises:
        ProjectError: E207 nothing issued yet; E215 not issued.
    """
    issued = state.issued_periods
    if not issued:
        raise ProjectError("E207")
    if code is None:
        return issued[-1]
    period = _period_of(code, project.settings())
    if period not in issued:
        raise ProjectError("E215", period=period.code)
    return period


def collect(
    project: Project,
    files: Sequence[Path] = (),
    period_code: str | None = None,
    progress: Progress | None = None,
    master: Master | None = None,
) -> dict[str, Any]:
    """Read 收件/, give each file its verdict, write 退回/, note states and questions in the master.

    Nothing is merged and no file leaves 收件; every form of a unit, those sent back too, is archived first.

    Raises:
        ProjectError: E207 or E215 nothing issued; E209 a named file does not exist, E216 it is a folder; E205 the
            master is open.
    """
    from tjxl.intake.expected import intake_context
    from tjxl.intake.record import note_verdicts
    from tjxl.merge.run import archive_returns, is_kept, present_edits
    from tjxl.sendback import send_back

    for path in files:
        _refuse_no_file(path)
    with project.locked("collect"):
        master, state = _entered(project, master)
        settings = project.settings()
        state, decisions = _obeyed(master, state, settings)
        period = _current_period(project, state, period_code)
        context = intake_context(state, period, settings)
        returns = gather_returns(project.inbox, context, files, progress)
        archive_returns(project, [r for r in returns if is_kept(r)])
        due = due_date(period, settings)
        annotated = send_back(project, state, context, returns, due, whole=not files)
        noted = note_verdicts(state, period, returns)
        if noted is not None:
            master.write(noted)
    return {
        "period": period.code,
        "returns": [r.to_json() | {"annotated": annotated.get(r.source.file)} for r in returns],
        "missing": _missing(state, period, returns),
        "hand_edits": [e.to_json() for e in present_edits(state, project.master.name)],
        "decisions": decisions,
    }


def _refuse_no_file(path: Path) -> None:
    if path.is_dir():
        raise ProjectError("E216", file=path)
    if not path.exists():
        raise ProjectError("E209", file=path)


def _missing(state: MasterState, period: Period, returns: Sequence[Return]) -> list[str]:
    """Units of which nothing is accepted (now or before) or awaits a decision."""
    here = {
        r.identity.unit_code
        for r in returns
        if r.identity and r.verdict in ("accepted", "accepted_with_notes", "needs_decision")
    }
    return [
        str(r["unit"])
        for r in state.submissions
        if r["period"] == period.code and r["unit_code"] not in here and r["merged_at"] is None
    ]


def merge(
    project: Project,
    period_code: str | None = None,
    progress: Progress | None = None,
    master: Master | None = None,
) -> dict[str, Any]:
    """Take the accepted returns in 收件/ into the master, and what the office has decided about earlier ones.

    Rows that waited for a decision are taken from 收件/, or from 归档/ where the file has left it; without a period
    named, those of earlier periods too.

    Raises:
        ProjectError: E207 or E215 nothing issued; E205 the master is open; E212 it cannot be written.
        PackageError: the master cannot be changed safely.
    """
    from tjxl.merge.run import merge_time

    with project.locked("merge"):
        master, state = _entered(project, master)
        settings = project.settings()
        state, decisions = _obeyed(master, state, settings)
        period = _current_period(project, state, period_code)
        now = merge_time(state, dt.datetime.now())
        merged: dict[str, Any] = {}
        for earlier in [] if period_code else [p for p in state.issued_periods if p != period]:
            if to_be_read_again(state, earlier.code):
                _join(merged, _merge_period(master, state, earlier, settings, now))
                state = MasterState(master.read())
        _join(merged, _merge_period(master, state, period, settings, now, inbox=True, progress=progress))
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
        returns = gather_returns(project.inbox, context, (), progress, archived=archived)
    else:
        returns = judge([read_return(source, context) for source in archived], context)
    return merge_returns(master, state, returns, context, now)


def _join(merged: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Add what one merge reports to what those before it do; the first backup has the master before all of them."""
    for name, value in more.items():
        merged[name] = (merged.get(name) or value) if name == "backup" else merged.get(name, type(value)()) + value


def _once(said: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What several merges of one command have said, each thing once."""
    return [one for place, one in enumerate(said) if one not in said[:place]]


def check(file: Path, project: Project | None = None) -> dict[str, Any]:
    """The verdict on one file; nothing is written.

    Without a project neither the sender nor the tasks it owes can be proven, and a note says so.

    Raises:
        ProjectError: E209 the file does not exist; E216 it is a folder; E207 nothing issued yet.
    """
    from tjxl.intake.alone import check_alone

    _refuse_no_file(file)
    if project is None:
        return check_alone(file, load_settings())
    return _judged(file, project)[0].to_json()


def _judged(file: Path, project: Project) -> tuple[Return, Period]:
    """One file judged as a return of the newest period."""
    from tjxl.intake.expected import intake_context
    from tjxl.intake.returns import judge, read_return
    from tjxl.intake.sources import single_source

    state = MasterState(project.master.read_bytes())
    period = _current_period(project, state, None)
    context = intake_context(state, period, project.settings())
    return judge([read_return(single_source(file, file.parent), context)], context)[0], period


def check_marked(file: Path, project: Project, folder: Path) -> tuple[dict[str, Any], Path | None]:
    """The same verdict, and in `folder` a copy of the workbook with the findings marked; None where there are none.

    Raises:
        ProjectError: as of `check`; E212, the copy cannot be written.
    """
    from tjxl.ooxml.package import Package
    from tjxl.ooxml.parts import suffix_of
    from tjxl.sheets.annotate import annotated

    _refuse_no_file(file)
    judged, period = _judged(file, project)
    result = judged.to_json()
    if not judged.findings or judged.identity is None:
        return result, None
    content = file.read_bytes()
    try:
        marked = annotated(content, judged.findings, f"{judged.identity.unit} {period.title}")
        # an earlier copy may still be open
        copy = folder / f"{file.stem}_校验_{dt.datetime.now():%H%M%S}{suffix_of(Package(content))}"
    except PackageError:  # .xls, .ods and what cannot be changed safely: the findings alone are shown
        return result, None
    with said_plainly(copy):
        folder.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(marked)
    return result, copy


def status(project: Project) -> dict[str, Any]:
    """Where the year stands: periods issued, who has reported in the newest, tasks by status, open questions, and
    cells of the register that hold something else than what was reported.
    """
    from tjxl.merge.run import present_edits

    state = MasterState(project.master.read_bytes())
    issued = state.issued_periods
    period = issued[-1].code if issued else None
    reports: dict[str, int] = {}
    for row in state.submissions:
        if row["period"] == period:
            reports[str(row["state"])] = reports.get(str(row["state"]), 0) + 1
    by_status: dict[str, int] = {}
    for row in state.tasks:
        name = str(row["verified_status"] or row["status"] or "尚无报送")
        by_status[name] = by_status.get(name, 0) + 1
    return {
        "master": str(project.master),
        "period": period,
        "periods": [p.code for p in issued],
        "tasks": len(state.tasks),
        "by_status": by_status,
        "reports": reports,
        "open_questions": sum(map(_is_open, state.questions)),
        "hand_edits": [e.to_json() for e in present_edits(state, project.master.name)],
    }


def history(project: Project, task: str, unit: str | None = None) -> dict[str, Any]:
    """The life of every field of a task, its milestones and targets: reported when, by whom, in which cell.

    Args:
        task: 序号 or 任务编码.
        unit: any of a unit's names, or its code: only what it reported.

    Raises:
        ProjectError: E250 no such task, E252 several of this 序号; E251 the unit has no part in it.
    """
    from tjxl.merge.history import history_of

    return history_of(project, MasterState(project.master.read_bytes()), task, unit)


def _is_open(question: TableRow) -> bool:
    """Whether a question of 待裁决 waits for the office: no answer yet, or one that could not be carried out."""
    titles = state_titles()
    said = str(question["state"] or "")
    if said.startswith(titles["decided_question"]):
        return False
    return not question["decision"] or said.startswith(titles["open_question"] + "：")
