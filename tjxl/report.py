"""Results as people read them: short Chinese tables and sentences on standard output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tjxl.findings import SEVERITY_TITLES, VERDICT_TITLES, Finding
from tjxl.grouping import grouped
from tjxl.register import MILESTONE_KIND_TITLES

_STYLES = {"error": "red", "question": "magenta", "warning": "yellow", "note": "dim"}
_SHOWN = 12
_SIGNS = {">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "=": "", "~": "约 "}


def console() -> Console:
    """Standard output; colours only where a person looks."""
    return Console(highlight=False, soft_wrap=True)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error; call it with steps done and steps in all."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def step(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield step


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


def show_tasks(result: Mapping[str, Any]) -> None:
    """`tjxl tasks`."""
    table = Table(
        "序号", "主要任务", "重点工作", "完成时限", "分管领导", "牵头单位", "配合单位", title=result["title"]
    )
    for t in result["tasks"]:
        cooperating = len(t["cooperating_units"])
        table.add_row(
            str(t["serial_no"]),
            escape(_short(t["theme"], 12)),
            escape(_short(t["task"], 36)),
            str(t["deadline"] or _short(t["deadline_text"], 16)),
            "、".join(t["leaders"]),
            escape(t["lead_unit"]),
            f"{cooperating} 个" if cooperating else "",
        )
    console().print(table)
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
    table = Table("序号", "类别", "内容", "时限或目标", title="节点与指标")
    for t in tasks:
        for m in t["milestones"]:
            kind = MILESTONE_KIND_TITLES[m["kind"]]
            due = f"{m['due'] or '待确定'} {kind}" + ("（待确认）" if m["needs_confirmation"] else "")
            table.add_row(str(t["serial_no"]), "节点", escape(_short(m["scope"], 36)), due)
        for g in t["targets"]:
            sign = _SIGNS.get(g["comparator"], "")
            upper = f"—{g['upper']:.15g}" if g["upper"] is not None else ""
            table.add_row(
                str(t["serial_no"]),
                "指标",
                escape(_short(g["subject"], 36)),
                f"{sign}{g['value']:.15g}{upper}{g['unit']}",
            )
    return table


def show_init(result: Mapping[str, Any]) -> None:
    """`tjxl init`."""
    console().print(
        f"已建立总台账：{escape(result['master'])}\n"
        f"任务 {result['tasks']} 项，填报单位 {result['units']} 个，责任分工 {result['assignments']} 条，"
        f"待裁决 {result['questions']} 条。"
    )
    show_findings(result["findings"])


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


def show_issue(result: Mapping[str, Any]) -> None:
    """`tjxl issue`."""
    show_decisions(result["decisions"])
    rows = sum(i["rows"] for i in result["issued"])
    console().print(
        f"{result['period']} 已下发填报表 {len(result['issued'])} 份，任务 {rows} 行，在“下发/{result['period']}”中。"
    )


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
    _show_missing(result["missing"])
    if counts["returned"]:
        out.print(f"需修改的表已作标注，在“退回/{result['period']}”中，附有可直接转发的“退回说明.txt”。")


def _show_missing(missing: Sequence[str]) -> None:
    if missing:
        console().print(f"尚无有效报送的单位 {len(missing)} 个：{escape('、'.join(missing))}")


def show_merge(result: Mapping[str, Any]) -> None:
    """`tjxl merge`."""
    out = console()
    show_decisions(result["decisions"])
    if not result["merged"]:
        out.print("没有可合并的填报表，总台账未变。")
    else:
        units = len(result["merged"])
        out.print(f"已合并 {units} 份，入账 {result['rows']} 行，台账变动 {len(result['changes'])} 处。")
    if result["backup"]:
        out.print(f"合并前的总台账已备份：{escape(result['backup'])}")
    waiting = [r for r in result["skipped"] if r["verdict"] in ("returned", "needs_decision")]
    if waiting:
        out.print(f"仍有 {len(waiting)} 份待处理，请用 tjxl collect 查看。")
    if result["questions"]:
        out.print(f"新增待裁决 {result['questions']} 条，请在总台账「待裁决」中填写处理意见。")


def show_check(result: Mapping[str, Any]) -> None:
    """`tjxl check`."""
    unit = result["unit"] or "单位不明"
    console().print(f"{escape(result['file'])}（{escape(unit)}）：{VERDICT_TITLES[result['verdict']]}")
    show_findings(result["findings"])


def show_status(result: Mapping[str, Any]) -> None:
    """`tjxl status`."""
    table = Table("项目", "情况", show_header=False)
    table.add_row("总台账", escape(result["master"]))
    table.add_row("已下发期次", "、".join(result["periods"]) or "尚未下发")
    table.add_row("任务", f"{result['tasks']} 项：" + _pairs(result["by_status"]))
    if result["period"]:
        table.add_row(f"{result['period']} 报送", _pairs(result["reports"]))
    table.add_row("待裁决", f"{result['open_questions']} 条")
    console().print(table)


def _pairs(counts: Mapping[str, int]) -> str:
    return "，".join(f"{name} {count}" for name, count in counts.items())


def show_simulate(result: Mapping[str, Any]) -> None:
    """`tjxl simulate`."""
    out = console()
    out.print(f"{result['period']} 已模拟报送 {len(result['files'])} 份，其中 {len(result['faults'])} 个单位有差错。")
    for f in result["faults"]:
        out.print(f"  {escape(f['unit'])}：{f['fault']}", style="dim")


def show_demo(result: Mapping[str, Any]) -> None:
    """`tjxl demo`: the summary table."""
    table = Table("步骤", "结果", "用时（秒）", title="演示：一个项目，两期报送")
    for step in result["steps"]:
        table.add_row(step["step"], step["result"], f"{step['seconds']:.1f}")
    out = console()
    out.print(table)
    out.print(f"演示项目已留在：{escape(result['folder'])}")
    out.print(f"请打开总台账查看：{escape(result['master'])}")


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
