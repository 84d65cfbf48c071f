"""The sheets 节点 and 指标 of the forms issued (`tests.promises` says what stands where).

1. Only units that lead such tasks have them; columns, locks, lists, look as the design says.
2. 自检 in each row and in total, recalculated by LibreOffice; the guide speaks of what is there.
3. The second period: what is done comes prefilled, last period's value stands beside the target.
4. `simulate` fills them in, and can plant faults; the annotated copy marks their cells.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.conftest import copy_of
from tests.flows.test_issue import cached, formulas_without_value
from tests.libreoffice import recalculate, requires_libreoffice
from tests.office import AUDIT, JUNE, MAY, SPORTS, Office, filled, opened
from tests.promises import PETITIONS
from tjxl import flows
from tjxl.ooxml.book import Book
from tjxl.resources import layout_toml
from tjxl.simulate import simulate

MILESTONE_TITLES = ["节点编码", "任务编码", "序号", "节点内容", "时限", "是否完成", "完成日期", "说明", "自检"]
TARGET_TITLES = [
    "指标编码", "任务编码", "序号", "指标", "目标", "单位", "本期完成值", "数据截止日期", "说明", "自检",
]  # fmt: skip
MAY_20, MAY_31 = dt.date(2022, 5, 20), dt.date(2022, 5, 31)


def sheets_of(office: Office, unit: str) -> list[str]:
    return opened(office.form(unit)).sheetnames


def rows(sheet: Worksheet, first: int, columns: int) -> list[list[Any]]:
    """The rows of a sheet as they are filled, without the self-check."""
    values = sheet.iter_rows(min_row=first, max_col=columns, values_only=True)
    return [
        [v.date() if isinstance(v, dt.datetime) else v for v in row] for row in values if str(row[0]).startswith("T")
    ]


@pytest.fixture(scope="module")
def milestones(promised_project: Office) -> Worksheet:
    return opened(promised_project.form(SPORTS))["节点"]


@pytest.fixture(scope="module")
def targets(promised_project: Office) -> Worksheet:
    return opened(promised_project.form(SPORTS))["指标"]


# 1


def test_who_has_which_sheets(promised_project: Office) -> None:
    assert sheets_of(promised_project, SPORTS) == ["填报说明", "填报", "节点", "指标", "自检", "_lists", "_tjxl"]
    assert sheets_of(promised_project, AUDIT) == ["填报说明", "填报", "指标", "自检", "_lists", "_tjxl"]
    assert sheets_of(promised_project, PETITIONS) == ["填报说明", "填报", "节点", "自检", "_lists", "_tjxl"]
    assert sheets_of(promised_project, "市外办") == ["填报说明", "填报", "自检", "_lists", "_tjxl"]


def test_rows_of_milestones(milestones: Worksheet) -> None:
    assert [c.value for c in milestones[4]] == MILESTONE_TITLES
    assert rows(milestones, 5, 8) == [
        ["T130-M1", "T130", 130, "赛事筹备方案（完成方案）", dt.date(2022, 5, 31), None, None, None],
        ["T130-M2", "T130", 130, "全民健身中心（建成）", dt.date(2022, 10, 31), None, None, None],
        ["T130-M3", "T130", 130, "智慧体育平台（开工）", None, None, None, None],
    ]


def test_rows_of_targets(targets: Worksheet) -> None:
    assert [c.value for c in targets[4]] == TARGET_TITLES
    assert rows(targets, 5, 9) == [
        ["T130-K1", "T130", 130, "新增健身人口", "≥35", "万人", None, None, None],
        ["T130-K2", "T130", 130, "体育产业增长", "≥5.5", "%", None, None, None],
        ["T130-K3", "T130", 130, "赛事支出", "≤2000000", "元", None, None, None],
    ]


def test_what_is_to_be_filled_in_is_open_the_rest_is_locked(milestones: Worksheet, targets: Worksheet) -> None:
    for sheet, unlocked in ((milestones, "FGH"), (targets, "GHI")):
        assert sheet.protection.sheet
        assert not sheet.protection.autoFilter, "0 means allowed"
        for row in sheet.iter_rows(min_row=5, max_row=7):
            assert "".join(c.column_letter for c in row if not c.protection.locked) == unlocked
        assert sheet.column_dimensions["A"].hidden
        assert sheet.freeze_panes == "E5"
        assert sheet.print_title_rows == "$4:$4"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert all(sheet.row_dimensions[n].height for n in (5, 6, 7))
    assert (milestones.auto_filter.ref, targets.auto_filter.ref) == ("A4:I7", "A4:J7")


def test_lists_and_messages(milestones: Worksheet, targets: Worksheet) -> None:
    done, day, _ = milestones.data_validations.dataValidation
    assert (str(done.sqref), done.type, done.formula1) == ("F5:F7", "list", '"是,否"')
    assert done.prompt.startswith("从下拉列表中选“是”或“否”。\n时限在本期末或以前的必须填写。\n")
    assert (str(day.sqref), day.type) == ("G5:G7", "date")
    value = targets.data_validations.dataValidation[0]
    assert (str(value.sqref), value.type, value.formula1) == ("G5:G7", "custom", "ISNUMBER(G5)")
    assert (targets["G5"].number_format, targets["H5"].number_format) == ("General", "yyyy-mm-dd")


def test_a_form_without_promises_is_as_it_was(promised_project: Office) -> None:
    """The sheet 填报 does not depend on what other sheets the form has."""
    with_all, without = (opened(promised_project.form(u))["填报"] for u in (SPORTS, "市外办"))
    assert [c.value for c in with_all[6]] == [c.value for c in without[6]]
    assert (with_all["K7"].number_format, with_all.freeze_panes) == (
        without["K7"].number_format,
        without.freeze_panes,
    )


# 2


def test_a_row_that_is_not_due_needs_nothing(promised_project: Office) -> None:
    book = Book(promised_project.form(SPORTS))
    milestones, targets = book.cells("节点").cells, book.cells("指标").cells
    assert [milestones[row, 9].value for row in (5, 6, 7)] == ["未填", "✓", "✓"]
    assert [targets[row, 10].value for row in (5, 6, 7)] == ["未填"] * 3


def check_lines(form: bytes) -> list[tuple[Any, Any]]:
    """Item and result of the sheet 自检, below the head's lines."""
    cells = Book(form).cells("自检").cells
    return [(cells[r, 1].value, cells[r, 2].value) for r in range(9, 24) if (r, 2) in cells]


def test_totals_of_each_sheet(promised_project: Office) -> None:
    assert check_lines(promised_project.form(SPORTS)) == [
        ("应填报任务（项）", 3), ("自检无误（项）", 0), ("有提示、请再核对（项）", 0), ("尚未填写（项）", 3),
        ("须改正（项）", 0),
        ("节点：共（个）", 3), ("节点：自检无误（个）", 2), ("节点：有提示、请再核对（个）", 0),
        ("节点：时限已到、尚未填写（个）", 1), ("节点：须改正（个）", 0),
        ("指标：共（个）", 3), ("指标：自检无误（个）", 0), ("指标：有提示、请再核对（个）", 0),
        ("指标：尚未填写（个）", 3), ("指标：须改正（个）", 0),
    ]  # fmt: skip
    items = [item for item, _ in check_lines(promised_project.form(AUDIT))]
    assert [item[:2] for item in items[5:]] == ["指标"] * 5


def test_the_guide_speaks_of_the_sheets_that_are_there(promised_project: Office) -> None:
    def said(unit: str) -> set[Any]:
        return {c.value for c in opened(promised_project.form(unit))["填报说明"]["A"]}

    assert {"“节点”表", "“指标”表", "是否完成", "本期完成值"} <= said(SPORTS)
    assert {"“指标”表", "本期完成值"} <= said(AUDIT)
    assert not {"“节点”表", "是否完成"} & said(AUDIT)
    assert not {"“节点”表", "“指标”表"} & said("市外办")


@pytest.mark.parametrize("unit", [SPORTS, AUDIT, PETITIONS])
def test_no_formula_without_its_value(promised_project: Office, unit: str) -> None:
    assert formulas_without_value(promised_project.form(unit)) == []


def recalculated(form: bytes, folder: Path) -> dict[tuple[str, int, int], object]:
    """The values of all formula cells after LibreOffice has recalculated them."""
    path = folder / "表.xlsx"
    path.write_bytes(form)
    return cached(recalculate(path, folder / "重算.xlsx"))


@requires_libreoffice
def test_libreoffice_computes_what_the_form_says(promised_project: Office, tmp_path: Path) -> None:
    for unit in (SPORTS, AUDIT, PETITIONS):
        path = promised_project.project.issued(MAY) / f"{unit}.xlsx"
        assert cached(path) == recalculated(promised_project.form(unit), tmp_path)


@requires_libreoffice
def test_the_self_check_follows_what_is_filled_in(promised_project: Office, tmp_path: Path) -> None:
    milestones = {"F5": "否", "H5": None, "F6": "是", "G6": MAY_20, "H6": None}
    values = {"G5": 12, "H5": MAY_31, "G6": "很多", "I6": None}
    said = recalculated(filled(promised_project.form(SPORTS), milestones, values), tmp_path)
    assert [said["节点", row, 9] for row in (5, 6, 7)] == ["时限已到而未完成，未填写说明。", "✓", "✓"]
    assert [said["指标", row, 10] for row in (5, 6, 7)] == ["✓", "本期完成值不是数字。", "✓"]
    done = recalculated(filled(promised_project.form(SPORTS)), tmp_path)
    assert "全部填好，可以报送。" in done.values()


# 3


@pytest.fixture(scope="module")
def second(promised_project: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A milestone done and two values reported in May; the forms of June."""
    office = copy_of(promised_project, tmp_path_factory.mktemp("六月") / "2022年重点工作")
    values = {"G5": 12.5, "H5": MAY_31, "G6": 4.8, "H6": MAY_31}
    office.send("a.xlsx", filled(office.form(SPORTS), {"F5": "是", "G5": MAY_20, "H5": "已印发"}, values))
    office.merge()
    flows.issue(office.project, JUNE)
    return office


def test_a_milestone_done_comes_with_its_report(second: Office) -> None:
    sheet = opened(second.form(SPORTS, JUNE))["节点"]
    assert [row[5:] for row in rows(sheet, 5, 8)] == [["是", MAY_20, "已印发"], [None] * 3, [None] * 3]


def test_last_periods_value_stands_beside_the_target(second: Office) -> None:
    sheet = opened(second.form(SPORTS, JUNE))["指标"]
    assert [row[4:7] for row in rows(sheet, 5, 7)] == [
        ["≥35\n（上期 12.5）", "万人", None],
        ["≥5.5\n（上期 4.8）", "%", None],
        ["≤2000000", "元", None],
    ]


def test_a_yearly_sum_that_falls_and_a_milestone_undone_are_said(second: Office) -> None:
    value = {"G5": 11, "H5": dt.date(2022, 6, 30), "G6": 4.1, "H6": dt.date(2022, 6, 30)}
    form = filled(second.form(SPORTS, JUNE), {"F5": "否", "G5": None, "H5": "撤回重印。"}, value)
    second.send("b.xlsx", form)
    verdict, findings = second.collect()["b.xlsx"]
    assert (verdict, [f for f in findings if f[1] != "填报"]) == (
        "accepted_with_notes",
        [("S012", "节点", "F5", "否"), ("K011", "指标", "G5", 11.0)],
    )
    (second.project.inbox / "b.xlsx").unlink()


@requires_libreoffice
def test_libreoffice_agrees_in_the_second_period(second: Office, tmp_path: Path) -> None:
    path = second.project.issued(JUNE) / f"{SPORTS}.xlsx"
    before = cached(path)
    assert before == recalculated(path.read_bytes(), tmp_path)
    assert before["节点", 5, 9] == "✓"


# 4


def test_simulated_returns_keep_the_rules(promised: Office) -> None:
    units = [SPORTS, AUDIT, PETITIONS]
    for seed in range(6):
        simulate(promised.project, MAY, seed=seed, units=units)
        assert {v for v, _ in promised.collect().values()} == {"accepted"}
        for name in promised.inbox():
            (promised.project.inbox / name).unlink()


FAULTS = {kind: part for part, kinds in layout_toml("simulate.toml")["part_faults"].items() for kind in kinds}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_on_its_sheet_and_marked(
    promised: Office, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    part, texts = FAULTS[fault], dict(layout_toml("simulate.toml"))
    texts |= {"faults": {}, "part_faults": {part: {fault: 1}}}
    monkeypatch.setattr("tjxl.simulate.writer.layout_toml", lambda _: texts)
    assert simulate(promised.project, MAY, seed=1, faults=1, units=[SPORTS])["faults"] == [
        {"unit": SPORTS, "fault": fault}
    ]
    (found,) = flows.collect(promised.project)["returns"]
    title = {"milestones": "节点", "targets": "指标"}[part]
    assert (found["verdict"], {f["sheet"] for f in found["findings"]}) == ("returned", {title})
    cell = found["findings"][0]["cell"]
    copy = opened(promised.project.root / found["annotated"])
    assert "督查台账校验" in copy[title][cell].comment.author
    assert title in {c.value for c in copy["校验结果"]["B"]}
