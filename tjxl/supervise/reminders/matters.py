"""What stands against each unit: reports that are missing or went back, tasks that are overdue, behind, due soon.

Pure. 核定状态, where filled, counts instead of 进展状态. What waits for the office (a return under decision, a
request for adjustment not yet answered) is not held against the unit.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from tjxl.fields.loading import load_spec
from tjxl.findings import Finding, finding
from tjxl.periods import Period
from tjxl.register import ROLE_TITLES
from tjxl.settings import Settings
from tjxl.sheets.layout import state_titles
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState
from tjxl.supervise.reminders.inbox import Sender, sender_of

Matter = Literal["not_reported", "returned", "overdue", "milestone_overdue", "behind", "due_soon", "cooperating"]
MATTERS: tuple[Matter, ...] = get_args(Matter)
REPORTING: tuple[Matter, ...] = ("not_reported", "returned")
"""Matters of a period's report; the others are of tasks and milestones."""
OF_COOPERATING: tuple[Matter, ...] = ("overdue", "behind", "due_soon")
"""What cooperating units are told of, where they are told."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that stands against a unit.

    Attributes:
        item: what it is about: a task code, a milestone code, or of a report its period (and stage).
        stage: of a report in two stages (配合, 牵头); else empty.
        due: by when it was, or is, to be done.
        now: it is to be reminded of now; else it only keeps earlier reminders open.
        facts: what the wording may say of it, by placeholder.
    """

    unit_code: str
    unit: str
    matter: Matter
    item: str
    stage: str = ""
    due: dt.date | None = None
    now: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Concerns:
    """All that stands against the units, in the order of the register, and what the office is to be told."""

    all: Sequence[Concern]
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Occasion:
    """When reminders are made, and of what.

    Attributes:
        period: whose reports are asked for.
        days: how many days before its deadline a task or milestone is due soon.
        arrived: units (and stages) whose report is there, but not in the master yet.
    """

    period: Period
    today: dt.date
    days: int
    arrived: Collection[Sender] = ()


def concerns_of(state: MasterState, occasion: Occasion, settings: Settings) -> Concerns:
    """What stands against whom."""
    reader = _Reader(state, occasion, settings)
    found = [*reader.reports(), *reader.tasks(), *reader.milestones()]
    order = {str(unit["unit_code"]): n for n, unit in enumerate(state.units)}
    found.sort(key=lambda c: order.get(c.unit_code, len(order)))  # stable: matters and tasks keep their order
    return Concerns(found, reader.findings)


def report_item(period: str, stage: str) -> str:
    """What a missing report is known by: its period, and its stage where there are two."""
    return f"{period}·{stage}" if stage else period


class _Reader:
    """The master as reminders see it."""

    def __init__(self, state: MasterState, occasion: Occasion, settings: Settings) -> None:
        self._state, self._settings = state, settings
        self._period, self._today, self._days = occasion.period, occasion.today, occasion.days
        self._arrived = occasion.arrived
        self._meanings = {status.name: status.meaning for status in settings.statuses}
        self._tasks = {str(task["task_code"]): task for task in state.tasks}
        self.findings: list[Finding] = []

    def _name(self, code: str, otherwise: object) -> str:
        unit = self._state.registry.by_code.get(code)
        return unit.name if unit else str(otherwise or code)

    # ---- reports ----

    def reports(self) -> Iterator[Concern]:
        """Of the period, what is missing after its day, and what went back; of others what keeps reminders open."""
        titles = state_titles()
        waiting, undecided, arrived = [], [], []
        for row in self._state.submissions:
            unit, current = self._name(str(row["unit_code"]), row["unit"]), row["period"] == self._period.code
            there = current and sender_of(row) in self._arrived
            if row["state"] == titles["missing"]:
                due = due_of(row)
                passed = due is not None and due < self._today
                if current and not passed:
                    waiting.append(due)
                elif there:
                    arrived.append(unit)
                yield self._report(row, "not_reported", unit, now=current and passed and not there)
            elif row["state"] == titles["returned"]:
                if there:
                    arrived.append(unit)
                yield self._report(row, "returned", unit, now=current and not there)
            elif row["state"] == titles["awaiting_decision"] and current:
                undecided.append(unit)
        if waiting:
            days = sorted({due for due in waiting if due is not None})
            self.findings.append(
                finding("M601", count=len(waiting), due="、".join(map(str, days)) or "未定", period=self._period.code)
            )
        if arrived := list(dict.fromkeys(arrived)):  # who owes a report of both stages is named once
            self.findings.append(finding("M609", count=len(arrived), units="、".join(arrived)))
        if undecided:
            self.findings.append(finding("M602", count=len(undecided), units="、".join(undecided)))

    def _report(self, row: TableRow, matter: Matter, unit: str, *, now: bool) -> Concern:
        due, stage = due_of(row), sender_of(row)[1]
        facts = {
            "rows": row["rows"] if row["rows"] is not None else "",
            "times": row["returned_times"] or 1,
            "days": (self._today - due).days if due else "",
            "sha256": str(row["sha256"] or ""),
        }
        item = report_item(str(row["period"]), stage)
        return Concern(str(row["unit_code"]), unit, matter, item, stage, due, now, facts)

    # ---- tasks ----

    def tasks(self) -> Iterator[Concern]:
        """Tasks of each unit that leads them, and of those that cooperate where these are told.

        A task is reminded of once: overdue before behind before due soon. All that holds of it keeps reminders open.
        """
        asked = self._awaiting_answer()
        waiting = []
        for assignment in self._state.assignments:
            task = self._tasks.get(str(assignment["task_code"]))
            if task is None:
                continue
            leads = assignment["role"] == ROLE_TITLES["lead"]
            meaning = self._meaning(task)
            held = meaning == "adjustment_requested" and str(task["task_code"]) in asked
            matters = self._matters(task, meaning)
            if held and leads and "overdue" in matters:
                waiting.append(str(task["serial_no"]))
            told = next((m for m in OF_COOPERATING if m in matters and not held and self._soon(task, m)), None)
            if leads:
                yield from (self._task(assignment, task, m, now=m == told) for m in matters)
            elif matters:
                tell = self._settings.reminders.tell_cooperating and told is not None
                yield self._task(assignment, task, "cooperating", now=tell)
        if waiting:
            self.findings.append(finding("M603", count=len(waiting), tasks="、".join(dict.fromkeys(waiting))))

    def _meaning(self, task: TableRow) -> str | None:
        """What the effective status means; None where nothing was reported, or nothing that is a status."""
        return self._meanings.get(str(task.values.get("verified_status") or task["status"] or "").strip())

    def _matters(self, task: TableRow, meaning: str | None) -> list[Matter]:
        """All that holds of a task that is not completed. One with a deadline to come is due, soon or later."""
        if meaning == "completed":
            return []
        due = self._state.due.get(str(task["task_code"]))
        deadline = due.deadline if due else None
        out: list[Matter] = []
        if deadline is not None and deadline < self._today:
            out.append("overdue")
        if meaning == "behind":
            out.append("behind")
        if deadline is not None:
            out.append("due_soon")
        return out

    def _soon(self, task: TableRow, matter: Matter) -> bool:
        """Whether what is due falls within the days set; other matters are not a question of days."""
        if matter != "due_soon":
            return True
        deadline = self._state.due[str(task["task_code"])].deadline
        return deadline is not None and self._within(deadline)

    def _within(self, day: dt.date) -> bool:
        return self._today <= day <= self._today + dt.timedelta(days=self._days)

    def _task(self, assignment: TableRow, task: TableRow, matter: Matter, *, now: bool) -> Concern:
        code = str(task["task_code"])
        due = self._state.due.get(code)
        deadline = due.deadline if due else None
        facts = self._facts(task, task["task"], task["deadline"], deadline)
        unit = str(assignment["unit_code"])
        return Concern(unit, self._name(unit, assignment["unit"]), matter, code, "", deadline, now, facts)

    def _facts(self, task: TableRow, text: object, printed: object, day: dt.date | None) -> dict[str, Any]:
        return {
            "serial_no": task["serial_no"],
            "task": " ".join(str(text or "").split()),
            "deadline": str(printed or ""),
            "days": abs((day - self._today).days) if day else "",
            "status": self._status(task),
            "lead": str(task["lead_unit"] or ""),
        }

    def _status(self, task: TableRow) -> str:
        """滞后 55%, as the register shows it; nothing reported is said as the board says it."""
        verified, percent = task.values.get("verified_status"), task["percent_complete"]
        status = str(verified or task["status"] or "尚无报送")
        return f"{status} {percent:.0%}" if isinstance(percent, int | float) and not verified else status

    def _awaiting_answer(self) -> set[str]:
        """Codes of tasks whose request for adjustment the office has not answered."""
        done = state_titles()["decided_question"]
        open_numbers = {
            str(q["question_no"]) for q in self._state.questions if not str(q["state"] or "").startswith(done)
        }
        keys = (
            str(row["key"] or "").split(":") for number, row in self._state.decided.items() if number in open_numbers
        )
        return {key[3] for key in keys if key[0] == "adjustment" and len(key) > 3}  # adjustment:2022-05:U031:T130:…

    # ---- milestones ----

    def milestones(self) -> Iterator[Concern]:
        """Milestones with a date that are not reported done, of the units that lead their tasks."""
        yes = done_answer(self._settings)
        leaders = self._leaders()
        for row in self._state.milestones:
            due = row["due"]
            if row["done"] == yes or not isinstance(due, dt.date):
                continue
            task = self._tasks.get(str(row["task_code"]))
            if task is None or self._meaning(task) == "completed":
                continue
            scope = f"{row['scope']}（{task['task']}）"
            facts = self._facts(task, scope, f"{due.year}年{due.month}月{due.day}日", due)
            code = str(row["milestone_code"])
            for unit in leaders.get(str(row["task_code"]), ()):
                name = self._name(unit, "")
                yield Concern(unit, name, "due_soon", code, "", due, self._within(due), facts)
                if due < self._today:
                    yield Concern(unit, name, "milestone_overdue", code, "", due, True, facts)

    def _leaders(self) -> dict[str, list[str]]:
        lead = ROLE_TITLES["lead"]
        out: dict[str, list[str]] = {}
        for assignment in self._state.assignments:
            if assignment["role"] == lead:
                out.setdefault(str(assignment["task_code"]), []).append(str(assignment["unit_code"]))
        return out


def due_of(row: TableRow) -> dt.date | None:
    """By when a row of 报送情况 is to be reported: 延期至 where the office has granted it, else 应报日期."""
    for day in (row.values.get("extended_to"), row["due_on"]):
        if isinstance(day, dt.date):
            return day
    return None


def done_answer(settings: Settings) -> str:
    """The answer of 节点[是否完成] that means yes."""
    (done,) = load_spec(settings, part="milestones").titles_of("yes")
    return done
