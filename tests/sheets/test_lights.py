"""亮灯, 亮灯依据 and 应达进度 of 任务台账.

1. Each rule gives its light, and says itself why; of several the most severe light counts.
2. 应达进度: months gone by, or milestones due, as 设置 says; only of tasks that are to be completed.
3. A changed cell of 设置 (threshold, the light of a rule, the way of reckoning) shows at once.
4. On the real 138 tasks, on many days and whatever is reported, lights, reasons and expected progress are those of an
   independent calculation (`light_rules`), and LibreOffice's.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.libreoffice import requires_libreoffice
from tests.sheets.light_rules import FIRST_LIGHTS, Known, Reckoning, expected, light, standing
from tests.sheets.test_dashboard import differences
from tests.sheets.workbooks import column, fill, set_name, sheet_of
from tjxl.errors import SpecError
from tjxl.register import Milestone, Register, Target, Task
from tjxl.settings import LIGHT_CODES, Settings, load_settings
from tjxl.sheets.calculate import calculate
from tjxl.sheets.figures import LIGHT_CHOICES, LIGHT_TITLES
from tjxl.sheets.lights import light_rules, light_words
from tjxl.sheets.master import MasterMeta, master_model
from tjxl.sheets.model import Cell, Workbook
from tjxl.sheets.render import render

OCTOBER = dt.date(2022, 10, 31)
YEAR_END = dt.date(2022, 12, 31)


def made(register: Register, settings: Settings, meta: MasterMeta, as_of: dt.date = OCTOBER) -> Workbook:
    """The master of a register, its figures as of a day."""
    book = master_model(register, settings, meta)
    set_name(book, "统计截止日", as_of)
    set_name(book, "当前期次", f"{as_of:%Y-%m}")
    return book


def set_light(book: Workbook, rule: str, word: str) -> None:
    """Choose a rule's light in 设置."""
    sheet = sheet_of(book, "设置")
    top, left, bottom, _ = sheet.names[LIGHT_TITLES]
    row = next(r for r in range(top, bottom + 1) if sheet.cells[r, left].content == rule)
    sheet.cells[row, left + 1] = Cell(word, sheet.cells[row, left + 1].style)


def told(book: Workbook) -> list[tuple[object, object, object]]:
    """亮灯, 亮灯依据, 应达进度 of every task."""
    values = calculate(book)
    return list(zip(*(column(book, values, "任务台账", t) for t in ("亮灯", "亮灯依据", "应达进度")), strict=True))


@pytest.fixture
def one(small: Register, settings: Settings, meta: MasterMeta) -> Any:
    """亮灯, 亮灯依据 and 应达进度 of a task due at the year's end, as of 31 October, with this reported."""

    def result(
        task: dict[str, Any] | None = None,
        milestones: tuple[Milestone, ...] = (),
        targets: tuple[Target, ...] = (),
        done: dict[int, dict[str, Any]] | None = None,
        values: dict[int, dict[str, Any]] | None = None,
        **report: Any,
    ) -> tuple[object, object, object]:
        first = replace(small.tasks[0], **(task or {}))
        register = replace(small, tasks=(first, *small.tasks[1:]), milestones=milestones, targets=targets)
        book = made(register, settings, meta)
        fill(book, "任务台账", {1: {"数据期次": "2022-10", **report}})
        if done:
            fill(book, "节点", done)
        if values:
            fill(book, "指标", values)
        return told(book)[0]

    return result


# 1


SOON, PAST = dt.date(2022, 11, 9), dt.date(2022, 10, 19)
ON, BEHIND, DONE, ASKED, IDLE = "正常推进", "滞后", "已完成", "申请调整", "未启动"
FAR, SLOW, NEARLY = "（超过30个百分点亮红灯）", "（达到10个百分点亮黄灯）", "（不足10个百分点）"


def share(percent: float, aim: float, low: float, note: str) -> str:
    """The words about a percent below what is expected."""
    return f"完成进度{percent:g}%，应达{aim:g}%，低{low:g}个百分点{note}"


@pytest.mark.parametrize(
    ("task", "status", "verified", "percent", "shown"),
    [
        ({}, None, None, None, ("", "尚无报送", 0.833)),
        ({}, ON, None, 0.45, ("红", share(45, 83.3, 38.3, FAR), 0.833)),
        ({}, ON, None, 0.532, ("红", share(53.2, 83.3, 30.1, FAR), 0.833)),
        ({}, ON, None, 0.533, ("黄", share(53.3, 83.3, 30, SLOW), 0.833)),
        ({}, ON, None, 0.733, ("黄", share(73.3, 83.3, 10, SLOW), 0.833)),
        ({}, ON, None, 0.734, ("绿", share(73.4, 83.3, 9.9, NEARLY), 0.833)),
        ({}, ON, None, 0.84, ("绿", "完成进度84%，应达83.3%，达到序时进度", 0.833)),
        ({}, ON, None, None, ("绿", "单位报“正常推进”", 0.833)),
        ({}, IDLE, None, None, ("红", share(0, 83.3, 83.3, FAR), 0.833)),
        ({}, BEHIND, None, 0.8, ("红", "单位报“滞后”", 0.833)),
        ({}, ASKED, None, 0.8, ("黄", "单位报“申请调整”", 0.833)),
        ({}, ASKED, None, 0.3, ("红", share(30, 83.3, 53.3, FAR), 0.833)),
        ({}, DONE, None, 1, ("绿", "单位报“已完成”", 0.833)),
        ({}, BEHIND, ON, 0.2, ("绿", "办公厅核定“正常推进”", 0.833)),
        ({}, ON, BEHIND, 0.9, ("红", "办公厅核定“滞后”", 0.833)),
        ({}, None, DONE, None, ("绿", "办公厅核定“已完成”", 0.833)),
        ({"deadline": PAST}, ON, None, 0.9, ("红", "逾期12天未完成", 1)),
        ({"deadline": PAST}, DONE, None, None, ("绿", "单位报“已完成”", 1)),
        ({"deadline": OCTOBER}, ON, None, 1, ("蓝", "距完成时限0天", 1)),
        ({"deadline": SOON}, ON, None, 0.98, ("蓝", "距完成时限9天", 0.971)),
        ({"deadline": SOON}, ON, None, 0.2, ("红", share(20, 97.1, 77.1, FAR), 0.971)),
        ({"goal": "significant_progress"}, ON, None, 0.1, ("绿", "单位报“正常推进”", "")),
        ({"goal": "significant_progress"}, IDLE, None, 0, ("绿", "单位报“未启动”", "")),
        ({"goal": "significant_progress", "deadline": SOON}, ON, None, 0.1, ("绿", "单位报“正常推进”", "")),
        ({"goal": "significant_progress", "deadline": PAST}, ON, None, 0.1, ("红", "逾期12天未完成", "")),
        ({"goal": "continuing", "deadline": None}, ON, None, 0.1, ("绿", "单位报“正常推进”", "")),
        ({"deadline": None}, ON, None, 0.1, ("绿", "单位报“正常推进”", "")),
        ({}, "没有的状态", None, None, ("绿", "单位报“没有的状态”", 0.833)),
    ],
)
def test_the_light_says_its_rule(  # noqa: PLR0917
    one: Any, task: dict[str, Any], status: str | None, verified: str | None, percent: float | None, shown: object
) -> None:
    assert one(task, 进展状态=status, 核定状态=verified, 完成进度=percent) == shown


def test_a_light_that_rests_on_an_earlier_period_says_so(one: Any) -> None:
    shown = one(进展状态="正常推进", 完成进度=0.9, 数据期次="2022-09")
    assert shown[:2] == ("绿", "完成进度90%，应达83.3%，达到序时进度（据2022-09报送）")


def milestone(number: int, due: dt.date | None, scope: str = "方案") -> Milestone:
    return Milestone(f"T001-M{number}", "T001", scope, due, "plan", "")


LATE = milestone(1, dt.date(2022, 9, 30), "完成主体结构封顶并通过专家组的阶段性验收后报市政府备案")


@pytest.mark.parametrize("goal", ["complete", "significant_progress", "continuing"])
def test_an_overdue_milestone_counts_whatever_the_goal(one: Any, goal: str) -> None:
    report = {"进展状态": "正常推进", "完成进度": 0.9}
    shown = one({"goal": goal}, (LATE,), **report)
    assert shown[:2] == ("黄", "节点“完成主体结构封顶并通过专家组的阶段性验收后报市…”逾期")
    done = {1: {"是否完成": "是", "完成日期": dt.date(2022, 10, 8)}}
    assert one({"goal": goal}, (LATE,), done=done, **report)[0] == "绿"
    assert one({"goal": goal}, (LATE,), **{**report, "进展状态": "已完成"})[0] == "绿"


def target(number: int = 1, **more: Any) -> Target:
    first = Target(f"T001-K{number}", "T001", "城镇新增就业", ">=", 35, None, "万人", "flow", "higher", YEAR_END, "")
    return replace(first, **more)


FALL = target(measure="growth", value=5, unit="%", subject="投资增长")
PRICES = target(measure="price", direction="lower", comparator="<=", value=3, unit="%", subject="物价涨幅")
SPENT = target(direction="lower", comparator="<=", value=200, unit="万元", subject="经费支出")
STOCK = target(measure="stock", value=200, unit="家", subject="企业总数")


@pytest.mark.parametrize(
    ("aim", "value", "day", "state", "shown"),
    [
        (target(), 29.17, OCTOBER, "达序时", "绿"),
        (target(), 29.16, OCTOBER, "未达序时", ("黄", "指标“城镇新增就业”完成29.16万人，序时应达29.17万人")),
        (target(), 27, dt.date(2022, 9, 30), "达序时", "绿"),
        (target(), 34.9, YEAR_END, "未达标", ("红", "指标“城镇新增就业”到期完成34.9万人，目标≥35万人")),
        (target(due=dt.date(2022, 9, 30)), 34, dt.date(2022, 9, 28), "未达标",
         ("红", "指标“城镇新增就业”到期完成34万人，目标≥35万人")),
        (target(comparator="range", value=3, upper=5, unit="家"), 2, OCTOBER, "未达序时",
         ("黄", "指标“城镇新增就业”完成2家，序时应达2.5家")),
        (target(comparator="~"), 30, OCTOBER, "达序时", "绿"),
        (target(comparator="~"), 34, YEAR_END, "待核定", "绿"),
        (FALL, 4.9, OCTOBER, "未达序时", ("黄", "指标“投资增长”完成4.9%，目标≥5%")),
        (FALL, 5, OCTOBER, "达序时", "绿"),
        (replace(FALL, comparator="~"), 4.9, OCTOBER, "待核定", "绿"),
        (PRICES, 3.1, OCTOBER, "未达序时", ("黄", "指标“物价涨幅”完成3.1%，目标≤3%")),
        (PRICES, 2.9, OCTOBER, "达序时", "绿"),
        (SPENT, 201, dt.date(2022, 3, 31), "未达标", ("红", "指标“经费支出”到期完成201万元，目标≤200万元")),
        (SPENT, 199, OCTOBER, "达序时", "绿"),
        (STOCK, 20, OCTOBER, "未到期", "绿"),
        (STOCK, 200, OCTOBER, "达序时", "绿"),
        (STOCK, 199, YEAR_END, "未达标", ("红", "指标“企业总数”到期完成199家，目标≥200家")),
        (target(due=None), 1, OCTOBER, "未到期", "绿"),
        (target(), None, None, "", "绿"),
    ],
)  # fmt: skip
def test_a_target_behind_or_missed_counts(  # noqa: PLR0917
    one: Any, aim: Target, value: float | None, day: dt.date | None, state: str, shown: Any
) -> None:
    assert standing(aim, value, day, OCTOBER) == state, "the independent calculation"
    values = {1: {"本期完成值": value, "数据截止日期": day}}
    found = one({}, targets=(aim,), values=values, 进展状态="正常推进", 完成进度=0.84)
    assert found[: 1 if shown == "绿" else 2] == (("绿",) if shown == "绿" else shown)


# 2


@pytest.mark.parametrize(
    ("as_of", "deadline", "share"),
    [
        (dt.date(2022, 11, 30), YEAR_END, 0.917),  # 宣城 2020: 11/12
        (dt.date(2022, 6, 30), YEAR_END, 0.5),
        (dt.date(2022, 3, 31), dt.date(2022, 6, 30), 0.5),
        (dt.date(2022, 3, 31), dt.date(2022, 7, 15), 0.463),  # 3 of 6 + 15/31 months
        (dt.date(2022, 2, 28), dt.date(2023, 6, 30), 0.111),  # 2 of 18
        (dt.date(2022, 6, 30), dt.date(2022, 5, 31), 1),
        (dt.date(2022, 1, 31), dt.date(2021, 12, 31), 1),
        (dt.date(2024, 2, 29), dt.date(2024, 12, 31), 0.722),  # 26 of 36: the year is the register's
    ],
)
def test_expected_progress_by_time(  # noqa: PLR0917
    small: Register, settings: Settings, meta: MasterMeta, as_of: dt.date, deadline: dt.date, share: float
) -> None:
    register = replace(small, tasks=(replace(small.tasks[0], deadline=deadline), *small.tasks[1:]))
    assert told(made(register, settings, meta, as_of))[0][2] == share


JUNE, AUGUST = dt.date(2022, 6, 30), dt.date(2022, 8, 31)


@pytest.mark.parametrize(
    ("days", "shares"),
    [  # 按时间 · 按节点 · 自动, as of 31 October
        ((), (0.833, "", 0.833)),
        ((None,), (0.833, "", 0.833)),
        ((JUNE,), (0.833, 0.5, 0.5)),  # the deadline is the second of two
        ((JUNE, AUGUST, YEAR_END), (0.833, 0.667, 0.667)),
        ((JUNE, None), (0.833, 0.5, 0.5)),
        ((YEAR_END,), (0.833, 0, 0.833)),  # it only repeats the deadline
        ((OCTOBER, YEAR_END), (0.833, 0.5, 0.5)),
    ],
)
def test_expected_progress_by_milestones(
    small: Register,
    settings: Settings,
    meta: MasterMeta,
    days: tuple[dt.date | None, ...],
    shares: tuple[object, ...],
) -> None:
    register = replace(small, milestones=tuple(milestone(n, day) for n, day in enumerate(days, 1)))
    found = []
    for way in ("按时间", "按节点", "自动"):
        book = made(register, settings, meta)
        set_name(book, "应达进度口径", way)
        found.append(told(book)[0][2])
    assert tuple(found) == shares


def test_before_the_first_issue_nothing_is_expected(small: Register, settings: Settings, meta: MasterMeta) -> None:
    assert set(told(master_model(small, settings, meta))) == {("", "尚无报送", "")}


# 3


def test_thresholds_of_the_settings_sheet_are_live(small: Register, settings: Settings, meta: MasterMeta) -> None:
    book = made(small, settings, meta)
    fill(book, "任务台账", {1: {"进展状态": "正常推进", "完成进度": 0.6}})
    found = []
    for yellow, red in ((10, 30), (25, 30), (5, 20.5), (0, 0)):
        set_name(book, "滞后黄灯差距", yellow)
        set_name(book, "滞后红灯差距", red)
        found.append(told(book)[0][:2])
    low = "完成进度60%，应达83.3%，低23.3个百分点"
    assert found == [
        ("黄", f"{low}（达到10个百分点亮黄灯）"),
        ("绿", f"{low}（不足25个百分点）"),
        ("红", f"{low}（超过20.5个百分点亮红灯）"),
        ("红", f"{low}（超过0个百分点亮红灯）"),
    ]


def test_the_light_of_a_rule_is_chosen_on_the_settings_sheet(
    small: Register, settings: Settings, meta: MasterMeta
) -> None:
    book = made(small, settings, meta)
    fill(book, "任务台账", {1: {"进展状态": "滞后", "完成进度": 0.6}, 2: {"进展状态": "正常推进"}})
    assert [t[0] for t in told(book)[:2]] == ["红", "红"]
    set_light(book, "状态为滞后", "蓝")
    assert told(book)[0][:2] == ("黄", "完成进度60%，应达83.3%，低23.3个百分点（达到10个百分点亮黄灯）")
    set_light(book, "慢于序时", "不亮灯")
    assert told(book)[0][:2] == ("蓝", "单位报“滞后”")
    set_light(book, "逾期未完成", "黄")
    assert told(book)[1][:2] == ("黄", "逾期123天未完成")


def test_who_has_not_reported_may_be_shown(small: Register, settings: Settings, meta: MasterMeta) -> None:
    book = made(small, settings, meta)
    june = {"数据期次": "2022-06"}
    fill(book, "任务台账", {1: {"进展状态": "正常推进", "完成进度": 0.9, **june}, 3: {"进展状态": "已完成", **june}})
    fill(book, "任务台账", {4: {"核定状态": "正常推进"}})
    assert [t[0] for t in told(book)] == ["绿", "", "绿", "红", "", ""]
    set_light(book, "本期未报", "黄")
    assert [t[:2] for t in told(book)] == [
        ("黄", "本期未报（据2022-06报送）"),
        ("黄", "本期未报"),
        ("绿", "单位报“已完成”（据2022-06报送）"),
        ("红", "逾期103天未完成"),
        ("黄", "本期未报"),
        ("黄", "本期未报"),
    ]


def test_an_unknown_light_counts_for_nothing(small: Register, settings: Settings, meta: MasterMeta) -> None:
    book = made(small, settings, meta)
    fill(book, "任务台账", {1: {"进展状态": "滞后"}})
    set_light(book, "状态为滞后", "橙")
    assert told(book)[0][:2] == ("绿", "单位报“滞后”")


def test_a_row_that_is_no_task_of_the_register_has_no_light(
    small: Register, settings: Settings, meta: MasterMeta
) -> None:
    book = made(small, settings, meta)
    fill(book, "任务台账", {1: {"任务编码": "T900", "进展状态": "滞后"}})
    assert told(book)[0] == ("", "", "")


def test_rules_and_words_fit_together() -> None:
    assert [rule.title for rule in light_rules()] == list(FIRST_LIGHTS)
    assert tuple(light_words()) == LIGHT_CODES


def test_a_new_master_begins_with_the_lights_of_the_settings(
    small: Register, settings: Settings, meta: MasterMeta
) -> None:
    book = master_model(small, settings, meta)
    sheet = sheet_of(book, "设置")
    top, left, bottom, _ = sheet.names[LIGHT_CHOICES]
    assert [sheet.cells[row, left].content for row in range(top, bottom + 1)] == list(FIRST_LIGHTS.values())


def test_what_tjxl_toml_says_is_what_a_new_master_begins_with(
    small: Register, meta: MasterMeta, tmp_path: Path
) -> None:
    file = tmp_path / "tjxl.toml"
    file.write_text(
        '[lights]\nnear_due = "yellow"\nbehind = "yellow"\nyellow_gap = 5\nred_gap = 12.5\nschedule = "elapsed"\n'
        "[targets]\ntolerance_points = 0.2\n",
        encoding="utf-8",
    )
    book = made(small, load_settings(file), meta)
    fill(book, "任务台账", {1: {"进展状态": "滞后"}, 4: {"进展状态": "正常推进", "完成进度": 0.9}})
    assert told(book)[0][:2] == ("黄", "单位报“滞后”")
    sheet = sheet_of(book, "设置")
    cells = ("滞后黄灯差距", "滞后红灯差距", "应达进度口径", "左右容差百分比", "左右容差百分点")
    assert [sheet.cells[sheet.names[name][:2]].content for name in cells] == [5, 12.5, "按时间", None, 0.2]


@pytest.mark.parametrize(
    ("table", "line", "key"),
    [
        ("lights", 'behind = "orange"', "lights.behind"),
        ("lights", 'behnd = "red"', "lights.behnd"),
        ("lights", 'schedule = "days"', "lights.schedule"),
        ("lights", "yellow_gap = 40", "lights.yellow_gap"),
        ("lights", "red_gap = true", "lights.red_gap"),
        ("lights", 'red_gap = "30"', "lights.red_gap"),
        ("targets", "tolerance_percent = -1", "targets.tolerance_percent"),
        ("targets", "tolerance = 5", "targets.tolerance"),
    ],
)
def test_settings_that_mean_nothing_are_refused(tmp_path: Path, table: str, line: str, key: str) -> None:
    file = tmp_path / "tjxl.toml"
    file.write_text(f"[{table}]\n{line}\n", encoding="utf-8")
    with pytest.raises(SpecError) as raised:
        load_settings(file)
    assert (raised.value.code, raised.value.facts["key"]) == ("E211", key)


# 4

STATUSES = ("未启动", "正常推进", "滞后", "已完成", "申请调整")


def reported(register: Register, at: Reckoning, seed: int) -> tuple[list[Known], dict[str, Any]]:
    """What 138 units might have reported, and the same as rows of the master's tables."""
    chance = random.Random(seed)
    known, tasks = [], {}
    milestones: dict[int, dict[str, Any]] = {}
    targets: dict[int, dict[str, Any]] = {}
    done = [chance.random() < 0.5 for _ in register.milestones]
    values: list[tuple[float | None, dt.date | None]] = []
    for aim in register.targets:
        value = chance.choice((None, round(aim.value * chance.uniform(0.1, 1.3), 2)))
        values.append((value, chance.choice((at.as_of, at.as_of - dt.timedelta(20))) if value else None))
    for n, task in enumerate(register.tasks, 1):
        status = chance.choice((*STATUSES, "正常推进", "正常推进", None))
        earlier = f"2022-{max(1, at.as_of.month - 1):02d}"
        one = Known(
            task,
            status,
            chance.choice((None,) * 9 + STATUSES),
            chance.choice((None, round(chance.random(), chance.choice((1, 2, 3))))) if status else None,
            chance.choice((at.current, at.current, earlier)) if status else None,
            [
                (m.scope, m.due, ok)
                for m, ok in zip(register.milestones, done, strict=True)
                if m.task_code == task.code
            ],
            [(t, *v) for t, v in zip(register.targets, values, strict=True) if t.task_code == task.code],
        )
        known.append(one)
        tasks[n] = {"进展状态": one.status, "核定状态": one.verified, "完成进度": one.percent, "数据期次": one.period}
    for n, ok in enumerate(done, 1):
        milestones[n] = {"是否完成": "是" if ok else "否"}
    for n, (value, day) in enumerate(values, 1):
        targets[n] = {"本期完成值": value, "数据截止日期": day}
    return known, {"任务台账": tasks, "节点": milestones, "指标": targets}


def of(promise: Milestone | Target, task: Task) -> bool:
    """Whether a task has made a promise."""
    return promise.task_code == task.code


def varied(register: Register, seed: int) -> Register:
    """The real tasks, some with other deadlines and goals and more milestones, so that every rule comes to hold."""
    chance = random.Random(seed)
    days = [dt.date(2022, m, d) for m, d in ((3, 31), (6, 30), (7, 15), (9, 20), (11, 9), (12, 31))]
    goals = ("complete", "complete", "significant_progress", "continuing")
    tasks = tuple(
        replace(t, deadline=chance.choice((*days, None)), goal=chance.choice(goals)) if chance.random() < 0.6 else t
        for t in register.tasks
    )
    more = tuple(
        Milestone(f"{t.code}-M9", t.code, f"{t.code}的节点", chance.choice((*days, None)), "plan", "")
        for t in chance.sample(tasks, 40)
    )
    return replace(register, tasks=tasks, milestones=(*register.milestones, *more))


DAYS = [dt.date(2022, 1, 31), dt.date(2022, 6, 30), OCTOBER, dt.date(2022, 11, 30), YEAR_END]


def filled_master(  # noqa: PLR0917
    sample: Register, settings: Settings, meta: MasterMeta, at: Reckoning, seed: int, real: bool
) -> tuple[Workbook, list[Known]]:
    register = sample if real else varied(sample, seed)
    book = made(register, settings, meta, at.as_of)
    known, rows = reported(register, at, seed)
    for table, contents in rows.items():
        fill(book, table, contents)
    set_name(book, "应达进度口径", at.schedule)
    set_name(book, "滞后黄灯差距", at.yellow)
    set_name(book, "滞后红灯差距", at.red)
    set_name(book, "临近天数", at.near)
    for rule, word in at.lights.items():
        set_light(book, rule, word)
    return book, known


RECKONINGS = [
    *((Reckoning(day, f"{day:%Y-%m}"), True) for day in DAYS),
    *((Reckoning(day, f"{day:%Y-%m}"), False) for day in DAYS),
    (Reckoning(OCTOBER, "2022-10", "按时间", 5.5, 20, 60, {"本期未报": "黄", "节点逾期": "红"}), False),
    (Reckoning(OCTOBER, "2022-10", "按节点", 10, 30, 0, {"状态为滞后": "黄", "逾期未完成": "不亮灯"}), False),
]


@pytest.mark.parametrize(("at", "real"), RECKONINGS)
def test_the_138_tasks_have_the_lights_of_an_independent_calculation(
    sample: Register, settings: Settings, meta: MasterMeta, at: Reckoning, real: bool
) -> None:
    book, known = filled_master(sample, settings, meta, at, DAYS.index(at.as_of), real)
    wanted = [(*light(one, at), expected(one, at)) for one in known]
    found = told(book)
    assert len(found) == 138
    for one, own, other in zip(known, found, wanted, strict=True):
        assert own == (*other[:2], "" if other[2] is None else float(other[2])), one


def test_every_rule_comes_to_hold_in_that(sample: Register) -> None:
    seen = set()
    for at, real in RECKONINGS:
        register = sample if real else varied(sample, DAYS.index(at.as_of))
        seen |= {light(one, at)[1].partition("“")[0] for one in reported(register, at, DAYS.index(at.as_of))[0]}
    words = " ".join(seen)
    held = "逾期 亮红灯 单位报 办公厅核定 指标 节点 亮黄灯 本期未报 距完成时限 不足 达到序时进度 尚无报送"
    assert [said for said in held.split() if said not in words] == []


@requires_libreoffice
@pytest.mark.parametrize("number", [2, 6, 10])
def test_libreoffice_agrees(
    sample: Register, settings: Settings, meta: MasterMeta, tmp_path: Path, number: int
) -> None:
    at, real = RECKONINGS[number]
    book, _ = filled_master(sample, settings, meta, at, DAYS.index(at.as_of), real)
    count, wrong = differences(render(book, calculate(book)), tmp_path)
    assert count > 4000
    assert wrong == []
