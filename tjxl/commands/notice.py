"""`tjxl tasks` and `tjxl init`: a notice read, and a project begun."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tjxl.commands.shared import Json, finish, show
from tjxl.commands.superior import FromForm
from tjxl.errors import TjxlError

NamedColumns = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="通行列名=通知列名", help="指明分解表的列，如 --map 重点工作=工作内容，可重复。"),
]


def _columns(named: list[str] | None) -> dict[str, list[str]]:
    """The titles given by `--map`, by the usual one.

    Raises:
        TjxlError: E115, an entry is not of the form A=B.
    """
    out: dict[str, list[str]] = {}
    for entry in named or ():
        usual, _, theirs = entry.replace("＝", "=").partition("=")
        if not usual.strip() or not theirs.strip():
            raise TjxlError("E115", entry=entry)
        out.setdefault(usual.strip(), []).append(theirs.strip())
    return out


UnitsFrom = Annotated[
    Path | None,
    typer.Option("--units-from", metavar="上年项目", help="沿用上一年度项目文件夹（或其总台账）中的责任单位。"),
]


def tasks(
    notice: Annotated[Path, typer.Argument(metavar="通知", help="含任务分解表的通知文件。")],
    year: Annotated[int, typer.Option("--year", metavar="年度", min=1990, max=2200, help="年度，如 2022。")],
    named: NamedColumns = None,
    units_from: UnitsFrom = None,
    as_json: Json = False,
) -> None:
    from tjxl import flows
    from tjxl.project import SETTINGS_FILE
    from tjxl.settings import load_settings

    settings = load_settings(Path(SETTINGS_FILE))  # of the current folder, where it has some
    result = flows.tasks(notice, year, settings, _columns(named), units_from)
    needs = any(f["severity"] in ("error", "question") for f in result["findings"])
    finish(result, as_json, show("notice", "tasks"), needs)


def init(
    folder: Annotated[Path, typer.Argument(metavar="项目文件夹", help="要新建的项目文件夹。")],
    *,
    notice: Annotated[Path | None, typer.Option("--notice", metavar="通知", help="含任务分解表的通知文件。")] = None,
    year: Annotated[
        int | None, typer.Option("--year", metavar="年度", min=1990, max=2200, help="年度，如 2022。")
    ] = None,
    from_form: FromForm = None,
    named: NamedColumns = None,
    units_from: UnitsFrom = None,
    macros: Annotated[
        bool,
        typer.Option("--macros/--no-macros", help="总台账是否带宏和按钮；禁用宏的单位用 --no-macros，得到 .xlsx。"),
    ] = True,
    as_json: Json = False,
) -> None:
    from tjxl import flows

    if notice is None and from_form is None:
        raise TjxlError("H108")
    if notice is not None and from_form is not None:
        raise TjxlError("H118")
    if from_form is not None:
        result = flows.init_from_form(folder, from_form, year, macros=macros)
    elif notice is not None and year is not None:
        result = flows.init(folder, notice, year, _columns(named), units_from, macros=macros)
    else:
        raise TjxlError("H109")
    needs = result["questions"] > 0 or any(f["severity"] in ("error", "question") for f in result["findings"])
    finish(result, as_json, show("notice", "init"), needs)
