"""`tjxl status` and `tjxl history`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tjxl.commands.shared import Folder, Json, SomePeriod, faulty, finish, project_of, show, undecided


def status(folder: Folder = Path(), *, period: SomePeriod = None, as_json: Json = False) -> None:
    from tjxl import flows

    result = flows.status(project_of(folder), period)
    needs = result["open_questions"] > 0 or bool(result["oversight"]["findings"])
    finish(result, as_json, show("status", "status"), needs or faulty(result) or undecided(result))


def history(
    folder: Folder = Path(),
    *,
    task: Annotated[str, typer.Option("--task", metavar="任务", help="任务的序号或任务编码，如 10 或 T010。")],
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只看该单位报送的内容。")] = None,
    as_json: Json = False,
) -> None:
    from tjxl import flows

    finish(flows.history(project_of(folder), task, unit), as_json, show("history", "history"), False)
