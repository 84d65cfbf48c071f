"""What can be said of a master that is not where, or not what, it should be: gone, renamed, there twice, damaged."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tjxl.errors import PackageError, ProjectError

MASTER_STEM = "总台账"
MASTER_SUFFIXES = (".xlsm", ".xlsx")

_PASSWORD = "E307"
_DAMAGED = ("E302", "E303", "E304", "E306", "E309")
"""What makes a workbook unreadable; what comes from units is told as such where it is read."""


def refuse_two_masters(root: Path) -> None:
    """Whatever one of them holds, the other does not: people may have worked in either since the second was made.

    Raises:
        ProjectError: E267, the folder holds an .xlsm and an .xlsx.
    """
    both = [path for suffix in MASTER_SUFFIXES if (path := root / f"{MASTER_STEM}{suffix}").exists()]
    if len(both) > 1:
        newest = max(both, key=lambda path: path.stat().st_mtime)
        raise ProjectError("E267", folder=root, files="”和“".join(path.name for path in both), newest=newest.name)


def refuse_no_master(root: Path, backups: Path, *, begun: bool) -> None:
    """Why a folder without a master cannot be used. One that is plainly a project's is never told to be begun anew:
    a new master would know none of the forms that were issued.

    Args:
        begun: whether it is plainly a project's.

    Raises:
        ProjectError: E203 no project; else E264 the master has another name, E265 it is gone and there is a backup,
            E266 and there is none.
    """
    renamed, backup = _renamed(root), newest_backup(backups)
    if renamed is not None:
        name = f"{MASTER_STEM}{renamed.suffix.casefold()}"
        raise ProjectError("E264", folder=root, found=renamed.name, master=name, backups=backups.name)
    if not begun:
        raise ProjectError("E203", folder=root)
    if backup is None:
        raise ProjectError("E266", folder=root)
    raise ProjectError("E265", folder=root, **_taken_from(backup))


def _renamed(root: Path) -> Path | None:
    """The newest workbook in the folder whose name still tells that it was the master."""
    found = [
        path
        for path in root.glob(f"*{MASTER_STEM}*")
        if path.suffix.casefold() in MASTER_SUFFIXES and not path.name.startswith(("~$", ".")) and path.is_file()
    ]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def newest_backup(backups: Path) -> Path | None:
    """The newest master in 备份 that can be opened."""
    return next((path for path in reversed(masters_backed_up(backups)) if zipfile.is_zipfile(path)), None)


def masters_backed_up(backups: Path) -> list[Path]:
    """The masters in 备份, the newest last; their names tell when each was made."""
    found = [path for path in backups.glob(f"{MASTER_STEM}_*") if path.suffix.casefold() in MASTER_SUFFIXES]
    return sorted(found, key=_made)


def _made(backup: Path) -> tuple[str, int, str]:
    """The second, and within it the number that all but the first have."""
    second = backup.stem[: len(f"{MASTER_STEM}_20220630-120000")]
    return second, len(backup.stem), backup.stem


def _taken_from(backup: Path) -> dict[str, object]:
    return {"backup": f"{backup.parent.name}/{backup.name}", "master": f"{MASTER_STEM}{backup.suffix}"}


@contextmanager
def master_damage(master: Path, backups: Path) -> Iterator[None]:
    """A damaged workbook that nobody has said anything about until here is the master: say so, and what replaces it.

    Raises:
        ProjectError: E268 the master cannot be read, E269 and there is no backup, E276 it has a password.
    """
    try:
        yield
    except PackageError as error:
        if error.code == _PASSWORD:
            raise ProjectError("E276", file=master.name) from error
        if error.code not in _DAMAGED:
            raise
        backup = newest_backup(backups)
        if backup is None:
            raise ProjectError("E269", file=master.name) from error
        raise ProjectError("E268", file=master.name, **_taken_from(backup)) from error
