"""`tjxl archive-period`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tjxl.commands.shared import Folder, Json, finish, project_of


def archive_period(
    folder: Folder = Path(),
    *,
    period: Annotated[
        str | None,
        typer.Option("--period", metavar="期次", help="移出这一期及以前各期，如 2022-03；缺省只列出能移出的期次。"),
    ] = None,
    with_readers: Annotated[
        bool, typer.Option("--with-readers", help="另设的公式、图表等读取这些行时也移出，其结果会变。")
    ] = False,
    as_json: Json = False,
) -> None:
    """Move ledger rows of past periods to workbooks of their own."""
    from tjxl.archiving import archive_period as run

    result = run(project_of(folder), period, with_readers=with_readers)
    finish(result, as_json, lambda shown: _show(shown, folder), bool(result["findings"]))


def _show(result: dict[str, Any], folder: Path) -> None:
    from tjxl.report.archiving import show_archive_period

    show_archive_period(result, folder)
