"""`tjxl simulate` and `tjxl demo`: made-up returns, and the whole course shown on the sample notice."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tjxl.commands.shared import Folder, Json, Period, SomeStage, finish, progress, project_of, show


def simulate(
    folder: Folder = Path(),
    *,
    period: Period,
    seed: Annotated[int, typer.Option("--seed", metavar="种子", help="随机种子，相同的种子得到相同的填报。")],
    faults: Annotated[
        float, typer.Option("--faults", metavar="比例", min=0, max=1, help="有差错的表所占比例。")
    ] = 0.0,
    stage: SomeStage = None,
    as_json: Json = False,
) -> None:
    from tjxl.simulate import simulate as run

    with progress("正在模拟填报", as_json) as step:
        result = run(project_of(folder), period, seed, faults, progress=step, stage=stage)
    finish(result, as_json, show("demo", "simulate"), False)


def demo(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[文件夹]", help="放演示项目的新文件夹，缺省为“tjxl演示”。", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    from tjxl.demo import free_folder, run_demo

    result = run_demo(folder or free_folder(Path()), quiet=as_json)
    finish(result, as_json, show("demo", "demo"), False)
