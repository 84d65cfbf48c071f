"""The plan of a merge: accepted returns + the master's present values → ledger rows, cell changes, questions.

Pure: no file is read or written, no clock is asked. Returns are taken in an order of their own (period, unit), so
that the order in which files arrive changes nothing; a row that says what the master already knows adds nothing,
so that merging again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tjxl.fields.spec import Part
from tjxl.findings import finding
from tjxl.intake.record import Noted
from tjxl.intake.timeliness import first_report, timely
from tjxl.merge.agreement import agreements, split_periods
from tjxl.merge.changes import Change, HandKind, Lives, differing
from tjxl.merge.hand_edits import Standing, standing
from tjxl.merge.projection import Entry, Key, Register, project
from tjxl.register import Question
from tjxl.settings import Settings
from tjxl.sheets.layout import answer_words, state_titles
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import sender_of
from tjxl.stages import SINGLE, STAGES, stage_title


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

    `complete` is False where some rows wait for a decision: the file is then looked at again. `first_on` is the day
    of an earlier report of this unit, period and stage that gave way to it.
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
    stage: str = SINGLE
    first_on: dt.date | None = None


@dataclass(slots=True)
class Plan:
    """What a merge will do.

    Attributes:
        ledgers: sheet of the form → rows to append to its ledger, by column name.
        updates: table of the master → sheet row → column name → new value.
        questions: to add to 待裁决.
        changes: what the new ledger rows change, field by field.
        hand_edits: rows of the register that somebody has typed into, and whether what was typed stays.
        merged: sha256 of the returns that this plan takes in, also those that change nothing.
    """

    ledgers: dict[Part, list[dict[str, Any]]] = field(default_factory=lambda: {part: [] for part in PART_TABLES})
    updates: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    hand_edits: list[tuple[Standing[Any], HandKind]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    def effective(self, present: Mapping[Part, Mapping[Key, Entry]]) -> dict[Part, dict[Key, Entry]]:
        """The ledger rows that count once this plan is carried out: of several for one key the last one written."""
        out: dict[Part, dict[Key, Entry]] = {part: dict(rows) for part, rows in present.items()}
        for part, entries in self.ledgers.items():
            code = PART_TABLES[part].key
            out[part] |= {(str(e["period"]), str(e[code]), str(e["unit_code"])): e for e in entries}
        return out

    def update(self, table: str, row: TableRow, new: Mapping[str, Any]) -> None:
        """Plan to set what differs."""
        changed = {name: value for name, value in new.items() if row[name] != value}
        if changed:
            self.updates.setdefault(table, {})[row.number] = changed


@dataclass(frozen=True, slots=True)
class Present:
    """The master's present values, as far as a merge needs them (rows as `workbook/master.toml` names them).

    Attributes:
        promises: the rows of 节点 and 指标.
        leads: task code → code of the unit whose word the register shows.
        due: task code → the day by which it is due.
        ledgers: sheet of the form → the ledger rows that count.
        asked: keys of all questions asked so far.
        withdrawn: keys of requests closed because their merge was undone → their sheet row of 待裁决.
    """

    tasks: Sequence[TableRow]
    assignments: Sequence[TableRow]
    promises: Mapping[Part, Sequence[TableRow]]
    leads: Mapping[str, str]
    due: Mapping[str, dt.date | None]
    ledgers: Mapping[Part, Mapping[Key, TableRow]]
    submissions: Sequence[TableRow]
    asked: Collection[str]
    settings: Settings
    withdrawn: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a ledger row of this merge came from."""

    accepted: AcceptedReturn
    sheet: AcceptedSheet
    row: AcceptedRow


@dataclass(slots=True)
class _Ledger:
    """One ledger as it will be: the rows that count."""

    effective: dict[Key, Entry]
    lives: Lives[Entry]

    def put(self, key: Key, entry: Entry) -> None:
        """From now on this is the row that counts for its key."""
        self.effective[key] = entry
        self.lives.put(key, entry)


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
    ledgers = {part: _Ledger(dict(rows), Lives(rows)) for part, rows in present.ledgers.items()}
    returns = sorted(returns, key=_oldest_first)
    for accepted in returns:
        plan.merged.append(accepted.sha256)
        for part, sheet in accepted.sheets.items():
            ledger, fields = ledgers[part], PART_TABLES[part].fields
            for row in sorted(sheet.rows, key=lambda r: r.code):
                key = (accepted.period, row.code, accepted.unit_code)
                known = ledger.effective.get(key)
                values = {f: row.values.get(f) for f in fields}
                if known is not None and all(known[name] == value for name, value in values.items()):
                    continue
                if known is not None and outweighs(known["role"], accepted.stage):
                    continue
                source = _Source(accepted, sheet, row)
                entry = _ledger_entry(part, source, values)
                role = stage_title(accepted.stage) or roles[row.task_code, accepted.unit_code]
                entry |= {"role": role, "batch": batch, "merged_at": now}
                plan.ledgers[part].append(entry)
                plan.changes += _changes(part, ledger, key, entry, row)
                ledger.put(key, entry)
    _ask_about_adjustments(plan, present)
    _project(plan, present, ledgers)
    _plan_agreements(plan, present, ledgers)
    _plan_submissions(plan, returns, present, now)
    return plan


def outweighs(role: object, stage: str) -> bool:
    """Whether a report of this role stands although the unit's return of a stage says something else.

    A unit that is made the lead of a task between the two stages of a period reports on it in both: its word as lead
    holds, whichever comes first.
    """
    return stage == "cooperating" and role == stage_title("lead")


def _oldest_first(accepted: AcceptedReturn) -> tuple[str, str, int, dt.date, dt.datetime, str]:
    """By period, unit and stage; of one's returns the newest comes last, and counts. The digest makes it stable."""
    moment = (accepted.reported_on or dt.date.min, accepted.file_time)
    stage = STAGES.index(accepted.stage) if accepted.stage in STAGES else 0
    return accepted.period, accepted.unit_code, stage, *moment, accepted.sha256


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
    requested = present.settings.status_named("adjustment_requested")
    for entry in plan.ledgers["report"]:
        if entry["status"] != requested:
            continue
        question = _adjustment(entry, tasks[str(entry["task_code"])], present)
        if question.key not in present.asked:
            plan.questions.append(question)
        elif question.key in present.withdrawn:
            opened = {"state": state_titles()["open_question"]}
            plan.updates.setdefault("questions", {})[present.withdrawn[question.key]] = opened


def adjustment_key(entry: Entry) -> str:
    """What a request for another deadline is about: the same one made again, in whatever file, asks nothing again."""
    date = entry["completion_date"]
    day = date.isoformat() if isinstance(date, dt.date) else ""
    reason = hashlib.sha256(str(entry["problems"] or "").encode()).hexdigest()[:16]
    return f"adjustment:{entry['period']}:{entry['unit_code']}:{entry['task_code']}:{day}:{reason}"


def _adjustment(entry: Mapping[str, Any], task: TableRow, present: Present) -> Question:
    """Whether a task's deadline may move."""
    code, unit, date = str(entry["task_code"]), str(entry["unit_code"]), entry["completion_date"]
    day = date.isoformat() if isinstance(date, dt.date) else None
    due = present.due.get(code)
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
        key=adjustment_key(entry),
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


def _changes(part: Part, ledger: _Ledger, key: Key, entry: Entry, row: AcceptedRow) -> list[Change]:
    """What a new ledger row changes."""
    kind, replaced = ledger.lives.replaced(key)
    return [
        Change(
            period=key[0],
            task=row.task_code,
            code=row.code,
            unit=str(entry["unit"]),
            table=PART_TABLES[part].ledger,
            field=name,
            old=old,
            new=new,
            kind=kind,
            file=str(entry["file"]),
            sha256=str(entry["sha256"]),
            sheet=str(entry["sheet"]),
            cell=row.cells.get(name),
        )
        for name, old, new in differing(part, entry, replaced)
    ]


def _project(plan: Plan, present: Present, ledgers: Mapping[Part, _Ledger]) -> None:
    """Plan what the register shows of the reports.

    A row that is to show another report than it does is written whole. One that shows its report already is left as
    it stands, also where somebody has typed over a cell of it: that is theirs to explain, and is told.
    """
    register = Register(present.tasks, present.assignments, present.promises, present.leads)
    stood = standing(project(register, present.ledgers), present.ledgers)
    after = project(register, {part: ledger.effective for part, ledger in ledgers.items()})
    for was, shown in zip(stood, after, strict=True):
        moves = shown.key is not None and shown.entry is not was.entry
        if moves:
            plan.update(shown.table, shown.row, shown.values)
        edits = {n: v for n, v in was.edits.items() if not moves or shown.values[n] != v}
        if edits:
            plan.hand_edits.append((replace(was, edits=edits), "overwritten" if moves else "hand"))


def _plan_agreements(plan: Plan, present: Present, ledgers: Mapping[Part, _Ledger]) -> None:
    """与牵头口径 of every cooperating unit: the lead's word may have changed as well as its own."""
    split = split_periods(present.submissions)
    said = agreements(present.assignments, present.leads, ledgers["report"].effective, split, present.settings)
    for row in present.assignments:
        if row["agreement"] != said.get(row.number):
            planned = plan.updates.setdefault("assignments", {}).setdefault(row.number, {})
            planned["agreement"] = said.get(row.number)


def _plan_submissions(plan: Plan, returns: Sequence[AcceptedReturn], present: Present, now: dt.datetime) -> None:
    rows: dict[tuple[str, str, str], TableRow] = {(str(r["period"]), *sender_of(r)): r for r in present.submissions}
    newest = {(accepted.period, accepted.unit_code, accepted.stage): accepted for accepted in returns}
    firsts: dict[tuple[str, str, str], list[dt.date | None]] = {}
    for accepted in returns:
        place = (accepted.period, accepted.unit_code, accepted.stage)
        firsts.setdefault(place, []).extend((accepted.reported_on, accepted.first_on))
    for place, accepted in newest.items():
        row = rows.get(place)
        if row is None:
            continue
        first = first_report(row, firsts[place])
        state = state_titles()["reported" if accepted.complete else "awaiting_decision"]
        new = timely(row, present.settings, {"state": state, "merged_at": now}, first)
        known = row["merged_at"] is not None and row["sha256"] == accepted.sha256
        if known and row["state"] == new["state"]:
            plan.update("submissions", row, {n: v for n, v in new.items() if n != "merged_at"})
            continue
        new |= {
            "reported_on": accepted.reported_on,
            "prepared_by": accepted.head.get("prepared_by"),
            "phone": accepted.head.get("phone"),
            "reviewed_by": accepted.head.get("reviewed_by"),
            "file": accepted.file,
            "file_time": accepted.file_time.replace(microsecond=0),
            "sha256": accepted.sha256,
        }
        plan.update("submissions", row, new)
