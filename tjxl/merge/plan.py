"""The plan of a merge: accepted returns + the master's present values → ledger rows, cell changes, questions.

Pure: no file is read or written, no clock is asked. Returns are taken in an order of their own (period, unit), so
that the order in which files arrive changes nothing; a row that says what the master already knows adds nothing,
so that merging again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tjxl.fields.spec import Part
from tjxl.findings import finding
from tjxl.intake.record import Noted
from tjxl.register import Question
from tjxl.sheets.layout import answer_words, state_titles
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.rows import TableRow

Key = tuple[str, str, str]
"""Period, row code, unit code: what a ledger has one counting row for."""


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """One row of an accepted return: values and cell addresses by field name (`PART_TABLES[part].fields`)."""

    code: str
    task_code: str
    row: int
    values: Mapping[str, Any]
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AcceptedSheet:
    """The accepted rows of one sheet, under the title it has in the return."""

    title: str
    rows: tuple[AcceptedRow, ...]


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
    reported_on: dt.date | None
    file_time: dt.datetime
    head: Mapping[str, Any]
    sheets: Mapping[Part, AcceptedSheet]
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
        ledgers: sheet of the form → rows to append to its ledger, by column name.
        updates: table of the master → sheet row → column name → new value.
        questions: to add to 待裁决.
        changes: for people and for `--json`.
        merged: sha256 of the returns that this plan takes in, also those that change nothing.
    """

    ledgers: dict[Part, list[dict[str, Any]]] = field(default_factory=lambda: {part: [] for part in PART_TABLES})
    updates: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    def update(self, table: str, row: TableRow, new: Mapping[str, Any]) -> dict[str, Any]:
        """Plan to set what differs; what that is."""
        changed = {name: value for name, value in new.items() if row[name] != value}
        if changed:
            self.updates.setdefault(table, {})[row.number] = changed
        return changed


@dataclass(frozen=True, slots=True)
class Present:
    """The master's present values, as far as a merge needs them (rows as `workbook/master.toml` names them).

    Attributes:
        promises: the rows of 节点 and 指标.
        leads: task code → code of the unit whose word the register shows.
        due: task code → the day by which it is due.
        ledgers: sheet of the form → the ledger rows that count.
        asked: keys of all questions asked so far.
    """

    tasks: Sequence[TableRow]
    assignments: Sequence[TableRow]
    promises: Mapping[Part, Sequence[TableRow]]
    leads: Mapping[str, str]
    due: Mapping[str, dt.date | None]
    ledgers: Mapping[Part, Mapping[Key, TableRow]]
    submissions: Sequence[TableRow]
    asked: Collection[str]
    adjustment_status: str


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a ledger row of this merge came from."""

    accepted: AcceptedReturn
    sheet: AcceptedSheet
    row: AcceptedRow


@dataclass(slots=True)
class _Ledger:
    """One ledger as it will be: the rows that count, and where those of this merge came from."""

    effective: dict[Key, Mapping[str, Any]]
    sources: dict[Key, _Source] = field(default_factory=dict)

    def latest(self) -> dict[tuple[str, str], tuple[str, Mapping[str, Any]]]:
        """(row code, unit) → period and row of the latest period."""
        out: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
        for (period, code, unit), entry in self.effective.items():
            if (code, unit) not in out or _later(period, out[code, unit][0]):
                out[code, unit] = (period, entry)
        return out


def plan_merge(
    returns: Sequence[AcceptedReturn], present: Present, noted: Noted, *, batch: int, now: dt.datetime
) -> Plan:
    """What merging these returns changes. `batch` and `now` mark the ledger rows.

    Args:
        noted: what the returns that are not merged, or not whole, change all the same.
    """
    plan = Plan(questions=[q for q in noted.questions if q.key not in present.asked])
    plan.updates |= {table: dict(rows) for table, rows in noted.updates.items()}
    roles = {(str(a["task_code"]), str(a["unit_code"])): str(a["role"]) for a in present.assignments}
    ledgers = {part: _Ledger({k: dict(r.values) for k, r in rows.items()}) for part, rows in present.ledgers.items()}
    for accepted in sorted(returns, key=lambda r: (r.period, r.unit_code, r.sha256)):
        plan.merged.append(accepted.sha256)
        for part, sheet in accepted.sheets.items():
            ledger, fields = ledgers[part], PART_TABLES[part].fields
            for row in sorted(sheet.rows, key=lambda r: r.code):
                key = (accepted.period, row.code, accepted.unit_code)
                known = ledger.effective.get(key)
                values = {f: row.values.get(f) for f in fields}
                if known is not None and all(known.get(name) == value for name, value in values.items()):
                    continue
                source = _Source(accepted, sheet, row)
                entry = _ledger_entry(part, source, values)
                entry |= {"role": roles[row.task_code, accepted.unit_code], "batch": batch, "merged_at": now}
                plan.ledgers[part].append(entry)
                ledger.effective[key], ledger.sources[key] = entry, source
    _ask_about_adjustments(plan, present)
    _project(plan, present, ledgers)
    _plan_submissions(plan, returns, present, now)
    return plan


def _ledger_entry(part: Part, source: _Source, values: Mapping[str, Any]) -> dict[str, Any]:
    accepted = source.accepted
    return {
        "period": accepted.period,
        "task_code": source.row.task_code,
        "unit_code": accepted.unit_code,
        "unit": accepted.unit,
        PART_TABLES[part].key: source.row.code,
        **values,
        "file": accepted.file,
        "sha256": accepted.sha256,
        "sheet": source.sheet.title,
        "row": source.row.row,
    }


def _ask_about_adjustments(plan: Plan, present: Present) -> None:
    """申请调整 is merged like any report and opens a question to the office."""
    tasks = {str(t["task_code"]): t for t in present.tasks}
    for entry in plan.ledgers["report"]:
        if entry["status"] != present.adjustment_status:
            continue
        question = _adjustment(entry, tasks[str(entry["task_code"])], present)
        if question.key not in present.asked:
            plan.questions.append(question)


def _adjustment(entry: Mapping[str, Any], task: TableRow, present: Present) -> Question:
    """Whether a task's deadline may move. The same request made again, in whatever file, asks nothing again."""
    code, unit, date = str(entry["task_code"]), str(entry["unit_code"]), entry["completion_date"]
    day = date.isoformat() if isinstance(date, dt.date) else None
    due = present.due.get(code)
    reason = hashlib.sha256(str(entry["problems"] or "").encode()).hexdigest()[:16]
    words = answer_words()
    text = finding(
        "M501",
        unit=entry["unit"],
        serial_no=task["serial_no"],
        reason=entry["problems"] or "未说明原因",
        date=day or "未写明日期",
    ).message
    return Question(
        text,
        (words["agree"], words["disagree"]),
        entry["task_code"],
        entry["unit"],
        entry["period"],
        key=f"adjustment:{entry['period']}:{unit}:{code}:{day or ''}:{reason}",
        data={
            "task": code,
            "unit_code": unit,
            "date": day,
            "leads": present.leads.get(code) == unit,
            "printed": task["deadline"],
            "due": due.isoformat() if due else None,
            "file": entry["file"],
            "sha256": entry["sha256"],
        },
    )


def _project(plan: Plan, present: Present, ledgers: Mapping[Part, _Ledger]) -> None:
    """The register's present state: of each row the latest period's report; tasks and promises show their lead's."""
    report, shown = ledgers["report"], PART_TABLES["report"].shown
    latest = report.latest()
    for row in present.assignments:
        pair = (str(row["task_code"]), str(row["unit_code"]))
        if pair in latest:
            period, entry = latest[pair]
            changed = plan.update("assignments", row, {f: entry.get(f) for f in shown} | {"period": period})
            plan.changes += _changes(row, changed, report.sources.get((period, *pair)))
    for row in present.tasks:
        code = str(row["task_code"])
        if (found := latest.get((code, present.leads.get(code, "")))) is not None:
            plan.update("tasks", row, {f: found[1].get(f) for f in shown} | {"period": found[0]})
    for part, rows in present.promises.items():
        _project_promises(plan, part, rows, present.leads, ledgers[part])


def _project_promises(
    plan: Plan, part: Part, rows: Sequence[TableRow], leads: Mapping[str, str], ledger: _Ledger
) -> None:
    tables, latest = PART_TABLES[part], ledger.latest()
    for row in rows:
        pair = (str(row[tables.key]), leads.get(str(row["task_code"]), ""))
        if pair in latest:
            period, entry = latest[pair]
            changed = plan.update(tables.register, row, {f: entry.get(f) for f in tables.shown} | {"period": period})
            plan.changes += _changes(row, changed, ledger.sources.get((period, *pair)))


def _later(period: str, other: str) -> bool:
    """Period codes of one cadence sort as text; `2022-Q2` and `2022-06` do not meet in one project."""
    return period > other


def _changes(row: TableRow, changed: Mapping[str, Any], source: _Source | None) -> list[Change]:
    """What this merge's own rows have changed; a value that follows from an older row is no news."""
    if source is None:
        return []
    return [
        Change(
            task=str(row["task_code"]),
            unit=source.accepted.unit,
            field=name,
            old=row[name],
            new=value,
            file=source.accepted.file,
            sha256=source.accepted.sha256,
            sheet=source.sheet.title,
            cell=source.row.cells.get(name),
        )
        for name, value in changed.items()
        if name != "period"
    ]


def _plan_submissions(plan: Plan, returns: Sequence[AcceptedReturn], present: Present, now: dt.datetime) -> None:
    rows = {(str(r["period"]), str(r["unit_code"])): r for r in present.submissions}
    for accepted in returns:
        row = rows.get((accepted.period, accepted.unit_code))
        if row is None:
            continue
        due, reported = row["due_on"], accepted.reported_on
        late = isinstance(due, dt.date) and reported is not None and reported > due
        state = state_titles()["awaiting_decision" if not accepted.complete else "late" if late else "reported"]
        if row["merged_at"] is not None and row["sha256"] == accepted.sha256 and row["state"] == state:
            continue
        new = {
            "state": state,
            "reported_on": reported,
            "prepared_by": accepted.head.get("prepared_by"),
            "phone": accepted.head.get("phone"),
            "reviewed_by": accepted.head.get("reviewed_by"),
            "file": accepted.file,
            "file_time": accepted.file_time.replace(microsecond=0),
            "sha256": accepted.sha256,
            "merged_at": now,
        }
        plan.update("submissions", row, new)
