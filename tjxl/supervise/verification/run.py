"""The use case `tjxl verify`: files of findings into 核查, matched and set against what units reported."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tjxl.durable import said_plainly
from tjxl.errors import ProjectError
from tjxl.findings import finding
from tjxl.intake.filenames import is_of_the_system
from tjxl.masters.door import Master
from tjxl.merge.commit import archive_files
from tjxl.merge.comparison import Grounds
from tjxl.merge.derived import follow
from tjxl.ooxml.editor import BookEditor
from tjxl.project import Project
from tjxl.session import entered, obeyed
from tjxl.settings import Settings
from tjxl.sheets.layout import conclusion_words, hidden_layout, master_layout
from tjxl.sheets.master_edit import append, append_fitted, set_row_values
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import TableRow, holds_table
from tjxl.sheets.state import MasterState
from tjxl.supervise.verification.importing import FileOfFindings, Importer
from tjxl.supervise.verification.reading import Basis, read_findings

_MONTHS = {"monthly": 1, "quarterly": 3}
_LISTED = ("verification_no", "source", "period", "task_code", "row_code", "unit", "matter", "reported", "found")


def verify(
    project: Project, files: Sequence[Path] = (), *, source: str | None = None, master: Master | None = None
) -> dict[str, Any]:
    """Import findings and compare them with what units reported; nothing reported is overwritten.

    The same file again adds nothing; another value for the same finding (source, period, task, target, unit, matter)
    replaces the old one, which is told. Rows that cannot be used are told and left out; rows that may mean several
    tasks are kept as 待对应. The files are archived; those of 核查 that leave nothing to be mended are taken out.

    Args:
        files: the files; without any, all in the folder 核查.
        source: 来源 of rows that name none.

    Raises:
        ProjectError: E205 the master is open; E209 no such file; E212 something cannot be written.
            Q127 the master, made by an earlier version, has no 核查.
        PackageError: the master cannot be changed safely.
    """
    with project.locked("verify"):
        master, state = entered(project, master)
        settings = project.settings()
        state, decisions = obeyed(master, state, settings)
        for table in (master_layout()["verification"], hidden_layout()["verified"]):
            if not holds_table(state.book, table):
                raise ProjectError("Q127", table=master_layout()["verification"].title)
        issued = state.issued_periods
        basis = Basis(int(state.meta["year"]), _MONTHS[settings.cadence], issued[-1].code if issued else None, source)
        now = dt.datetime.now().replace(microsecond=0)
        taken = [FileOfFindings(path, _content(path)) for path in files or _in_folder(project)]
        made = Importer(state, Grounds.of(state, state.effective, settings), now)
        findings = []
        for file in taken:
            found = read_findings(file.content, file.path.name, basis)
            said = [*found.findings, *made.take(file, found.rows)]
            if not found.rows and not said:  # a template not filled in yet: it is not to disappear
                said = [finding("Q129", file=file.path.name)]
            findings += [f.to_json() | {"file": file.path.name} for f in said]
        archive_files(project, {f.sha256: (f.path.suffix.lower(), f.content) for f in taken})
        backup = _write(master, state, made, settings, now)
        kept = {f["file"] for f in findings if f["severity"] == "error" or f["code"] == "Q129"}
        _clear_folder(project, taken, kept)
        state = state.later(master.read())
    rows = state.verification
    return {
        "imported": made.files,
        "rows": len(rows),
        "added": len(made.added),
        "updated": made.updated,
        "disagreements": _listed(rows, "differs"),
        "unmatched": _listed(rows, "unmatched"),
        "not_comparable": _listed(rows, "not_comparable"),
        "findings": findings,
        "decisions": decisions,
        "backup": backup.relative_to(project.root).as_posix() if backup else None,
    }


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise ProjectError("E209", file=path)
    with said_plainly(path):
        return path.read_bytes()


def _in_folder(project: Project) -> list[Path]:
    """The files that lie in 核查, those of the system left out."""
    folder = project.verification
    found = (p for p in sorted(folder.rglob("*")) if p.is_file()) if folder.is_dir() else ()
    return [p for p in found if not is_of_the_system(p.relative_to(folder)) and not p.name.startswith(("~$", "."))]


def _write(master: Master, state: MasterState, made: Importer, settings: Settings, now: dt.datetime) -> Path | None:
    """Write what changes, the comparisons of rows that stand there already included; the backup."""
    editor = BookEditor(state.book)
    follow(state, editor, state.effective, settings)
    shown, hidden = master_layout()["verification"], hidden_layout()["verified"]
    for old, remembered, values, data in made.rewritten:
        set_row_values(editor, hidden, remembered.number, {"data": data})
        set_row_values(editor, shown, old.number, values)
    append_fitted(editor, shown, made.added)
    append(editor, hidden, made.remembered)
    if not editor.changed:
        return None
    refresh(editor)
    backup = master.backup(now)
    master.write(editor)
    return backup


def _clear_folder(project: Project, taken: Sequence[FileOfFindings], wrong: set[str]) -> None:
    """Take out of 核查 what is archived and leaves nothing to be mended. A file in use stays for next time."""
    for file in taken:
        if file.path.name not in wrong and file.path.is_relative_to(project.verification):
            with contextlib.suppress(OSError):  # open in another program: it adds nothing next time
                file.path.unlink()


def _listed(rows: Sequence[TableRow], conclusion: str) -> list[dict[str, Any]]:
    """The rows of one conclusion, with what the office has said of them."""
    word = conclusion_words()[conclusion]
    names = (*_LISTED, "difference", "counted", "office_opinion", "assigned")
    return [{name: row.values.get(name) for name in names} for row in rows if row["conclusion"] == word]
