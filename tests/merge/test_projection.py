"""The merged columns of the register as they follow from ledgers and leads (`tjxl.merge.projection`)."""

from __future__ import annotations

from typing import Any

from tests.merge.test_promises import report
from tests.office import Office
from tjxl.merge.projection import Key, Projected, Register, project
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.rows import TableRow

EMPTY: dict[str, Any] = dict.fromkeys((*PART_TABLES["report"].shown, "period"))
TASK = TableRow(3, EMPTY | {"task_code": "T001"})
ASSIGNMENTS = [TableRow(n, EMPTY | {"task_code": "T001", "unit_code": u}) for n, u in ((3, "U001"), (4, "U002"))]


def entry(role: str, percent: float) -> dict[str, Any]:
    return EMPTY | {"role": role, "percent_complete": percent}


def shown(ledger: dict[Key, dict[str, Any]], lead: str) -> dict[tuple[str, int], tuple[Any, Any]]:
    """(table, row) → percent and period."""
    register = Register([TASK], ASSIGNMENTS, {}, {"T001": lead})
    rows: list[Projected[dict[str, Any]]] = project(register, {"report": ledger})
    return {(p.table, p.row.number): (p.values["percent_complete"], p.values["period"]) for p in rows}


def test_nothing_reported_shows_nothing() -> None:
    nothing = (None, None)
    assert shown({}, "U001") == {("assignments", 3): nothing, ("assignments", 4): nothing, ("tasks", 3): nothing}


def test_a_unit_shows_its_latest_period_a_task_that_of_its_lead() -> None:
    ledger = {
        ("2022-06", "T001", "U001"): entry("牵头", 0.6),
        ("2022-05", "T001", "U001"): entry("牵头", 0.5),
        ("2022-07", "T001", "U002"): entry("配合", 0.7),
    }
    assert shown(ledger, "U001") == {
        ("assignments", 3): (0.6, "2022-06"),
        ("assignments", 4): (0.7, "2022-07"),
        ("tasks", 3): (0.6, "2022-06"),
    }


def test_a_new_lead_that_has_not_reported_leaves_the_former_ones_word_standing() -> None:
    ledger = {("2022-05", "T001", "U001"): entry("牵头", 0.5)}
    assert shown(ledger, "U002")["tasks", 3] == (0.5, "2022-05")


def test_a_new_lead_that_has_reported_speaks_for_the_task() -> None:
    ledger = {
        ("2022-05", "T001", "U001"): entry("牵头", 0.5),
        ("2022-05", "T001", "U002"): entry("配合", 0.2),
    }
    assert shown(ledger, "U002")["tasks", 3] == (0.2, "2022-05")


def test_a_master_that_only_tjxl_has_written_shows_what_follows_from_its_ledgers(
    second_period: Office, promised: Office
) -> None:
    promised.send("a.xlsx", report(promised))
    promised.merge()
    for office in (second_period, promised):
        state = office.state
        register = Register(
            state.tasks,
            state.assignments,
            {"milestones": state.milestones, "targets": state.targets},
            state.leads,
        )
        rows = project(register, state.effective)
        assert {p.table for p in rows if p.key} >= {"tasks", "assignments"}
        assert [p for p in rows if p.differing] == []
