"""The use cases, one function each. Buttons and command line call these; nothing here prints.

Each takes a project, does its work under the project's lock where it writes, and returns plain data in the shape of
section 11 of the design. `progress` is called with steps done and steps in all; `master` is the door to the master,
the closed file unless one is given.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tjxl.bulk import in_bulk
from tjxl.durable import said_plainly, sync_folder, write_durably, write_whole
from tjxl.errors import NoticeError, PackageError, ProjectError
from tjxl.fields.beside import checked_beside
from tjxl.intake.decided import archived_sources, to_be_read_again
from tjxl.intake.gather import gather_returns, read_ahead
from tjxl.intake.returns import Return
from tjxl.masters.door import Master
from tjxl.ooxml.editor import BookEditor
from tjxl.periods import Period
from tjxl.project import SETTINGS_FILE, Project
from tjxl.register import Register, Unit
from tjxl.resources import schema_file
from tjxl.session import (
    current_period,
    due_date,
    entered,
    obeyed,
    period_of,
    refuse_foreign_year,
    stage_to_issue,
)
from tjxl.settings import Settings, load_settings
from tjxl.sheets.filling import filling_up
from tjxl.sheets.layout import hidden_layout, master_layout, state_titles
from tjxl.sheets.master_edit import append, set_current_period, set_row_values
from tjxl.sheets.recalc import refresh
from tjxl.sheets.state import MasterState, read_master, sender_of
from tjxl.stages import Stage, stage_title, step, step_before

if TYPE_CHECKING:
    from tjxl.sheets.form import FormContent, FormTemplate

Progress = Callable[[int, int], None]

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

    project = Project(folder)
    if project.master.exists():
        raise ProjectError("E206", folder=folder)
    settings = load_settings(project.settings_file)
    known = known_units(units_from) if units_from else ()
    register = read_notice(notice, year, settings, columns, known)
    broken = [f.sentence for f in register.findings if f.severity == "error"]
    if broken:
        raise NoticeError("E213", problems="".join(broken))
    return _founded(project, register, settings, macros)


def init_from_form(folder: Path, form: Path, year: int | None = None, *, macros: bool = True) -> dict[str, Any]:
    """Make a project of one's own from a report form that came from above (层层分解).

    The tasks keep their codes, by which the reports find their way up; nobody at this level has them yet, and the
    sheet 分解 is where that is said.

    Args:
        form: the form as it was received.
        year: refused where it is not the form's.

    Raises:
        ProjectError: H101 to H104, the form is none, damaged, filled in, or of another year; E206, the folder holds
            a master already; E209, E216, there is no such file; E212, the project cannot be written.
    """
    from tjxl.supervise.superior.received import read_received, refuse_filled, register_from_form

    project = Project(folder)
    if project.master.exists():
        raise ProjectError("E206", folder=folder)
    settings = load_settings(project.settings_file)
    received = read_received(form, settings)
    refuse_filled(received)
    if year is not None and year != received.period.year:
        raise ProjectError("H104", file=form.name, period=received.period.title, year=year)
    return _founded(project, register_from_form(received), settings, macros)


def _founded(project: Project, register: Register, settings: Settings, macros: bool) -> dict[str, Any]:
    """The project of a register, on disk: folders, settings, master."""
    from tjxl.sheets.macros import with_macros
    from tjxl.sheets.master import MasterMeta, build_master

    folder = project.root
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
    from tjxl.issuing import form_contents
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
        _note_issued(master, state, period, contents, settings, stage=of_stage)
    return {
        "period": period.code,
        **({"stage": title} if (title := stage_title(of_stage)) else {}),
        "issued": issued,
        "missing_before": missing,
        "findings": [f.to_json() for f in findings],
        "decisions": decisions,
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
) -> None:
    """Add the rows of the period and stage to 报送情况 (once) and tell the dashboard which period is current."""
    from tjxl.merge.derived import follow
    from tjxl.merge.past_register import close_period

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
    if state.issued_periods and period > state.issued_periods[-1]:
        close_period(state, editor)
    follow(state, editor, state.effective, settings)
    refresh(editor)
    master.write(editor)


def _note_in_hand(editor: BookEditor, state: MasterState, period: Period, stage: Stage, units: set[str]) -> None:
    """Forms just issued hold what has changed since the earlier ones of this period and stage (下发后变更)."""
    own, before = step(period.code, stage), step_before(period.code, period.previous.code, stage)
    owing = (sender_of(r) for r in state.submissions if r["period"] == period.code)
    whole = units >= {unit for unit, of_stage in owing if of_stage == stage}
    for row in state.since_issue:
        concerned = whole if row["unit_code"] is None else row["unit_code"] in units
        if row["period"] == own and concerned:
            set_row_values(editor, hidden_layout()["since_issue"], row.number, {"period": before})


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
        ProjectError: E207 or E215 nothing issued; E209 a named file does not exist, E216 it is a folder; E205 the
            master is open; E245 to E248 the scheduler cannot be used.
    """
    from tjxl.intake.expected import intake_context
    from tjxl.intake.record import note_verdicts
    from tjxl.merge.run import archive_returns, is_kept, present_edits
    from tjxl.sendback import send_back

    for path in files:
        _refuse_no_file(path)
    with (
        checked_beside(worth_it=bool(files) or _holds_files(project.inbox)),
        read_ahead(project.inbox, files, scheduler=scheduler),
        project.locked("collect"),
        in_bulk(),
    ):
        master, state = entered(project, master)
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
        "findings": [f.to_json() for f in filling_up(state)],
        "decisions": decisions,
    }


def _holds_files(folder: Path) -> bool:
    """Whether anything lies in it; a folder that cannot be read is told by whoever reads it."""
    return any(folders or names for _, folders, names in os.walk(folder))


def _refuse_no_file(path: Path) -> None:
    if path.is_dir():
        raise ProjectError("E216", file=path)
    if not path.exists():
        raise ProjectError("E209", file=path)


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
        ProjectError: E207 or E215 nothing issued; E205 the master is open; E212 it cannot be written.
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

    state = read_master(project)
    period = current_period(project, state, None)
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


def status(project: Project, period_code: str | None = None) -> dict[str, Any]:
    """Where the year stands: periods issued, who has reported in one, tasks by status, open questions, cells of the
    register that hold something else than what was reported, problems, closures and findings of others.

    Of a period that is named the tasks are counted as they stood at its end, as `snapshot` shows them. Where it has
    two stages, `stages` counts the reports of each, `agreement` the words of 责任分工[与牵头口径].

    Raises:
        ProjectError: E207, E215, the period named was not issued.
    """
    from tjxl.merge.run import present_edits
    from tjxl.opening import open_questions
    from tjxl.past import as_it_stood
    from tjxl.supervise.oversight import oversight

    state = read_master(project)
    issued = state.issued_periods
    period = issued[-1].code if issued else None
    shown = state
    if period_code is not None:
        chosen = current_period(project, state, period_code)
        period, shown = chosen.code, as_it_stood(state, chosen, project.settings())
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
        "tasks": len(state.tasks),
        "by_status": by_status,
        "reports": reports,
        **({"stages": stages, "agreement": agreement} if stages else {}),
        "open_questions": open_questions(state),
        "hand_edits": [e.to_json() for e in present_edits(state, project.master.name)],
        "oversight": oversight(state, project.settings()),
        "findings": [f.to_json() for f in filling_up(state)],
    }


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
