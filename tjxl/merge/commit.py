"""Putting a new master in place so that at any instant there is the old one or the new one, never a third.

Order (DESIGN section 8): archive the files (content, then folder, forced to disk), back up the master, write
the new master beside the old, force it to disk, replace, and only then take the merged files out of 收件. What
an interruption leaves is a temporary file, or files in 收件 that are already merged: the next run clears both.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tjxl.durable import said_plainly, sync_folder, write_durably, write_whole
from tjxl.project import TEMPORARY_PREFIX, Project

_WRITERS = 8


def archive_files(project: Project, files: Mapping[str, tuple[str, bytes]]) -> None:
    """Store files as 归档/<sha256>.<ext>; one already there is the same by its name.

    Args:
        files: sha256 → (extension with dot, content).
    """
    with said_plainly(project.archive):
        project.archive.mkdir(parents=True, exist_ok=True)
        paths = {project.archive / f"{sha256}{suffix}": content for sha256, (suffix, content) in files.items()}
        missing = [(path, content) for path, content in paths.items() if not path.exists()]
        with ThreadPoolExecutor(_WRITERS) as pool:  # a disk takes many files in the time of a few, if asked at once
            for written in [pool.submit(write_whole, path, content) for path, content in missing]:
                written.result()
        sync_folder(project.archive)


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
    for folder in (project.root, project.archive, project.backups, *project.returned("").glob("*")):
        for path in folder.glob(f"{TEMPORARY_PREFIX}*.tmp"):
            path.unlink(missing_ok=True)
