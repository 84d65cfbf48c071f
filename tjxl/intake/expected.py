"""What each unit owes in a period and stage, from the master: tasks, printed cells, last period's report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tjxl.fields.loading import load_spec, load_specs
from tjxl.fields.spec import Part
from tjxl.intake.agreement import reported
from tjxl.intake.context import Context, Expected, ExpectedRow, MergedReturn, Reported
from tjxl.intake.decided import answers_about_returns, files_set_aside, to_be_read_again
from tjxl.intake.timeliness import first_report, last_day
from tjxl.periods import Period
from tjxl.register import ROLE_TITLES
from tjxl.resources import layout_toml
from tjxl.settings import Settings
from tjxl.sheets.layout import state_titles
from tjxl.sheets.promise_tables import measure_of
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState, role_of, sender_of
from tjxl.stages import SINGLE, Sender, step

_InHand = Mapping[tuple[str, str], str | None]
"""What the forms in hand hold, None for nothing: (task, unit) → role, (task, "") and (milestone, "") → day. A target
named so is not in them."""

# 报送情况 states whose file still waits for something: it is read again on the next run.
OPEN_STATES = ("missing", "returned", "awaiting_decision")


def expected_rows(
    state: MasterState, period: Period, settings: Settings, *, issuing: bool = False, stage: str = SINGLE
) -> dict[str, Expected]:
    """Unit code → what its form of a stage shows and its rules ask for; units and rows in register order.

    Milestones and targets are asked of the lead alone. A form is judged by what stood in it when it was issued: what
    the office decided on later counts from the next form. `issuing` asks what a form issued now holds.

    Of two stages the first asks for the tasks in which a unit cooperates, the second for those that it leads.
    """
    in_hand = _in_hand(state, period, issuing, stage)
    tasks = _expected_tasks(state, period, settings, in_hand)
    if stage != SINGLE:
        own_role = {unit: {c: r for c, r in rows.items() if r.facts["role"] == stage} for unit, rows in tasks.items()}
        tasks = {unit: rows for unit, rows in own_role.items() if rows}
    leads = {code: unit for unit, rows in tasks.items() for code, row in rows.items() if row.facts["role"] == "lead"}
    promised = {
        "milestones": _expected_milestones(state, period, settings, leads, in_hand),
        "targets": _expected_targets(state, period, leads, in_hand),
    }
    out: dict[str, Expected] = {}
    for unit in dict.fromkeys((*state.registry.by_code, *tasks)):
        own: dict[Part, dict[str, ExpectedRow]] = {"report": tasks.get(unit, {})}
        own |= {part: rows[unit] for part, rows in promised.items() if rows.get(unit)}  # type: ignore[misc]
        if own["report"]:
            out[unit] = own
    return out


def _expected_tasks(
    state: MasterState, period: Period, settings: Settings, in_hand: _InHand
) -> dict[str, dict[str, ExpectedRow]]:
    tasks = {str(t["task_code"]): t for t in state.tasks}
    last = last_reports(state, period, "report")
    completed = settings.status_named("completed")
    out: dict[str, dict[str, ExpectedRow]] = {}
    for row in state.assignments:
        code, unit = str(row["task_code"]), str(row["unit_code"])
        task = tasks.get(code)
        role = in_hand.get((code, unit), row["role"])
        if task is None or role is None:
            continue
        due = state.due[code]
        deadline = due.deadline
        locked: tuple[str, ...] = ("task", "deadline", "leaders", "lead_unit", "cooperating_units")
        if (code, "") in in_hand:  # other words stood in the form: there is nothing to compare with
            before = in_hand[code, ""]
            deadline, locked = dt.date.fromisoformat(before) if before else None, ("task",)
        report = last.get((code, unit))
        out.setdefault(unit, {})[code] = ExpectedRow(
            code=code,
            task_code=code,
            serial_no=int(task["serial_no"]),
            facts={
                "role": role_of(role),
                "goal": due.goal,
                "deadline": deadline,
                "last_status": report["status"] if report else None,
                "last_percent": report["percent_complete"] if report else None,
                "last_text": report["progress_text"] if report else None,
            },
            locked={name: str(task[name] or "") for name in locked} | {"role": str(role)},
            prefilled=bool(report and report["status"] == completed and _holds(task, role, completed)),
        )
    return out


def _holds(task: TableRow, role: object, completed: str) -> bool:
    """Whether a lead's word that its task is completed holds: the office has verified nothing else."""
    return role_of(role) != "lead" or task["verified_status"] in (None, "", completed)


def _in_hand(state: MasterState, period: Period, issuing: bool, stage: str) -> _InHand:
    """What the forms of a period and stage hold where the master has changed since (下发后变更).

    Of several changes the one that came first after the period's issue tells what its forms hold.
    """
    marks: dict[tuple[str, str], tuple[str, str | None]] = {}
    own = step(period.code, stage)
    for row in state.since_issue:
        pair, code = (str(row["task_code"]), str(row["unit_code"] or "")), str(row["period"])
        later = code > own or (code == own and not issuing)
        if later and (pair not in marks or code < marks[pair][0]):
            marks[pair] = (code, row["before"])
    return {pair: before for pair, (_, before) in marks.items()}


def _expected_milestones(
    state: MasterState, period: Period, settings: Settings, leads: Mapping[str, str], in_hand: _InHand
) -> dict[str, dict[str, ExpectedRow]]:
    last = last_reports(state, period, "milestones")
    (done,) = load_spec(settings, part="milestones").titles_of("yes")
    content = str(layout_toml("form.toml")["milestones"]["content"])
    out: dict[str, dict[str, ExpectedRow]] = {}
    for row, unit in _with_lead(state.milestones, leads):
        code = str(row["milestone_code"])
        due = _day(row["due"])
        if (code, "") in in_hand:
            printed = in_hand[code, ""]
            due = dt.date.fromisoformat(printed) if printed else None
        before = last.get((code, unit))
        out.setdefault(unit, {})[code] = ExpectedRow(
            code=code,
            task_code=str(row["task_code"]),
            serial_no=int(row["serial_no"]),
            facts={"due": due, "last_done": before["done"] if before else None},
            locked={
                "scope": content.format(scope=row["scope"] or "", kind=row["kind"] or ""),
                "due": due,
            },
            prefilled=bool(before and before["done"] == done),
        )
    return out


def _expected_targets(
    state: MasterState, period: Period, leads: Mapping[str, str], in_hand: _InHand
) -> dict[str, dict[str, ExpectedRow]]:
    last = last_reports(state, period, "targets")
    out: dict[str, dict[str, ExpectedRow]] = {}
    for row, unit in _with_lead(state.targets, leads):
        code = str(row["target_code"])
        if (code, "") in in_hand:
            continue  # listed since: the forms do not ask for it
        before = last.get((code, unit))
        measured_in = str(row["measured_in"] or "")
        out.setdefault(unit, {})[code] = ExpectedRow(
            code=code,
            task_code=str(row["task_code"]),
            serial_no=int(row["serial_no"]),
            facts={
                "measure": measure_of(row["measure"]),
                "target_value": row["target_value"],
                "measured_in": measured_in,
                "last_value": before["current_value"] if before else None,
            },
            locked={"subject": str(row["subject"] or ""), "measured_in": measured_in},
        )
    return out


def _with_lead(rows: Sequence[TableRow], leads: Mapping[str, str]) -> Iterator[tuple[TableRow, str]]:
    """Each row with the code of the unit that leads its task; a task that nobody leads yet is left out."""
    for row in rows:
        unit = leads.get(str(row["task_code"]))
        if unit is not None:
            yield row, unit


def _day(value: Any) -> dt.date | None:
    return value if isinstance(value, dt.date) else None


def last_reports(state: MasterState, period: Period, part: Part) -> dict[tuple[str, str], TableRow]:
    """(row code, unit) → its newest ledger row of a period before this one."""
    latest: dict[tuple[str, str], TableRow] = {}
    for (code, key, unit), row in state.effective[part].items():
        if code < period.code and ((key, unit) not in latest or str(latest[key, unit]["period"]) < code):
            latest[key, unit] = row
    return latest


def intake_context(state: MasterState, period: Period, settings: Settings) -> Context:
    """Everything that judging returns asks of the master."""
    units = state.registry.by_code
    return Context(
        specs=load_specs(settings),
        settings=settings,
        year=int(state.meta["year"]),
        period=period,
        master_id=state.meta["master_id"],
        key=state.meta["key"],
        expected={
            (unit, stage): expected
            for stage in state.stages_issued.get(period.code, (SINGLE,))
            for unit, expected in expected_rows(state, period, settings, stage=stage).items()
        },
        unit_names={code: unit.name for code, unit in units.items()},
        unit_aliases={code: unit.aliases for code, unit in units.items() if unit.aliases},
        merged=_merged(state, period),
        waiting=_waiting(state, period),
        due={
            sender_of(r): due
            for r in state.submissions
            if r["period"] == period.code and (due := last_day(r, settings)) is not None
        },
        merged_files=_merged_files(state) - set(to_be_read_again(state, period.code)),
        answers=answers_about_returns(state),
        set_aside=files_set_aside(state),
        cooperating=cooperating_reports(state, period) if period.code in state.split_periods else {},
    )


def cooperating_reports(state: MasterState, period: Period) -> dict[str, dict[str, Reported]]:
    """Task → unit code → what that unit reported in a period as one that cooperates."""
    cooperating = ROLE_TITLES["cooperating"]
    out: dict[str, dict[str, Reported]] = {}
    for (code, task, unit), row in state.effective["report"].items():
        if code == period.code and row["role"] == cooperating:
            out.setdefault(task, {})[unit] = reported(row.values)
    return out


def _merged(state: MasterState, period: Period) -> Mapping[Sender, MergedReturn]:
    return {
        sender_of(r): MergedReturn(
            str(r["sha256"]), str(r["file"]), r["reported_on"], r["file_time"], first_report(r)
        )
        for r in state.submissions
        if r["period"] == period.code and r["merged_at"] is not None
    }


def _waiting(state: MasterState, period: Period) -> frozenset[tuple[str, Sender]]:
    """What of other periods may still come: what is outstanding, and anything of later ones, also corrections.

    A form of an earlier period whose report is in the master is more likely the wrong form.
    """
    return frozenset(
        (code, sender_of(r))
        for r in state.submissions
        if (code := str(r["period"])) > period.code or (code < period.code and r["merged_at"] is None)
    )


def _merged_files(state: MasterState) -> frozenset[str]:
    waiting = {r["sha256"] for r in state.submissions if r["state"] in {state_titles()[s] for s in OPEN_STATES}}
    known = {r["sha256"] for ledger in state.ledgers.values() for r in ledger}
    known |= {r["sha256"] for r in state.submissions if r["merged_at"]}
    return frozenset(str(s) for s in known - waiting if s)
