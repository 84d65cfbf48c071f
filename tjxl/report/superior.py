"""A form filled for the level above, as people are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from tjxl.report.console import console
from tjxl.report.findings import show_findings


def show_report_up(result: Mapping[str, Any]) -> None:
    """`tjxl report-up`."""
    rows = result["rows"]
    whole = sum("status" in row["filled"] for row in rows)
    out = console()
    out.print(f"已按本级总台账填写 {len(rows)} 项任务中的 {whole} 项：{escape(result['file'])}")
    if whole < len(rows):
        out.print(f"另有 {len(rows) - whole} 项的进展状态没有填写，原因见下。")
    show_findings(result["findings"])
    out.print("请逐项审核，填写填报日期等，“自检”没有问题后上报。")


def show_take_over(result: Mapping[str, Any]) -> None:
    """`tjxl take-over`."""
    counts = {name: len(result[name]) for name in ("added", "changed", "removed")}
    out = console()
    if not any(counts.values()):
        out.print("上级交办的任务没有变化，未作改动。")
    else:
        said = f"新交办 {counts['added']} 项，改动 {counts['changed']} 处，不再要求 {counts['removed']} 项"
        out.print(f"已按上级 {result['period']} 的填报表更新：{said}。新交办的任务请在「分解」表落实。")
    show_findings([*result["findings"], *(f for d in result["decisions"] for f in d["findings"])])
