"""`tjxl report-up`, and the option of `tjxl init` that begins a register from a form that came from above."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tjxl.commands.shared import Folder, Json, finish, project_of, undecided

FromForm = Annotated[
    Path | None,
    typer.Option("--from-form", metavar="填报表", help="上级下发给本单位的填报表，据以建立本级总台账。"),
]


def report_up(
    folder: Folder = Path(),
    *,
    form: Annotated[Path, typer.Option("--form", metavar="填报表", help="上级本期下发的填报表。")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="文件", help="填好的表存到哪里，缺省为“上报/期次”文件夹。")
    ] = None,
    as_json: Json = False,
) -> None:
    from tjxl.supervise.superior.report_up import report_up as run

    result = run(project_of(folder), form, out)
    finish(result, as_json, _shown, any(f["severity"] != "note" for f in result["findings"]))


def take_over(
    folder: Folder = Path(),
    *,
    form: Annotated[Path, typer.Option("--form", metavar="填报表", help="上级新下发的填报表。")],
    as_json: Json = False,
) -> None:
    from tjxl.supervise.superior.take_over import take_over as run

    result = run(project_of(folder), form)
    needs = undecided(result) or any(f["severity"] != "note" for f in result["findings"])
    finish(result, as_json, _shown_taken, needs)


def _shown_taken(result: dict[str, Any]) -> None:
    from tjxl.report.superior import show_take_over

    show_take_over(result)


def _shown(result: dict[str, Any]) -> None:
    from tjxl.report.superior import show_report_up

    show_report_up(result)
