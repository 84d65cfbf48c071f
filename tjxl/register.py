"""The register: what the notice says, as plain values. Pure; nothing here reads or writes a file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tjxl.findings import Finding

Role = Literal["lead", "cooperating"]
Goal = Literal["complete", "significant_progress", "continuing"]
UnitKind = Literal["department", "district", "group", "other", "merged"]
MilestoneKind = Literal["start", "plan", "ready", "built", "opened", "in_use", "progress", "complete"]
Comparator = Literal[">=", ">", "<=", "<", "=", "~", "range"]
Measure = Literal["growth", "flow", "stock", "share", "price"]
Direction = Literal["higher", "lower"]

ROLE_TITLES: dict[Role, str] = {"lead": "牵头", "cooperating": "配合"}
GOAL_TITLES: dict[Goal, str] = {
    "complete": "完成",
    "significant_progress": "取得明显进展",
    "continuing": "持续推进",
}
UNIT_KIND_TITLES: dict[UnitKind, str] = {
    "department": "部门",
    "district": "区",
    "group": "群组",
    "other": "其他单位",
    "merged": "已并入",
}
MILESTONE_KIND_TITLES: dict[MilestoneKind, str] = {
    "start": "开工",
    "plan": "完成方案",
    "ready": "具备条件",
    "built": "建成",
    "opened": "通车（开通）",
    "in_use": "投入使用",
    "progress": "取得进展",
    "complete": "完成",
}
MEASURE_TITLES: dict[Measure, str] = {
    "growth": "增长",
    "flow": "年内新增",
    "stock": "年末达到",
    "share": "比率",
    "price": "价格",
}

DIRECTION_TITLES: dict[Direction, str] = {"higher": "越高越好", "lower": "越低越好"}
COMPARATOR_SIGNS: dict[Comparator, str] = {
    ">=": "≥",
    ">": "＞",
    "<=": "≤",
    "<": "＜",
    "=": "＝",
    "~": "≈",
    "range": "区间",
}

_UNIT_CODE = re.compile(r"U(\d{3,})", re.ASCII)
_PART_CODE = re.compile(r"(T\d{3,}(?:-\d+)?)-[MK]\d+", re.ASCII)
_TASK_CODE = re.compile(r"T(\d{3,})(?:-\d+)?", re.ASCII)


def task_code(serial_no: int, part: int = 1) -> str:
    """The key of a task: `T010` for 序号 10 (more digits when the notice has more than 999 tasks).

    `part` counts the tasks that share one 序号: the second of 序号 5 is `T005-2`.
    """
    return f"T{serial_no:03d}" if part == 1 else f"T{serial_no:03d}-{part}"


def unit_code(number: int) -> str:
    """The key of a unit: `U001`."""
    return f"U{number:03d}"


def unit_number(code: str) -> int:
    """The number in a unit's code; 0 for a text that is none."""
    match = _UNIT_CODE.fullmatch(code)
    return int(match[1]) if match else 0


def milestone_code(task: str, number: int) -> str:
    """The key of a task's milestone: `T010-M2`."""
    return f"{task}-M{number}"


def target_code(task: str, number: int) -> str:
    """The key of a task's target: `T005-K1`."""
    return f"{task}-K{number}"


def task_of(code: str) -> str:
    """The task that a code belongs to: `T010` for `T010-M2`; any other text is its own."""
    match = _PART_CODE.fullmatch(code)
    return match[1] if match else code


def serial_of(code: str) -> int | None:
    """The 序号 that a task code stands for; None for a text that is no task code."""
    match = _TASK_CODE.fullmatch(code)
    return int(match[1]) if match else None


@dataclass(frozen=True, slots=True)
class Task:
    """One key task (重点工作) of the notice.

    Attributes:
        code: key, `T010`.
        serial_no: 序号 of the notice.
        theme: 主要任务, one wording per theme.
        text: 重点工作, as printed.
        deadline_text: 完成时限, as printed.
        deadline: the date by which the whole task is due; None where the text gives none.
        goal: what is due then; 「取得明显进展」 is a goal of its own kind.
        leaders: 分管领导, one or more.
        lead_unit, cooperating_units: names as printed (a group stays a group here).
    """

    code: str
    serial_no: int
    theme: str
    text: str
    deadline_text: str
    deadline: dt.date | None
    goal: Goal
    leaders: tuple[str, ...]
    lead_unit: str
    cooperating_units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Milestone:
    """A part of a task with a day of its own (节点): 「其中方案，6月底前完成」.

    Attributes:
        code: key, `T010-M1`.
        scope: what is due, without date and verb: 津石高速天津东段.
        due: the day; None where the text gives none.
        kind: what is due then; 开工 (start) is not 建成 (built).
        text: the clause as printed.
        needs_confirmation: the day is a custom or an inference, for the office to confirm.
    """

    code: str
    task_code: str
    scope: str
    due: dt.date | None
    kind: MilestoneKind
    text: str
    needs_confirmation: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A quantitative promise of a task (指标): 「城镇新增就业35万人以上」.

    Attributes:
        code: key, `T005-K1`.
        subject: what is counted: 城镇新增就业.
        comparator: how the year-end value stands to `value`; `range` is value to upper, `~` is 「左右」.
        value, upper: in `unit`; a target in % as the number before the sign (5.5). `upper` only for a range.
        unit: as printed: %, 万人, 家 (万 and 亿 stay in the unit).
        measure: growth rate, flow within the year (新增), stock at year end (达到), share (率), or price.
        direction: whether more or less is better; of a price-type target less is.
        due: the day by which it holds.
        text: the clause as printed.
    """

    code: str
    task_code: str
    subject: str
    comparator: Comparator
    value: float
    upper: float | None
    unit: str
    measure: Measure
    direction: Direction
    due: dt.date | None
    text: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A responsible unit (责任单位) or a group of units.

    Attributes:
        code: key, `U001`.
        name: the registered name.
        kind: department, district, group or other; merged where the name turned out to mean another unit.
        aliases: other printed forms of the same unit.
        members: names of a closed group's members, or the unit into which a name was merged; else empty.
        open_group: True where only the office can say who belongs to the group.
        office: what the office noted of it (contact, phone, email, remarks), by column name.
    """

    code: str
    name: str
    kind: UnitKind
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    open_group: bool = False
    office: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Task × unit × role. Groups do not appear: closed ones are expanded, open ones are questions."""

    task_code: str
    unit_code: str
    role: Role


@dataclass(frozen=True, slots=True)
class Question:
    """What tjxl may not decide alone (a row of 待裁决).

    `key` says what an answer decides (`open-group:T009:相关区人民政府`); `data` is what carrying it out needs, as
    JSON-able values.
    """

    text: str
    choices: tuple[str, ...] = ()
    task_code: str | None = None
    unit: str | None = None
    period: str | None = None
    key: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """A task as it was given from above (上级任务).

    Attributes:
        code: its key there, and on the form that is to be sent up.
        role: the part that this level has in it.
        deadline_text, deadline: as the form printed it, and the day behind it.
        leaders: 分管领导, as printed.
    """

    code: str
    serial_no: int
    role: Role
    text: str
    deadline_text: str
    deadline: dt.date | None
    goal: Goal
    leaders: str


@dataclass(frozen=True, slots=True)
class Superior:
    """Whom a register answers to: the master above, and the form from which the register was begun.

    Attributes:
        master_id: of the master that issued the form; unit_code, unit: who this level is there.
        period, stage, issued_at: of the form; sha256: of its file.
        tasks: what was given, in the order of 序号.
    """

    master_id: str
    unit_code: str
    unit: str
    period: str
    stage: str
    issued_at: str
    sha256: str
    tasks: tuple[Given, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """Everything a notice gives: tasks with milestones and targets, units, assignments, open questions, findings.

    Attributes:
        owner: whose register it is, as headings say it (和平区); empty for the government's own.
        superior: where its tasks were given from above; None where a notice gave them.
    """

    title: str
    year: int
    tasks: tuple[Task, ...]
    units: tuple[Unit, ...]
    assignments: tuple[Assignment, ...]
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = field(default=())
    milestones: tuple[Milestone, ...] = ()
    targets: tuple[Target, ...] = ()
    owner: str = ""
    superior: Superior | None = None

    @property
    def reporting_units(self) -> tuple[Unit, ...]:
        """The units that receive a form, in registry order."""
        named = {a.unit_code for a in self.assignments}
        return tuple(u for u in self.units if u.code in named)
