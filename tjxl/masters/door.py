"""The door to the master: every command reads and writes it through this, whether it is closed or open."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Protocol

from tjxl.ooxml.editor import BookEditor
from tjxl.project import Project


class Master(Protocol):
    """A master workbook that a command works on. Call while holding the project's lock.

    A command plans on what `read` gives and hands its edits to `write`: the same plan whichever way it is applied.
    """

    @property
    def project(self) -> Project:
        """The project whose master it is."""

    def ready(self) -> None:
        """Make sure that it may be written, before any work is done.

        Raises:
            ProjectError: it may not; the sentence says why and how to go on.
        """

    def read(self) -> bytes:
        """The workbook's bytes as it stands now, what has been typed included."""

    def backup(self, now: dt.datetime) -> Path:
        """Copy what `read` gave to 备份/; the copy."""

    def write(self, editor: BookEditor) -> bytes:
        """Apply the edits made to what `read` gave, all or none; the workbook's bytes thereafter.

        Raises:
            ProjectError: it cannot be written; nothing has changed, or the sentence says what to do.
            PackageError: it cannot be changed safely.
        """
