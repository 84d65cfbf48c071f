"""Putting a new master in place so that at any instant there is the old one or the new one, never a third.

Order (DESIGN section 8): archive the merged files (content, then folder, forced to disk), back up the master, write
the new master beside the old, force it to disk, replace, and only then take the merged files out of 收件. What
an interruption leaves is a temporary file, or files in 收件 that are already merged: the next run clears both.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tjxl.errors import ProjectError
from tjxl.project import TEMPORARY_PREFIX, Project

_WRITERS = 8


_REASONS = {
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘空间不足",
    errno.EACCES: "没有权限或文件被占用",
    errno.EPERM: "没有权限或文件被占用",
    errno.EROFS: "磁盘是只读的",
}


def plain_reason(error: OSError) -> str:
    """Why the operating system refused, in Chinese where it is one of the usual reasons."""
    return _REASONS.get(error.errno or 0, error.strerror or "读写失败")


@contextlib.contextmanager
def said_plainly(path: Path) -> Iterator[None]:
    """Turn the operating system's refusal to write into one clear sentence.

    Raises:
        ProjectError: E212 with the file and the reason.
    """
    try:
        yield
    except OSError as error:
        raise ProjectError("E212", file=path.name, reason=plain_reason(error)) from error


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that after this call its content is on disk under its name, or nothing has changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_forced(path, content)
    _sync_folder(path.parent)


def _write_forced(path: Path, content: bytes) -> None:
    """The file's content forced to disk, then its name given; the folder's entry is not yet forced."""
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Force a folder's entries to disk. Windows has no such call and does it by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def archive_files(project: Project, files: Mapping[str, tuple[str, bytes]]) -> None:
    """Store merged files as 归档/<sha256>.<ext>; one already there is the same by its name.

    Args:
        files: sha256 → (extension with dot, content).
    """
    with said_plainly(project.archive):
        project.archive.mkdir(parents=True, exist_ok=True)
        paths = {project.archive / f"{sha256}{suffix}": content for sha256, (suffix, content) in files.items()}
        missing = [(path, content) for path, content in paths.items() if not path.exists()]
        with ThreadPoolExecutor(_WRITERS) as pool:  # a disk takes many files in the time of a few, if asked at once
            for written in [pool.submit(_write_forced, path, content) for path, content in missing]:
                written.result()
        _sync_folder(project.archive)


def backup_master(project: Project, now: dt.datetime) -> Path:
    """Copy the master to 备份/ and force the copy to disk."""
    master = project.master
    target = project.backups / f"{master.stem}_{now:%Y%m%d-%H%M%S}{master.suffix}"
    number = 1
    while target.exists():
        number += 1
        target = project.backups / f"{master.stem}_{now:%Y%m%d-%H%M%S}-{number}{master.suffix}"
    with said_plainly(target):
        write_durably(target, master.read_bytes())
        shutil.copystat(master, target)
    return target


def replace_master(project: Project, content: bytes) -> None:
    """Put the new master in place of the old one."""
    with said_plainly(project.master):
        write_durably(project.master, content)


def clear_leftovers(project: Project) -> None:
    """Remove temporary files that an interrupted command left. Call while holding the project's lock."""
    for folder in (project.root, project.archive, project.backups):
        for path in folder.glob(f"{TEMPORARY_PREFIX}*.tmp"):
            path.unlink(missing_ok=True)
