"""How things stand, now or at the end of a past period."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from tjxl.report.console import console, table
from tjxl.report.findings import show_decisions, show_findings
from tjxl.report.hand_edits import show_hand_edits


def show_status(result: Mapping[str, Any]) -> None:
    """`tjxl status`."""
    standing = table("项目", "情况", show_header=False)
    standing.add_row("总台账", escape(result["master"]))
    standing.add_row("已下发期次", "、".join(result["periods"]) or "尚未下发")
    then, now = (f"{result['period']} 期末", "（当前）") if result["past"] else ("", "")
    standing.add_row(f"{then}任务", f"{result['tasks']} 项：" + _pairs(result["by_status"]))
    if result["period"]:
        standing.add_row(f"{result['period']} 报送", _pairs(result["reports"]))
    for stage, counts in result.get("stages", {}).items():
        standing.add_row(f"　其中{stage}阶段", _pairs(counts))
    if result.get("agreement"):
        standing.add_row("配合与牵头口径", _pairs(result["agreement"]))
    standing.add_row(f"待裁决{now}", f"{result['open_questions']} 条")
    for title, name in (("问题清单", "problems"), ("销号", "closings"), ("核查", "verification")):
        if counts := result["oversight"][name]:
            standing.add_row(f"{title}{now}", _pairs(counts))
    console().print(standing)
    told = [*result["oversight"]["findings"], *result["findings"]]
    if result["past"] and (result["hand_edits"] or told):
        console().print("以下为当前情况：")
    show_hand_edits(result["hand_edits"])
    show_findings(told)
    show_decisions(result["decisions"])


def show_snapshot(result: Mapping[str, Any]) -> None:
    """`tjxl snapshot`."""
    until = f"，只含 {result['as_merged']}（含）以前入账的" if result["as_merged"] else ""
    console().print(
        f"已导出截至 {result['period']} 的台账{until}：{escape(result['file'])}\n"
        f"任务 {result['tasks']} 项：{_pairs(result['by_status'])}；报送：{_pairs(result['reports'])}。"
    )


def _pairs(counts: Mapping[str, int]) -> str:
    return "，".join(f"{name} {count}" for name, count in counts.items())
