"""A file to double-click where the buttons do not work (WPS, Linux): it opens a menu of the same actions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tjxl.durable import said_plainly
from tjxl.project import Project

_NAME = "督查台账"


def make_launcher(project: Project, platform: str = sys.platform, python: str = sys.executable) -> dict[str, Any]:
    """Put the file into the project folder.

    Raises:
        ProjectError: E212, it cannot be written.
    """
    if platform == "win32":
        path, text, encoding = project.root / f"{_NAME}.bat", _batch(python), "gb18030"
    elif platform == "darwin":
        path, text, encoding = project.root / f"{_NAME}.command", _command(python), "utf-8"
    else:
        path, text, encoding = project.root / f"{_NAME}.desktop", _desktop(python, project.root.resolve()), "utf-8"
    with said_plainly(path):
        path.write_bytes(text.encode(encoding))
        if platform != "win32":
            path.chmod(0o755)
    return {"launcher": str(path)}


def _batch(python: str) -> str:
    """For cmd: a percent sign stands doubled; the folder is the file's own, without the backslash at its end."""
    quoted = python.replace("%", "%%")
    return f'@echo off\r\n"{quoted}" -m tjxl menu "%~dp0."\r\n'


def _command(python: str) -> str:
    quoted = python.replace("'", "'\\''")
    return f'#!/bin/sh\ncd "$(dirname "$0")" && exec \'{quoted}\' -m tjxl menu .\n'


def _desktop(python: str, folder: Path) -> str:
    """By the rules of desktop entries: in quotes, four characters take a backslash, which itself is doubled."""

    def quoted(text: str) -> str:
        for sign in ("\\", '"', "`", "$"):
            text = text.replace(sign, f"\\\\{sign}" if sign != "\\" else "\\\\\\\\")
        return f'"{text.replace("%", "%%")}"'

    return (
        "[Desktop Entry]\nType=Application\nName=督查台账\nTerminal=true\n"
        f"Exec={quoted(python)} -m tjxl menu {quoted(str(folder))}\n"
    )
