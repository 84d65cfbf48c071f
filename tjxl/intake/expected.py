"""What each unit owes in a period, from the master: its tasks, the printed cells, last period's report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tjxl.fields.spec import load_spec
from tjxl.intake.context import Context, ExpectedRow, MergedReturn
from tjxl.periods import Period
from tjxl.settings import Settings
from tjxl.sheets.layout import state_titles
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState, role_of

# 报送情况 states whose file still waits for something: it is read again on the next run.
OPEN_STATES = ("missing", "returned", "awaiting_decision")


def expected_rows(
    state: MasterState, period: Period, settings: Settings, *, issuing: bool = False
) -> dict[str, dict[str, ExpectedRow]]:
    """Unit code → task code → what its form shows and its rules ask for; units and tasks in register order.

    A form is judged by what stood in it when it was issued: tasks, roles and deadlines that the office decided on
    later count from the next form. `issuing` asks what a form issued now holds.
    """
    in_hand = _in_hand(state, period, issuing)
    tasks = {str(t["task_code"]): t for t in state.tasks}
    last = last_reports(state, period)
    completed = settings.status_named("completed")
    out: dict[str, dict[str, ExpectedRow]] = {str(u["unit_code"]): {} for u in state.units}
    for row in state.assignments:
        code, unit = str(row["task_code"]), str(row["unit_code"])
        task = tasks.get(code)
        role = in_hand.get((code, unit), row["role"])
        if task is None or role is None:
            continue
        due = state.due[code]
        deadline = due.deadline
        locked: tuple[str, ...] = ("task", "deadline", "lead_unit", "cooperating_units")
        if (code, "") in in_hand:  # other words stood in the form: there is nothing to compare with
            before = in_hand[code, ""]
            deadline, locked = dt.date.fromisoformat(before) if before else None, ("task",)
        report = last.get((code, unit))
        out.setdefault(unit, {})[code] = ExpectedRow(
            task_code=code,
            serial_no=int(task["serial_no"]),
            role=role_of(role),
            goal=due.goal,
            deadline=deadline,
            locked={name: str(task[name] or "") for name in locked} | {"role": str(role)},
            last_status=report["status"] if report else None,
            last_percent=report["percent_complete"] if report else None,
            last_text=report["progress_text"] if report else None,
            prefilled=bool(report and report["status"] == completed),
        )
    return {unit: rows for unit, rows in out.items() if rows}


def _in_hand(state: MasterState, period: Period, issuing: bool) -> dict[tuple[str, str], str | None]:
    """(task, unit) → the role, (task, "") → the deadline, of the period's forms where they differ (下发后变更).

    Of several changes the one that came first after the period's issue tells what its forms hold.
    """
    marks: dict[tuple[str, str], tuple[str, str | None]] = {}
    for row in state.since_issue:
        pair, code = (str(row["task_code"]), str(row["unit_code"] or "")), str(row["period"])
        later = code > period.code or (code == period.code and not issuing)
        if later and (pair not in marks or code < marks[pair][0]):
            marks[pair] = (code, row["before"])
    return {pair: before for pair, (_, before) in marks.items()}


def last_reports(state: MasterState, period: Period) -> dict[tuple[str, str], TableRow]:
    """(task, unit) → its newest ledger row of a period before this one."""
    latest: dict[tuple[str, str], TableRow] = {}
    for (code, task, unit), row in state.effective_ledger().items():
        if code < period.code and ((task, unit) not in latest or str(latest[task, unit]["period"]) < code):
            latest[task, unit] = row
    return latest


def intake_context(state: MasterState, period: Period, settings: Settings) -> Context:
    """Everything that judging returns asks of the master."""
    units = state.registry.by_code
    return Context(
        spec=load_spec(settings),
        settings=settings,
        year=int(state.meta["year"]),
        period=period,
        master_id=state.meta["master_id"],
        key=state.meta["key"],
        expected=expected_rows(state, period, settings),
        unit_names={code: unit.name for code, unit in units.items()},
        unit_aliases={code: unit.aliases for code, unit in units.items() if unit.aliases},
        merged=_merged(state, period),
        merged_files=_merged_files(state),
    )


def _merged(state: MasterState, period: Period) -> Mapping[str, MergedReturn]:
    return {
        str(r["unit_code"]): MergedReturn(str(r["sha256"]), str(r["file"]), r["reported_on"], r["file_time"])
        for r in state.submissions
        if r["period"] == period.code and r["merged_at"] is not None
    }


def _merged_files(state: MasterState) -> frozenset[str]:
    waiting = {r["sha256"] for r in state.submissions if r["state"] in {state_titles()[s] for s in OPEN_STATES}}
    known = {r["sha256"] for r in state.ledger} | {r["sha256"] for r in state.submissions if r["merged_at"]}
    return frozenset(str(s) for s in known - waiting if s)
