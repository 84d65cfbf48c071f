"""The part of the master that decisions change, as plain values: units, tasks, who is assigned to what. No I/O.

A decision changes the draft; what then differs from the master is written. So carrying out a decision twice, or
several in another order, ends in the same master.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace

from tjxl.notice.names import split_names, unit_kind
from tjxl.notice.words import fold
from tjxl.register import Goal, Role, Target, Unit, unit_code, unit_number
from tjxl.settings import Settings
from tjxl.sheets.layout import answer_words
from tjxl.sheets.registry import Registry
from tjxl.sheets.state import MasterState, role_of, sender_of
from tjxl.stages import step


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task: the printed names of its units, its printed deadline and the day behind it."""

    code: str
    serial_no: int
    lead: str
    cooperating: tuple[str, ...]
    deadline_text: str
    due: dt.date | None


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task that the register does not have yet: a part of one from above, given to a department of its own."""

    theme: str
    leaders: str
    goal: Goal


@dataclass(slots=True)
class Requests:
    """Requests to move a task's deadline (申请调整).

    Attributes:
        printed, due: the deadline as it stood before the first of them.
        agreed: number of the question → the day that was agreed to.
    """

    printed: str
    due: dt.date | None
    agreed: dict[str, dt.date] = field(default_factory=dict)

    def present(self) -> dt.date | None:
        """The day that holds: that of the newest request agreed to."""
        newest = max(self.agreed, key=lambda number: (len(number), number), default=None)
        return self.agreed[newest] if newest else self.due


class Draft:
    """Units, tasks and assignments of a master, to be changed.

    Attributes:
        units: by code, in the order of 责任单位, groups and merged names included.
        tasks: by code.
        texts: task → what is to be done.
        new_tasks: those among `tasks` that 任务台账 does not have yet, by code.
        roles: (task, unit) → role.
        milestones: code → the day by which it is due.
        targets: those that the office has accepted and 指标 does not list yet, by code.
        listed: codes of 指标.
        requests: task → the requests to move its deadline.
        issued: unit → newest step (`tjxl.stages.step`: period and stage) of which a form was issued to it.
    """

    def __init__(self, state: MasterState, settings: Settings) -> None:
        self.seasons = settings.seasons
        self.year = int(state.meta["year"])
        self.date1904 = state.book.date1904
        self.units = {unit.code: unit for unit in state.registry.units}
        self.tasks = {
            code: TaskDraft(
                code=code,
                serial_no=int(row["serial_no"]),
                lead=str(row["lead_unit"] or ""),
                cooperating=split_names(str(row["cooperating_units"] or "")),
                deadline_text=str(row["deadline"] or ""),
                due=state.due[code].deadline if code in state.due else None,
            )
            for row in state.tasks
            if (code := str(row["task_code"]))
        }
        self.texts = {str(row["task_code"]): str(row["task"] or "") for row in state.tasks}
        self.new_tasks: dict[str, NewTask] = {}
        self.roles: dict[tuple[str, str], Role] = {
            (str(row["task_code"]), str(row["unit_code"])): role_of(row["role"]) for row in state.assignments
        }
        self.milestones: dict[str, dt.date | None] = {
            str(row["milestone_code"]): row["due"] if isinstance(row["due"], dt.date) else None
            for row in state.milestones
        }
        self.targets: dict[str, Target] = {}
        self.listed = {str(row["target_code"]) for row in state.targets}
        self.requests = _requests(state)
        self.issued: dict[str, str] = {}
        for row in state.submissions:
            unit, stage = sender_of(row)
            self.issued[unit] = max(step(str(row["period"]), stage), self.issued.get(unit, ""))
        self._highest = max(map(unit_number, (*self.units, *state.registered)), default=0)
        self._registry: Registry | None = None

    def copied(self) -> Draft:
        """The draft as it is now: what is changed in the one stays as it is in the other."""
        other = copy(self)
        for name in ("units", "tasks", "texts", "new_tasks", "roles", "milestones", "targets"):
            setattr(other, name, dict(getattr(self, name)))
        return other

    @property
    def registry(self) -> Registry:
        """The units as they are now, found by any of their names."""
        if self._registry is None:
            self._registry = Registry(self.units.values())
        return self._registry

    def set_unit(self, unit: Unit) -> Unit:
        """Put a unit in place of the one with its code, or add it."""
        self.units[unit.code] = unit
        self._registry = None
        return unit

    def register(self, name: str) -> Unit:
        """The unit of this name; one that nobody has met is given the next code."""
        known = self.registry.find(name)
        if known is not None:
            return known
        return self.adopt(Unit("", name, unit_kind(name)))

    def adopt(self, unit: Unit) -> Unit:
        """A unit that has no code yet, with the next one."""
        self._highest += 1
        return self.set_unit(replace(unit, code=unit_code(self._highest)))

    def rename(self, unit: Unit, old: str) -> None:
        """A unit has another name: where its old one is printed for it the new one is; the old one stays an alias.

        For whom a name is printed is told by who leads and who cooperates: two units may have had one name.
        """
        aliases = (form for form in (*unit.aliases, old) if fold(form) != fold(unit.name))
        self.set_unit(replace(unit, aliases=tuple(dict.fromkeys(aliases))))

        def renamed(printed: str) -> str:
            return unit.name + printed[len(old) :] if _names(printed, [fold(old)]) else printed

        leaders = {task: code for (task, code), role in self.roles.items() if role == "lead"}
        namesakes = {u.code for u in self.units.values() if fold(u.name) == fold(old)} - {unit.code}
        for code, task in self.tasks.items():
            lead, cooperating = task.lead, task.cooperating
            if leaders.get(code, unit.code) == unit.code:
                lead = renamed(lead)
            cooperates = self.roles.get((code, unit.code)) == "cooperating"
            if cooperates or all((code, other) not in self.roles for other in namesakes):
                cooperating = tuple(map(renamed, cooperating))
            self.tasks[code] = replace(task, lead=lead, cooperating=cooperating)

    def set_task(self, task: TaskDraft) -> None:
        """Put a task in place of the one with its code."""
        self.tasks[task.code] = task

    def cooperate(self, task: str, units: Iterable[Unit]) -> list[Unit]:
        """Give units a part in a task; those that had none before."""
        new = [unit for unit in units if (task, unit.code) not in self.roles]
        self.roles |= {(task, unit.code): "cooperating" for unit in new}
        return new

    def lead(self, code: str, unit: Unit) -> None:
        """Let a unit lead a task; who led it before cooperates. The printed names follow."""
        for pair, role in self.roles.items():
            if pair[0] == code and role == "lead":
                self.roles[pair] = "cooperating"
        self.roles[code, unit.code] = "lead"
        task = self.tasks[code]
        own = [name for name in task.cooperating if self._means(name, unit)]
        others = tuple(name for name in task.cooperating if name not in own)
        if task.lead and self._means(task.lead, unit):
            own = [task.lead]
        elif task.lead:
            others = (task.lead, *others)
        self.set_task(replace(task, lead=own[0] if own else unit.name, cooperating=others))

    def merge(self, gone: Unit, kept: Unit, name: str) -> None:
        """A unit turns out to be another one, which is called *name* from now on and takes its tasks over."""
        forms = (kept.name, *kept.aliases, gone.name, *gone.aliases)
        self.set_unit(replace(kept, name=name, aliases=tuple(f for f in dict.fromkeys(forms) if f != name)))
        former = kept.name if gone.name == name else gone.name  # two rows of one name would puzzle people
        self.set_unit(replace(gone, name=former, kind="merged", aliases=(), members=(name,)))
        for (task, code), role in list(self.roles.items()):
            if code == gone.code:
                del self.roles[task, code]
                if role == "lead" or (task, kept.code) not in self.roles:
                    self.roles[task, kept.code] = role

    def tasks_naming(self, group: Unit) -> list[TaskDraft]:
        """The tasks among whose printed names a group is."""
        forms = [fold(form) for form in (group.name, *group.aliases)]
        return [t for t in self.tasks.values() if any(_names(n, forms) for n in (t.lead, *t.cooperating))]

    def names(self, task: TaskDraft, unit: Unit) -> bool:
        """Whether a task names a unit itself, not only through a group."""
        return any(self._means(printed, unit) for printed in (task.lead, *task.cooperating))

    def _means(self, printed: str, unit: Unit) -> bool:
        found = self.registry.find(printed)
        return found is not None and found.code == unit.code


def _requests(state: MasterState) -> dict[str, Requests]:
    """The requests that 待裁决 holds, and which of them were agreed to."""
    out: dict[str, Requests] = {}
    for number, row in sorted(state.decided.items(), key=lambda item: (len(item[0]), item[0])):
        if not str(row["key"] or "").startswith("adjustment:"):
            continue
        data = json.loads(row["data"])
        due = dt.date.fromisoformat(data["due"]) if data["due"] else None
        requests = out.setdefault(str(data["task"]), Requests(str(data["printed"] or ""), due))
        choice = json.loads(row["obeyed"]).get("choice") if row["obeyed"] else None
        if choice == answer_words()["agree"] and data["date"] and data["leads"]:
            requests.agreed[number] = dt.date.fromisoformat(data["date"])
    return out


def _names(printed: str, forms: Sequence[str]) -> bool:
    """Whether a printed name is one of these forms, or one with its units in brackets after it."""
    folded = fold(printed)
    return any(folded == form or folded.startswith(f"{form}(") for form in forms)
