"""What a bulletin speaks of, counted from the master: pure, plain values."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tjxl.findings import Finding, finding
from tjxl.periods import Period, next_period
from tjxl.settings import MEANINGS, Settings
from tjxl.sheets.figures import LIGHTS, MILESTONE_OUTCOMES
from tjxl.sheets.layout import conclusion_words, master_layout, problem_states, state_titles
from tjxl.sheets.rows import TableRow, holds_table
from tjxl.sheets.state import MasterState

UNREPORTED = "unreported"
"""The meaning of a task of which nothing was reported or verified (尚无报送)."""
OTHER = "other"
"""The meaning of a status that is none of the project's."""
BLUE = "蓝"


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as the register shows it.

    Attributes:
        status: 核定状态, else 进展状态; None where nothing was reported. `meaning` is its meaning to the rules.
        percent: 完成进度, 0 to 1, in whatever the cell holds.
        light_reason: 亮灯依据, None where the master has no such column.
    """

    code: str
    serial_no: Any
    theme: str
    task: str
    lead_unit: str
    status: str | None
    meaning: str
    percent: Any
    light: str | None
    light_reason: str | None
    problems: str | None
    next_steps: str | None
    expected: Any
    deadline: dt.date | None
    deadline_text: str


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone: overdue, or falling due."""

    serial_no: Any
    scope: str
    due: dt.date
    lead_unit: str
    explanation: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """A stuck point: 问题清单, or what a task's lead reports as its problem. `periods` is for how many it is open."""

    serial_no: Any
    task: str
    unit: str
    problem: str
    periods: int | None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A finding of audit, statistics or finance that differs from what was reported."""

    serial_no: Any
    source: str
    unit: str
    matter: str
    reported: str
    found: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of tasks: by meaning of status (and `unreported`, `other`), by light (红, 黄, 蓝, 绿)."""

    total: int
    by_meaning: Mapping[str, int]
    by_light: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Reporting:
    """Who has reported in the period, by name, in the order of 报送情况."""

    due: tuple[str, ...]
    on_time: tuple[str, ...]
    late: tuple[str, ...]
    missing: tuple[str, ...]
    returned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThemeFacts:
    """The counts of one theme (主要任务)."""

    theme: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class BulletinFacts:
    """Everything that a bulletin of a period may say.

    Attributes:
        previous: the counts of the period before; None where it was not issued.
        next: the period that follows in the same year.
        verified: how many findings of 核查 the period has; `disagreements` are those that differ.
    """

    period: Period
    next: Period | None
    counts: Counts
    previous: Counts | None
    reporting: Reporting
    tasks: tuple[TaskLine, ...]
    themes: tuple[ThemeFacts, ...]
    overdue_milestones: tuple[MilestoneLine, ...]
    due_milestones: tuple[MilestoneLine, ...]
    problems: tuple[Problem, ...]
    verified: int
    disagreements: tuple[Disagreement, ...]
    findings: tuple[Finding, ...] = field(default=())

    def with_meaning(self, meaning: str) -> list[TaskLine]:
        """The tasks of a status."""
        return [t for t in self.tasks if t.meaning == meaning]

    def with_light(self, light: str) -> list[TaskLine]:
        """The tasks of a light (红 …)."""
        return [t for t in self.tasks if t.light == light]

    @property
    def other_problems(self) -> list[Problem]:
        """Problems that are not already said as the reason of a task behind or of an adjustment asked for."""
        told = {
            (t.serial_no, t.lead_unit, t.problems)
            for t in self.tasks
            if t.meaning in ("behind", "adjustment_requested")
        }
        return [p for p in self.problems if (p.serial_no, p.unit, p.problem) not in told]

    @property
    def due_tasks(self) -> list[TaskLine]:
        """Tasks not completed that fall due in the next period."""
        return [] if self.next is None else [t for t in self.tasks if self._falls_due(t)]

    def _falls_due(self, task: TaskLine) -> bool:
        if self.next is None or task.deadline is None or task.meaning == "completed":
            return False
        return self.period.last_day < task.deadline <= self.next.last_day


def figures(state: MasterState, period: Period, settings: Settings, previous: Counts | None) -> BulletinFacts:
    """Count what a bulletin says of a period.

    Args:
        state: the master as it was then (`tjxl.past`).
        previous: the counts of the period before (`counts_of`), None where there is none.
    """
    tasks = task_lines(state, settings)
    following = next_period([period], period.year, period.months, period.last_day)
    overdue, coming = _milestones(state, period, following)
    verification = [r for r in state.verification if r["period"] == period.code]
    numbers = {t.code: t.serial_no for t in tasks}
    return BulletinFacts(
        period,
        following,
        counts_of(tasks),
        previous,
        _reporting(state, period),
        tuple(tasks),
        tuple(ThemeFacts(theme, counts_of(own)) for theme, own in _by_theme(tasks).items()),
        tuple(overdue),
        tuple(coming),
        tuple(_problems(state, period, tasks)),
        len(verification),
        tuple(_disagreements(verification, numbers)),
        tuple(finding("W120", task=t.code, value=t.status) for t in tasks if t.meaning == OTHER),
    )


def task_lines(state: MasterState, settings: Settings) -> list[TaskLine]:
    """任务台账 with the effective status of each task."""
    meanings = {status.name: status.meaning for status in settings.statuses}
    out = []
    for row in state.tasks:
        status = row["verified_status"] or row["status"]
        due = state.due.get(str(row["task_code"]))
        out.append(
            TaskLine(
                str(row["task_code"]),
                row["serial_no"],
                str(row["theme"] or ""),
                str(row["task"] or ""),
                str(row["lead_unit"] or ""),
                status and str(status),
                UNREPORTED if not status else meanings.get(str(status), OTHER),
                row["percent_complete"],
                row["light"],
                row.values.get("light_reason"),
                row["problems"],
                row["next_steps"],
                row["completion_date"],
                due.deadline if due else None,
                str(row["deadline"] or ""),
            )
        )
    return out


def counts_of(tasks: Iterable[TaskLine]) -> Counts:
    """The numbers of some tasks; every meaning and every light is named, with 0 where there is none."""
    tasks = list(tasks)
    meanings, lights = Counter(t.meaning for t in tasks), Counter(t.light for t in tasks)
    named = (*MEANINGS, UNREPORTED, OTHER)
    return Counts(
        len(tasks), {m: meanings[m] for m in named}, {light: lights[light] for light in (*LIGHTS.values(), BLUE)}
    )


def _by_theme(tasks: Sequence[TaskLine]) -> dict[str, list[TaskLine]]:
    """In the order of the register."""
    out: dict[str, list[TaskLine]] = {}
    for task in tasks:
        out.setdefault(task.theme, []).append(task)
    return out


_WORST_FIRST = ("missing", "returned", "late", "awaiting_decision", "reported")


def _reporting(state: MasterState, period: Period) -> Reporting:
    """Each unit once: of a unit that owes several reports (two stages) the worst counts."""
    names = {title: name for name, title in state_titles().items() if name in _WORST_FIRST}
    said: dict[str, str] = {}
    for row in state.submissions:
        if row["period"] != period.code:
            continue
        unit, now = str(row["unit"]), names.get(str(row["state"]), "missing")
        said[unit] = min(said.get(unit, now), now, key=_WORST_FIRST.index)

    def of(*wanted: str) -> tuple[str, ...]:
        return tuple(unit for unit, name in said.items() if name in wanted)

    on_time = of("reported", "awaiting_decision")
    return Reporting(tuple(said), on_time, of("late"), of("missing"), of("returned"))


def _milestones(
    state: MasterState, period: Period, following: Period | None
) -> tuple[list[MilestoneLine], list[MilestoneLine]]:
    """Those overdue, and those not done that fall due in the next period."""
    overdue, coming = [], []
    done = (MILESTONE_OUTCOMES["done"], MILESTONE_OUTCOMES["done_late"])
    for row in state.milestones:
        due = row["due"]
        if not isinstance(due, dt.date) or row["outcome"] in done:
            continue
        line = MilestoneLine(
            row["serial_no"], str(row["scope"] or ""), due, str(row["lead_unit"] or ""), row["explanation"]
        )
        if row["outcome"] == MILESTONE_OUTCOMES["overdue"]:
            overdue.append(line)
        elif following is not None and period.last_day < due <= following.last_day:
            coming.append(line)
    return overdue, coming


def _problems(state: MasterState, period: Period, tasks: Sequence[TaskLine]) -> list[Problem]:
    """The ones of 问题清单 open in the period; without that sheet, what the leads report of tasks not completed."""
    if not holds_table(state.book, master_layout()["problems"]):
        return [
            Problem(t.serial_no, t.task, t.lead_unit, t.problems, None)
            for t in tasks
            if t.problems and t.meaning != "completed"
        ]
    by_code = {t.code: t for t in tasks}
    return [
        Problem(
            task.serial_no, task.task, str(row["unit"] or task.lead_unit), str(row["problems"]), row["periods_open"]
        )
        for row in state.problems
        if (task := by_code.get(str(row["task_code"]))) and row["problems"] and _was_open(row, period)
    ]


def _was_open(row: TableRow, period: Period) -> bool:
    """Whether it is on the list as it was, and the office had not closed it: period codes sort as text."""
    if row["first_period"] is None:
        return False
    return (
        not str(row["state"] or "").startswith(problem_states()["solved"])
        or str(row["solved_at_period"] or "") > period.code
    )


def _disagreements(rows: Iterable[TableRow], numbers: Mapping[str, Any]) -> list[Disagreement]:
    differs = conclusion_words()["differs"]
    return [
        Disagreement(
            numbers.get(str(r["task_code"]), ""),
            str(r["source"] or ""),
            str(r["unit"] or ""),
            str(r["matter"] or ""),
            str(r["reported"] or ""),
            str(r["found"] or ""),
        )
        for r in rows
        if r["conclusion"] == differs
    ]
