"""What the master holds, read once per command: meta data, tasks, assignments, units, ledger and the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tjxl.errors import PackageError
from tjxl.ooxml.book import Book
from tjxl.ooxml.cells import from_serial
from tjxl.periods import Period, parse_period
from tjxl.register import GOAL_TITLES, ROLE_TITLES, Goal, Role
from tjxl.sheets.figures import DEADLINES
from tjxl.sheets.form_places import IDENTITY_SHEET
from tjxl.sheets.layout import master_layout
from tjxl.sheets.rows import TableRow, read_rows

_ROLES: Mapping[str, Role] = {title: role for role, title in ROLE_TITLES.items()}

# The merged columns, spelled alike in 任务台账, 责任分工 and 填报流水, in the form's order.
REPORTED = ("status", "percent_complete", "progress_text", "problems", "next_steps", "completion_date")


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
        table = self.book.tables.get(DEADLINES)
        if table is None:
            raise PackageError("E312", table=DEADLINES)
        code, date, goal = (table.columns[t] for t in ("任务编码", "截止日", "目标"))
        cells = self.book.cells(table.sheet).cells
        out = {}
        for row in range(table.first_row, table.last_row + 1):
            key, when, what = (cells.get((row, c)) for c in (code, date, goal))
            if key is None or not key.value:
                continue
            moment = from_serial(when.value, self.book.date1904) if when and isinstance(when.value, float) else None
            kind = str(what.value) if what else "complete"
            if kind not in GOAL_TITLES:
                raise PackageError("E313", sheet=table.sheet, columns=kind)
            out[str(key.value)] = Due(moment.date() if moment else None, kind)
        return out

    @cached_property
    def tasks(self) -> list[TableRow]:
        """任务台账."""
        return read_rows(self.book, master_layout()["tasks"])

    @cached_property
    def assignments(self) -> list[TableRow]:
        """责任分工."""
        return read_rows(self.book, master_layout()["assignments"])

    @cached_property
    def units(self) -> list[TableRow]:
        """责任单位."""
        return read_rows(self.book, master_layout()["units"])

    @cached_property
    def ledger(self) -> list[TableRow]:
        """填报流水, in the order in which it was written."""
        return read_rows(self.book, master_layout()["ledger"])

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

    def effective_ledger(self) -> dict[tuple[str, str, str], TableRow]:
        """(period, task, unit) → the ledger row that counts: the last one written."""
        return {(str(r["period"]), str(r["task_code"]), str(r["unit_code"])): r for r in self._ledger_in_order()}

    def _ledger_in_order(self) -> list[TableRow]:
        # A person may have sorted the sheet: the batch number, not the place, says what came later.
        return sorted(self.ledger, key=lambda r: (r["batch"] or 0, r.number))


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
