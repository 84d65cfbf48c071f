"""`tjxl export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from tjxl.commands.shared import Folder, Json, finish, project_of


def export(
    folder: Folder = Path(),
    *,
    out: Annotated[Path, typer.Option("--out", metavar="文件夹", help="放导出文件的文件夹。")],
    kind: Annotated[
        str | None,
        typer.Option("--format", metavar="格式", help="csv 或 parquet，缺省为两种（parquet 需 tjxl[parquet]）。"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the master's tables as CSV and Parquet."""
    from tjxl.export import export as run
    from tjxl.export import format_named

    result = run(project_of(folder), out, None if kind is None else (format_named(kind),))
    finish(result, as_json, _show, any(f["severity"] != "note" for f in result["findings"]))


def _show(result: dict[str, Any]) -> None:
    from tjxl.report.console import console
    from tjxl.report.findings import show_findings

    rows = {f["table"]: f["rows"] for f in result["files"]}
    counted = "、".join(f"{table}{count}行" for table, count in rows.items())
    console().print(f"已导出 {len(result['files'])} 个文件到“{result['folder']}”：{counted}。")
    show_findings(result["findings"])
