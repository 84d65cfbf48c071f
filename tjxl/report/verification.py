"""`tjxl verify` for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape

from tjxl.report.console import console
from tjxl.report.findings import show_decisions, show_findings

_MOST = 20


def show_verify(result: Mapping[str, Any]) -> None:
    """What was imported, then disagreements and what still has to be matched."""
    out = console()
    if "template" in result:
        out.print(f"已生成核查结果模板：{escape(result['template'])}")
        return
    show_decisions(result["decisions"])
    if not result["imported"]:
        out.print("“核查”文件夹中没有文件；已按现有填报内容重新对照。")
    for file in result["imported"]:
        counts = f"新增 {file['added']} 行，更新 {file['updated']} 行，已有 {file['unchanged']} 行"
        out.print(f"{escape(file['file'])}：读出 {file['rows']} 行，{counts}。")
    for change in result["updated"]:
        out.print(
            f"  {change['verification_no']} 原为“{escape(str(change['old']))}”，现为“{escape(str(change['new']))}”。"
        )
    differing, unmatched = result["disagreements"], result["unmatched"]
    out.print(f"核查共 {result['rows']} 行：不一致 {len(differing)} 行，待对应 {len(unmatched)} 行，"
              f"无法比对 {len(result['not_comparable'])} 行。")  # fmt: skip
    _lines("不一致", differing)
    _lines("待对应", unmatched)
    _show_by_file(result["findings"], len(result["imported"]))


def _show_by_file(findings: Sequence[Mapping[str, Any]], files: int) -> None:
    """The findings; of several files each under its name, for a cell says nothing without its workbook."""
    by_file: dict[str, list[Mapping[str, Any]]] = {}
    for found in findings:
        by_file.setdefault(found["file"], []).append(found)
    for file, of_file in by_file.items():
        if files > 1:
            console().print(f"{escape(file)}：")
        show_findings(of_file)


def _lines(title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """A line for each row: number, source, period, what it is about, and why."""
    out = console()
    if rows:
        out.print(f"{title}：")
    for row in rows[:_MOST]:
        code = row["row_code"] or row["task_code"]
        about = " ".join(str(v) for v in (row["source"], row["period"], code, row["unit"], row["matter"]) if v)
        out.print(f"  {row['verification_no']} {about}：{row['difference']}", markup=False)
    if len(rows) > _MOST:
        out.print(f"  ……另有 {len(rows) - _MOST} 行，见总台账「核查」表。")
