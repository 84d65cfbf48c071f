"""Names of files from strangers, as they are shown and noted. Never used to open or to write a file."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path, PurePosixPath

# Left by operating systems, never sent on purpose.
_SYSTEM_NAMES = {"thumbs.db", "desktop.ini"}
_SYSTEM_FOLDERS = {"__macosx"}
_DRIVE = re.compile(r"[A-Za-z]:")
_MAX_NAME = 500


def is_of_the_system(path: Path | PurePosixPath) -> bool:
    """True for what systems and programs keep for themselves: hidden files, and all in hidden folders."""
    folders = [part.lower() for part in path.parts[:-1]]
    name = path.name.lower()
    return name in _SYSTEM_NAMES or any(part in _SYSTEM_FOLDERS or _hidden(part) for part in folders) or _hidden(name)


def _hidden(part: str) -> bool:
    return part.startswith(".") and part not in (".", "..")


def harmless(name: str) -> str:
    """A member's name in an archive as a place below it, with `/`: no way up or out, all of it printable."""
    parts = name.replace("\\", "/").split("/")
    kept = [p for p in (_DRIVE.sub("", parts[0], count=1), *parts[1:]) if p not in ("", ".", "..")]
    return printable("/".join(kept))[-_MAX_NAME:] or "（无名）"


def label_of(path: Path, inbox: Path) -> str:
    """How a file on disk is called: its place below 收件 with `/`, or its name.

    A name that is not UTF-8 (unpacked on Linux from a Chinese Windows' archive) is read as GBK.
    """
    shown = path.relative_to(inbox).as_posix() if path.is_relative_to(inbox) else path.name
    try:
        shown.encode()
    except UnicodeEncodeError:
        shown = os.fsencode(shown).decode("gb18030", "replace")
    return printable(shown)


def printable(text: str) -> str:
    """The text with what cannot be shown or stored as `_`."""
    return "".join(c if c.isprintable() or unicodedata.category(c) == "Zs" else "_" for c in text)
