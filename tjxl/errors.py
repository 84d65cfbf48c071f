"""What stops the program: an error holds facts, its sentence comes from the message catalogue."""

from __future__ import annotations

from tjxl.messages import message


class TjxlError(Exception):
    """The command could not be done (exit status 2). `code` names the catalogue entry, `facts` fill it in."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return message(self.code).say(**self.facts)


class NoticeError(TjxlError):
    """The notice cannot be read as a task table."""


class ProjectError(TjxlError):
    """The project folder, its settings or its master is missing or not usable."""


class PackageError(TjxlError):
    """A workbook's package (zip, XML parts) is broken, dangerous, or cannot be changed safely."""


class SpecError(TjxlError):
    """A data file of tjxl or of the office (TOML) says something that has no meaning; names file and key."""
