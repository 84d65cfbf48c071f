"""`tjxl bulletin` as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from tjxl.periods import parse_period
from tjxl.report.console import console
from tjxl.report.findings import show_decisions, show_findings


def show_bulletin(result: Mapping[str, Any]) -> None:
    """The figures in a line or two, and where the file is."""
    counts, lists = result["counts"], result["lists"]
    status, reports = counts["by_status"], counts["reports"]
    show_decisions(result["decisions"])
    console().print(
        f"{parse_period(result['period']).title}通报（第{result['number']}期）已生成：{escape(result['file'])}\n"
        f"任务 {counts['tasks']} 项：已完成 {status['completed']}，正常推进 {status['in_progress']}，"
        f"滞后 {status['behind']}，申请调整 {status['adjustment_requested']}，未启动 {status['not_started']}，"
        f"尚无报送 {status['unreported']}；红灯 {counts['by_light']['red']}。\n"
        f"应报单位 {reports['due']} 个：按时 {reports['on_time']}，迟报 {reports['late']}，"
        f"退回 {reports['returned']}，未报 {reports['missing']}；核查不一致 {len(lists['disagreements'])} 项。"
    )
    show_findings(result["findings"])


def show_template(result: Mapping[str, Any]) -> None:
    """Where the template is."""
    if result["written"]:
        console().print(f"已放好通报模板：{escape(result['template'])}")
    show_findings(result["findings"])
