"""Made-up returns, and the guided run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from tjxl.report.console import console, table
from tjxl.resources import layout_toml


def show_simulate(result: Mapping[str, Any]) -> None:
    """`tjxl simulate`."""
    out, titles = console(), layout_toml("simulate.toml")["fault_titles"]
    out.print(f"{result['period']} 已模拟报送 {len(result['files'])} 份，其中 {len(result['faults'])} 个单位有差错。")
    for f in result["faults"]:
        out.print(f"  {escape(f['unit'])}：{titles[f['fault']]}", style="dim")


def show_demo(result: Mapping[str, Any]) -> None:
    """`tjxl demo`: the summary table."""
    steps = table("步骤", "结果", "用时（秒）", title="演示：一个项目，两期报送，催办、考核、通报")
    for step in result["steps"]:
        steps.add_row(step["step"], step["result"], f"{step['seconds']:.1f}")
    out = console()
    out.print(steps)
    out.print(f"演示项目已留在：{escape(result['folder'])}")
    out.print(f"请打开总台账查看：{escape(result['master'])}")
