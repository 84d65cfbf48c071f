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
from rich.table import Column as TableColumn
from rich.table import Table

from tjxl.findings import SEVERITY_TITLES, VERDICT_TITLES, Finding
from tjxl.grouping import grouped
from tjxl.merge.changes import as_text
from tjxl.register import MILESTONE_KIND_TITLES
from tjxl.resources import layout_toml
from tjxl.sheets.layout import Column, change_words, master_layout
from tjxl.sheets.parts import PART_TABLES

_STYLES = {"error": "red", "question": "magenta", "warning": "yellow", "note": "dim"}
_SHOWN = 12
_LISTED = 40
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


@contextmanager
def stage_bar(title: str) -> Iterator[Callable[[int, int, str], None]]:
    """The same for a run of many stages; what is being done stands beside the bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def step(done: int, total: int, stage: str) -> None:
            bar.update(task, completed=done, total=total, description=f"{title}：{stage}")

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
    if result["tasks"] and not result["assignments"]:  # begun from a form: nothing is split yet
        console().print("请在总台账「分解」表把各项任务落实到科室（单位），再下发填报表。")
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
    stage = result.get("stage")
    what, folder = (f"{stage}阶段填报表", f"{result['period']}/{stage}") if stage else ("填报表", result["period"])
    console().print(
        f"{result['period']} 已下发{what} {len(result['issued'])} 份，任务 {rows} 行，在“下发/{folder}”中。"
    )
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


def show_recalled(files: Sequence[str]) -> None:
    """That rows have come back to the master from volumes."""
    if files:
        said = escape("、".join(files))
        console().print(f"有关的行原在{said}，其余各行已一并移回总台账；需要时可再用 tjxl archive-period 移出。")


def show_rebuild(result: Mapping[str, Any]) -> None:
    """`tjxl rebuild`: what differs, cell by cell."""
    out = console()
    found = result["differences"]
    if result["files_missing"]:
        out.print(f"[red]“归档”中缺少 {len(result['files_missing'])} 份来源文件，或其内容已变。[/]")
    if not found:
        out.print(f"已对照归档的 {result['files']} 份填报表，系统写入的单元格全部相符。")
        return
    table = Table("表", "行", "列", "现为", "应为", "原因")
    for d in found[:_LISTED]:
        expected = _shown(d["expected"]) if d["proven"] else "（无从证明，未动）"
        place = d["cell"] or (str(d["row"]) if d["row"] else "")
        place += f"（{d['volume']}）" if d["volume"] else ""
        table.add_row(d["table"], place, d["column"] or "整行", _shown(d["found"]), expected, d["reason"])
    out.print(table)
    if len(found) > _LISTED:
        out.print(f"……另有 {len(found) - _LISTED} 处，用 --json 查看全部。")
    show_recalled(result["recalled"])
    show_findings(result["findings"])
    left = sum(not d["proven"] for d in found)
    out.print(f"不符 {len(found)} 处，已恢复 {result['restored']} 处，无从证明 {left} 处。")
    if result["backup"]:
        out.print(f"恢复前的总台账已备份：{escape(result['backup'])}")


def _shown(value: object) -> str:
    return "（空）" if value is None else escape(_short(str(value), 30))


def show_hand_edits(edits: Sequence[Mapping[str, Any]]) -> None:
    """Cells that tjxl writes and somebody has typed over, and what becomes of them."""
    if not edits:
        return
    out = console()
    out.print(f"[yellow]总台账中有 {len(edits)} 处由系统写入的单元格被手工改动：[/]")
    for e in edits[:_SHOWN]:
        place = f"{e['sheet']}!{e['cell']}（{e['task']} {_field_title(e['field'])}）"
        old, new = (_short(_said(e[name], e["field"]), 20) for name in ("old", "new"))
        values = f"入账内容“{old}”，现为“{new}”"
        fate = "已按新的报送写回" if e["kind"] == "overwritten" else "暂予保留"
        out.print(escape(f"  {place}：{values}，{fate}。"))
    if len(edits) > _SHOWN:
        out.print(f"  ……另有 {len(edits) - _SHOWN} 处，用 --json 查看全部。")
    if any(e["kind"] == "hand" for e in edits):
        out.print("  如确需调整，请填“核定状态”“办公厅意见”等黄底各列，不要直接改系统写入的内容。")


def show_check(result: Mapping[str, Any]) -> None:
    """`tjxl check`."""
    unit = result["unit"] or "单位不明"
    console().print(f"{escape(result['file'])}（{escape(unit)}）：{VERDICT_TITLES[result['verdict']]}")
    show_findings(result["findings"])


def show_status(result: Mapping[str, Any]) -> None:
    """`tjxl status`."""
    table = Table("项目", TableColumn("情况", overflow="fold"), show_header=False)
    table.add_row("总台账", escape(result["master"]))
    table.add_row("已下发期次", "、".join(result["periods"]) or "尚未下发")
    table.add_row("任务", f"{result['tasks']} 项：" + _pairs(result["by_status"]))
    if result["period"]:
        table.add_row(f"{result['period']} 报送", _pairs(result["reports"]))
    for stage, counts in result.get("stages", {}).items():
        table.add_row(f"　其中{stage}阶段", _pairs(counts))
    if result.get("agreement"):
        table.add_row("配合与牵头口径", _pairs(result["agreement"]))
    table.add_row("待裁决", f"{result['open_questions']} 条")
    for title, name in (("问题清单", "problems"), ("销号", "closings"), ("核查", "verification")):
        if counts := result["oversight"][name]:
            table.add_row(title, _pairs(counts))
    console().print(table)
    show_hand_edits(result["hand_edits"])
    show_findings([*result["oversight"]["findings"], *result["findings"]])


def show_snapshot(result: Mapping[str, Any]) -> None:
    """`tjxl snapshot`."""
    until = f"，只含 {result['as_merged']}（含）以前入账的" if result["as_merged"] else ""
    console().print(
        f"已导出截至 {result['period']} 的台账{until}：{escape(result['file'])}\n"
        f"任务 {result['tasks']} 项：{_pairs(result['by_status'])}；报送：{_pairs(result['reports'])}。"
    )


def _pairs(counts: Mapping[str, int]) -> str:
    return "，".join(f"{name} {count}" for name, count in counts.items())


def show_history(result: Mapping[str, Any]) -> None:
    """`tjxl history`: of the task, then of each milestone and target, what was reported when; then the files."""
    out = console()
    lead = f"（牵头：{result['lead_unit']}）" if result["lead_unit"] else ""
    out.print(f"[bold]{result['task']}[/]  {escape(str(result['text'] or '') + lead)}")
    if result["verified_status"]:
        out.print(f"核定状态：{escape(result['verified_status'])}（以核定为准）")
    told = [e for e in result["entries"] if e["kind"] != "unchanged"]
    files = {key: n for n, key in enumerate(dict.fromkeys(map(_file_of, told)), 1)}
    for code in dict.fromkeys(e["code"] for e in told):
        out.print(_life(code, result["subjects"].get(code, ""), [e for e in told if e["code"] == code], files))
    if not told:
        out.print("尚无入账内容。")
    if unchanged := len(result["entries"]) - len(told):
        out.print(f"另有 {unchanged} 项与上期相同，未列出，用 --json 查看全部。")
    for number, key in zip(files.values(), files, strict=True):
        file, sha256, archived, batch, moment = key
        kept = archived or "归档中已无此文件，只能指明工作表和行"
        out.print(f"  [{number}] {file}  第 {batch} 批  {str(moment).replace('T', ' ')}", markup=False)
        out.print(f"      {kept}" + ("" if archived else f"（sha256 {sha256}）"), markup=False)
        for volume in dict.fromkeys(_volume_of(e) for e in told if e["volume"] and _file_of(e) == key):
            out.print(f"      流水已移至 {volume}", markup=False)
    for e in result["hand_edits"]:
        fate = "，随后被新的报送覆盖" if e["kind"] == "overwritten" else ""
        values = f"入账内容“{_short(e['old'] or '空', 20)}”，改为“{_short(e['new'] or '空', 20)}”"
        out.print(f"手工改动：{e['sheet']}!{e['cell']}（{e['title']}）{values}{fate}。", markup=False)
    for d in result["decisions"]:
        said = f"{d['question_no']} {d['question']} 处理意见：{d['decision']}（{d['state'] or ''}）"
        out.print(f"裁决：{said}", markup=False)


def _volume_of(entry: Mapping[str, Any]) -> str:
    place = entry["volume"]
    return f"{place['file']}「{place['sheet']}」第 {place['row']} 行"


def _file_of(entry: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(entry[name] for name in ("file", "sha256", "archived", "batch", "merged_at"))


def _life(
    code: str, subject: str, entries: Sequence[Mapping[str, Any]], files: Mapping[tuple[Any, ...], int]
) -> Table:
    """The values of one row of the register, a field below the other."""
    table = Table(title=escape(f"{code} {_short(subject, 30)}".strip()), title_justify="left")
    for title in ("期次", "单位", "字段", "内容", "类型", "出处"):
        table.add_column(title, overflow="fold", no_wrap=title in ("期次", "类型"))
    for e in entries:
        cell = e["cell"] or f"第{e['row']}行"
        value = _short(_said(e["value"], e["field"]), 40)
        old = f"（原：{_short(_said(e['replaced'], e['field']), 20)}）" if e["replaced"] is not None else ""
        source = f"[{files[_file_of(e)]}] {e['sheet']}!{cell}"
        texts = (
            e["period"],
            f"{e['unit']}（{e['role']}）",
            e["title"],
            value + old,
            change_words()[e["kind"]],
            source,
        )
        table.add_row(*map(escape, texts))
    return table


def _column(field: str) -> Column:
    """The column of the ledgers, or of 任务台账, that holds a field."""
    tables = (*(master_layout()[part.ledger] for part in PART_TABLES.values()), master_layout()["tasks"])
    return next(column for table in tables for column in table.columns if column.name == field)


def _field_title(field: str) -> str:
    return _column(field).title


def _said(value: Any, field: str) -> str:
    """A merged value as people read it."""
    return as_text(value, _column(field)) or "空"


def show_simulate(result: Mapping[str, Any]) -> None:
    """`tjxl simulate`."""
    out, titles = console(), layout_toml("simulate.toml")["fault_titles"]
    out.print(f"{result['period']} 已模拟报送 {len(result['files'])} 份，其中 {len(result['faults'])} 个单位有差错。")
    for f in result["faults"]:
        out.print(f"  {escape(f['unit'])}：{titles[f['fault']]}", style="dim")


def show_demo(result: Mapping[str, Any]) -> None:
    """`tjxl demo`: the summary table."""
    table = Table("步骤", "结果", "用时（秒）", title="演示：一个项目，两期报送，催办、考核、通报")
    for step in result["steps"]:
        table.add_row(step["step"], step["result"], f"{step['seconds']:.1f}")
    out = console()
    out.print(table)
    out.print(f"演示项目已留在：{escape(result['folder'])}")
    out.print(f"请打开总台账查看：{escape(result['master'])}")


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def show_doctor(result: Mapping[str, Any]) -> None:
    """What the doctor found, what needs doing first."""
    out = console()
    if result["fixed"]:
        out.print("已把本机 Python 的位置写入总台账。")
    words = {"error": "[red]需要处理[/]", "warning": "[yellow]请留意[/]", "note": "[green]正常[/]"}
    for check in sorted(result["checks"], key=lambda c: list(words).index(c["severity"])):
        out.print(f"  【{words[check['severity']]}】{escape(check['message'])}")


def show_upgrade_master(result: Mapping[str, Any]) -> None:
    """Which parts were brought up to date."""
    out = console()
    if not result["updated"]:
        out.print("总台账中的宏和按钮已是最新，未作改动。")
        return
    out.print(f"已更新：{escape('、'.join(result['updated']))}。", f"总台账：{escape(result['master'])}", sep="\n")
    out.print(f"更新前的备份：{escape(result['backup'])}")


def show_pack_offline(result: Mapping[str, Any]) -> None:
    """What was gathered, and where."""
    size = result["bytes"] / 1024 / 1024
    console().print(
        f"离线安装包已放在 {escape(result['folder'])}：{len(result['wheels'])} 个组件，{size:.0f} MB，"
        f"适用于 64 位 Windows 和 Python {result['python']}。请整个文件夹复制过去，双击 install.bat。"
    )


def show_launcher(result: Mapping[str, Any]) -> None:
    """Where the launcher is."""
    console().print(f"已生成 {escape(result['launcher'])}，双击打开菜单。")
