"""`tjxl snapshot`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tjxl.commands.shared import Folder, Json, Period, finish, project_of, show


def snapshot(
    folder: Folder = Path(),
    *,
    period: Period,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="文件", help="存为哪个文件，缺省存入项目文件夹的“快照”。")
    ] = None,
    as_merged: Annotated[
        str | None,
        typer.Option(
            "--as-merged", metavar="日期", help="只算这一天（含）以前入账的，如 2022-07-05；缺省含此后的更正。"
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    from tjxl.snapshot import snapshot as run

    finish(run(project_of(folder), period, out, as_merged), as_json, show("status", "snapshot"), False)
