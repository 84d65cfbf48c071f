"""`tjxl score` as people read it: the ranking, and of single units every task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from tjxl.report.console import LIGHT, console, figures, table
from tjxl.report.findings import show_decisions, show_findings
from tjxl.sheets.score_formulas import words


def show_scores(result: Mapping[str, Any], *, items: bool) -> None:
    """The ranking; with `items` also how each of its units came to its score."""
    out = console()
    out.print(_ranking(result["scores"]))
    for scored in result["scores"] if items else ():
        out.print(_items(scored))
    unscored = sum(s["state"] == "not_scored" for s in result["scores"])
    if unscored:
        out.print(f"{unscored} 个单位没有任务，{words()['not_scored']}。")
    out.print("逐项由来见总台账“考核”“考核明细”“考核任务”，各项数值及出处见“考核参数”，改动即可试算。")
    show_decisions(result["decisions"])
    show_findings(result["findings"])


def _ranking(scores: list[dict[str, Any]]) -> Table:
    points = map(figures, ("类内", "牵头+配合", "任务得分", "扣分", "加分", "总分"))
    ranking = table(figures("排名"), "单位", "类别", *points, title="考核计分", **LIGHT)
    for s in scores:
        parts = s["parts"]
        ranking.add_row(
            _figure(s["rank"]),
            escape(str(s["unit"])),
            escape(str(s["kind"] or "")),
            _figure(s["rank_in_kind"]),
            f"{_figure(s['tasks']['lead'])}+{_figure(s['tasks']['cooperating'])}",
            _points(parts["task_score"]),
            _points((parts["reporting_penalty"] or 0) + (parts["verification_penalty"] or 0)),
            _points(parts["bonus"]),
            _points(s["total"]) if s["state"] == "scored" else words().get(str(s["state"]), "/"),
        )
    return ranking


def _items(scored: Mapping[str, Any]) -> Table:
    titles = ("任务", "职责", "权重", "分摊", "标准分", "完成情形", "结果", "得分", "加分")
    listed = table(*titles, title=f"{escape(str(scored['unit']))}：逐项得分", **LIGHT)
    for item in scored["items"]:
        verified = item["verified_result"] is not None
        listed.add_row(
            str(item["task"]),
            str(item["role"]),
            _figure(item["weight"]),
            _figure(item["share"]),
            _figure(item["standard"]),
            escape(str(item["situation"])) + ("（核定）" if verified else ""),
            _figure(item["result"]),
            _figure(item["earned"]),
            _figure(item["bonus"]),
        )
    return listed


def _figure(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, int | float) else "/"


def _points(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, int | float) else "/"
