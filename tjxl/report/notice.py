"""A notice read, and the master made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from tjxl.register import MILESTONE_KIND_TITLES
from tjxl.report.console import console, table
from tjxl.report.findings import show_findings
from tjxl.report.values import short

_SIGNS = {">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "=": "", "~": "约 "}


def show_tasks(result: Mapping[str, Any]) -> None:
    """`tjxl tasks`."""
    columns = ("序号", "主要任务", "重点工作", "完成时限", "分管领导", "牵头单位", "配合单位")
    listed = table(*columns, title=result["title"])
    for t in result["tasks"]:
        cooperating = len(t["cooperating_units"])
        listed.add_row(
            str(t["serial_no"]),
            escape(short(t["theme"], 12)),
            escape(short(t["task"], 36)),
            str(t["deadline"] or short(t["deadline_text"], 16)),
            "、".join(t["leaders"]),
            escape(t["lead_unit"]),
            f"{cooperating} 个" if cooperating else "",
        )
    console().print(listed)
    receiving = sum(1 for u in result["units"] if u["kind"] != "group")
    milestones = sum(len(t["milestones"]) for t in result["tasks"])
    targets = sum(len(t["targets"]) for t in result["tasks"])
    if milestones or targets:
        console().print(_promises(result["tasks"]))
    console().print(
        f"共 {len(result['tasks'])} 项任务，{receiving} 个责任单位，节点 {milestones} 个，指标 {targets} 个。"
    )
    show_findings(result["findings"])


def _promises(tasks: Sequence[Mapping[str, Any]]) -> Table:
    """What the tasks promise beside their deadlines: milestones and targets."""
    promised = table("序号", "类别", "内容", "时限或目标", title="节点与指标")
    for t in tasks:
        for m in t["milestones"]:
            kind = MILESTONE_KIND_TITLES[m["kind"]]
            due = f"{m['due'] or '待确定'} {kind}" + ("（待确认）" if m["needs_confirmation"] else "")
            promised.add_row(str(t["serial_no"]), "节点", escape(short(m["scope"], 36)), due)
        for g in t["targets"]:
            sign = _SIGNS.get(g["comparator"], "")
            upper = f"—{g['upper']:.15g}" if g["upper"] is not None else ""
            promised.add_row(
                str(t["serial_no"]),
                "指标",
                escape(short(g["subject"], 36)),
                f"{sign}{g['value']:.15g}{upper}{g['unit']}",
            )
    return promised


def show_init(result: Mapping[str, Any]) -> None:
    """`tjxl init`."""
    console().print(
        f"已建立总台账：{escape(result['master'])}\n"
        f"任务 {result['tasks']} 项，填报单位 {result['units']} 个，责任分工 {result['assignments']} 条，"
        f"待裁决 {result['questions']} 条。"
    )
    if result["tasks"] and not result["assignments"]:  # begun from a form: nothing is split yet
        console().print("请在总台账「分解」表把各项任务落实到科室（单位），再下发填报表。")
    show_findings(result["findings"])
