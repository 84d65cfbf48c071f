"""The master's sheets 节点 and 指标 as `tjxl init` builds them, and their formulas.

1. Rows as the register has them; without promises a valid empty table.
2. 完成情况 against 统计截止日; the lights' days: the very day is not past, 临近天数 days are near.
3. 达标情况 by comparator; 「左右」 is judged within the tolerance of 设置, and without one left to the office.
4. LibreOffice agrees with every value.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.libreoffice import requires_libreoffice
from tests.promises import promising
from tests.sheets.test_dashboard import differences
from tests.sheets.workbooks import column, fill, set_name
from tjxl.register import Comparator, Direction, Register, Target
from tjxl.settings import Settings, Tolerances
from tjxl.sheets.calculate import calculate
from tjxl.sheets.figures import AS_OF, TOLERANCE_PERCENT, TOLERANCE_POINTS
from tjxl.sheets.master import MasterMeta, build_master, master_model
from tjxl.sheets.model import Workbook
from tjxl.sheets.promise_tables import measure_of, measure_text, target_text
from tjxl.sheets.render import render

JUNE_30 = dt.date(2022, 6, 30)


def rows(file: bytes, title: str) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(io.BytesIO(file), data_only=True)[title]
    return [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]


@pytest.fixture(scope="module")
def master(sample: Register, settings: Settings, meta: MasterMeta) -> bytes:
    return build_master(promising(sample), settings, meta)


# 1


def test_a_milestone(master: bytes) -> None:
    first, _, undated, _ = rows(master, "节点")
    assert first == [
        "T130-M1", "T130", 130, "赛事筹备方案", "完成方案", dt.datetime(2022, 5, 31), "市体育局",
        None, None, None, None, "未到期", None,
    ]  # fmt: skip
    assert (undated[5], undated[11]) == (None, "时限待定")


def test_a_target(master: bytes) -> None:
    people, growth, money, share = rows(master, "指标")
    assert people == [
        "T130-K1", "T130", 130, "新增健身人口", "≥35", 35, None, "万人", "≥", "年内新增（越高越好）",
        dt.datetime(2022, 12, 31), "市体育局", None, None, None, None, "尚无数据", None, None, None,
    ]  # fmt: skip
    assert [r[4] for r in (growth, money, share)] == ["≥5.5", "≤2000000", "≈5.5"]
    assert money[9] == "年末达到（越低越好）"


def test_a_notice_without_promises(small: Register, settings: Settings, meta: MasterMeta) -> None:
    file = build_master(small, settings, meta)
    assert {v for title in ("节点", "指标") for row in rows(file, title) for v in row} <= {None, ""}
    book = openpyxl.load_workbook(io.BytesIO(file))
    assert [book[t].tables[t].ref for t in ("节点", "指标", "节点流水", "指标流水")] == [
        "A2:M3", "A2:T3", "A2:P3", "A2:P3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("comparator", "value", "upper", "text"),
    [(">=", 35.0, None, "≥35"), ("range", 3.0, 5.0, "3–5"), ("~", 5.5, None, "≈5.5"), (">", 1e4, None, "＞10000")],
)
def test_a_target_as_a_person_reads_it(comparator: Comparator, value: float, upper: float | None, text: str) -> None:
    assert target_text(a_target(comparator, value, upper)) == text


def test_the_kind_of_a_target_is_read_back() -> None:
    assert measure_of(measure_text("flow", "higher")) == "flow"
    assert measure_of("办公厅改写的") is None


def a_target(
    comparator: Comparator, value: float, upper: float | None = None, direction: Direction = "higher"
) -> Target:
    return Target("T001-K1", "T001", "指标", comparator, value, upper, "家", "flow", direction, None, "")


# 2


def outcomes(book: Workbook, as_of: dt.date | None, reports: list[dict[str, Any]]) -> list[object]:
    """完成情况 of the first milestones on a day of reckoning, these values reported."""
    set_name(book, AS_OF, as_of)
    fill(book, "节点", dict(enumerate(reports, 1)))
    return column(book, calculate(book), "节点", "完成情况")[: len(reports)]


@pytest.mark.parametrize(
    ("due", "as_of", "said"),
    [
        (dt.date(2022, 6, 29), JUNE_30, "逾期"),
        (JUNE_30, JUNE_30, "临近"),
        (dt.date(2022, 7, 30), JUNE_30, "临近"),
        (dt.date(2022, 7, 31), JUNE_30, "未到期"),
        (None, JUNE_30, "时限待定"),
        (dt.date(2022, 1, 1), None, "未到期"),
    ],
)
def test_what_is_not_done(  # noqa: PLR0917
    sample: Register, settings: Settings, meta: MasterMeta, due: dt.date | None, as_of: dt.date | None, said: str
) -> None:
    book = master_model(promising(sample), settings, meta)
    assert outcomes(book, as_of, [{"时限": due, "是否完成": None}, {"时限": due, "是否完成": "否"}]) == [said, said]


def test_what_is_done_in_time_and_late(sample: Register, settings: Settings, meta: MasterMeta) -> None:
    book = master_model(promising(sample), settings, meta)
    reports = [
        {"时限": JUNE_30, "是否完成": "是", "完成日期": JUNE_30},
        {"时限": JUNE_30, "是否完成": "是", "完成日期": dt.date(2022, 7, 1)},
        {"时限": None, "是否完成": "是", "完成日期": dt.date(2022, 7, 1)},
    ]
    assert outcomes(book, dt.date(2022, 7, 31), reports) == ["已完成", "逾期完成", "已完成"]


# 3

MET: list[tuple[Comparator, float | None, Direction, float | None, str]] = [
    (">=", None, "higher", 35, "已达标"),
    (">=", None, "higher", 34.9, "未达标"),
    (">", None, "higher", 35, "未达标"),
    (">", None, "higher", 35.1, "已达标"),
    ("<=", None, "lower", 35, "已达标"),
    ("<=", None, "lower", 35.1, "未达标"),
    ("<", None, "lower", 35, "未达标"),
    ("=", None, "higher", 35, "已达标"),
    ("=", None, "higher", 36, "未达标"),
    ("range", 50, "higher", 34, "未达标"),
    ("range", 50, "higher", 35, "已达标"),
    ("range", 50, "higher", 51, "已达标"),
    ("range", 50, "lower", 50, "已达标"),
    ("range", 50, "lower", 51, "未达标"),
    ("~", None, "higher", 35, "待核定"),
    ("~", None, "higher", None, "尚无数据"),
    (">=", None, "higher", None, "尚无数据"),
    (">=", None, "higher", 0, "未达标"),
    ("<=", None, "lower", 0, "已达标"),
]


def judged(sample: Register, settings: Settings, meta: MasterMeta) -> Workbook:
    """A master with a target and a value for each line of `MET`."""
    targets = tuple(
        replace(a_target(sign, 35, upper, direction), code=f"T001-K{n}")
        for n, (sign, upper, direction, _, _) in enumerate(MET, 1)
    )
    book = master_model(replace(promising(sample), targets=targets), settings, meta)
    fill(book, "指标", {n: {"本期完成值": value} for n, (_, _, _, value, _) in enumerate(MET, 1)})
    return book


def test_whether_a_target_is_met(sample: Register, settings: Settings, meta: MasterMeta) -> None:
    book = judged(sample, settings, meta)
    assert column(book, calculate(book), "指标", "达标情况") == [said for *_, said in MET]


TOLERATED = [  # unit, direction, value; 目标值 35: the tolerance is 10 % of it (3.5), or 0.5 points for a target in %
    ("家", "higher", 31.4, "未达标"),
    ("家", "higher", 31.5, "已达标"),
    ("家", "higher", 60, "已达标"),
    ("家", "lower", 38.5, "已达标"),
    ("家", "lower", 38.6, "未达标"),
    ("家", "lower", 1, "已达标"),
    ("%", "higher", 34.5, "已达标"),
    ("%", "higher", 34.4, "未达标"),
    ("%", "lower", 35.5, "已达标"),
    ("%", "lower", 35.6, "未达标"),
    ("%", "higher", None, "尚无数据"),
]


def test_about_is_judged_within_a_tolerance(sample: Register, settings: Settings, meta: MasterMeta) -> None:
    targets = tuple(
        replace(a_target("~", 35), code=f"T001-K{n}", unit=unit, direction=direction)
        for n, (unit, direction, *_) in enumerate(TOLERATED, 1)
    )
    own = replace(settings, tolerances=Tolerances(percent=10, points=0.5))
    book = master_model(replace(promising(sample), targets=targets), own, meta)
    fill(book, "指标", {n: {"本期完成值": value} for n, (_, _, value, _) in enumerate(TOLERATED, 1)})
    assert column(book, calculate(book), "指标", "达标情况") == [said for *_, said in TOLERATED]
    set_name(book, TOLERANCE_POINTS, None)
    found = column(book, calculate(book), "指标", "达标情况")
    assert found[6:10] == ["待核定"] * 4, "the office has emptied the cell"
    assert found[:6] == [said for *_, said in TOLERATED[:6]]
    set_name(book, TOLERANCE_PERCENT, 0)
    assert column(book, calculate(book), "指标", "达标情况")[:3] == ["未达标", "未达标", "已达标"]


# 4


@requires_libreoffice
@pytest.mark.parametrize("as_of", [None, JUNE_30, dt.date(2022, 12, 10)])
def test_libreoffice_agrees(
    sample: Register, settings: Settings, meta: MasterMeta, tmp_path: Path, as_of: dt.date | None
) -> None:
    book = judged(sample, replace(settings, tolerances=Tolerances(percent=10, points=0.5)), meta)
    set_name(book, AS_OF, as_of)
    fill(book, "节点", {1: {"是否完成": "是", "完成日期": JUNE_30}, 2: {"是否完成": "否"}})
    number, wrong = differences(render(book, calculate(book)), tmp_path)
    assert number > 1200
    assert wrong == []
