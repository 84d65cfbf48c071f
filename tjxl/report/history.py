"""What was reported of one task, and where it is proven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from tjxl.report.console import console, table
from tjxl.report.values import short, value_text
from tjxl.sheets.layout import change_words


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
        values = f"入账内容“{short(e['old'] or '空', 20)}”，改为“{short(e['new'] or '空', 20)}”"
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
    title = escape(f"{code} {short(subject, 30)}".strip())
    life = table("期次", "单位", "字段", "内容", "类型", "出处", title=title, title_justify="left")
    for e in entries:
        cell = e["cell"] or f"第{e['row']}行"
        value = short(value_text(e["value"], e["field"]), 40)
        old = f"（原：{short(value_text(e['replaced'], e['field']), 20)}）" if e["replaced"] is not None else ""
        source = f"[{files[_file_of(e)]}] {e['sheet']}!{cell}"
        texts = (
            e["period"],
            f"{e['unit']}（{e['role']}）",
            e["title"],
            value + old,
            change_words()[e["kind"]],
            source,
        )
        life.add_row(*map(escape, texts))
    return life
