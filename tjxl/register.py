"""The register: what the notice says, as plain values. Pure; nothing here reads or writes a file."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from tjxl.findings import Finding

Role = Literal["lead", "cooperating"]
Goal = Literal["complete", "significant_progress", "continuing"]
UnitKind = Literal["department", "district", "group", "other"]

ROLE_TITLES: dict[Role, str] = {"lead": "牵头", "cooperating": "配合"}
GOAL_TITLES: dict[Goal, str] = {
    "complete": "完成",
    "significant_progress": "取得明显进展",
    "continuing": "持续推进",
}
UNIT_KIND_TITLES: dict[UnitKind, str] = {"department": "部门", "district": "区", "group": "群组", "other": "其他单位"}


def task_code(serial_no: int) -> str:
    """The key of a task: `T010` for 序号 10 (more digits when the notice has more than 999 tasks)."""
    return f"T{serial_no:03d}"


def serial_of(code: str) -> int | None:
    """The 序号 that a task code stands for; None for a text that is no task code."""
    digits = code[1:]
    return int(digits) if code.startswith("T") and digits.isascii() and digits.isdigit() else None


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
class Unit:
    """A responsible unit (责任单位) or a group of units.

    Attributes:
        code: key, `U001`.
        name: the registered name.
        kind: department, district, group or other.
        aliases: other printed forms of the same unit.
        members: names of a closed group's members; empty for a unit and for an open group.
        open_group: True where only the office can say who belongs to the group.
    """

    code: str
    name: str
    kind: UnitKind
    aliases: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    open_group: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """Task × unit × role. Groups do not appear: closed ones are expanded, open ones are questions."""

    task_code: str
    unit_code: str
    role: Role


@dataclass(frozen=True, slots=True)
class Question:
    """What tjxl may not decide alone (a row of 待裁决)."""

    text: str
    choices: tuple[str, ...] = ()
    task_code: str | None = None
    unit: str | None = None
    period: str | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """Everything a notice gives: tasks, units, assignments, open questions, findings."""

    title: str
    year: int
    tasks: tuple[Task, ...]
    units: tuple[Unit, ...]
    assignments: tuple[Assignment, ...]
    questions: tuple[Question, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    @property
    def reporting_units(self) -> tuple[Unit, ...]:
        """The units that receive a form, in registry order."""
        named = {a.unit_code for a in self.assignments}
        return tuple(u for u in self.units if u.code in named)
