"""The use cases of going back: the last merge undone, the generated cells rebuilt from what units sent.

As in `flows`: one function each, plain data in the shape of section 11 of the design, nothing printed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from tjxl.bulk import in_bulk
from tjxl.durable import said_plainly, write_durably
from tjxl.errors import PackageError, ProjectError
from tjxl.intake.sources import find_sources, open_source
from tjxl.masters.closed import ClosedMaster
from tjxl.masters.door import Master
from tjxl.merge.commit import clear_leftovers
from tjxl.merge.differences import Rebuild
from tjxl.merge.rebuild import apply_rebuild, compare
from tjxl.merge.recall import left_behind
from tjxl.merge.replay import named_files, replay
from tjxl.merge.undo import Undoing, UndoneFile, apply_undo, is_witness, plan_undo
from tjxl.project import Project
from tjxl.settings import Settings
from tjxl.sheets.lost_rows import refuse_lost_rows
from tjxl.sheets.state import MasterState, read_master
from tjxl.whereabouts import masters_backed_up

_NOT_IN_NAMES = frozenset('<>:"|?*\\')
"""Characters that not every system takes in the name of a file."""


def undo(project: Project, master: Master | None = None) -> dict[str, Any]:
    """Take the last merge back; what the office has typed, sorted, added or decorated since stays.

    In the order of a commit: the files are back in 收件 and the backup is made before the master is replaced. Killed
    before that, the master still holds the merge, and the next command takes the files for what is merged already.

    Raises:
        ProjectError: E260 nothing to undo; E261 a request of that merge was agreed to; E262 its rows cannot be told;
            E277 to E279, E285 rows of tasks are missing; E205 the master is open; E212 something cannot be written.
        PackageError: the master cannot be changed safely.
    """
    with project.locked("undo"), in_bulk():
        master = master or ClosedMaster(project)
        master.ready()
        clear_leftovers(project)
        state = read_master(project, master.read())
        refuse_lost_rows(state)
        witness = _witness(project, state)
        settings = project.settings()
        plan = plan_undo(state, witness[1] if witness else None, settings)
        now = dt.datetime.now().replace(microsecond=0)
        editor = apply_undo(state, plan, settings, now)
        returned, lost = _put_back(project, plan.files)
        backup = master.backup(now)
        master.write(editor)
    return {
        "batch": plan.batch,
        "merged_at": plan.merged_at.isoformat(sep=" "),
        "periods": plan.periods,
        "rows": plan.rows,
        "recalled": [f"{project.volumes.name}/{file}" for file in plan.recalled],
        "changes": [c.to_json() for c in plan.changes],
        "hand_edits_kept": len(plan.kept),
        "files": returned,
        "files_missing": lost,
        "questions_closed": plan.withdrawn,
        "witness": witness[0] if witness else None,
        "derived": plan.derived,
        "forms_outdated": _later_forms(state, plan),
        "findings": [f.to_json() for f in left_behind(state, plan.recalled, project.volumes.name)],
        "backup": backup.relative_to(project.root).as_posix(),
    }


def _witness(project: Project, state: MasterState) -> tuple[str, MasterState] | None:
    """The newest backup that shows the master right before its last merge; its place and content."""
    for path in reversed(masters_backed_up(project.backups)):
        try:
            backup = state.later(path.read_bytes())
            if is_witness(backup, state):
                return path.relative_to(project.root).as_posix(), backup
        except (PackageError, ProjectError, OSError):
            continue  # a damaged backup, or one without its volumes, bears no witness; an older one may
    return None


def _later_forms(state: MasterState, plan: Undoing) -> list[str]:
    """Periods whose forms may show, as last period's report, what is undone."""
    return [p.code for p in state.issued_periods if plan.periods and p.code > plan.periods[0]]


def _put_back(project: Project, files: Sequence[UndoneFile]) -> tuple[list[str], list[str]]:
    """Copy files from 归档 to 收件 under their old names and times; one that lies there already is left alone.

    Returns:
        Their places below 收件, and the names of those that 归档 does not hold (any more, or not unchanged).
    """
    returned, lost = [], []
    present, archived = (set(_digests(project)) if files else set()), archived_files(project)
    for file in files:
        content = archived(file.sha256)
        if content is None:
            lost.append(file.file)
        elif file.sha256 not in present:
            path = _place(project.inbox, file, content[0])
            with said_plainly(path):
                write_durably(path, content[1])
                if file.time is not None:
                    os.utime(path, (file.time.timestamp(), file.time.timestamp()))
            returned.append(path.relative_to(project.inbox).as_posix())
    return returned, lost


def _digests(project: Project) -> Iterator[str]:
    """sha256 of everything that lies in 收件, members of archives included."""
    for path in find_sources(project.inbox) if project.inbox.is_dir() else ():
        for source in open_source(path, project.inbox):
            if source.finding is None:
                yield source.sha256


def archived_files(project: Project) -> Callable[[str], tuple[str, bytes] | None]:
    """Digest → the extension and content that 归档 holds; None where it holds none that is what it was."""
    places = {path.stem: path for path in project.archive.iterdir()} if project.archive.is_dir() else {}

    def found(sha256: str) -> tuple[str, bytes] | None:
        path = places.get(sha256)
        content = path.read_bytes() if path is not None and path.is_file() else b""
        return (path.suffix, content) if path and hashlib.sha256(content).hexdigest() == sha256 else None

    return found


def _place(inbox: Path, file: UndoneFile, suffix: str) -> Path:
    """Where a file lay in 收件, a member of an archive in a folder of the archive's name; never on another file."""
    parts = PurePosixPath(file.file).parts
    odd = not parts or any(p in ("..", ".", "/") or not _NOT_IN_NAMES.isdisjoint(p) for p in parts)
    path = inbox / f"{file.sha256}{suffix}" if odd else inbox.joinpath(*parts)
    if any(above.is_file() for above in path.parents if above.is_relative_to(inbox)):
        path = inbox / path.name  # an archive of that name lies there again
    number, stem = 1, path.stem
    while path.exists():
        number += 1
        path = path.with_name(f"{stem}-{number}{path.suffix}")
    return path


def rebuild(project: Project, *, check: bool = False, master: Master | None = None) -> dict[str, Any]:
    """Compare the generated cells with what the files in 归档 say, and restore what they prove.

    Args:
        check: only compare; nothing is written.

    Raises:
        ProjectError: E277 to E279, E285 rows of tasks are missing; E205 the master is open; E212 it cannot be
            written.
        PackageError: the master cannot be read, or not changed safely.
    """
    if check:
        result, _ = _compared(project, read_master(project), project.settings())
        return result | {"restored": 0, "recalled": [], "findings": [], "backup": None}
    with project.locked("rebuild"), in_bulk():
        master = master or ClosedMaster(project)
        master.ready()
        clear_leftovers(project)
        state = read_master(project, master.read())
        settings = project.settings()
        result, found = _compared(project, state, settings)
        editor = apply_rebuild(state, found, settings)
        backup = None
        if editor is not None:
            backup = master.backup(dt.datetime.now().replace(microsecond=0))
            master.write(editor)
    restored = sum(d.proven for d in found.differences)
    recalled = sorted({file for rows in found.revised.values() for file, _ in rows})
    return result | {
        "restored": restored,
        "recalled": [f"{project.volumes.name}/{file}" for file in recalled],
        "findings": [f.to_json() for f in left_behind(state, recalled, project.volumes.name)],
        "backup": backup.relative_to(project.root).as_posix() if backup else None,
    }


def _compared(project: Project, state: MasterState, settings: Settings) -> tuple[dict[str, Any], Rebuild]:
    refuse_lost_rows(state)
    wanted, archived, kept = list(named_files(state)), archived_files(project), set[str]()

    def content(sha256: str) -> bytes | None:
        found = archived(sha256)
        if found is not None:
            kept.add(sha256)
        return found[1] if found else None

    files = replay(state, settings, content, wanted)
    found = compare(state, files, kept, settings)
    result = {
        "files": len(wanted),
        "files_missing": [s for s in wanted if s not in kept],
        "files_unreadable": [s for s in wanted if s in kept and s not in files],
        "differences": [d.to_json() for d in found.differences],
    }
    return result, found
