"""完成时限 → milestones (节点). Every kind of expression met in notices (deadlines.tsv), with day, goal and milestones.

1. The table of expressions: the whole task's day and goal, its milestones, or the doubt that becomes a question.
2. Clauses: one clause, one milestone; parts, steps, scopes as printed.
3. Seasons are a setting; what has no day is never guessed.
4. Any text gives an answer, in linear time.
"""

# ruff: noqa: E501 (printed lines stand whole)

from __future__ import annotations

import datetime as dt
import time
from importlib.resources import as_file

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.notice.promised import milestones_of, say_milestone, task_of
from tjxl.notice.deadlines import read_deadline
from tjxl.notice.promises.milestones import read_milestones
from tjxl.notice.read import read_notice
from tjxl.resources import sample_notice
from tjxl.settings import Settings, load_settings

SEASONS = load_settings().seasons
COMPLETE, PROGRESS, CONTINUING = "complete", "significant_progress", "continuing"
WHOLE = "本项任务"

# ---- 1. the table of expressions ------------------------------------------------------------------------------

# expression, year of the notice, day and goal of the whole task, doubt, milestones
TABLE = [
    ("年底前完成", 2022, "2022-12-31", COMPLETE, None, []),
    ("年底前取得明显进展", 2022, "2022-12-31", PROGRESS, None, []),
    ("年底前取得明显进展。其中X工程，年底前完成", 2022, "2022-12-31", PROGRESS, None, ["X工程 · complete · 2022-12-31"]),
    ("年底前取得明显进展。其中6月底前完成建设方案", 2022, "2022-12-31", PROGRESS, None, ["建设方案 · plan · 2022-06-30"]),
    ("年底前取得明显进展。其中举办纪念活动，一季度完成", 2022, "2022-12-31", PROGRESS, None,
     ["举办纪念活动 · complete · 2022-03-31"]),
    ("年底前取得明显进展。其中津石高速天津东段1月底前建成通车", 2022, "2022-12-31", PROGRESS, None,
     ["津石高速天津东段 · opened · 2022-01-31"]),
    ("年底前取得明显进展。其中改扩建工程，年底前开工建设", 2022, "2022-12-31", PROGRESS, None,
     ["改扩建工程 · start · 2022-12-31"]),
    ("年底前建成", 2022, "2022-12-31", COMPLETE, None, []),
    ("年底前建成通车", 2022, "2022-12-31", COMPLETE, None, []),
    ("年底完工", 2022, "2022-12-31", COMPLETE, None, []),
    ("积水片区主汛期具备通水条件", 2022, "2022-07-15", COMPLETE, "by_custom", ["积水片区 · ready · 2022-07-15?"]),
    ("10月底前完成", 2022, "2022-10-31", COMPLETE, None, []),
    ("12月底前", 2016, "2016-12-31", COMPLETE, None, []),
    ("9月投入使用", 2016, "2016-09-30", COMPLETE, None, [f"{WHOLE} · in_use · 2016-09-30"]),
    ("5月底前动工", 2016, "2016-05-31", COMPLETE, None, [f"{WHOLE} · start · 2016-05-31"]),
    ("年内持续推进", 2021, "2021-12-31", CONTINUING, None, []),
    ("年内完成", 2021, "2021-12-31", COMPLETE, None, []),
    ("全年", 2022, "2022-12-31", COMPLETE, None, []),
    ("2019年6月底前", 2019, "2019-06-30", COMPLETE, None, []),
    ("2019年12月底前完成", 2019, "2019-12-31", COMPLETE, None, []),
    ("2019年上半年", 2019, "2019-06-30", COMPLETE, None, []),
    ("2019年1月1日至12月31日", 2019, "2019-12-31", COMPLETE, None, []),
    ("2018年12月31日前", 2018, "2018-12-31", COMPLETE, None, []),
    ("每年1月31日前公开", 2018, "2018-01-31", COMPLETE, None, []),
    ("每年2月底前", 2018, "2018-02-28", COMPLETE, None, []),
    ("每年2月底前", 2024, "2024-02-29", COMPLETE, None, []),
    ("到2020年", 2018, "2020-12-31", COMPLETE, "other_year", []),
    ("到2020年底", 2018, "2020-12-31", COMPLETE, "other_year", []),
    ("到2025年", 2022, "2025-12-31", COMPLETE, "other_year", []),
    ("2020年年底前", 2020, "2020-12-31", COMPLETE, None, []),
    ("第一季度:立项;第二季度:开工;第四季度(11月份):完工", 2022, "2022-11-30", COMPLETE, None,
     ["立项 · complete · 2022-03-31", f"{WHOLE} · start · 2022-06-30", f"{WHOLE} · complete · 2022-11-30"]),
    ("每季度末月20日前", 2016, None, COMPLETE, "recurring", []),
    ("每月25日前", 2022, None, COMPLETE, "recurring", []),
    ("每个季度第1个月的20日前", 2022, None, COMPLETE, "recurring", []),
    ("", 2022, None, COMPLETE, "blank", []),
    ("上半年", 2022, "2022-06-30", COMPLETE, None, []),
    ("下半年", 2022, "2022-12-31", COMPLETE, None, []),
    ("三季度", 2022, "2022-09-30", COMPLETE, None, []),
    ("三季度前", 2022, "2022-09-30", COMPLETE, None, []),
    ("国庆前", 2022, "2022-09-30", COMPLETE, None, []),
    ("十一之前", 2022, "2022-09-30", COMPLETE, None, []),
    ("春节前", 2022, None, COMPLETE, "unreadable", []),
    ("汛期前", 2022, "2022-06-15", COMPLETE, "by_custom", []),
    ("立行立改", 2022, None, COMPLETE, "unreadable", []),
    ("长期坚持", 2022, None, CONTINUING, None, []),
    ("持续推进", 2022, None, CONTINUING, None, []),
    ("按时间节点", 2022, None, COMPLETE, "unreadable", []),
    ("适时", 2022, None, COMPLETE, "unreadable", []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "year", "whole", "milestones"), [(t, y, (*whole,), ms) for t, y, *whole, ms in TABLE]
)
def test_every_expression_of_the_table(
    text: str, year: int, whole: tuple[object, ...], milestones: list[str]
) -> None:
    found = read_deadline(text, year, SEASONS)
    assert (found.due.isoformat() if found.due else None, found.goal, found.doubt) == whole
    task = task_of("做好一件事。", text, SEASONS, year)
    assert [say_milestone(m) for m in read_milestones(task, year, SEASONS)] == milestones


def test_all_sixteen_expressions_of_the_sample_resolve(settings: Settings) -> None:
    with as_file(sample_notice()) as path:
        register = read_notice(path, 2022, settings)
    texts = {t.deadline_text for t in register.tasks}
    assert len(texts) == 16
    assert [t for t in texts if (d := read_deadline(t, 2022, settings.seasons)).due is None or d.doubt] == []
    assert [m for m in register.milestones if m.due is None] == []


# ---- 2. clauses ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "milestones"),
    [
        ("其中京唐高铁、京滨高铁、塘承高速年底前建成通车", ["京唐高铁、京滨高铁、塘承高速 · opened · 2022-12-31"]),
        ("其中A段，1月底前建成，B段，3月底前建成，C段6月底前开工",
         ["A段 · built · 2022-01-31", "B段 · built · 2022-03-31", "C段 · start · 2022-06-30"]),
        ("其中A行动，新增学位3.3万个，年底前完成", ["A行动，新增学位3.3万个 · complete · 2022-12-31"]),
        ("6月底前完成方案，12月底前建成", ["方案 · plan · 2022-06-30", f"{WHOLE} · built · 2022-12-31"]),
        ("6月底前完成方案，并组织实施", ["完成方案，并组织实施 · plan · 2022-06-30"]),
        ("年底前取得明显进展。6月底前完成方案", ["方案 · plan · 2022-06-30"]),
        ("A工程6月底前完成主体结构", ["A工程主体结构 · complete · 2022-06-30"]),
        ("确保A工程6月底前竣工投产", ["A工程 · in_use · 2022-06-30"]),
        ("第一季度：完成立项，启动招标；第二季度：主体过半",
         ["完成立项，启动招标 · start · 2022-03-31", "主体过半 · progress · 2022-06-30"]),
        ("年底前取得明显进展。其中A，6月底前完成。B，9月底前完成",
         ["A · complete · 2022-06-30", "B · complete · 2022-09-30"]),
        ("年底前完成各项建设任务", []),
        ("年底前全面完成，并持续推进", []),
        ("3月至10月", []),
        ("其中３月底前完成（一期）", ["（一期） · complete · 2022-03-31"]),
    ],
)  # fmt: skip
def test_clauses(text: str, milestones: list[str]) -> None:
    assert milestones_of(text, SEASONS) == milestones


def test_the_clause_is_kept_as_printed() -> None:
    task = task_of("", "年底前取得明显进展。其中 Ａ工程， ６月底前\n完成", SEASONS)
    assert [m.text for m in read_milestones(task, 2022, SEASONS)] == ["Ａ工程，６月底前"]


# ---- 3. days ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "milestones"),
    [
        ("年底前取得明显进展。其中方案适时完成", ["方案适时完成 · plan · ?"]),
        ("年底前取得明显进展。其中A工程春节前完成", ["A工程春节前完成 · complete · ?"]),
        ("年底前取得明显进展。其中A工程2月30日前完成", ["A工程 · complete · ?"]),
        ("A工程6月底前建成；B工程适时启动", ["A工程 · built · 2022-06-30", "B工程适时启动 · start · ?"]),
        ("其中A工程6月底前B工程9月底前完成", ["A工程 · complete · ?"]),
    ],
)
def test_a_part_without_a_day_is_asked_about(text: str, milestones: list[str]) -> None:
    assert milestones_of(text, SEASONS) == milestones


def test_the_office_sets_the_day_of_a_season(settings: Settings) -> None:
    own = {**settings.seasons, "主汛期": (7, 20), "春节前": (1, 31)}
    assert milestones_of("其中A片区主汛期完工", own) == ["A片区 · complete · 2022-07-20?"]
    assert milestones_of("其中A工程春节前完成", own) == ["A工程 · complete · 2022-01-31"]
    assert read_deadline("春节前", 2022, own).due == dt.date(2022, 1, 31)


# ---- 4. any text -----------------------------------------------------------------------------------------------


@given(st.text(alphabet="年月日底前上下半季度其中第一二十0123456789。；，、:完成每建开工方案主汛期\n", max_size=80))
def test_any_text_gives_milestones_that_hold_together(text: str) -> None:
    for milestone in read_milestones(task_of("", text, SEASONS), 2022, SEASONS):
        assert milestone.scope
        assert milestone.due is not None or milestone.needs_confirmation


@pytest.mark.parametrize(
    "unit", ["6月底前，", "其中", "其中A6月底前完成；", "，", "年底", "A，1月底前，", "主汛期", "具备"]
)
def test_a_long_text_is_linear(unit: str) -> None:
    started = time.process_time()
    read_milestones(task_of("", unit * (1_000_000 // len(unit)), SEASONS), 2022, SEASONS)
    assert time.process_time() - started < 10
