"""What keeps the buttons from working on this machine, and how to mend each."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tjxl.archiving import put_back
from tjxl.errors import ProjectError, TjxlError
from tjxl.installation.machine import Machine
from tjxl.masters.closed import ClosedMaster
from tjxl.messages import message
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.project import Project
from tjxl.sheets.conf import MAC, WINDOWS, conf_title, windowless
from tjxl.sheets.filling import filling_up
from tjxl.sheets.layout import master_layout
from tjxl.sheets.macros import master_version, out_of_date, xlwings_version
from tjxl.sheets.rows import holds_table, lacking_columns
from tjxl.sheets.state import MasterState, read_master
from tjxl.sheets.volumes import Shelf

_ONLY_SIGNED, _NONE = 3, 4


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: the message's code, how bad it is (note: all is well), and the sentence."""

    code: str
    severity: str
    text: str

    def to_json(self) -> dict[str, str]:
        """As `tjxl doctor --json` shows it."""
        return {"code": self.code, "severity": self.severity, "message": self.text}


def _said(code: str, **facts: object) -> Check:
    entry = message(code)
    return Check(code, entry.severity, entry.say(**facts))


def _refused(error: TjxlError) -> Check:
    return Check(error.code, message(error.code).severity, str(error))


def doctor(project: Project | None, *, fix: bool = False, machine: Machine | None = None) -> dict[str, Any]:
    """Look at Python, xlwings, Excel, its trust settings and the master.

    Args:
        project: whose master is looked at; None: only the machine.
        fix: write this machine's interpreter into the master's `xlwings.conf`, and put volumes back of which one of
            the two files is missing.

    Raises:
        ProjectError: E205, with `fix`: the master is open; E212, it cannot be written.
    """
    machine = machine or Machine()
    fixed = False
    if fix and project is not None:
        with project.locked("doctor"):
            fixed = _fixed(project, machine)
            fixed = _volumes_put_back(project) or fixed
    checks = [*_of_machine(machine), *(_of_project(project, machine) if project is not None else ())]
    return {
        "master": str(project.master) if project is not None else None,
        "fixed": fixed,
        "checks": [check.to_json() for check in checks],
    }


def _of_machine(machine: Machine) -> Iterator[Check]:
    yield _said("B710", version=platform.python_version(), python=machine.python)
    found = machine.version_of("xlwings")
    yield _said("B711", version=found) if found else _said("B712")
    if not found:  # nothing else can be told, nor used, without it
        return
    if machine.platform not in ("win32", "darwin"):
        yield _said("B713")
        return
    excel = machine.excel
    yield _said("B714", path=excel) if excel else _said("B715")
    if machine.platform == "win32":
        yield _said("B716") if machine.has_module("win32com") else _said("B717")
        level = machine.macro_warnings
        yield _said({_ONLY_SIGNED: "B719", _NONE: "B720"}.get(level or 0, "B718"))
        return
    yield _said("B721") if machine.has_module("appscript") else _said("B722")
    script = f"Library/Application Scripts/com.microsoft.Excel/xlwings-{xlwings_version()}.applescript"
    yield _said("B723") if (machine.home / script).exists() else _said("B724")


def _of_project(project: Project, machine: Machine) -> Iterator[Check]:
    """The master; where it is gone, there twice or damaged, that instead."""
    try:
        project.refuse_unclear_master()
        with project.naming_damage():
            yield from _of_master(project, machine)
    except ProjectError as error:
        yield _refused(error)


def _of_master(project: Project, machine: Machine) -> Iterator[Check]:
    content = project.master.read_bytes()
    if machine.from_internet(project.master):
        yield _said("B725", file=project.master.name)
    yield from _of_tables(Book(content))
    yield from _of_volumes(MasterState(content), project)
    if machine.version_of("xlwings") is None:
        return
    version = master_version(content)
    try:
        late = out_of_date(content)
    except ProjectError as error:  # B702: what is installed does not fit together
        yield _refused(error)
        return
    if not version:
        yield _said("B726", file=project.master.name)
    elif version != xlwings_version():
        yield _said("B727", found=version, installed=xlwings_version())
    else:
        yield _said("B728", parts="、".join(late)) if late else _said("B729", version=version)
    yield _of_conf(content, machine)


def _of_tables(book: Book) -> Iterator[Check]:
    """Columns that the master lacks because an earlier version made it."""
    for layout in master_layout().values():
        if holds_table(book, layout) and (columns := lacking_columns(book, layout)):
            yield _said("L101", table=layout.title, columns="、".join(columns))


def _of_volumes(state: MasterState, project: Project) -> Iterator[Check]:
    """Tables that fill up, and volumes that are missing or no longer what they were.

    What keeps this from being told is itself told: the doctor goes on where other commands stop.
    """
    try:
        volumes = state.volumes
    except TjxlError as error:  # neither can be told
        yield _refused(error)
        return
    try:
        filling = filling_up(state) if holds_table(state.book, master_layout()["submissions"]) else []
    except TjxlError as error:
        yield _refused(error)
    else:
        for found in filling:
            yield Check(found.code, found.severity, found.sentence)
    shelf, whole = Shelf(project.volumes, project.volume_copies), 0
    for volume in volumes:
        here, copy = shelf.standing(volume)
        whole += here and copy
        if here != copy:
            folders = [project.volumes, project.volume_copies]
            used, other = (f.relative_to(project.root).as_posix() for f in (folders if here else reversed(folders)))
            yield _said("B736", file=f"{other}/{volume.file}", other=used)
        elif not here:
            try:
                shelf.content(volume)
            except ProjectError as error:
                yield _refused(error)
    if whole:
        yield _said("B735" if whole == len(volumes) else "B737", count=whole)


def _volumes_put_back(project: Project) -> bool:
    """Put back what can be; whether anything was. What cannot be read is told by the checks."""
    try:
        volumes = read_master(project).volumes
    except TjxlError:
        return False
    shelf = Shelf(project.volumes, project.volume_copies)
    return bool(put_back(project, [volume for volume in volumes if any(shelf.standing(volume))]))


def _of_conf(content: bytes, machine: Machine) -> Check:
    book = Book(content)
    if conf_title() not in book.sheets:
        return _said("B730")
    key = _key(machine)
    if key is None:
        return _said("B731")
    written = str(_conf(book).get(key) or "")
    wanted = _interpreter(machine)
    if written == wanted:
        return _said("B732", python=written)
    if not written:
        return _said("B733")
    return _said("B734", written=written, python=wanted)


def _key(machine: Machine) -> str | None:
    return {"win32": WINDOWS, "darwin": MAC}.get(machine.platform)


def _interpreter(machine: Machine) -> str:
    return windowless(Path(machine.python)) if machine.platform == "win32" else machine.python


def _conf(book: Book) -> dict[str, str]:
    """The settings of `xlwings.conf`, keys in capitals as xlwings reads them."""
    cells = book.cells(conf_title()).cells
    return {
        str(cell.value).upper(): str(cells[row, 2].value) if (row, 2) in cells and cells[row, 2].value else ""
        for (row, column), cell in sorted(cells.items())
        if column == 1 and cell.value
    }


def _fixed(project: Project, machine: Machine) -> bool:
    """Write the interpreter; whether that changed anything."""
    master, key = ClosedMaster(project), _key(machine)
    master.ready()
    content = master.read()
    book = Book(content)
    if key is None or conf_title() not in book.sheets or _conf(book).get(key) == _interpreter(machine):
        return False
    keys = [str(c.value).upper() for (_, column), c in sorted(book.cells(conf_title()).cells.items()) if column == 1]
    row = keys.index(key) + 1 if key in keys else len(keys) + 1
    editor = BookEditor(book)
    editor.edit(conf_title(), row, 1, Put(key))
    editor.edit(conf_title(), row, 2, Put(_interpreter(machine)))
    master.write(editor)
    return True
