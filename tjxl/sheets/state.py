"""What the master holds, read once per command: meta data, tasks, assignments, units, ledger and the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tjxl.errors import PackageError
from tjxl.fields.spec import PARTS, Part
from tjxl.ooxml.book import Book
from tjxl.periods import Period, parse_period
from tjxl.register import GOAL_TITLES, ROLE_TITLES, Goal, Role
from tjxl.sheets.form_places import IDENTITY_SHEET
from tjxl.sheets.layout import hidden_layout, master_layout
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.registry import Registry, unit_of
from tjxl.sheets.rows import TableRow, holds_table, iter_rows, read_rows

_ROLES: Mapping[str, Role] = {title: role for role, title in ROLE_TITLES.items()}


@dataclass(frozen=True, slots=True)
class Due:
    """When a task is due, and what is due then."""

    deadline: dt.date | None
    goal: Goal


class MasterState:
    """The master's content. Lazy: a command pays for the sheets it asks for."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.book = Book(content)

    @cached_property
    def meta(self) -> dict[str, str]:
        """Key and value of the very hidden sheet `_tjxl`.

        Raises:
            PackageError: E312, the workbook is no master.
        """
        if IDENTITY_SHEET not in self.book.sheets:
            raise PackageError("E312", table=IDENTITY_SHEET)
        cells = self.book.cells(IDENTITY_SHEET).cells
        out = {}
        for (row, column), cell in cells.items():
            if column == 1 and isinstance(cell.value, str):
                value = cells.get((row, 2))
                out[cell.value] = _text(value.value if value else None)
        if not out.get("master_id") or not out.get("key"):
            raise PackageError("E312", table=IDENTITY_SHEET)
        return out

    @cached_property
    def due(self) -> dict[str, Due]:
        """Task code → when it is due, from the table 任务时限."""
        out = {}
        for row in self.deadlines:
            when, goal = row["deadline"], row["goal"] or "complete"
            if goal not in GOAL_TITLES:
                raise PackageError("E313", sheet=IDENTITY_SHEET, columns=goal)
            out[str(row["task_code"])] = Due(when if isinstance(when, dt.date) else None, goal)
        return out

    @cached_property
    def deadlines(self) -> list[TableRow]:
        """任务时限 (hidden)."""
        return read_rows(self.book, hidden_layout()["deadlines"])

    @cached_property
    def decided(self) -> dict[str, TableRow]:
        """裁决依据 (hidden): number of a question → what its answer decides."""
        return {str(r["question_no"]): r for r in read_rows(self.book, hidden_layout()["decided"])}

    @cached_property
    def registered(self) -> dict[str, TableRow]:
        """单位登记 (hidden): unit code → its row of 责任单位 as last carried out."""
        return {str(r["unit_code"]): r for r in read_rows(self.book, hidden_layout()["registered"])}

    @cached_property
    def since_issue(self) -> list[TableRow]:
        """下发后变更 (hidden), in the order in which it was written."""
        return read_rows(self.book, hidden_layout()["since_issue"])

    @cached_property
    def registry(self) -> Registry:
        """The units of 责任单位 as plain values, found by any of their names."""
        return Registry([unit_of(row) for row in self.units if row["unit"]])

    @cached_property
    def tasks(self) -> list[TableRow]:
        """任务台账."""
        return read_rows(self.book, master_layout()["tasks"])

    @cached_property
    def assignments(self) -> list[TableRow]:
        """责任分工."""
        return read_rows(self.book, master_layout()["assignments"])

    @cached_property
    def leads(self) -> dict[str, str]:
        """Task code → code of the unit that leads it: whose word the register shows."""
        lead = ROLE_TITLES["lead"]
        return {str(a["task_code"]): str(a["unit_code"]) for a in self.assignments if a["role"] == lead}

    @cached_property
    def units(self) -> list[TableRow]:
        """责任单位. A row that the office has added may have no code yet."""
        return list(iter_rows(self.book, master_layout()["units"], ("unit_code", "unit")))

    @cached_property
    def milestones(self) -> list[TableRow]:
        """节点."""
        return read_rows(self.book, master_layout()["milestones"])

    @cached_property
    def targets(self) -> list[TableRow]:
        """指标."""
        return read_rows(self.book, master_layout()["targets"])

    @cached_property
    def ledger(self) -> list[TableRow]:
        """填报流水, in the order in which it was written."""
        return read_rows(self.book, master_layout()["ledger"])

    @cached_property
    def ledgers(self) -> dict[Part, list[TableRow]]:
        """填报流水, 节点流水 and 指标流水."""
        return {
            part: self.ledger if part == "report" else read_rows(self.book, master_layout()[PART_TABLES[part].ledger])
            for part in PARTS
        }

    @cached_property
    def changes(self) -> list[TableRow]:
        """变更记录, as far as it is there: the office may delete rows or the sheet, the ledgers hold all the same."""
        layout = master_layout()["changes"]
        return read_rows(self.book, layout) if holds_table(self.book, layout) else []

    @cached_property
    def submissions(self) -> list[TableRow]:
        """报送情况."""
        return read_rows(self.book, master_layout()["submissions"])

    @cached_property
    def questions(self) -> list[TableRow]:
        """待裁决."""
        return read_rows(self.book, master_layout()["questions"])

    @cached_property
    def issued_periods(self) -> list[Period]:
        """Periods for which forms were issued, oldest first."""
        return sorted({parse_period(str(r["period"])) for r in self.submissions if r["period"]})

    @cached_property
    def effective(self) -> dict[Part, dict[tuple[str, str, str], TableRow]]:
        """(period, row code, unit) → the ledger row that counts: the last one written."""
        return {
            part: {(str(r["period"]), str(r[PART_TABLES[part].key]), str(r["unit_code"])): r for r in in_order(rows)}
            for part, rows in self.ledgers.items()
        }


def in_order(ledger: list[TableRow]) -> list[TableRow]:
    """Ledger rows as they were written. A person may have sorted the sheet: the batch number, not the place, says."""
    return sorted(ledger, key=lambda r: (batch_of(r), r.number))


def role_of(title: Any) -> Role:
    """牵头 → lead. A cell that says neither is a damaged register.

    Raises:
        PackageError: E313.
    """
    role = _ROLES.get(str(title))
    if role is None:
        raise PackageError("E313", sheet="责任分工", columns=f"职责“{title}”")
    return role


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value or "")


def batch_of(row: TableRow | Mapping[str, Any]) -> int:
    """合并批次 of a ledger row; 0 where a person has typed something else over it."""
    batch = row["batch"]
    return int(batch) if isinstance(batch, int | float) else 0
