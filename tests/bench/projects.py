"""Projects with any number of returned forms, for the benchmarks: made by the flows themselves."""

from __future__ import annotations

from pathlib import Path

from tests.notice.synthetic import synthetic_notice
from tjxl import flows
from tjxl.project import Project
from tjxl.resources import sample_notice
from tjxl.simulate import simulate

PERIOD = "2022-06"
SAMPLE_UNITS = 67
_TASKS_PER_UNIT = 1.6
"""Gives about as many rows per form as the sample notice has (428 rows in 67 forms)."""


def new_project(root: Path, units: int) -> Project:
    """A project before anything is issued: the sample notice for its 67 units, else a generated one."""
    notice = Path(str(sample_notice()))
    if units != SAMPLE_UNITS:
        notice = root.with_name(f"{root.name}.txt")
        notice.parent.mkdir(parents=True, exist_ok=True)
        notice.write_text(synthetic_notice(int(units * _TASKS_PER_UNIT), units, seed=7), encoding="utf-8")
    flows.init(root, notice, 2022)
    return Project(root)


def project_with_returns(root: Path, units: int) -> Project:
    """The same with a correct return of every unit in 收件."""
    project = new_project(root, units)
    flows.issue(project, PERIOD)
    simulate(project, PERIOD, seed=1)
    return project
