"""What each unit owes in a period, from the master: its tasks, the printed cells, last period's report."""

from __future__ import annotations

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


def expected_rows(state: MasterState, period: Period, settings: Settings) -> dict[str, dict[str, ExpectedRow]]:
    """Unit code → task code → what its form shows and its rules ask for; units and tasks in register order."""
    tasks = {str(t["task_code"]): t for t in state.tasks}
    last = last_reports(state, period)
    completed = settings.status_named("completed")
    out: dict[str, dict[str, ExpectedRow]] = {str(u["unit_code"]): {} for u in state.units}
    for row in state.assignments:
        code, unit = str(row["task_code"]), str(row["unit_code"])
        task = tasks.get(code)
        if task is None:
            continue
        due = state.due[code]
        before = last.get((code, unit))
        out.setdefault(unit, {})[code] = ExpectedRow(
            task_code=code,
            serial_no=int(task["serial_no"]),
            role=role_of(row["role"]),
            goal=due.goal,
            deadline=due.deadline,
            locked={
                "task": str(task["task"] or ""),
                "role": str(row["role"] or ""),
                "deadline": str(task["deadline"] or ""),
                "lead_unit": str(task["lead_unit"] or ""),
                "cooperating_units": str(task["cooperating_units"] or ""),
            },
            last_status=before["status"] if before else None,
            last_percent=before["percent_complete"] if before else None,
            last_text=before["progress_text"] if before else None,
            prefilled=bool(before and before["status"] == completed),
        )
    return {unit: rows for unit, rows in out.items() if rows}


def last_reports(state: MasterState, period: Period) -> dict[tuple[str, str], TableRow]:
    """(task, unit) → its newest ledger row of a period before this one."""
    latest: dict[tuple[str, str], TableRow] = {}
    for (code, task, unit), row in state.effective_ledger().items():
        if code < period.code and ((task, unit) not in latest or str(latest[task, unit]["period"]) < code):
            latest[task, unit] = row
    return latest


def intake_context(state: MasterState, period: Period, settings: Settings) -> Context:
    """Everything that judging returns asks of the master."""
    names = {str(u["unit_code"]): str(u["unit"]) for u in state.units}
    return Context(
        spec=load_spec(settings),
        settings=settings,
        year=int(state.meta["year"]),
        period=period,
        master_id=state.meta["master_id"],
        key=state.meta["key"],
        expected=expected_rows(state, period, settings),
        unit_names=names,
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
