"""看板 and the lights: what the figures mean.

1. 核定状态, where filled, overrides 进展状态 in every figure.
2. A light is red when behind or overdue, yellow when an adjustment is asked for, blue when a task to be completed is
   near its deadline, green otherwise; without a status there is no light. (All rules: test_lights.)
3. A task counts for each of its leaders, and for no leader whose name only looks alike.
4. A unit's figures include tasks it leads under another printed name, or as a member of a group.
5. Lists: red tasks; tasks soon due, earliest first; units that owe the current period's report; the units that lag
   most and those that have done best. 看板 has the first of them, 看板附表 more.
6. LibreOffice computes every formula to the same value.
7. 看板 prints on one A4 page, and nothing on it is smaller than 7.5 points in print.
"""

from __future__ import annotations

import datetime as dt
import random
import subprocess
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.libreoffice import recalculate, requires_libreoffice, to_pdf
from tests.sheets.workbooks import board_text, cards, column, fill, section_of, set_name, sheet_of
from tjxl.formula import Formula
from tjxl.register import Register
from tjxl.settings import Settings, Status
from tjxl.sheets.calculate import calculate
from tjxl.sheets.master import MasterMeta, build_master, master_model
from tjxl.sheets.model import Workbook
from tjxl.sheets.render import render
from tjxl.sheets.theme import style_properties

AS_OF = dt.date(2022, 6, 30)


@pytest.fixture
def book(small: Register, settings: Settings, meta: MasterMeta) -> Workbook:
    """The small master, issued for June and reported."""
    made = master_model(small, settings, meta)
    set_name(made, "当前期次", "2022-06")
    set_name(made, "统计截止日", AS_OF)
    reported = ["正常推进", "滞后", "正常推进", "正常推进", None, "申请调整"]
    fill(made, "任务台账", {n: {"进展状态": status} for n, status in enumerate(reported, 1)})
    return made


# 1


def test_cards_count_each_task_once(book: Workbook) -> None:
    assert cards(book) == {
        "任务总数": 6, "已完成": 0, "正常推进": 3, "滞后": 1, "申请调整": 1, "未启动": 0, "尚无报送": 1, "完成率": 0,
        "红灯": 1, "黄灯": 1, "蓝灯": 1, "绿灯": 2, "本期应报": 0, "已报": 0, "未报": 0, "报送率": 0, "节点完成": 0,
        "节点逾期": 0, "指标达标": 0, "指标未达": 0, "待裁决": 3, "核查不一致": 0, "已销号": 0, "问题未办结": 0,
    }  # fmt: skip


def test_verified_status_overrides_the_reported_one(book: Workbook) -> None:
    fill(book, "任务台账", {2: {"核定状态": "已完成"}, 5: {"核定状态": "滞后"}})
    found = cards(book)
    assert [found[k] for k in ("已完成", "正常推进", "滞后", "申请调整", "尚无报送")] == [1, 3, 1, 1, 0]
    assert found["完成率"] == pytest.approx(1 / 6)
    assert [found[k] for k in ("红灯", "黄灯", "绿灯")] == [1, 1, 3]


def test_statuses_may_have_other_names_and_share_a_meaning(
    small: Register, settings: Settings, meta: MasterMeta
) -> None:
    renamed = tuple(replace(s, name="办结") if s.meaning == "completed" else s for s in settings.statuses)
    own = replace(settings, statuses=(*renamed, Status("销号", "completed")))
    book = master_model(small, own, meta)
    fill(book, "任务台账", {1: {"进展状态": "办结"}, 2: {"进展状态": "销号"}, 3: {"核定状态": "销号"}})
    assert cards(book)["办结"] == 3


def test_before_the_first_issue(small: Register, settings: Settings, meta: MasterMeta) -> None:
    book = master_model(small, settings, meta)
    text = board_text(book)
    assert text[0] == ["2022年市政府重点工作督查看板"]
    assert text[1] == ["当前期次：", "统计截止日：", "尚未下发报表，以下为建账时的情况"]
    assert cards(book)["尚无报送"] == 6
    assert section_of(book, "红灯任务") == ("共 0 项", [[*HEADER], ["（无）"]])
    assert section_of(book, "红灯较多的牵头单位")[1][1:] == [["（无）"]]


# 2

COMPLETE = ("complete", dt.date(2022, 7, 20))


@pytest.mark.parametrize(
    ("reported", "verified", "goal", "deadline", "light"),
    [
        (None, None, *COMPLETE, ""),
        ("滞后", None, *COMPLETE, "红"),
        ("正常推进", "滞后", *COMPLETE, "红"),
        (None, "滞后", *COMPLETE, "红"),
        ("滞后", "正常推进", "complete", dt.date(2022, 12, 31), "绿"),
        ("正常推进", None, "complete", dt.date(2022, 6, 29), "红"),
        ("申请调整", None, "complete", dt.date(2022, 6, 29), "红"),
        ("已完成", None, "complete", dt.date(2022, 6, 29), "绿"),
        ("正常推进", "已完成", "complete", dt.date(2022, 6, 29), "绿"),
        ("正常推进", None, "significant_progress", dt.date(2022, 6, 29), "红"),
        ("正常推进", None, "complete", dt.date(2022, 6, 30), "蓝"),
        ("正常推进", None, "complete", dt.date(2022, 7, 30), "蓝"),
        ("正常推进", None, "complete", dt.date(2022, 7, 31), "绿"),
        ("正常推进", None, "significant_progress", dt.date(2022, 7, 30), "绿"),
        ("申请调整", None, "significant_progress", dt.date(2022, 12, 31), "黄"),
        ("已完成", None, "complete", dt.date(2022, 7, 1), "绿"),
        ("正常推进", None, "complete", None, "绿"),
        ("未启动", None, "continuing", None, "绿"),
    ],
)
def test_the_light_of_a_task_on_30_june_with_30_days(  # noqa: PLR0917
    small: Register, settings: Settings, meta: MasterMeta, reported, verified, goal, deadline, light
) -> None:
    task = replace(small.tasks[0], goal=goal, deadline=deadline)
    book = master_model(replace(small, tasks=(task, *small.tasks[1:])), settings, meta)
    set_name(book, "统计截止日", AS_OF)
    fill(book, "任务台账", {1: {"进展状态": reported, "核定状态": verified}})
    assert column(book, calculate(book), "任务台账", "亮灯")[0] == light


def test_without_a_day_of_reckoning_no_deadline_counts(small: Register, settings: Settings, meta: MasterMeta) -> None:
    book = master_model(small, settings, meta)
    fill(book, "任务台账", {n: {"进展状态": "正常推进"} for n in range(1, 7)})
    assert column(book, calculate(book), "任务台账", "亮灯") == ["绿"] * 6


def test_the_office_changes_the_days_of_due_soon(book: Workbook) -> None:
    set_name(book, "临近天数", 5)
    assert column(book, calculate(book), "任务台账", "亮灯") == ["绿", "红", "绿", "绿", "", "黄"]
    set_name(book, "临近天数", 366)
    assert column(book, calculate(book), "任务台账", "亮灯") == ["蓝", "红", "绿", "蓝", "", "黄"]


def test_lights_follow_their_tasks_when_the_ledger_is_sorted(book: Workbook) -> None:
    lights = dict(zip(*(column(book, calculate(book), "任务台账", t) for t in ("任务编码", "亮灯")), strict=True))
    movable = ("任务编码", "重点工作", "分管领导", "牵头单位", "主要任务", "序号", "进展状态", "核定状态")
    columns = {title: column(book, {}, "任务台账", title)[::-1] for title in movable}
    fill(book, "任务台账", {n + 1: {title: columns[title][n] for title in movable} for n in range(6)})
    after = dict(zip(*(column(book, calculate(book), "任务台账", t) for t in ("任务编码", "亮灯")), strict=True))
    assert after == lights
    assert [row[0] for row in section_of(book, "临近时限任务")[1][1:]] == [3, 2, 6, 4]


# 3 and 4: 任务数 · 已完成 · 正常推进 · 滞后 · 申请调整 · 未启动 · 尚无报送 · 完成率 · 红灯 · 黄灯


def test_by_theme_with_a_sum(book: Workbook) -> None:
    assert section_of(book, "按主要任务")[1] == [
        ["主要任务", "任务数", "已完成", "推进", "滞后", "调整", "未启动", "无报送", "完成率", "红灯", "黄灯"],
        ["一、稳增长", 3, 0, 2, 1, 0, 0, 0, 0, 1, 0],
        ["二、惠民生", 3, 0, 1, 0, 1, 0, 1, 0, 0, 1],
        ["合计", 6, 0, 3, 1, 1, 0, 1, 0, 1, 1],
    ]


def test_by_leader_each_of_several_and_only_whole_names(book: Workbook) -> None:
    assert section_of(book, "按分管领导")[1][1:] == [
        ["李明", 3, 0, 2, 0, 1, 0, 0, 0, 0, 1],
        ["李明远", 2, 0, 1, 1, 0, 0, 0, 0, 1, 0],
        ["王旭", 3, 0, 1, 0, 1, 0, 1, 0, 0, 1],
    ]


def test_by_unit_also_under_its_other_name_and_as_a_group_member(book: Workbook) -> None:
    """牵头 · 已完成 · 正常推进 · 滞后 · 申请调整 · 未启动 · 尚无报送 · 完成率 · 红灯 · 黄灯 · 配合."""
    assert section_of(book, "按责任单位", "看板附表")[1][1:] == [
        ["市甲局", 4, 0, 2, 0, 1, 0, 1, 0, 0, 1, 0],
        ["市外办", 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1],
        ["东区人民政府", 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
        ["西区人民政府", 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    ]


def test_units_are_ranked_by_what_is_behind_and_by_what_is_done(book: Workbook) -> None:
    """牵头 · 滞后 · 红灯 · 完成率, and 牵头 · 已完成 · 滞后 · 完成率; a unit without any is in neither list."""
    assert section_of(book, "红灯较多的牵头单位")[1][1:] == [["市外办", 1, 1, 1, 0]]
    fill(book, "任务台账", {1: {"核定状态": "滞后"}, 3: {"核定状态": "滞后"}, 4: {"核定状态": "已完成"}})
    assert section_of(book, "红灯较多的牵头单位")[1][1:] == [["市甲局", 4, 2, 2, 0], ["市外办", 1, 1, 1, 0]]
    fill(book, "任务台账", {5: {"核定状态": "已完成"}})
    assert section_of(book, "完成较好的牵头单位")[1][1:] == [
        ["东区人民政府", 1, 1, 0, 1], ["西区人民政府", 1, 1, 0, 1], ["市甲局", 4, 1, 2, 0.25]
    ]  # fmt: skip


# 5

HEADER = ("序号", "重点工作", "牵头单位", "分管领导", "时限", "状态")


def test_red_tasks_are_listed(book: Workbook) -> None:
    red = [2, "新建学校。", "市外办（市港澳办）", "李明远", 44742, "滞后"]
    for title in ("看板", "看板附表"):
        assert section_of(book, "红灯任务", title) == ("共 1 项", [[*HEADER], red])


def test_tasks_soon_due_are_listed_by_date(book: Workbook) -> None:
    for title, longest in (("看板", 21), ("看板附表", 60)):
        said, rows = section_of(book, "临近时限任务", title)
        assert said == "共 4 项"
        assert [[row[0], row[1], row[-1]] for row in rows[1:]] == [
            [2, "新建学校。", "滞后"],
            [3, "老旧小区改造。", "正常推进"],
            [6, ("长任务" * 60)[: longest - 1] + "…", "申请调整"],
            [4, "各区共同的任务。", "正常推进"],
        ]
    fill(book, "任务台账", {2: {"核定状态": "已完成"}})
    assert [row[0] for row in section_of(book, "临近时限任务")[1][1:]] == [3, 6, 4]


def test_more_tasks_than_lines(small: Register, settings: Settings, meta: MasterMeta) -> None:
    tasks = tuple(replace(small.tasks[0], code=f"T{n:03d}", serial_no=n) for n in range(1, 36))
    book = master_model(replace(small, tasks=tasks, assignments=()), settings, meta)
    fill(book, "任务台账", {n: {"进展状态": "滞后"} for n in range(1, 36)})
    for title, lines in (("看板", 10), ("看板附表", 30)):
        said, rows = section_of(book, "红灯任务", title)
        assert said == f"共 35 项，列出前{lines}项"
        assert [row[0] for row in rows[1:]] == list(range(1, lines + 1))


def submission(period: str, unit: int, name: str, state: str) -> dict[str, str]:
    return {"期次": period, "单位编码": f"U{unit:03d}", "单位": name, "报送状态": state}


def test_units_that_owe_the_report_of_the_current_period(book: Workbook) -> None:
    rows = [
        submission("2022-05", 1, "市甲局", "未报"),
        submission("2022-06", 1, "市甲局", "已报"),
        submission("2022-06", 2, "市外办", "退回"),
        submission("2022-06", 5, "东区人民政府", "迟报"),
        submission("2022-06", 6, "西区人民政府", "未报"),
    ]
    fill(book, "报送情况", dict(enumerate(rows, 1)))
    assert board_text(book)[1][-1] == "本期应报4个单位，已报2个，未报2个"
    for title in ("看板", "看板附表"):
        assert section_of(book, "本期未报单位", title) == ("共 2 个", [["市外办（退回）", "西区人民政府"]])
    found = cards(book)
    assert [found[k] for k in ("本期应报", "已报", "未报", "报送率")] == [4, 2, 2, 0.5]


def test_a_unit_that_owes_two_reports_is_listed_once(book: Workbook) -> None:
    """Two stages: what is counted is said; a unit that owes both reports is one unit."""
    rows = [
        submission("2022-06", 1, "市甲局", "未报") | {"阶段": "配合"},
        submission("2022-06", 2, "市外办", "已报") | {"阶段": "配合"},
        submission("2022-06", 1, "市甲局", "退回") | {"阶段": "牵头"},
        submission("2022-06", 6, "西区人民政府", "未报") | {"阶段": "牵头"},
    ]
    fill(book, "报送情况", dict(enumerate(rows, 1)))
    assert board_text(book)[1][-1] == "本期应报4个（配合、牵头分别计），已报1个，未报3个"
    for title in ("看板", "看板附表"):
        assert section_of(book, "本期未报单位", title) == ("共 2 个", [["市甲局（退回）", "西区人民政府"]])


# 6


def differences(file: bytes, folder: Path) -> tuple[int, list[str]]:
    """Number of formulas in a workbook, and those whose value LibreOffice computes otherwise."""
    path = folder / "master.xlsx"
    path.write_bytes(file)
    again = recalculate(path, folder / "again.xlsx")
    formulas = openpyxl.load_workbook(path)
    ours, theirs = (openpyxl.load_workbook(p, data_only=True) for p in (path, again))
    cells = [c for ws in formulas for row in ws.iter_rows() for c in row if c.data_type == "f"]
    wrong = []
    for cell in cells:
        own, other = (book[cell.parent.title][cell.coordinate].value for book in (ours, theirs))
        same = own == pytest.approx(other) if isinstance(own, float) else (own or "") == (other or "") or own == other
        if not same or (own in (None, "")) != (other in (None, "")):
            wrong.append(f"{cell.parent.title}!{cell.coordinate} {own!r} {other!r} {cell.value}")
    return len(cells), wrong


@requires_libreoffice
def test_libreoffice_agrees_after_init(sample_master: bytes, tmp_path: Path) -> None:
    number, wrong = differences(sample_master, tmp_path)
    assert number > 2200
    assert wrong == []


@requires_libreoffice
@pytest.mark.parametrize("as_of", [dt.date(2022, 6, 30), dt.date(2022, 12, 10)])
def test_libreoffice_agrees_on_a_year_under_way(
    sample: Register, settings: Settings, meta: MasterMeta, tmp_path: Path, as_of: dt.date
) -> None:
    chance = random.Random(2022)
    book = master_model(sample, settings, meta)
    set_name(book, "当前期次", f"2022-{as_of.month:02d}")
    set_name(book, "统计截止日", as_of)
    names = [*(s.name for s in settings.statuses), None]
    fill(
        book,
        "任务台账",
        {
            n: {"进展状态": chance.choice(names), "核定状态": chance.choice([None] * 9 + names)}
            for n in range(1, len(sample.tasks) + 1)
        },
    )
    states = ["已报", "迟报", "未报", "退回"]
    rows = [
        submission(f"2022-{month:02d}", int(unit.code[1:]), unit.name, chance.choice(states))
        for month in (as_of.month - 1, as_of.month)
        for unit in sample.reporting_units
    ]
    fill(book, "报送情况", dict(enumerate(rows, 1)))
    number, wrong = differences(render(book, calculate(book)), tmp_path)
    assert number > 2200
    assert wrong == []


def test_one_text_of_a_formula_serves_all_rows(book: Workbook) -> None:
    """So that rows can be sorted, and the table can grow by its own calculated column."""
    (sheet,) = (s for s in book.sheets if s.title == "任务台账")
    texts = {c.content.text for c in sheet.cells.values() if isinstance(c.content, Formula)}
    assert len(texts) == len({c.title for c in sheet.tables[0].columns if c.formula}) == 3


def test_building_twice_gives_the_same_bytes(small: Register, settings: Settings, meta: MasterMeta) -> None:
    assert build_master(small, settings, meta) == build_master(small, settings, meta)


# 7


@requires_libreoffice
def test_the_page_prints_on_one_sheet_of_a4(
    sample: Register, settings: Settings, meta: MasterMeta, tmp_path: Path
) -> None:
    book = master_model(sample, settings, meta)
    path = tmp_path / "看板.xlsx"
    path.write_bytes(render(book, calculate(book)))
    only_the_boards = openpyxl.load_workbook(path)
    for title in only_the_boards.sheetnames:
        if title not in ("看板", "看板附表"):
            only_the_boards[title].sheet_state = "hidden"
    only_the_boards.save(path)
    pages = subprocess.run(
        ["pdftotext", "-layout", str(to_pdf(path, tmp_path)), "-"], check=True, capture_output=True, text=True
    ).stdout.split("\f")
    first, others = pages[0], "".join(pages[1:])
    assert all(heading in first for heading in ("督查看板", "任务总数", "红灯任务", "临近时限任务", "本期未报单位"))
    assert ("看板附表" in others, "任务总数" in others) == (True, False)


def test_the_print_is_not_too_small_to_read(sample: Register, settings: Settings, meta: MasterMeta) -> None:
    """A4 landscape has 11.69 × 8.27 inches; Excel fits the print area between the margins."""
    sheet = sheet_of(master_model(sample, settings, meta), "看板")
    assert sheet.page.area is not None
    top, left, bottom, right = sheet.page.area
    wide = sum(round(sheet.widths[column] * 7 + 5) for column in range(left, right + 1)) * 0.75
    high = sum(sheet.heights[row] for row in range(top, bottom + 1))
    scale = min((11.69 - 0.7) * 72 / wide, (8.27 - 0.85) * 72 / high)
    printed = [cell for (row, column), cell in sheet.cells.items() if row >= top and column <= right]
    sizes = {style_properties(cell.style)["font_size"] * scale for cell in printed if cell.content is not None}
    assert min(sizes) >= 7.45
