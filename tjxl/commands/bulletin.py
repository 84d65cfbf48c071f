"""`tjxl bulletin`: 通报."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from tjxl.commands.shared import Folder, Json, SomePeriod, finish, project_of, undecided
from tjxl.errors import ProjectError


def bulletin(
    folder: Folder = Path(),
    *,
    period: SomePeriod = None,
    number: Annotated[
        int | None, typer.Option("--number", metavar="期号", min=1, help="第几期，缺省为顺排的下一期。")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="文件", help="通报写到这个 .docx，缺省在“通报/期次”中。")
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="日期", help="成文日期，如 2022-07-05，缺省为今天。")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="覆盖已有人修改的同名通报。")] = False,
    template: Annotated[
        bool, typer.Option("--write-template", help="只把通报模板放进“模板”文件夹，供修改。")
    ] = False,
    as_json: Json = False,
) -> None:
    from tjxl.supervise.bulletin import run

    if template:
        result = run.write_template(project_of(folder))
        finish(result, as_json, _show_template, not result["written"])
    day = _day(date) if date else None
    result = run.bulletin(project_of(folder), period, number, out, date=day, replace=replace)
    needs = any(f["severity"] != "note" for f in result["findings"])
    finish(result, as_json, _show, needs or undecided(result))


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError as error:
        raise ProjectError("W112", date=text) from error


def _show(result: dict[str, Any]) -> None:
    from tjxl.report.bulletin import show_bulletin

    show_bulletin(result)


def _show_template(result: dict[str, Any]) -> None:
    from tjxl.report.bulletin import show_template

    show_template(result)
