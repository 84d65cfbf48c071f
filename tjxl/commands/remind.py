"""`tjxl remind`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from tjxl.commands.shared import Folder, Json, SomePeriod, finish, progress, project_of, undecided
from tjxl.errors import TjxlError


def remind(
    folder: Folder = Path(),
    *,
    period: SomePeriod = None,
    days: Annotated[
        int | None,
        typer.Option("--days", metavar="天数", min=0, max=366, help="几天内到期的算临近，缺省为“设置”的临近天数。"),
    ] = None,
    today: Annotated[
        str | None, typer.Option("--today", metavar="日期", help="按这一天催办，如 2022-06-28，缺省为今天。")
    ] = None,
    unit: Annotated[list[str] | None, typer.Option("--unit", metavar="单位", help="只催办该单位，可重复。")] = None,
    email: Annotated[bool, typer.Option("--email", help="另生成邮件草稿（.eml）。")] = False,
    template: Annotated[bool, typer.Option("--template", help="只把通知的文字放到“模板/催办.toml”供修改。")] = False,
    as_json: Json = False,
) -> None:
    from tjxl.supervise.reminders.remind import remind as run
    from tjxl.supervise.reminders.remind import write_template

    day = _day(today)
    if template:
        finish(write_template(project_of(folder)), as_json, _shown("template"), False)
    with progress("正在催办", as_json) as step:
        result = run(project_of(folder), period, days=days, today=day, units=unit or (), email=email, progress=step)
    needs = any(f["severity"] != "note" for f in result["findings"]) or undecided(result)
    finish(result, as_json, _shown("remind"), needs)


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text.strip()) if text else None
    except ValueError as error:
        raise TjxlError("E292", value=text) from error


def _shown(name: str) -> Any:
    def shown(result: dict[str, Any]) -> None:
        from tjxl.report import remind

        getattr(remind, f"show_{name}")(result)

    return shown
