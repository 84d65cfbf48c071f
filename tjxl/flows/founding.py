"""What a notice says, and new projects: from a notice, or from a form that came from above."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tjxl.durable import said_plainly, write_durably
from tjxl.errors import NoticeError, PackageError, ProjectError
from tjxl.project import SETTINGS_FILE, Project
from tjxl.register import Register, Unit
from tjxl.resources import schema_file
from tjxl.settings import Settings, load_settings
from tjxl.sheets.state import MasterState

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
        return tuple(unit for unit in state.registry.units if unit.kind != "merged")
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
