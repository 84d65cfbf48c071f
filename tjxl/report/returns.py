"""Forms that go out, and what of them comes back: issued, checked, collected, merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape

from tjxl.findings import VERDICT_TITLES
from tjxl.report.console import console
from tjxl.report.findings import show_decisions, show_findings
from tjxl.report.hand_edits import show_hand_edits


def show_issue(result: Mapping[str, Any]) -> None:
    """`tjxl issue`."""
    show_decisions(result["decisions"])
    rows = sum(i["rows"] for i in result["issued"])
    stage = result.get("stage")
    what, folder = (f"{stage}阶段填报表", f"{result['period']}/{stage}") if stage else ("填报表", result["period"])
    console().print(
        f"{result['period']} 已下发{what} {len(result['issued'])} 份，任务 {rows} 行，在“下发/{folder}”中。"
    )
    show_findings(result["findings"])
    console().print(f"下发前的总台账已备份：{escape(result['backup'])}")


def show_withdraw(result: Mapping[str, Any]) -> None:
    """`tjxl issue --withdraw`."""
    show_decisions(result["decisions"])
    what = f"{stage}阶段" if (stage := result.get("stage")) else ""
    current = f"当前期次为 {result['current']}" if result["current"] else "目前没有已下发的期次"
    console().print(f"{result['period']} {what}的下发已撤回（{result['withdrawn']} 份），{current}。")
    show_findings(result["findings"])
    console().print(f"撤回前的总台账已备份：{escape(result['backup'])}")


def show_check(result: Mapping[str, Any]) -> None:
    """`tjxl check`."""
    unit = result["unit"] or "单位不明"
    console().print(f"{escape(result['file'])}（{escape(unit)}）：{VERDICT_TITLES[result['verdict']]}")
    show_findings(result["findings"])


def show_collect(result: Mapping[str, Any]) -> None:
    """`tjxl collect`."""
    out = console()
    show_decisions(result["decisions"])
    counts = Counter(r["verdict"] for r in result["returns"])
    said = "，".join(f"{VERDICT_TITLES[v]} {counts[v]}" for v in VERDICT_TITLES if counts[v])
    out.print(f"{result['period']} 收到 {len(result['returns'])} 份：{said or '无'}。")
    for r in result["returns"]:
        if r["verdict"] in ("returned", "needs_decision"):
            out.print(
                f"[bold]{escape(r['unit'] or '（单位不明）')}[/]  {escape(r['file'])}  {VERDICT_TITLES[r['verdict']]}"
            )
            show_findings([f for f in r["findings"] if f["severity"] in ("error", "question")])
    for stage, units in result.get("missing_by_stage", {"": result["missing"]}).items():
        _show_missing(units, stage)
    show_hand_edits(result["hand_edits"])
    show_findings(result["findings"])
    if counts["returned"]:
        out.print(f"需修改的表已作标注，在“退回/{result['period']}”中，附有可直接转发的“退回说明.txt”。")


def _show_missing(missing: Sequence[str], stage: str) -> None:
    if missing:
        of_stage = f"{stage}阶段" if stage else ""
        console().print(f"{of_stage}尚无有效报送的单位 {len(missing)} 个：{escape('、'.join(missing))}")


def show_merge(result: Mapping[str, Any]) -> None:
    """`tjxl merge`."""
    out = console()
    show_decisions(result["decisions"])
    if not result["merged"]:
        unchanged = not (result["backup"] or result["decisions"])
        out.print("没有可合并的填报表" + ("，总台账未变。" if unchanged else "。"))
    else:
        units = len(result["merged"])
        out.print(f"已合并 {units} 份，入账 {result['rows']} 行，台账变动 {len(result['changes'])} 处。")
    show_hand_edits(result["hand_edits"])
    show_findings(result["findings"])
    if result["backup"]:
        out.print(f"合并前的总台账已备份：{escape(result['backup'])}")
    waiting = [r for r in result["skipped"] if r["verdict"] in ("returned", "needs_decision")]
    if waiting:
        out.print(f"仍有 {len(waiting)} 份待处理，请用 tjxl collect 查看。")
    if result["questions"]:
        out.print(f"新增待裁决 {result['questions']} 条，请在总台账「待裁决」中填写处理意见。")
