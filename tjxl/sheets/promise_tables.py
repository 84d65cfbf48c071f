"""The master's sheets 节点 and 指标: what the tasks promise, by when and how much, and whether it is kept."""

from __future__ import annotations

from tjxl.fields.loading import load_spec
from tjxl.register import (
    COMPARATOR_SIGNS,
    DIRECTION_TITLES,
    MEASURE_TITLES,
    MILESTONE_KIND_TITLES,
    Direction,
    Measure,
    Milestone,
    Register,
    Target,
)
from tjxl.settings import Settings
from tjxl.sheets.figures import lead_unit, milestone_outcome
from tjxl.sheets.layout import master_layout
from tjxl.sheets.model import Content, Sheet
from tjxl.sheets.tables import Row, table_sheet
from tjxl.sheets.target_figures import attainment, schedule, scheduled_value


def milestone_sheet(register: Register, settings: Settings) -> Sheet:
    """节点: one row per milestone; 牵头单位 and 完成情况 are formulas."""
    tasks = {task.code: task for task in register.tasks}
    rows: list[Row] = [
        milestone_row(m, tasks[m.task_code].serial_no) | {"lead_unit": tasks[m.task_code].lead_unit}
        for m in register.milestones
    ]
    (done,) = load_spec(settings, part="milestones").titles_of("yes")
    formulas = {"lead_unit": lead_unit(master_layout()["milestones"].title), "outcome": milestone_outcome(done)}
    return table_sheet("milestones", rows or [{}], register.year, settings, formulas)


def target_sheet(register: Register, settings: Settings) -> Sheet:
    """指标: one row per quantitative target; 牵头单位, 达标情况, 序时应达值 and 序时情况 are formulas."""
    tasks = {task.code: task for task in register.tasks}
    rows: list[Row] = [
        target_row(t, tasks[t.task_code].serial_no) | {"lead_unit": tasks[t.task_code].lead_unit}
        for t in register.targets
    ]
    formulas = {
        "lead_unit": lead_unit(master_layout()["targets"].title),
        "attainment": attainment(),
        "scheduled_value": scheduled_value(register.year),
        "schedule": schedule(),
    }
    return table_sheet("targets", rows or [{}], register.year, settings, formulas)


def milestone_row(milestone: Milestone, serial_no: int) -> dict[str, Content]:
    """A row of 节点 by column name, its calculated columns left out."""
    return {
        "milestone_code": milestone.code,
        "task_code": milestone.task_code,
        "serial_no": serial_no,
        "scope": milestone.scope,
        "kind": MILESTONE_KIND_TITLES[milestone.kind],
        "due": milestone.due,
    }


def target_row(target: Target, serial_no: int) -> dict[str, Content]:
    """A row of 指标 by column name, its calculated columns left out."""
    return {
        "target_code": target.code,
        "task_code": target.task_code,
        "serial_no": serial_no,
        "subject": target.subject,
        "target": target_text(target),
        "target_value": target.value,
        "upper": target.upper,
        "measured_in": target.unit,
        "comparator": COMPARATOR_SIGNS[target.comparator],
        "measure": measure_text(target.measure, target.direction),
        "due": target.due,
    }


def target_text(target: Target) -> str:
    """A target as a person reads it, without its unit: ≥35, 3–5, ≈5.5."""
    low = f"{target.value:.12g}"
    if target.comparator == "range" and target.upper is not None:
        return f"{low}–{target.upper:.12g}"
    return f"{COMPARATOR_SIGNS[target.comparator]}{low}"


def measure_text(measure: Measure, direction: Direction) -> str:
    """类型: 年内新增（越高越好）."""
    return f"{MEASURE_TITLES[measure]}（{DIRECTION_TITLES[direction]}）"


def measure_of(text: object) -> Measure | None:
    """The measure that a cell of the column 类型 names; None where a person wrote something else."""
    title = str(text or "").partition("（")[0]
    return next((m for m, t in MEASURE_TITLES.items() if t == title), None)
