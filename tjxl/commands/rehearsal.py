"""`tjxl simulate-year`: a whole year played in a new project, for training and for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tjxl.commands.shared import Json, finish, stage_progress

_Rate = {"metavar": "比例", "min": 0, "max": 1}


def simulate_year(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="放演练项目的新文件夹。")],
    *,
    seed: Annotated[int, typer.Option("--seed", metavar="种子", help="随机种子，相同的种子得到相同的一年。")] = 2022,
    faults: Annotated[float, typer.Option("--faults", **_Rate, help="每期首次报送有差错的单位所占比例。")] = 0.2,
    late: Annotated[float, typer.Option("--late", **_Rate, help="每期迟报的单位所占比例。")] = 0.1,
    missing: Annotated[float, typer.Option("--missing", **_Rate, help="每期不报、退回后不改的单位所占比例。")] = 0.05,
    corrections: Annotated[
        float, typer.Option("--corrections", **_Rate, help="入账后又报更正的单位所占比例。")
    ] = 0.05,
    notice: Annotated[
        Path | None, typer.Option("--notice", metavar="通知", help="含任务分解表的通知，缺省为样例通知。")
    ] = None,
    year: Annotated[int, typer.Option("--year", metavar="年度", min=1990, max=2200, help="年度。")] = 2022,
    periods: Annotated[int, typer.Option("--periods", metavar="期数", min=1, max=12, help="演练几期。")] = 12,
    two_stages: Annotated[
        bool | None,
        typer.Option(
            "--two-stages/--one-stage",
            help="是否先由配合单位报、再由牵头单位报；缺省按文件夹中的 tjxl.toml，没有的分两个阶段。",
            show_default=False,
        ),
    ] = None,
    macros: Annotated[bool, typer.Option("--macros/--no-macros", help="总台账是否带宏和按钮。")] = True,
    as_json: Json = False,
) -> None:
    from tjxl.rehearsal.run import rehearse_year
    from tjxl.rehearsal.year import Rates

    rates = Rates(faults, late, missing, corrections)
    with stage_progress("演练", as_json) as step:
        result = rehearse_year(
            folder,
            seed=seed,
            rates=rates,
            notice=notice,
            year=year,
            periods=periods,
            two_stages=two_stages,
            macros=macros,
            progress=step,
        )
    finish(result, as_json, _shown, bool(result["check"]["differences"] or result["check"]["files_missing"]))


def _shown(result: dict[str, Any]) -> None:
    from tjxl.report.rehearsal import show_year

    show_year(result)
