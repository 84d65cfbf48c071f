"""Registers and masters that the tests of the sheets share."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tjxl.notice.read import read_notice
from tjxl.register import Assignment, Question, Register, Task, Unit
from tjxl.resources import sample_notice
from tjxl.settings import Settings, load_settings
from tjxl.sheets.master import MasterMeta, build_master


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The shipped defaults."""
    return load_settings(None)


@pytest.fixture(scope="session")
def meta() -> MasterMeta:
    """The identity of the masters under test."""
    return MasterMeta("master-1", "secret-1", dt.datetime(2022, 1, 10, 9, 30))


@pytest.fixture(scope="session")
def sample(settings: Settings) -> Register:
    """The register of the shipped notice."""
    return read_notice(Path(str(sample_notice())), 2022, settings)


@pytest.fixture(scope="session")
def sample_master(sample: Register, settings: Settings, meta: MasterMeta) -> bytes:
    """Its master, as `tjxl init` builds it."""
    return build_master(sample, settings, meta)


@pytest.fixture(scope="session")
def small() -> Register:
    """Six tasks, one for each difficulty: names within names, aliases, groups, formulas, dates that are missing."""
    first, second = "一、稳增长，促发展", "二、惠民生"
    year_end, june = dt.date(2022, 12, 31), dt.date(2022, 6, 30)
    complete, progress = "complete", "significant_progress"

    def task(n, theme, text, due, goal, leaders, lead, *cooperating):  # noqa: PLR0917
        return Task(f"T{n:03d}", n, theme, text, "见通知", due, goal, leaders, lead, cooperating)

    tasks = (
        task(1, first, "=1+1 开头的任务", year_end, complete, ("李明",), "市甲局", "市外办"),
        task(2, first, "新建学校。", june, complete, ("李明远",), "市外办（市港澳办）"),
        task(3, first, "老旧小区改造。", june, progress, ("李明", "李明远"), "市甲局", "相关区人民政府"),
        task(4, second, "各区共同的任务。", dt.date(2022, 7, 20), complete, ("王旭",), "各区人民政府"),
        task(5, second, "没有时限的任务。", None, "continuing", ("王旭",), "市甲局"),
        task(6, second, "长任务" * 60, dt.date(2022, 7, 10), complete, ("王旭", "李明"), "市甲局", "东区人民政府"),
    )
    units = (
        Unit("U001", "市甲局", "department"),
        Unit("U002", "市外办", "department", aliases=("市外办（市港澳办）",)),
        Unit("U003", "相关区人民政府", "group", open_group=True),
        Unit("U004", "各区人民政府", "group", members=("东区人民政府", "西区人民政府")),
        Unit("U005", "东区人民政府", "district"),
        Unit("U006", "西区人民政府", "district"),
    )
    assignments = tuple(
        Assignment(f"T{n:03d}", unit, role)
        for n, unit, role in (
            (1, "U001", "lead"),
            (1, "U002", "cooperating"),
            (2, "U002", "lead"),
            (3, "U001", "lead"),
            (4, "U005", "lead"),
            (4, "U006", "lead"),
            (5, "U001", "lead"),
            (6, "U001", "lead"),
            (6, "U005", "cooperating"),
        )
    )
    questions = (
        Question("“相关区人民政府”是哪些区？", ("东区人民政府", "西区人民政府"), "T003", "相关区人民政府",
                 key="open-group:T003:相关区人民政府"),
        Question("第1项任务由谁牵头？", ("市甲局", "市外办"), "T001", key="lead:T001"),
        Question("第2项任务怎样办理？", (), "T002", key="other:T002"),
    )  # fmt: skip
    return Register("某市人民政府关于2022年重点工作的通知", 2022, tasks, units, assignments, questions)
