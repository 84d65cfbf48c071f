"""A merge undone, generated cells rebuilt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape

from tjxl.report.console import console, table
from tjxl.report.findings import show_findings
from tjxl.report.values import cell_text, short

_LISTED = 40


def show_undo(result: Mapping[str, Any]) -> None:
    """`tjxl undo`."""
    out = console()
    out.print(
        f"已撤销 {result['merged_at']} 的合并（{'、'.join(result['periods'])}）："
        f"退出入账 {result['rows']} 行，台账变动 {len(result['changes'])} 处，办公厅填写的内容未动。"
    )
    show_recalled(result["recalled"])
    show_findings(result["findings"])
    if result["hand_edits_kept"]:
        kept = result["hand_edits_kept"]
        out.print(f"[yellow]合并后有 {kept} 处手工改动，保留未动；可用 tjxl rebuild --check 查看。[/]")
    if result["files"]:
        out.print(f"{len(result['files'])} 份填报表已放回“收件”，再次合并即可恢复。")
    if result["files_missing"]:
        out.print(f"[red]“归档”中缺少：{escape('、'.join(result['files_missing']))}，未能放回“收件”。[/]")
    if result["questions_closed"]:
        out.print(f"随之关闭的待裁决事项：{'、'.join(result['questions_closed'])}。")
    if result["derived"]:
        units = escape("、".join(result["derived"]))
        out.print(f"“备份”中没有合并前的总台账，以下单位的报送情况由流水推出，填报人等留空：{units}。")
        out.print("  可用 tjxl rebuild 由归档补全。")
    if result["forms_outdated"]:
        periods = "、".join(result["forms_outdated"])
        out.print(f"[yellow]{periods} 的填报表已下发，表中“上期进展”可能是撤销前的内容；如有需要，请重新下发。[/]")
    out.print(f"撤销前的总台账已备份：{escape(result['backup'])}")


def show_rebuild(result: Mapping[str, Any]) -> None:
    """`tjxl rebuild`: what differs, cell by cell."""
    out = console()
    found = result["differences"]
    if result["files_missing"]:
        out.print(f"[red]“归档”中缺少 {len(result['files_missing'])} 份来源文件，或其内容已变。[/]")
    if not found:
        out.print(f"已对照归档的 {result['files']} 份填报表，系统写入的单元格全部相符。")
        return
    differing = table("表", "行", "列", "现为", "应为", "原因")
    for d in found[:_LISTED]:
        now, expected = (short(cell_text(d[n], d["table"], d["column"]), 30) for n in ("found", "expected"))
        if not d["proven"]:
            expected = "（无从证明，未动）"
        place = d["cell"] or (str(d["row"]) if d["row"] else "")
        place += f"（{d['volume']}）" if d["volume"] else ""
        texts = (d["table"], place, d["column"] or "整行", now, expected, d["reason"])
        differing.add_row(*map(escape, texts))
    out.print(differing)
    if len(found) > _LISTED:
        out.print(f"……另有 {len(found) - _LISTED} 处，用 --json 查看全部。")
    show_recalled(result["recalled"])
    show_findings(result["findings"])
    left = sum(not d["proven"] for d in found)
    out.print(f"不符 {len(found)} 处，已恢复 {result['restored']} 处，无从证明 {left} 处。")
    if result["backup"]:
        out.print(f"恢复前的总台账已备份：{escape(result['backup'])}")


def show_recalled(files: Sequence[str]) -> None:
    """That rows have come back to the master from volumes."""
    if files:
        said = escape("、".join(files))
        console().print(f"有关的行原在{said}，其余各行已一并移回总台账；需要时可再用 tjxl archive-period 移出。")
