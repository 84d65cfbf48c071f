"""The verdict on one file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from tjxl.durable import said_plainly
from tjxl.errors import PackageError
from tjxl.flows.named import refuse_no_file
from tjxl.intake.returns import Return
from tjxl.periods import Period
from tjxl.project import Project
from tjxl.session import (
    current_period,
)
from tjxl.settings import load_settings
from tjxl.sheets.lost_rows import refuse_lost_rows
from tjxl.sheets.state import read_master


def check(file: Path, project: Project | None = None) -> dict[str, Any]:
    """The verdict on one file; nothing is written.

    Without a project neither the sender nor the tasks it owes can be proven, and a note says so.

    Raises:
        ProjectError: E209 the file does not exist; E216 it is a folder; E207 nothing issued yet; E277 to E279, E285
            rows of tasks are missing in the master.
    """
    from tjxl.intake.alone import check_alone

    refuse_no_file(file)
    if project is None:
        return check_alone(file, load_settings())
    return _judged(file, project)[0].to_json()


def _judged(file: Path, project: Project) -> tuple[Return, Period]:
    """One file judged as a return of the newest period."""
    from tjxl.intake.expected import intake_context
    from tjxl.intake.returns import judge, read_return
    from tjxl.intake.sources import single_source

    state = read_master(project)
    refuse_lost_rows(state)
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

    refuse_no_file(file)
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
