"""Findings, and what came of decisions, as many commands end with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rich.markup import escape

from tjxl.findings import SEVERITY_TITLES, Finding
from tjxl.grouping import grouped
from tjxl.report.console import console

_STYLES = {"error": "red", "question": "magenta", "warning": "yellow", "note": "dim"}
_SHOWN = 12


def show_findings(findings: Sequence[Mapping[str, Any]]) -> None:
    """The findings, worst first, those that say the same on one line; a dozen lines at most."""
    out = console()
    ranked = sorted(map(_finding, findings), key=lambda f: list(_STYLES).index(f.severity))
    groups = grouped(ranked)
    for group in groups[:_SHOWN]:
        severity = group.findings[0].severity
        out.print(f"  [{_STYLES[severity]}]【{SEVERITY_TITLES[severity]}】[/] {escape(group.sentence)}")
    if len(groups) > _SHOWN:
        rest = sum(len(group.findings) for group in groups[_SHOWN:])
        out.print(f"  ……另有 {rest} 条，用 --json 查看全部。")


def _finding(shown: Mapping[str, Any]) -> Finding:
    """A finding from its JSON, where the place stands in front of the sentence."""
    found = Finding(shown["code"], shown["severity"], "", shown["sheet"], shown["cell"], value=shown["value"])
    return replace(found, message=shown["message"].removeprefix(found.sentence))


def show_decisions(decisions: Sequence[Mapping[str, Any]]) -> None:
    """What the office decided since the last command and what came of it, and what of its typing cannot be used."""
    if not decisions:
        return
    out = console()
    cells = [d for d in decisions if d["question"] is None and not d["obeyed"]]
    decided = [d for d in decisions if d not in cells]
    if decided:
        done = sum(d["obeyed"] for d in decided)
        out.print(f"裁决事项：已办 {done} 件，未能办理 {len(decided) - done} 件。")
    for d in decided:
        said = "".join(f["message"] for f in d["findings"])
        place = f"{d['question']} " if d["question"] else ""
        out.print(f"  {place}{escape(said)}" if d["obeyed"] else f"  [magenta]{place}{escape(said)}[/]")
    if cells:
        out.print(f"总台账中有 {len(cells)} 处所填内容需要改正：")
    for d in cells:
        out.print(f"  [magenta]{escape(''.join(f['message'] for f in d['findings']))}[/]")
