"""A project whose notice promises this and that: milestones and targets of three units.

市体育局 leads T130, with three milestones and three targets; on its form:

    节点   row 5  T130-M1  赛事筹备方案（完成方案）      2022-05-31
           row 6  T130-M2  全民健身中心（建成）          2022-10-31
           row 7  T130-M3  智慧体育平台（开工）          no day yet
    指标   row 5  T130-K1  新增健身人口    ≥35     万人   年内新增
           row 6  T130-K2  体育产业增长    ≥5.5    %      增长
           row 7  T130-K3  赛事支出        ≤2000000 元    年末达到, less is better

市审计局 leads T137, with one target (指标 row 5, 「左右」). 市信访办 leads T107, with one milestone.
Columns to fill: 节点 F 是否完成 · G 完成日期 · H 说明; 指标 G 本期完成值 · H 数据截止日期 · I 说明.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

import tjxl.notice.read
from tests.office import MAY, Office
from tjxl import flows
from tjxl.project import Project
from tjxl.register import Milestone, Register, Target
from tjxl.resources import sample_notice

PETITIONS = "市信访办"
YEAR_END = dt.date(2022, 12, 31)

MILESTONES = (
    Milestone("T130-M1", "T130", "赛事筹备方案", dt.date(2022, 5, 31), "plan", "其中方案5月底前完成"),
    Milestone("T130-M2", "T130", "全民健身中心", dt.date(2022, 10, 31), "built", "健身中心10月底前建成"),
    Milestone("T130-M3", "T130", "智慧体育平台", None, "start", "智慧体育平台适时开工", needs_confirmation=True),
    Milestone("T107-M1", "T107", "工作规程", dt.date(2022, 4, 30), "plan", "工作规程4月底前印发"),
)
TARGETS = (
    Target("T130-K1", "T130", "新增健身人口", ">=", 35, None, "万人", "flow", "higher", YEAR_END, "35万人以上"),
    Target("T130-K2", "T130", "体育产业增长", ">=", 5.5, None, "%", "growth", "higher", YEAR_END, "5.5%以上"),
    Target("T130-K3", "T130", "赛事支出", "<=", 2e6, None, "元", "stock", "lower", None, "200万元以内"),
    Target("T137-K1", "T137", "审计覆盖", "~", 5.5, None, "%", "share", "higher", YEAR_END, "5.5%左右"),
)


def promising(register: Register) -> Register:
    """The register with these promises and no others."""
    return replace(register, milestones=MILESTONES, targets=TARGETS)


def promising_project(root: Path) -> Office:
    """The sample's project with these promises, the forms of 2022-05 issued."""
    read = tjxl.notice.read.read_notice
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tjxl.notice.read, "read_notice", lambda *a, **k: promising(read(*a, **k)))
        flows.init(root, Path(str(sample_notice())), 2022)
    flows.issue(Project(root), MAY)
    return Office(Project(root))
