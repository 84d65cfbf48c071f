"""`tjxl archive-period`: ledger rows of past periods move to workbooks of their own, that the master may go on.

In the order of a commit: the volumes are whole on disk before the master is backed up and replaced. What an
interruption leaves is the old master, and volumes that it does not name; the next run makes the same and uses them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tjxl.durable import refuse_changes, said_plainly, sync_folder, write_durably
from tjxl.errors import ProjectError
from tjxl.findings import finding
from tjxl.masters.door import Master
from tjxl.merge.archiving import Kept, Movable, movable, moved_out
from tjxl.ooxml.readers import readers_of
from tjxl.periods import Period, parse_period
from tjxl.project import Project
from tjxl.resources import layout_toml
from tjxl.session import current_period, entered
from tjxl.sheets.layout import master_layout
from tjxl.sheets.state import MasterState, read_master
from tjxl.sheets.volumes import MOVABLE, Shelf, Volume, rows_of

_NAMED = 5
"""Places named in a sentence; `readers` has all of them."""


def archive_period(
    project: Project, period_code: str | None = None, master: Master | None = None, *, with_readers: bool = False
) -> dict[str, Any]:
    """Move the ledger rows of a period and of all before it to workbooks in 往期流水; without a period, only tell.

    Rows in which the office has written something, or commented on, stay. Whatever asks for the ledgers goes on
    finding the rows that have been moved.

    Args:
        period_code: older than the newest issued.
        with_readers: also where something of the office's reads these tables, whose figures then change.

    Returns:
        `{period, movable: [{period, rows, kept}], moved: [{period, file, rows, moved_at, sha256}], kept: [{table,
        row, period, reason}], readers: [place], volumes: [{period, file, rows, moved_at}], backup, findings}`;
        `rows` by the title of the table.

    Raises:
        ProjectError: E207, E215 the period was not issued; E280 it is the newest one; E283 something of the office's
            reads the tables; E205 the master is open; E212 something cannot be written.
        PackageError: the master cannot be changed safely.
    """
    if period_code is None:
        state = read_master(project)
        current_period(project, state, None)
        return _told(project, state, movable(state, state.issued_periods[:-1]))
    with project.locked("archive-period"):
        master, state = entered(project, master)
        until = _until(project, state, period_code)
        found = movable(state, [p for p in state.issued_periods if p <= until])
        readers = _readers(state, found)
        if readers and not with_readers:
            raise ProjectError("E283", count=len(readers), places=_named(readers))
        now = dt.datetime.now().replace(microsecond=0)
        volumes = [v for code, of_period in found.items() if (v := _written(project, code, of_period, now))]
        if not volumes:
            return _told(project, state, found) | {"period": until.code}
        editor = moved_out(state, found, volumes)
        backup = master.backup(now)
        after = state.later(master.write(editor))
    return _told(project, after, {}) | {
        "period": until.code,
        "moved": [_shown(project, volume) | {"sha256": volume.sha256} for volume in volumes],
        "kept": _kept(found.values()),
        "readers": readers,
        "backup": backup.relative_to(project.root).as_posix(),
        "findings": [finding("M532", places=_named(readers)).to_json()] if readers else [],
    }


def _until(project: Project, state: MasterState, code: str) -> Period:
    until = current_period(project, state, code)
    if until >= state.issued_periods[-1]:
        raise ProjectError("E280", period=until.title)
    return until


def _told(project: Project, state: MasterState, found: dict[str, Movable]) -> dict[str, Any]:
    """What could be moved; nothing was."""
    return {
        "period": None,
        "movable": [
            {"period": code, "rows": _titled(of_period.counts), "kept": len(of_period.kept)}
            for code, of_period in sorted(found.items())
        ],
        "moved": [],
        "kept": _kept(found.values()),
        "readers": _readers(state, found),
        "volumes": [_shown(project, volume) for volume in state.volumes],
        "backup": None,
        "findings": [],
    }


def _readers(state: MasterState, found: dict[str, Movable]) -> list[str]:
    titles = {master_layout()[name].title for of_period in found.values() for name in of_period.rows}
    return readers_of(state.book, [table for name, table in state.book.tables.items() if name in titles])


def _named(places: Sequence[str]) -> str:
    return "、".join(places[:_NAMED]) + ("等" if len(places) > _NAMED else "")


def _titled(counts: Mapping[str, int]) -> dict[str, int]:
    return {master_layout()[name].title: count for name, count in counts.items()}


def _kept(found: Iterable[Movable]) -> list[dict[str, Any]]:
    def told(kept: Kept) -> dict[str, Any]:
        title = master_layout()[kept.table].title
        return {"table": title, "row": kept.row, "period": kept.period, "reason": kept.reason}

    return [told(kept) for of_period in found for kept in of_period.kept]


def _shown(project: Project, volume: Volume) -> dict[str, Any]:
    file = f"{project.volumes.name}/{volume.file}"
    rows = _titled(volume.rows)
    return {"period": volume.period, "file": file, "rows": rows, "moved_at": volume.moved_at}


def _written(project: Project, code: str, found: Movable, now: dt.datetime) -> Volume | None:
    """The volume of a period on disk; None where no row may move."""
    content = _proven(parse_period(code), found)
    if content is None:
        return None
    file = _file(project, code, content)
    for folder in (project.volumes, project.volume_copies):
        _put(folder, file, content)
    digest = hashlib.sha256(content).hexdigest()
    return Volume(file, code, digest, found.counts, now.isoformat(timespec="seconds"))


def _put(folder: Path, file: str, content: bytes) -> None:
    """A volume durably in a folder; one that is there has this content, but perhaps not yet for certain on disk."""
    with said_plainly(folder / file):
        if not folder.exists():
            folder.mkdir(parents=True)
            sync_folder(folder.parent)
        if (folder / file).exists():
            sync_folder(folder)
        else:
            write_durably(folder / file, content)
        refuse_changes(folder / file)


def put_back(project: Project, volumes: Iterable[Volume]) -> list[str]:
    """Put volumes that are missing in 往期流水, or in its copy in 备份, there from the other.

    A file that is there is left as it is, whatever it holds.

    Returns:
        The files written, below the project.

    Raises:
        ProjectError: E281, E282 a volume stands in neither as it was registered; E212 it cannot be written.
    """
    shelf = Shelf(project.volumes, project.volume_copies)
    written = []
    for volume in volumes:
        content = shelf.content(volume)
        for folder in (project.volumes, project.volume_copies):
            if not (folder / volume.file).exists():
                _put(folder, volume.file, content)
                written.append((folder / volume.file).relative_to(project.root).as_posix())
    return written


def _proven(period: Period, found: Movable) -> bytes | None:
    """The volume of a period, which says of every row what the master says; a row that it could not say stays."""
    from tjxl.sheets.volume_book import volume_book  # XlsxWriter, which who only asks what could move can do without

    reason = layout_toml("volumes.toml")["kept"]["odd"]
    while any(found.rows.values()):
        content = volume_book(period, found.rows)
        odd = 0
        for name in MOVABLE:
            rows = found.rows.get(name, [])
            read = {row.number: row.values for row in rows_of(content, "", name)}
            wrong = [row for row in rows if read.get(row.number) != row.values]
            found.rows[name] = [row for row in rows if row not in wrong]
            found.kept += [Kept(name, row.number, period.code, reason) for row in wrong]
            odd += len(wrong)
        if not odd:
            return content
    return None


def _file(project: Project, code: str, content: bytes) -> str:
    """A name in 往期流水 and its copy: of files of this very content, else a free one. No volume is replaced."""
    words = layout_toml("volumes.toml")
    for number in itertools.count(1):
        name: str = words["file" if number == 1 else "file_again"].format(period=code, number=number)
        paths = (project.volumes / name, project.volume_copies / name)
        if all(not path.exists() or path.read_bytes() == content for path in paths):
            return name
    raise AssertionError  # there is always a free number
