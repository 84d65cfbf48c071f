"""The plan of a merge: accepted returns + the master's present values → ledger rows, cell changes, questions.

Pure: no file is read or written, no clock is asked. Returns are taken in an order of their own (period, unit), so
that the order in which files arrive changes nothing; a row that says what the master already knows adds nothing,
so that merging again changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tjxl.findings import finding
from tjxl.register import ROLE_TITLES, Question
from tjxl.sheets.layout import state_titles
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import REPORTED

ROW_FIELDS = (*REPORTED, "evidence")


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """One row of an accepted return: values and cell addresses by field name (`ROW_FIELDS`)."""

    task_code: str
    row: int
    values: Mapping[str, Any]
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AcceptedReturn:
    """A return that counts, as intake gives it to the merge.

    `complete` is False where some rows wait for a decision: the file is then looked at again.
    """

    file: str
    sha256: str
    period: str
    unit_code: str
    unit: str
    sheet: str
    reported_on: dt.date | None
    file_time: dt.datetime
    head: Mapping[str, Any]
    rows: tuple[AcceptedRow, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Change:
    """A merged value that became another one; the shape of `changes` in section 11 of the design."""

    task: str
    unit: str
    field: str
    old: Any
    new: Any
    file: str
    sha256: str
    sheet: str
    cell: str | None

    def to_json(self) -> dict[str, Any]:
        """The change with dates in ISO form."""
        names = ("task", "unit", "field", "old", "new", "file", "sha256", "sheet", "cell")
        return {n: v.isoformat() if isinstance(v := getattr(self, n), dt.date) else v for n in names}


@dataclass(slots=True)
class Plan:
    """What a merge will do.

    Attributes:
        ledger: rows to append to 填报流水, by column name.
        tasks, assignments: sheet row → column name → new value.
        submissions: the same for 报送情况.
        questions: to add to 待裁决.
        changes: for people and for `--json`.
        merged: sha256 of the returns that this plan takes in, also those that change nothing.
    """

    ledger: list[dict[str, Any]] = field(default_factory=list)
    tasks: dict[int, dict[str, Any]] = field(default_factory=dict)
    assignments: dict[int, dict[str, Any]] = field(default_factory=dict)
    submissions: dict[int, dict[str, Any]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Present:
    """The master's present values, as far as a merge needs them (rows as `workbook/master.toml` names them)."""

    tasks: Sequence[TableRow]
    assignments: Sequence[TableRow]
    ledger: Mapping[tuple[str, str, str], TableRow]
    submissions: Sequence[TableRow]
    questions: Sequence[TableRow]
    adjustment_status: str


def plan_merge(returns: Sequence[AcceptedReturn], present: Present, *, batch: int, now: dt.datetime) -> Plan:
    """What merging these returns changes. `batch` and `now` mark the ledger rows."""
    plan = Plan()
    roles = {(str(a["task_code"]), str(a["unit_code"])): str(a["role"]) for a in present.assignments}
    effective = {key: dict(row.values) for key, row in present.ledger.items()}
    sources: dict[tuple[str, str, str], tuple[AcceptedReturn, AcceptedRow]] = {}
    serials = {str(t["task_code"]): t["serial_no"] for t in present.tasks}
    asked = {(q["period"], q["unit"], q["task_code"], q["question"]) for q in present.questions}
    for accepted in sorted(returns, key=lambda r: (r.period, r.unit_code, r.sha256)):
        plan.merged.append(accepted.sha256)
        for row in sorted(accepted.rows, key=lambda r: r.task_code):
            key = (accepted.period, row.task_code, accepted.unit_code)
            known = effective.get(key)
            if known is not None and all(known.get(f) == row.values.get(f) for f in ROW_FIELDS):
                continue
            entry = _ledger_entry(accepted, row, roles[row.task_code, accepted.unit_code], batch, now)
            plan.ledger.append(entry)
            effective[key] = entry
            sources[key] = (accepted, row)
            question = _adjustment(accepted, row, present.adjustment_status, serials.get(row.task_code))
            if question and (question.period, question.unit, question.task_code, question.text) not in asked:
                plan.questions.append(question)
    _project(plan, present, effective, sources)
    _plan_submissions(plan, returns, present, now)
    return plan


def _ledger_entry(
    accepted: AcceptedReturn, row: AcceptedRow, role: str, batch: int, now: dt.datetime
) -> dict[str, Any]:
    return {
        "period": accepted.period,
        "task_code": row.task_code,
        "unit_code": accepted.unit_code,
        "unit": accepted.unit,
        "role": role,
        **{f: row.values.get(f) for f in ROW_FIELDS},
        "file": accepted.file,
        "sha256": accepted.sha256,
        "sheet": accepted.sheet,
        "row": row.row,
        "batch": batch,
        "merged_at": now,
    }


def _adjustment(accepted: AcceptedReturn, row: AcceptedRow, status: str, serial_no: Any) -> Question | None:
    """申请调整 is merged like any report and opens a question to the office."""
    if row.values.get("status") != status:
        return None
    date = row.values.get("completion_date")
    text = finding(
        "M501",
        unit=accepted.unit,
        serial_no=serial_no,
        reason=row.values.get("problems") or "未说明原因",
        date=date.isoformat() if isinstance(date, dt.date) else "未写明日期",
    ).message
    return Question(
        text,
        ("同意", "不同意"),
        row.task_code,
        accepted.unit,
        accepted.period,
        key=f"adjustment:{accepted.period}:{row.task_code}:{accepted.unit_code}",
        data={"unit_code": accepted.unit_code, "date": date.isoformat() if isinstance(date, dt.date) else None},
    )


def _project(
    plan: Plan,
    present: Present,
    effective: Mapping[tuple[str, str, str], Mapping[str, Any]],
    sources: Mapping[tuple[str, str, str], tuple[AcceptedReturn, AcceptedRow]],
) -> None:
    """The register's present state: per task and unit the latest period's row; a task shows its lead's."""
    latest: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
    for (period, task, unit), entry in effective.items():
        if (task, unit) not in latest or _later(period, latest[task, unit][0]):
            latest[task, unit] = (period, entry)
    leads = {}
    for row in present.assignments:
        pair = (str(row["task_code"]), str(row["unit_code"]))
        if row["role"] == ROLE_TITLES["lead"]:
            leads[pair[0]] = pair
        if pair not in latest:
            continue
        period, entry = latest[pair]
        new = {f: entry.get(f) for f in REPORTED} | {"period": period}
        if changed := _different(row, new):
            plan.assignments[row.number] = changed
            source = sources.get((period, *pair))
            if source:
                plan.changes += _changes(row, changed, *source)
    for row in present.tasks:
        lead = leads.get(str(row["task_code"]))
        if lead is None or lead not in latest:
            continue
        period, entry = latest[lead]
        if changed := _different(row, {f: entry.get(f) for f in REPORTED} | {"period": period}):
            plan.tasks[row.number] = changed


def _later(period: str, other: str) -> bool:
    """Period codes of one cadence sort as text; `2022-Q2` and `2022-06` do not meet in one project."""
    return period > other


def _different(row: TableRow, new: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in new.items() if row[name] != value}


def _changes(
    row: TableRow, changed: Mapping[str, Any], accepted: AcceptedReturn, source: AcceptedRow
) -> list[Change]:
    return [
        Change(
            task=str(row["task_code"]),
            unit=accepted.unit,
            field=name,
            old=row[name],
            new=value,
            file=accepted.file,
            sha256=accepted.sha256,
            sheet=accepted.sheet,
            cell=source.cells.get(name),
        )
        for name, value in changed.items()
        if name != "period"
    ]


def _plan_submissions(plan: Plan, returns: Sequence[AcceptedReturn], present: Present, now: dt.datetime) -> None:
    rows = {(str(r["period"]), str(r["unit_code"])): r for r in present.submissions}
    for accepted in returns:
        row = rows.get((accepted.period, accepted.unit_code))
        if row is None or (row["merged_at"] is not None and row["sha256"] == accepted.sha256):
            continue
        due, reported = row["due_on"], accepted.reported_on
        late = isinstance(due, dt.date) and reported is not None and reported > due
        state = "awaiting_decision" if not accepted.complete else "late" if late else "reported"
        new = {
            "state": state_titles()[state],
            "reported_on": reported,
            "prepared_by": accepted.head.get("prepared_by"),
            "phone": accepted.head.get("phone"),
            "reviewed_by": accepted.head.get("reviewed_by"),
            "file": accepted.file,
            "file_time": accepted.file_time.replace(microsecond=0),
            "sha256": accepted.sha256,
            "merged_at": now,
        }
        plan.submissions[row.number] = _different(row, new)
