"""Who has a workbook open: the signs that spreadsheet programs leave beside it, and what they prove.

Excel and WPS put `~$name` beside an open workbook, LibreOffice `.~lock.name#` (and often `~$name` too). Each names
its user. A program that crashed leaves its sign behind. On Windows that can be told apart: the program that has a
workbook open keeps others from opening it for writing, over a shared folder too. Elsewhere nothing proves it, so
the sign counts, and the sentence says since when it has been there and how to go on.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from tjxl.errors import ProjectError

_LARGEST_SIGN = 64 * 1024
_LOCK_FIELDS = 5  # user, login, host, time, profile: LibreOffice's own order
_WIDE_NAME = 55  # where an owner file of Excel holds the name in UTF-16, behind its length
_OWNER_FILE = 165


@dataclass(frozen=True, slots=True)
class Sign:
    """A file that says that a workbook is open.

    Attributes:
        user: who has it open, as the program calls them; None where the sign does not say.
        host: on which computer; only LibreOffice says so.
    """

    path: Path
    program: str
    user: str | None
    host: str | None
    since: dt.datetime

    def __str__(self) -> str:
        who = self.user or "不详"
        where = f"（计算机 {self.host}）" if self.host else ""
        return f"{who}{where}，{self.program}，{self.since:%m月%d日 %H:%M}起"


def signs_of_opening(workbook: Path) -> list[Sign]:
    """The signs beside a workbook, the most telling first."""
    found = []
    for name, program in ((f".~lock.{workbook.name}#", "LibreOffice"), (f"~${workbook.name}", "Excel 或 WPS")):
        path = workbook.with_name(name)
        with contextlib.suppress(FileNotFoundError):  # closed at this very moment
            since = dt.datetime.fromtimestamp(path.stat().st_mtime)
            user, host = (_lock_owner if program == "LibreOffice" else _excel_owner)(_content(path))
            found.append(Sign(path, program, user, host, since))
    return sorted(found, key=lambda sign: sign.user is None)


def _content(path: Path) -> bytes:
    """What a sign says; nothing where the program that holds it lets nobody read it."""
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_SIGN)
    except FileNotFoundError:
        raise
    except OSError:
        return b""


def _excel_owner(content: bytes) -> tuple[str | None, str | None]:
    """The user of an owner file: length and name in the computer's code page, then (byte 55) both in UTF-16."""
    if len(content) != _OWNER_FILE:
        return None, None
    (length,) = struct.unpack_from("<H", content, _WIDE_NAME)
    name = content[_WIDE_NAME + 2 :][: 2 * length].decode("utf-16-le", "replace")
    return _plain(name), None


def _lock_owner(content: bytes) -> tuple[str | None, str | None]:
    """The user and host of LibreOffice's lock: comma-separated fields, a backslash before what is not a separator."""
    fields = [""]
    text = iter(content.decode("utf-8", "replace").strip().rstrip(";"))
    for character in text:
        if character == "\\":
            fields[-1] += next(text, "")
        elif character == ",":
            fields.append("")
        else:
            fields[-1] += character
    if len(fields) != _LOCK_FIELDS:
        return None, None
    user, login, host, _, _ = fields
    return _plain(user) or _plain(login), _plain(host)


def _plain(name: str) -> str | None:
    """A name fit to be shown on one line; None where it is empty."""
    return "".join(c for c in name if c.isprintable()).strip()[:60] or None


def refuse_open(workbook: Path, *, exclusive: bool = os.name == "nt") -> None:
    """
    Args:
        exclusive: whether this system keeps others from opening for writing what a spreadsheet program has open.

    Raises:
        ProjectError: E205 it is open, and who has it; E230 it is open in a program that left no sign.
    """
    signs = signs_of_opening(workbook)
    if exclusive:
        if not _held(workbook):
            return  # a sign that lies there all the same was left by a program that crashed
        if not signs:
            raise ProjectError("E230", file=workbook.name)
    if signs:
        raise ProjectError("E205", file=workbook.name, who=signs[0], sign=signs[0].path.name)


def _held(workbook: Path) -> bool:
    """Whether another program keeps a file, which is not merely write-protected, from being opened for writing."""
    try:
        with workbook.open("r+b"):
            return False
    except PermissionError:
        return os.access(workbook, os.W_OK)
    except OSError:
        return False
