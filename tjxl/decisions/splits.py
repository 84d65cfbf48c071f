"""分解, followed: who at this level does what of the tasks that were given from above.

A row is a task of this master. One that the office has added becomes a task of its own, with the next free code of
its 序号 (`T010-2`): tasks that share a 序号. What a row says of departments holds until it says something else; a
department that has reported keeps its part, and that is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tjxl.decisions.answers import AnswerError, units_in
from tjxl.decisions.cells import cell_of
from tjxl.decisions.draft import Draft, NewTask, TaskDraft
from tjxl.findings import Finding, finding
from tjxl.notice.words import number_ranges, quote, say_ranges
from tjxl.register import Given, Unit, task_code
from tjxl.sheets.layout import master_layout, split_words
from tjxl.sheets.rows import TableRow, holds_table
from tjxl.sheets.split_sheet import given_columns
from tjxl.sheets.state import MasterState


@dataclass(slots=True)
class _Splits:
    """What is made of the rows of 分解.

    Attributes:
        states: sheet row → its columns as they are to be.
        reported: (task, unit) of which something is in the ledger.
    """

    draft: Draft
    state: MasterState
    states: dict[int, dict[str, Any]] = field(default_factory=dict)
    said: list[Finding] = field(default_factory=list)
    reported: frozenset[tuple[str, str]] = frozenset()


def follow_splits(draft: Draft, state: MasterState) -> tuple[Mapping[int, Mapping[str, Any]], list[Finding]]:
    """Give the tasks to the departments that 分解 names.

    Returns:
        Sheet row of 分解 → what its generated and shared columns are to say; and what is to be said: notes of what
        was done, else what keeps a row from being followed and which tasks nobody has.
    """
    if not state.given or not holds_table(state.book, master_layout()["splits"]):
        return {}, []
    reported = frozenset((str(r["task_code"]), str(r["unit_code"])) for r in state.ledger)
    splits = _Splits(draft, state, reported=reported)
    divided: set[str] = set()
    seen: set[str] = set()
    for row in state.splits:
        given = _given_of(row, state.given)
        if given is None:
            _refuse(splits, row, finding("H110", value=quote(str(row["given_code"] or row["serial_no"] or ""))))
            continue
        if _follow_row(splits, row, given, seen):
            divided.add(given.code)
    open_tasks = [g.serial_no for code, g in state.given.items() if code not in divided]
    if open_tasks:
        splits.said.append(finding("H111", serials=say_ranges(number_ranges(open_tasks)), count=len(open_tasks)))
    lost = sorted(code for code in draft.tasks if code not in seen and code not in draft.new_tasks)
    if lost:
        splits.said.append(finding("H112", tasks="、".join(lost)))
    return splits.states, splits.said


def superior_code(code: str, serial_no: int, splits: Mapping[str, str], given: Mapping[str, Given]) -> str | None:
    """The task from above that a task of this master is part of; None where it cannot be told.

    Args:
        splits: task → 上级任务编码, as 分解 says it.
    """
    if splits.get(code) in given:
        return splits[code]
    if code in given:
        return code
    of_serial = [g.code for g in given.values() if g.serial_no == serial_no]
    return of_serial[0] if len(of_serial) == 1 else None


def _given_of(row: TableRow, given: Mapping[str, Given]) -> Given | None:
    """The task from above that a row divides."""
    for name in ("given_code", "task_code"):
        code = str(row.values.get(name) or "").strip()
        if code in given:
            return given[code]
    of_serial = [g for g in given.values() if g.serial_no == row["serial_no"]]
    return of_serial[0] if len(of_serial) == 1 else None


def _refuse(splits: _Splits, row: TableRow, why: Finding, column: str = "serial_no") -> None:
    """A row that is not followed: 状态 says why."""
    splits.said.append(why.at(task=row["task_code"], **cell_of(splits.state, "splits", row.number, column)))
    splits.states.setdefault(row.number, {})["state"] = why.message


def _follow_row(splits: _Splits, row: TableRow, given: Given, seen: set[str]) -> bool:
    """Whether a row gives its task to somebody."""
    code = str(row["task_code"] or "")
    if code in seen:
        _refuse(splits, row, finding("H113", task=code))
        return False
    splits.states[row.number] = dict(given_columns(given))
    if code:
        seen.add(code)
    lead_name = str(row.values.get("lead_unit") or "").strip()
    if not lead_name:
        splits.states[row.number]["state"] = split_words()["open"]
        return False
    draft = splits.draft
    try:
        lead = units_in(lead_name, draft)
        if len(lead) > 1:
            raise AnswerError(finding("D618", value=quote(lead_name)))
    except AnswerError as error:
        _refuse(splits, row, error.finding, "lead_unit")
        return False
    others_named = str(row.values.get("cooperating_units") or "").strip()
    try:
        others = [u for u in units_in(others_named, draft) if u.code != lead[0].code] if others_named else []
    except AnswerError as error:
        _refuse(splits, row, error.finding, "cooperating_units")
        return False
    if code not in draft.tasks:
        code = code or _free_code(draft, given)
        seen.add(code)
        _add_task(draft, code, given)
    _assign(splits, row, code, lead[0], others)
    problems = [f for f in (_set_text(splits, row, code, given), _set_due(draft, row, code, given)) if f]
    splits.states[row.number] |= {"task_code": code, "state": split_words()["done"]}
    for problem in problems:
        _refuse(splits, row, problem, str(problem.field))
    return True


def _free_code(draft: Draft, given: Given) -> str:
    """The next code of a 序号 that no task has."""
    if given.code not in draft.tasks:  # given later than the register was begun
        return given.code
    part = 2
    while task_code(given.serial_no, part) in draft.tasks:
        part += 1
    return task_code(given.serial_no, part)


def _add_task(draft: Draft, code: str, given: Given) -> None:
    draft.set_task(TaskDraft(code, given.serial_no, "", (), given.deadline_text, given.deadline))
    draft.texts[code] = given.text
    draft.new_tasks[code] = NewTask(split_words()[f"{given.role}_theme"], given.leaders, given.goal)


def _assign(splits: _Splits, row: TableRow, code: str, lead: Unit, others: list[Unit]) -> None:
    """Who leads, who cooperates; who is not named any more and has not reported is left out."""
    draft = splits.draft
    before = {unit: role for (task, unit), role in draft.roles.items() if task == code}
    wanted = {lead.code: "lead", **{unit.code: "cooperating" for unit in others}}
    for unit in before:
        if unit in wanted:
            continue
        if (code, unit) in splits.reported:
            name = draft.units[unit].name if unit in draft.units else unit
            kept = finding("H115", task=code, unit=name)
            splits.said.append(kept.at(task=code, **cell_of(splits.state, "splits", row.number, "lead_unit")))
            draft.roles[code, unit] = "cooperating"
        else:
            del draft.roles[code, unit]
    draft.roles |= {(code, unit): role for unit, role in wanted.items()}  # type: ignore[misc]
    task = draft.tasks[code]
    draft.set_task(replace(task, lead=lead.name, cooperating=tuple(unit.name for unit in others)))
    if before.get(lead.code) != "lead":
        splits.said.append(finding("D603", task=code, serial_no=task.serial_no, unit=lead.name))


def _set_text(splits: _Splits, row: TableRow, code: str, given: Given) -> Finding | None:
    """What is to be done, unless forms with other words are in somebody's hands."""
    draft = splits.draft
    text = str(row.values.get("item") or "").strip() or given.text
    if text == draft.texts[code]:
        return None
    if any(unit in draft.issued for task, unit in draft.roles if task == code) and code not in draft.new_tasks:
        return finding("H114", task=code).at(field="item")
    draft.texts[code] = text
    return None


def _set_due(draft: Draft, row: TableRow, code: str, given: Given) -> Finding | None:
    """The day at this level: the one in 本级时限, else that from above. One that is no date is told elsewhere."""
    day = row.values.get("due_on")
    task = draft.tasks[code]
    if not isinstance(day, dt.date):
        if code not in draft.requests:
            draft.set_task(replace(task, due=given.deadline, deadline_text=given.deadline_text))
        return None
    if given.deadline is not None and day > given.deadline:
        return finding("H116", due=given.deadline, value=day).at(field="due_on")
    if code not in draft.requests:
        draft.set_task(replace(task, due=day, deadline_text=f"{day.year}年{day.month}月{day.day}日前"))
    return None
