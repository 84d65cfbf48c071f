"""The very hidden sheet `xlwings.conf` of the master: how Excel's macros find Python."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from tjxl.resources import layout_toml
from tjxl.sheets.model import Sheet

WINDOWS, MAC = "INTERPRETER_WIN", "INTERPRETER_MAC"


def conf_sheet() -> Sheet:
    """Keys and values in A:B, the interpreter of this machine among them."""
    spec: dict[str, Any] = layout_toml("master.toml")["conf"]
    sheet = Sheet(spec["title"], visibility="very_hidden")
    for row, (key, value) in enumerate((spec["settings"] | here()).items(), 1):
        sheet.put(row, 1, key, "line")
        sheet.put(row, 2, value, "line")
    sheet.widths = {1: 30, 2: 80}
    return sheet


def conf_title() -> str:
    """The sheet's name, which xlwings prescribes."""
    title: str = layout_toml("master.toml")["conf"]["title"]
    return title


def here() -> dict[str, str]:
    """The setting that names this machine's Python; none where Excel does not run."""
    if sys.platform == "win32":
        return {WINDOWS: windowless(Path(sys.executable))}
    return {MAC: sys.executable} if sys.platform == "darwin" else {}


def windowless(python: Path) -> str:
    """The program beside `python.exe` that opens no black window, where it is there.

    A person's own folder is named by its variable, which xlwings fills in: one master serves several computers.
    """
    quiet = python.with_name("pythonw.exe")
    path = str(quiet if quiet.exists() else python)
    for name in (
        "LOCALAPPDATA",
        "USERPROFILE",
    ):
        folder = os.environ.get(name, "").rstrip("\\")
        if folder and path.casefold().startswith(folder.casefold() + "\\"):
            return f"%{name}%{path[len(folder) :]}"
    return path
