"""Cells of the master that somebody has typed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape

from tjxl.report.console import console
from tjxl.report.values import field_title, short, value_text

_SHOWN = 12


def show_hand_edits(edits: Sequence[Mapping[str, Any]]) -> None:
    """Cells that tjxl writes and somebody has typed over, and what becomes of them."""
    if not edits:
        return
    out = console()
    out.print(f"[yellow]总台账中有 {len(edits)} 处由系统写入的单元格被手工改动：[/]")
    for e in edits[:_SHOWN]:
        place = f"{e['sheet']}!{e['cell']}（{e['task']} {field_title(e['field'])}）"
        old, new = (short(value_text(e[name], e["field"]), 20) for name in ("old", "new"))
        values = f"入账内容“{old}”，现为“{new}”"
        fate = "已按新的报送写回" if e["kind"] == "overwritten" else "暂予保留"
        out.print(escape(f"  {place}：{values}，{fate}。"))
    if len(edits) > _SHOWN:
        out.print(f"  ……另有 {len(edits) - _SHOWN} 处，用 --json 查看全部。")
    if any(e["kind"] == "hand" for e in edits):
        out.print("  如确需调整，请填“核定状态”“办公厅意见”等黄底各列，不要直接改系统写入的内容。")
