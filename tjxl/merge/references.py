"""Which task, target or milestone a finding of 核查 speaks of: by code, 序号 or text. Pure; never a guess.

A text is compared without white space and punctuation: equal to the register's, else contained in one of the
register's texts or containing it. Only one candidate is a match; two are for a person to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tjxl.intake.values import squeeze
from tjxl.sheets.rows import TableRow

_SERIAL = re.compile(r"第?(\d{1,4})(?:\.0)?[项号、.]?", re.ASCII)
_LEAST = 4
"""Characters a text must have to be looked for inside others: shorter ones stand in half of them."""


def plain(text: object) -> str:
    """A text as it is compared: letters, digits and characters alone."""
    return "".join(c for c in squeeze(str(text or "")).casefold() if c.isalnum() or c in "%-+")


@dataclass(frozen=True, slots=True)
class Item:
    """A row of the register: `code` of the task, target or milestone, its task, how it is said, and the row."""

    code: str
    task: str
    said: str
    row: TableRow
    compared: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What a finding speaks of.

    Attributes:
        item: the task, target or milestone; None where that is not certain.
        candidates: what it may be, where it may be several.
    """

    item: Item | None = None
    candidates: tuple[Item, ...] = ()


@dataclass(slots=True)
class Index:
    """The register's tasks, targets and milestones, to be found by what people write."""

    tasks: list[Item] = field(default_factory=list)
    parts: list[Item] = field(default_factory=list)

    @classmethod
    def of(cls, tasks: Iterable[TableRow], targets: Iterable[TableRow], milestones: Iterable[TableRow]) -> Index:
        """The index of a register."""
        index = cls([_item(row, "task_code", "task") for row in tasks])
        index.parts = [_item(row, "target_code", "subject") for row in targets]
        index.parts += [_item(row, "milestone_code", "scope") for row in milestones]
        return index

    def coded(self, code: str) -> Reference:
        """What the office has written as 对应任务: a code, or the 序号 of one task."""
        wanted = squeeze(code).upper()
        found = [item for item in (*self.tasks, *self.parts) if item.code == wanted]
        return _one(found or self._of_serial(wanted))

    def find(self, task: str, part: str) -> Reference:
        """The task, target or milestone that the columns 任务 and 指标 name; either may be blank.

        A named part belongs to the named task. A task named alone is the task, unless its text is a target's or
        milestone's.
        """
        if not task:
            return _one(self.named(part, self.parts) or self.named(part, self.tasks))
        code = squeeze(task).upper()
        parts = [item for item in self.parts if item.code == code]
        tasks = [item for item in self.tasks if item.code == code] or self._of_serial(code)
        tasks = tasks or ([] if parts else self.named(task, self.tasks))
        if not part:
            return _one(parts or tasks or self.named(task, self.parts))
        codes = {item.task for item in (*tasks, *parts)}
        own = [item for item in self.parts if item.task in codes]
        named = self.named(part, own)
        if named:
            return _one(named)
        return Reference(candidates=tuple(own or tasks))

    def parts_of(self, task: str) -> list[Item]:
        """Targets and milestones of a task."""
        return [item for item in self.parts if item.task == task]

    def _of_serial(self, text: str) -> list[Item]:
        match = _SERIAL.fullmatch(text)
        return [item for item in self.tasks if match and item.row["serial_no"] == int(match[1])]

    @staticmethod
    def named(text: str, items: Sequence[Item]) -> list[Item]:
        """Those of the items that a text names."""
        code, wanted = squeeze(text).upper(), plain(text)
        if exact := [item for item in items if item.code == code or item.compared == wanted]:
            return exact
        if len(wanted) < _LEAST:
            return []
        return [i for i in items if wanted in i.compared or (len(i.compared) >= _LEAST and i.compared in wanted)]


def _item(row: TableRow, key: str, said: str) -> Item:
    text = str(row[said] or "")
    return Item(str(row[key]), str(row["task_code"]), text, row, plain(text))


def _one(found: Sequence[Item]) -> Reference:
    return Reference(found[0]) if len(found) == 1 else Reference(candidates=tuple(found))
