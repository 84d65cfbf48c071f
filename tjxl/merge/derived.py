"""What follows from the ledgers beyond the register: 问题清单, 销号, the comparisons of 核查, 期次统计.

A pure function of the ledger rows that count, the register, and what the office has typed into these sheets; so a
merge, an undo and a rebuild end in the same, whatever the order of the returns. Tables that a master of an earlier
version does not have are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tjxl.fields.spec import Part
from tjxl.findings import Finding, finding
from tjxl.merge.closures import requests
from tjxl.merge.comparison import Grounds, settled
from tjxl.merge.period_figures import follow_period_figures
from tjxl.merge.printed_names import PrintedNames
from tjxl.merge.problem_chains import chains_of, closed_at, cuts_of, matched, numbers, repetitions, values_of
from tjxl.merge.projection import Entry, Key
from tjxl.ooxml.editor import BookEditor
from tjxl.settings import Settings
from tjxl.sheets.layout import hidden_layout, master_layout
from tjxl.sheets.master_edit import append, append_fitted, set_row_values, take_out
from tjxl.sheets.rows import TableRow, holds_table
from tjxl.sheets.state import MasterState

Effective = Mapping[Part, Mapping[Key, Entry]]
"""Sheet of the form → (period, row code, unit code) → the ledger row that counts."""


@dataclass(slots=True)
class TableChange:
    """What a derived table is to become.

    Attributes:
        updates: row as it stands and, by column name, the values that differ.
        appended, removed: rows to add and rows to take out.
        numbered: rows for 问题登记.
    """

    table: str
    updates: list[tuple[TableRow, dict[str, Any]]] = field(default_factory=list)
    appended: list[dict[str, Any]] = field(default_factory=list)
    removed: list[TableRow] = field(default_factory=list)
    numbered: list[dict[str, Any]] = field(default_factory=list)

    def update(self, row: TableRow, new: Mapping[str, Any]) -> None:
        """Set what differs."""
        if changed := {name: value for name, value in new.items() if row[name] != value}:
            self.updates.append((row, changed))


def not_listed(state: MasterState) -> list[Finding]:
    """That 问题清单 or 销号 is not there, as in masters of earlier versions; nothing where both are."""
    layouts = [master_layout()["problems"], master_layout()["closings"]]
    missing = [f"「{layout.title}」" for layout in layouts if not holds_table(state.book, layout)]
    return [finding("Q128", tables="、".join(missing))] if missing else []


def follow(state: MasterState, editor: BookEditor, effective: Effective, settings: Settings) -> None:
    """Add to the edits of a master what follows from the ledgers as they will be; nothing where it stands already.

    Args:
        effective: the ledger rows that count after the change.
    """
    follow_lists(state, editor, effective, settings)
    follow_period_figures(state, editor, effective, settings)


def follow_lists(state: MasterState, editor: BookEditor, effective: Effective, settings: Settings) -> None:
    """As `follow`, 期次统计 left out."""
    layouts = master_layout()
    for change in derived(state, effective, settings):
        layout = layouts[change.table]
        for row, values in change.updates:
            set_row_values(editor, layout, row.number, values)
        if change.removed:
            take_out(editor, layout, {row.number for row in change.removed})
        append_fitted(editor, layout, change.appended)
        append(editor, hidden_layout()["problem_numbers"], change.numbered)


def derived(state: MasterState, effective: Effective, settings: Settings) -> Iterator[TableChange]:
    """What is to change in each derived table that the master has."""
    layouts = master_layout()
    if holds_table(state.book, layouts["problems"]) and holds_table(state.book, hidden_layout()["problem_numbers"]):
        yield _problems(state, effective, settings)
    if holds_table(state.book, layouts["closings"]):
        yield _closings(state, effective, settings)
    if state.verification and state.verified:
        yield _verification(state, effective, settings)


def _problems(state: MasterState, effective: Effective, settings: Settings) -> TableChange:
    change = TableChange("problems")
    rows = state.problems
    known = {str(r["problem_no"]): r for r in state.problem_numbers}
    first = {number: str(r["first_period"]) for number, r in known.items()}
    chains, told = chains_of(effective["report"], settings.problems.none_words, cuts_of(rows))
    repeated = repetitions(chains)
    own = matched(chains, rows, first)
    given = {(str(r["task_code"]), str(r["unit_code"]), str(r["first_period"])): n for n, r in known.items()}
    standing = {str(row["problem_no"]) for row in rows}
    fresh = numbers([*known, *standing])
    tasks = {str(task["task_code"]): task for task in state.tasks}
    for place, chain in enumerate(chains):
        values = values_of(chain, told, repeated.get(place)) | _of_task(tasks.get(chain.task))
        row = own.get(place)
        if row is not None:
            change.update(row, values | {"solved_at_period": closed_at(row)})
            continue
        number = given.get((*chain.place, chain.first))
        if number is None or number in standing:
            number = next(fresh)
            listed = {"task_code": chain.task, "unit_code": chain.unit, "first_period": chain.first}
            change.numbered.append({"problem_no": number} | listed)
        change.appended.append({"problem_no": number} | values)
    matched_rows = {row.number for row in own.values()}
    gone = dict.fromkeys(("first_period", "last_period", "reported_to", "periods_open", "repeated"))
    for row in rows:
        if row.number in matched_rows:
            continue
        if _written_in(row, "problems"):
            change.update(row, gone | {"solved_at_period": closed_at(row)})
        else:
            change.removed.append(row)
    return change


def _of_task(task: TableRow | None) -> dict[str, Any]:
    return {"serial_no": task["serial_no"], "task": task["task"]} if task is not None else {}


def _written_in(row: TableRow, table: str) -> bool:
    """Whether the office has written something in a row."""
    return any(row.values.get(c.name) is not None for c in master_layout()[table].columns if c.owner == "office")


def _closings(state: MasterState, effective: Effective, settings: Settings) -> TableChange:
    change = TableChange("closings")
    completed = {status.name for status in settings.statuses if status.meaning == "completed"}
    asked = requests(effective["report"], state.leads, completed)
    rows, names = {str(row["task_code"]): row for row in state.closings}, PrintedNames(state)
    for task in state.tasks:
        code = str(task["task_code"])
        if code not in asked:
            continue
        values = asked[code] | {"lead_unit": names.lead_of(task)} | _of_task(task)
        if code in rows:
            change.update(rows[code], values)
        else:
            change.appended.append({"task_code": code} | values)
    for code, row in rows.items():
        if code in asked:
            continue
        if _written_in(row, "closings"):
            change.update(row, dict.fromkeys(("period", "completion_date", "evidence")))
        else:
            change.removed.append(row)
    return change


def _verification(state: MasterState, effective: Effective, settings: Settings) -> TableChange:
    change = TableChange("verification")
    grounds = Grounds.of(state, effective, settings)
    for row in state.verification:
        remembered = state.verified.get(str(row["verification_no"]))
        if remembered is not None:
            change.update(row, settled(str(remembered["data"]), row.values.get("assigned"), grounds))
    return change
