"""`tjxl undo` and `tjxl rebuild`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tjxl.commands.shared import Folder, Json, finish, project_of, show


def undo(folder: Folder = Path(), *, as_json: Json = False) -> None:
    from tjxl import recovery

    result = recovery.undo(project_of(folder))
    finish(result, as_json, show("recovery", "undo"), bool(result["files_missing"] or result["forms_outdated"]))


def rebuild(
    folder: Folder = Path(),
    *,
    check: Annotated[bool, typer.Option("--check", help="只核对，不写入。")] = False,
    as_json: Json = False,
) -> None:
    from tjxl import recovery

    result = recovery.rebuild(project_of(folder), check=check)
    left = [d for d in result["differences"] if check or not d["proven"]]
    finish(result, as_json, show("recovery", "rebuild"), bool(left or result["files_missing"]))
