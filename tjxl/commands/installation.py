"""`tjxl doctor`, `upgrade-master`, `pack-offline`, `launcher` and `menu`: what makes the buttons work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tjxl.commands.shared import Folder, Json, finish, project_of, show


def doctor(
    folder: Folder = Path(),
    *,
    fix: Annotated[
        bool, typer.Option("--fix", help="把本机 Python 的位置写入总台账，补齐缺失的往期流水工作簿。")
    ] = False,
    as_json: Json = False,
) -> None:
    from tjxl.installation.doctor import doctor as run
    from tjxl.project import Project

    project = Project(folder)
    result = run(project_of(folder) if fix else project if project.begun else None, fix=fix)
    finish(result, as_json, show("installation", "doctor"), any(c["severity"] != "note" for c in result["checks"]))


def upgrade_master(folder: Folder = Path(), *, as_json: Json = False) -> None:
    from tjxl.installation.upgrade import upgrade_master as run

    finish(run(project_of(folder)), as_json, show("installation", "upgrade_master"), False)


def pack_offline(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="放安装文件的文件夹。")],
    *,
    python: Annotated[str, typer.Option("--python", metavar="版本", help="对方的 Python 版本，如 3.12。")] = "3.11",
    as_json: Json = False,
) -> None:
    from tjxl.installation.offline import pack_offline as run

    finish(run(folder, python), as_json, show("installation", "pack_offline"), False)


def launcher(folder: Folder = Path(), *, as_json: Json = False) -> None:
    from tjxl.installation.launcher import make_launcher

    finish(make_launcher(project_of(folder)), as_json, show("installation", "launcher"), False)


def menu(folder: Folder = Path()) -> None:
    from tjxl.installation.menu import menu as run

    run(project_of(folder))
