"""The master as a closed file: changed by a splice, put in place so that there is the old one or the new one."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from pathlib import Path

from tjxl.durable import ChangedMeanwhileError, said_plainly, write_durably
from tjxl.errors import ProjectError
from tjxl.masters.opened import refuse_open
from tjxl.ooxml.editor import BookEditor
from tjxl.project import Project


class ClosedMaster:
    """`Master` of a project whose master nobody has open."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._read = b""  # what was not read is not replaced

    def ready(self) -> None:
        """
        Raises:
            ProjectError: E205, somebody has it open.
        """
        refuse_open(self.project.master)

    def read(self) -> bytes:
        """The file's bytes."""
        self._read = self.project.master.read_bytes()
        return self._read

    def backup(self, now: dt.datetime) -> Path:
        """Copy the file to 备份/."""
        return backup_master(self.project, now)

    def write(self, editor: BookEditor) -> bytes:
        """Splice and replace.

        Raises:
            ProjectError: E205 somebody opened it meanwhile; E240 somebody saved it meanwhile; E212 it cannot be
                written.
            PackageError: it cannot be changed safely.
        """
        content = editor.save()
        refuse_open(self.project.master)
        replace_master(self.project, content, self._read)
        self._read = content
        return content


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
        with contextlib.suppress(OSError):  # its time is a convenience that not every network drive grants
            shutil.copystat(master, target)
    return target


def replace_master(project: Project, content: bytes, expected: bytes) -> None:
    """Put the new master in place of the one that it was made from.

    The lock keeps other commands away, not people: somebody may have saved the master in Excel since it was read,
    from a second computer too, where neither lock nor `~$` file need be seen. What they saved is newer and stays.

    Args:
        expected: the master as it was read.

    Raises:
        ProjectError: E240 the master on disk is another one by now; E212 it cannot be written. Nothing has changed.
    """
    try:
        with said_plainly(project.master):
            write_durably(project.master, content, in_place_of=expected)
    except ChangedMeanwhileError as error:
        raise ProjectError("E240", file=project.master.name) from error
