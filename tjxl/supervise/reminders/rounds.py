"""What is to be reminded of now, how strongly, and what of earlier reminders has been settled. Pure.

催办 is the log: a row names a unit, a matter, the tasks concerned, and which round it was. The rounds of a task (of a
report) go on as long as the row that names it is open; what was settled and comes up anew starts again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tjxl.findings import Finding, finding
from tjxl.settings import ReminderLevel, ReminderRules
from tjxl.sheets.layout import matter_words, yes_no
from tjxl.sheets.rows import TableRow
from tjxl.supervise.reminders.matters import MATTERS, REPORTING, Concern, Matter, report_item

Key = tuple[str, str, str]
"""Unit code, matter, item: what has rounds of its own."""

_SEPARATOR = "、"


@dataclass(frozen=True, slots=True)
class Reminder:
    """A unit is reminded of a matter: one row of 催办.

    Attributes:
        round: how often, this time included.
        items: the tasks concerned, or the one report.
    """

    unit_code: str
    unit: str
    matter: Matter
    stage: str
    round: int
    level: ReminderLevel
    answer_by: dt.date
    items: tuple[Concern, ...]

    @property
    def title(self) -> str:
        """As 催办[事由] has it."""
        return matter_title(self.matter, self.stage)

    @property
    def codes(self) -> tuple[str, ...]:
        """The tasks and milestones concerned; none of a report."""
        return () if self.matter in REPORTING else tuple(c.item for c in self.items)


@dataclass(slots=True)
class Plan:
    """What a reminding is to do.

    Attributes:
        reminders: to be made, by unit.
        updates: sheet row of 催办 → column name → new value: what has been settled since.
        settled: numbers of the rows that are settled now.
        findings: levels asked for that do not exist.
    """

    reminders: list[Reminder] = field(default_factory=list)
    updates: dict[int, dict[str, Any]] = field(default_factory=dict)
    settled: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def matter_title(matter: Matter, stage: str = "") -> str:
    """未报送, or of one of two stages 未报送（配合）."""
    return f"{matter_words()[matter]}（{stage}）" if stage else matter_words()[matter]


def plan_reminders(
    concerns: Sequence[Concern], log: Sequence[TableRow], today: dt.date, rules: ReminderRules, units: set[str] | None
) -> Plan:
    """Reminders to be made on a day, and the rows of the log that what has come since settles.

    Args:
        units: codes of the units to remind; None for all. What is settled is noted of every unit.
    """
    plan = Plan()
    standing = {(c.unit_code, c.matter, c.item) for c in concerns}
    last: dict[Key, TableRow] = {}
    for row in sorted(log, key=_order):
        items = list(_items(row))
        left = [key for key in items if key in standing]
        if len(left) < len(items):
            _settle(plan, row, left, today)
        last |= dict.fromkeys(left, row)
    groups: dict[tuple[str, Matter, str, int, ReminderLevel], list[Concern]] = {}
    for concern in concerns:
        if not concern.now or (units is not None and concern.unit_code not in units):
            continue
        before = last.get((concern.unit_code, concern.matter, concern.item))
        if before is not None and not _due_again(before, concern.matter, today, rules):
            continue
        number = 1 if before is None else _round(before) + 1
        level = _level(before, number, rules)
        groups.setdefault((concern.unit_code, concern.matter, concern.stage, number, level), []).append(concern)
    for (code, matter, stage, number, level), group in groups.items():
        by = today + dt.timedelta(days=level.days)
        plan.reminders.append(Reminder(code, group[0].unit, matter, stage, number, level, by, tuple(group)))
    plan.findings = list(_unknown_levels(last.values(), rules))
    return plan


def _order(row: TableRow) -> tuple[dt.date, int, int]:
    """Rows by day and round, however a person has sorted them."""
    return _day(row) or dt.date.min, _round(row), row.number


def _day(row: TableRow) -> dt.date | None:
    day = row["reminded_on"]
    return day if isinstance(day, dt.date) else None


def _round(row: TableRow) -> int:
    return row["round"] if isinstance(row["round"], int) else 1


def _items(row: TableRow) -> Iterator[Key]:
    """What a row still asks for; nothing where it is settled, or where a person has made it say something else."""
    matter, stage = matter_of(row["matter"])
    if matter is None or row["settled"] == yes_no()[True]:
        return
    code = str(row["unit_code"] or "")
    if matter in REPORTING:
        yield code, matter, report_item(str(row["period"]), stage)
        return
    for item in str(row["open_tasks"] or "").split(_SEPARATOR):
        if item.strip():
            yield code, matter, item.strip()


def _settle(plan: Plan, row: TableRow, left: Sequence[Key], today: dt.date) -> None:
    """Note what a row no longer asks for; without anything left it is settled."""
    values: dict[str, Any] = {}
    if row["open_tasks"]:
        values["open_tasks"] = joined(item for _, _, item in left) or None
    if not left:
        values |= {"settled": yes_no()[True], "settled_on": today}
        plan.settled.append(str(row["reminder_no"]))
    plan.updates[row.number] = values


def joined(codes: Iterable[str]) -> str:
    """Codes as 涉及任务 and 未办结任务 list them."""
    return _SEPARATOR.join(codes)


def _due_again(before: TableRow, matter: Matter, today: dt.date, rules: ReminderRules) -> bool:
    """Whether a matter is reminded of once more: its answer is overdue, and enough days have passed.

    A level that the office has chosen for the next round (越级) waits for neither, only for another day.
    """
    day = _day(before)
    if _asked(before, rules) is not None:
        return day is None or day < today
    if _round(before) >= rules.most_rounds.get(matter, _round(before) + 1):
        return False
    answer_by = before["answer_by"]
    enough = day is None or (today - day).days >= rules.days_between
    return enough and (not isinstance(answer_by, dt.date) or answer_by < today)


def _asked(row: TableRow, rules: ReminderRules) -> ReminderLevel | None:
    """The level that the office wants for the next round."""
    wanted = str(row.values.get("raise_to") or "").strip()
    return next((level for level in rules.levels if level.name == wanted), None)


def _level(before: TableRow | None, number: int, rules: ReminderRules) -> ReminderLevel:
    """The level of a round: what the office chose, else one above the last, the strongest at most.

    Where the settings no longer know the last level, the number of the round decides.
    """
    if before is not None and (asked := _asked(before, rules)) is not None:
        return asked
    names = [level.name for level in rules.levels]
    at = number - 1
    if before is not None and before["level"] in names:
        at = names.index(str(before["level"])) + 1
    return rules.levels[min(at, len(names) - 1)]


def _unknown_levels(rows: Iterable[TableRow], rules: ReminderRules) -> Iterator[Finding]:
    """Cells of 越级 that say something else than a level, each once."""
    names = _SEPARATOR.join(level.name for level in rules.levels)
    for row in {row.number: row for row in rows}.values():
        if (wanted := str(row.values.get("raise_to") or "").strip()) and _asked(row, rules) is None:
            yield finding("M606", value=wanted, levels=names, no=str(row["reminder_no"]))


def todays(log: Sequence[TableRow], period: str, today: dt.date) -> list[TableRow]:
    """The rows of the log that were made on this day for a period."""
    return [row for row in log if _day(row) == today and row["period"] == period]


def matter_of(title: object) -> tuple[Matter | None, str]:
    """A title of 催办[事由] taken apart: matter and stage; None where it is no matter."""
    said, _, stage = str(title or "").rstrip("）").partition("（")
    return next((name for name in MATTERS if matter_words()[name] == said), None), stage
