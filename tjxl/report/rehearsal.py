"""A rehearsed year as people read it: a line for each period and stage, the scores, what was left where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rich.markup import escape
from rich.table import Column, Table

from tjxl.report.console import LIGHT, console, figures, table
from tjxl.sheets.layout import state_titles

_STATES = ("reported", "late", "returned", "missing")
_STYLES = ("green", "yellow", "magenta", "red")
_NAMED = 5


def show_year(result: Mapping[str, Any]) -> None:
    """`tjxl simulate-year`."""
    out = console()
    out.print(_periods(result))
    out.print(_year(result))
    scores = result["ending"]["scores"]
    if scores:
        named = scores[:_NAMED]
        best = "、".join(f"{escape(s['unit'])} {s['total']:g}" for s in named)
        out.print(f"考核得分前 {len(named)} 名：{best}。")
    check = result["check"]
    wrong = len(check["differences"]) + len(check["files_missing"])
    said = "[green]与归档的填报表全部一致[/]" if not wrong else f"[red]有 {wrong} 处与归档的填报表不符[/]"
    out.print(f"共用 {result['seconds']:.0f} 秒；核对 {check['files']} 个文件，总台账{said}。")
    places = (
        ("演练项目", result["folder"]),
        ("通报", result["ending"]["bulletin"]),
        ("往期快照", result["ending"]["snapshot"]["file"]),
        ("演练记录", result["record"]),
    )
    for title, place in places:
        out.print(f"{title}：{escape(place)}")


def _periods(result: Mapping[str, Any]) -> Table:
    """What came in, stage by stage."""
    two = result["two_stages"]
    numbers = [state_titles()[state] for state in _STATES]
    title = f"{result['year']}年演练（种子 {result['seed']}）"
    names = ("期次", "阶段") if two else ("期次",)
    counted = map(figures, (*numbers, "退回次数", "更正", "催办", "入账行", "秒"), (*_STYLES, "", "", "", "", "dim"))
    played = table(*names, *counted, title=title, **LIGHT)
    seconds, reminded = Counter[tuple[str, str | None]](), Counter[tuple[str, str | None]]()
    for number, step in enumerate(result["steps"]):
        place = (step["period"], step["stage"])
        seconds[place] += step["seconds"]
        reminded[place] += sum(r["made"] for r in result["reminded"] if r["step"] == number)
    for period in result["periods"]:
        code, stages = period["period"], period["stages"]
        for number, stage in enumerate(stages):
            last = number == len(stages) - 1
            places = {(code, stage["stage"])} | ({(code, None)} if last else set())  # what belongs to no stage
            units = stage["units"].values()
            states = Counter(unit["state"] for unit in units)
            cells = [
                *(states[title] for title in numbers),
                sum(unit["returned_times"] for unit in units),
                sum(unit["corrected"] for unit in units),
                sum(reminded[place] for place in places),
            ]
            place_names = [code if number == 0 else "", *([str(stage["stage"])] if two else [])]
            rows = str(period["rows"]) if last else ""
            spent = f"{sum(seconds[place] for place in places):.1f}"
            played.add_row(*place_names, *(str(c or "·") for c in cells), rows, spent)
    return played


def _year(result: Mapping[str, Any]) -> Table:
    """What the office did besides, over the whole year."""
    year = table(Column(style="bold"), "", title="全年", show_header=False, **LIGHT)
    for title, said in _lines(result):
        year.add_row(title, said)
    return year


def _lines(result: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    tasks = Counter(task["status"] or "尚无报送" for task in result["tasks"].values())
    yield "任务（按牵头所报）", _counted(tasks)
    yield "待裁决", f"答复 {len(result['answers'])} 条"
    made, settled = (sum(r[name] for r in result["reminded"]) for name in ("made", "settled"))
    yield "催办", f"{len(result['reminded'])} 次，登记 {made} 条，其中已办结 {settled} 条"
    found = result["findings"]
    yield "核查", f"{len(found)} 项，与填报不一致 {sum(not f['agrees'] for f in found)} 项"
    typed = Counter(entry["table"] for entry in result["typed"])
    names = {"tasks": "核定状态", "closings": "销号审核", "problems": "问题办结", "submissions": "同意延期"}
    yield "办公厅填写", _counted({title: typed[name] for name, title in names.items()})


def _counted(counts: Mapping[str, int]) -> str:
    return "，".join(f"{title} {number}" for title, number in counts.items())
