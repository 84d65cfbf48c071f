"""What the office types into the master and no rule can use is said by every command, with sheet and cell.

1. Nonsense in each cell that people fill in: what, where, how to mend; nothing else is held up.
2. It is said again until it is mended, and then no more.
3. A 核定状态 that is none has no effect on any figure; `tjxl status` names it, as it names every such cell.
4. Nonsense in every such cell at once: issue, collect and merge end with sentences, and the master stays whole.
"""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.office import JUNE, MAY, Office, filled, layouts
from tjxl import flows
from tjxl.findings import SEVERITY_TITLES
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import parse_cell
from tjxl.ooxml.splice import Put
from tjxl.sheets.state import MasterState
from tjxl.snapshot import snapshot
from tjxl.supervise.scores import score

AUDIT = "市审计局"


def type_into(office: Office, sheet: str, **cells: Any) -> None:
    """Type into cells of the master."""
    editor = BookEditor(office.master)
    for cell, value in cells.items():
        editor.edit(sheet, *parse_cell(cell), Put(value))
    office.project.master.write_bytes(editor.save())


def said(office: Office) -> list[tuple[str, str | None, str | None, Any, str]]:
    """What `tjxl collect` says of the office's typing: code, sheet, cell, value, sentence."""
    decisions = flows.collect(office.project)["decisions"]
    found = [f for d in decisions if not d["obeyed"] or d["question"] is None for f in d["findings"]]
    return [(f["code"], f["sheet"], f["cell"], f["value"], f["message"]) for f in found if f["severity"] != "note"]


# 1 and 2

NO_STATUS = "核定状态不在可选范围内，不起作用。请从下拉列表中选择：未启动、正常推进、滞后、已完成、申请调整。"
NO_PHONE = "联系电话不是电话号码。请只填写一个电话号码，座机请带区号，例如022-12345678。"
NO_GROUP = "只有群组才有成员，本行的群组成员不起作用。请清空，或把类别改为“群组”。"


@pytest.mark.parametrize(
    ("place", "value", "code", "sentence"),
    [
        ("任务台账!S5", "差不多了", "B005", NO_STATUS),
        ("任务台账!S5", "滞后 ", "B005", NO_STATUS),
        ("任务台账!S5", "3", "B005", NO_STATUS),
        ("责任单位!I5", "找小王", "F103", NO_PHONE),
        ("责任单位!J5", "张三", "B002", "电子邮箱不是一个邮箱地址。请只填写一个地址，例如 zhangsan@tj.gov.cn。"),
        ("责任单位!E5", "甲街道", "B003", NO_GROUP),
        ("设置!B7", "三十", "B010", "临近天数不是整数。请填 0 至 366 的整数。"),
        ("设置!B7", 1.5, "B010", "临近天数不是整数。请填 0 至 366 的整数。"),
        ("设置!B7", 1000.0, "B011", "临近天数超出范围。请填 0 至 366 的整数。"),
        ("设置!B7", None, "B012", "未填写临近天数，按 0 天计算。请填 0 至 366 的整数。"),
        ("设置!B8", 101.0, "B020", "滞后黄灯差距应为 0 至 100 的数。请填百分点数，例如 10。"),
        ("设置!B8", "十", "B020", "滞后黄灯差距应为 0 至 100 的数。请填百分点数，例如 10。"),
        ("设置!B8", None, "B022", "未填写滞后黄灯差距，按 0 个百分点计算。请填百分点数，例如 10。"),
        ("设置!B9", 5.0, "B024", "滞后红灯差距小于滞后黄灯差距。请改其中一个，使红灯差距不小于黄灯差距。"),
        ("设置!B10", "按天", "B025", "应达进度口径不在可选范围内，按“自动”计算。请选“按时间”“按节点”或“自动”。"),
        ("设置!B11", -1.0, "B026", "左右容差百分比应为 0 至 100 的数。请填目标值的百分之几，例如 5；或留空。"),
        ("设置!B12", 200.0, "B027", "左右容差百分点应为 0 至 100 的数。请填百分点数，例如 0.5；或留空。"),
        ("设置!B24", "橙", "B028", "亮灯不在可选范围内，这条规则不起作用。请选“红”“黄”“蓝”“绿”或“不亮灯”。"),
        ("待裁决!G14", "再议", "D614", "“再议”不是可选项（列为指标、不列为指标）。请从下拉列表中选择一项。"),
        ("待裁决!G13", "尽快", "D615", "“尽快”不是日期。请按 2022-09-30 的格式填写。"),
        ("待裁决!G3", "河东", "D610", "“河东”不是备选单位。请从“可选项”中填写。"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named_until_it_is_mended(
    office: Office, place: str, value: Any, code: str, sentence: str
) -> None:
    sheet, _, cell = place.partition("!")
    before = office.state.book.cells(sheet).cells.get(parse_cell(cell))
    type_into(office, sheet, **{cell: value})
    expected = [(code, sheet, cell, value, f"「{sheet}」表 {cell}：{sentence}")]
    assert said(office) == expected
    assert said(office) == expected
    type_into(office, sheet, **{cell: before.value if before else None})
    assert said(office) == []


def test_a_kind_that_means_nothing_is_told_by_the_name(office: Office) -> None:
    kind = office.table("units")[2]["kind"]
    type_into(office, "责任单位", D5="机关")
    said_of_it = f"「责任单位」表 D5：“机关”不是可用的类别，已按名称定为“{kind}”。如不对，请从下拉列表中选择。"
    assert said(office) == [("D637", "责任单位", "D5", "机关", said_of_it)]
    assert office.table("units")[2]["kind"] == kind
    assert said(office) == []


def test_a_unit_cannot_be_merged_into_nothing(office: Office) -> None:
    kind = office.table("units")[2]["kind"]
    type_into(office, "责任单位", D5="已并入")
    assert [code for code, *_ in said(office)] == ["D637"]
    assert office.table("units")[2]["kind"] == kind


@pytest.mark.parametrize("name", ["？？", "12345", "请各单位于本月底前将报送情况报办公厅。" * 20])
def test_what_is_no_name_does_not_rename_a_unit(office: Office, name: str) -> None:
    unit = office.table("units")[2]["unit"]
    type_into(office, "责任单位", B5=name)
    ((code, sheet, cell, value, sentence),) = said(office)
    assert (code, sheet, cell, value) == ("D638", "责任单位", "B5", name)
    assert sentence.endswith(f"不像单位名称，已恢复为“{unit}”。如需改名，请填写规范名称。")
    assert office.table("units")[2]["unit"] == unit


def test_a_row_that_names_no_unit_is_not_registered(office: Office) -> None:
    editor = BookEditor(office.master)
    (row,) = editor.append_rows("责任单位", [{"单位": "待定？"}])
    office.project.master.write_bytes(editor.save())
    expected = [
        (
            "D639",
            "责任单位",
            f"B{row}",
            "待定？",
            f"「责任单位」表 B{row}：“待定？”不像单位名称，未登记。请填写规范名称，或清空本行。",
        )
    ]
    assert said(office) == expected
    assert said(office) == expected


def test_a_member_that_is_no_unit_and_an_alias_of_another_unit(office: Office) -> None:
    units = office.table("units")
    group = next(i for i, u in enumerate(units, 3) if u["unit"] == "各区人民政府")
    members = units[group - 3]["members"]
    type_into(office, "责任单位", **{f"E{group}": f"{members}、有关部门、？？", "C4": units[0]["unit"]})
    found = said(office)
    assert [(code, cell, value) for code, _, cell, value, _ in found] == [
        ("D635", f"E{group}", "有关部门"),
        ("D635", f"E{group}", "？？"),
        ("D643", "C4", units[0]["unit"]),
    ]
    assert said(office) == found
    other = units[0]["unit"]
    said_of_it = f"“{other}”已是“{other}”的名称或别名，在本行不起作用。请从其中一行删去。"
    assert found[2][-1] == f"「责任单位」表 C4：{said_of_it}"


def test_the_board_counts_on_while_the_days_are_no_number(june: Office) -> None:
    """The master's formulas take 临近天数 that is no number for 0, instead of failing all together."""
    type_into(june, "设置", B7="三十")
    june.send("a.xlsx", filled(june.form(AUDIT, JUNE)))
    june.merge()
    cells = june.state.book.cells("任务台账").cells
    lights = {cells[row, 15].value for row in range(3, 141)}
    assert lights <= {"红", "黄", "蓝", "绿", ""}
    errors = [(place, c.value) for place, c in june.state.book.cells("看板").cells.items() if c.kind == "error"]
    assert errors == []


# 3


def figures(office: Office) -> dict[str, dict[tuple[int, int], Any]]:
    """What each sheet shows once everything is computed, by cell."""
    score(office.project)
    book = Book(office.master)
    return {name: {at: c.value for at, c in book.cells(name).cells.items()} for name in book.sheets}


def test_a_verified_status_that_is_none_has_no_effect(june: Office, tmp_path: Path) -> None:
    typed = copy_of(june, tmp_path / "另一份")
    at = {row["status"]: f"S{row.number}" for row in june.state.tasks}
    type_into(typed, "任务台账", **{at["滞后"]: "红灯", at["已完成"]: "滞后 ", at["正常推进"]: "已完成"})
    type_into(june, "任务台账", **{at["正常推进"]: "已完成"})
    expected, shown = figures(june), figures(typed)
    for cell in (at["滞后"], at["已完成"]):
        shown["任务台账"].pop(parse_cell(cell))
        expected["任务台账"].pop(parse_cell(cell), None)
    assert [name for name in expected if shown[name] != expected[name]] == []
    status = flows.status(typed.project)
    assert status["by_status"] == flows.status(june.project)["by_status"]
    assert [(f["code"], f["cell"]) for d in status["decisions"] for f in d["findings"]] == [
        ("B005", cell) for cell in sorted((at["滞后"], at["已完成"]), key=lambda c: int(c[1:]))
    ]
    words = snapshot(typed.project, MAY)["by_status"]
    assert words == snapshot(june.project, MAY)["by_status"]


# 4

NONSENSE: tuple[Any, ...] = (
    *(
        "？？",
        "=1+1",
        "  ",
        "　",
        "\n",
        "0",
        "、、，；",
        "（",
        "*",
        "~?",
        "#N/A",
        '"',
        "𠮷",
        "<b>&",
        "_x000D_",
        "Q001",
    ),
    *("各街道、有关部门", "市教委、市教委", "已并入", "字" * 300, "x" * 32_000),
    *(0.0, -1.0, 1e300, 44_834.5, True, False, dt.date(2022, 7, 1)),
)


@pytest.mark.parametrize("seed", range(4))
def test_nonsense_in_every_cell_at_once(office: Office, seed: int) -> None:
    chance = random.Random(seed)
    tasks = len(office.state.tasks)
    editor = BookEditor(office.master)
    for layout in layouts().values():
        table = editor.book.tables[layout.title]
        for column in (c for c in layout.columns if c.owner in ("office", "shared")):
            for row in range(table.first_row, table.last_row + 1):
                editor.edit(table.sheet, row, table.columns[column.title], Put(chance.choice(NONSENSE)))
    for row in (*range(7, 13), *range(24, 35)):  # what is filled in there, the lights of the rules
        editor.edit("设置", row, 2, Put(chance.choice(NONSENSE)))
    office.project.master.write_bytes(editor.save())
    office.send("a.xlsx", filled(office.form(AUDIT)))
    collected = flows.collect(office.project)
    told = [f for d in collected["decisions"] for f in d["findings"]]
    assert len(told) > tasks // 2
    assert {f["severity"] for f in told} <= set(SEVERITY_TITLES)
    assert all(f["message"].endswith(("。", "！", "？")) for f in told)
    assert [f for f in told if f["severity"] in ("error", "question") and not f["cell"]] == []
    assert flows.merge(office.project)["merged"] == ["a.xlsx"]
    assert flows.issue(office.project, JUNE)["issued"]
    assert flows.collect(office.project)["returns"] == []
    state = MasterState(office.master)
    assert len(state.tasks) == tasks
    assert sum(flows.status(office.project)["by_status"].values()) == tasks
    assert {s["period"] for s in office.table("submissions")} == {MAY, JUNE}
