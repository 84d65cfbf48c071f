"""`tjxl score`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tjxl.commands.shared import Folder, Json, finish, project_of, undecided


def score(
    folder: Folder = Path(),
    *,
    unit: Annotated[
        list[str] | None, typer.Option("--unit", metavar="单位", help="只看该单位，逐项列出得分，可重复。")
    ] = None,
    as_json: Json = False,
) -> None:
    from tjxl.supervise.scores import score as run

    result = run(project_of(folder), unit or ())
    warned = any(f["severity"] != "note" for f in result["findings"])
    finish(result, as_json, lambda shown: _show(shown, bool(unit)), warned or undecided(result))


def _show(result: dict[str, Any], items: bool) -> None:
    from tjxl.report.scores import show_scores

    show_scores(result, items=items)
