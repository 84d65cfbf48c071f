"""`tjxl issue`, `collect`, `merge` and `check`: forms that go out, and returns that come in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tjxl.commands.shared import (
    Folder,
    Json,
    Period,
    Scheduler,
    SomePeriod,
    SomeStage,
    faulty,
    finish,
    progress,
    project_of,
    show,
    undecided,
)
from tjxl.errors import TjxlError


def issue(
    folder: Folder = Path(),
    *,
    period: Period,
    unit: Annotated[list[str] | None, typer.Option("--unit", metavar="单位", help="只下发给该单位，可重复。")] = None,
    stage: SomeStage = None,
    back: Annotated[bool, typer.Option("--withdraw", help="撤回误下发的期次（尚未收到填报表的）。")] = False,
    as_json: Json = False,
) -> None:
    from tjxl import flows

    if back:
        if unit:
            raise TjxlError("E254")
        result = flows.withdraw(project_of(folder), period, stage=stage)
        finish(result, as_json, show("returns", "withdraw"), undecided(result))
        return
    with progress("正在下发", as_json) as step:
        result = flows.issue(project_of(folder), period, unit or (), step, stage=stage)
    finish(result, as_json, show("returns", "issue"), undecided(result))


def collect(
    folder: Folder = Path(),
    *,
    file: Annotated[list[Path] | None, typer.Option("--file", metavar="文件", help="只看这个文件，可重复。")] = None,
    period: SomePeriod = None,
    scheduler: Scheduler = None,
    as_json: Json = False,
) -> None:
    from tjxl import flows

    with progress("正在校验", as_json) as step:
        result = flows.collect(project_of(folder), file or (), period, step, scheduler=scheduler)
    needs = any(r["verdict"] in ("returned", "needs_decision") for r in result["returns"]) or faulty(result)
    finish(result, as_json, show("returns", "collect"), needs or undecided(result))


def merge(
    folder: Folder = Path(), *, period: SomePeriod = None, scheduler: Scheduler = None, as_json: Json = False
) -> None:
    from tjxl import flows

    with progress("正在合并", as_json) as step:
        result = flows.merge(project_of(folder), period, step, scheduler=scheduler)
    needs = any(r["verdict"] in ("returned", "needs_decision") for r in result["skipped"]) or result["questions"] > 0
    finish(result, as_json, show("returns", "merge"), needs or faulty(result) or undecided(result))


def check(
    file: Annotated[Path, typer.Argument(metavar="文件", help="要校验的填报表。")],
    project: Annotated[Path | None, typer.Option("--project", metavar="项目文件夹", help="所属项目文件夹。")] = None,
    as_json: Json = False,
) -> None:
    from tjxl import flows

    result = flows.check(file, project_of(project) if project else None)
    finish(result, as_json, show("returns", "check"), result["verdict"] in ("returned", "needs_decision"))
