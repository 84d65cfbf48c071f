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
from tjxl.project import Project
from tjxl.register import GOAL_TITLES, ROLE_TITLES, Given, Goal, Role
from tjxl.sheets.figures import STATUS_LIST
from tjxl.sheets.form_places import IDENTITY_SHEET
from tjxl.sheets.layout import hidden_layout, master_layout
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.registry import Registry, unit_of
from tjxl.sheets.rows import TableRow, find_table, holds_table, iter_rows, named_column, read_long, read_rows
from tjxl.sheets.volumes import Shelf, Volume, registered
from tjxl.stages import SINGLE, STAGES, Stage, stage_titled

_ROLES: Mapping[str, Role] = {title: role for role, title in ROLE_TITLES.items()}


@dataclass(frozen=True, slots=True)
class Due:
    """When a task is due, and what is due then."""

    deadline: dt.date | None
    goal: Goal


class MasterState:
    """The master's content. Lazy: a command pays for the sheets it asks for.

    The ledgers and 变更记录 are whole: rows that stand in volumes are among them (`ArchivedRow`).
    """

    def __init__(self, content: bytes, shelf: Shelf | None = None) -> None:
        """
        Args:
            shelf: where the master's volumes stand; a master that has some does without as long as nobody asks for
                ledgers or 变更记录.
        """
        self.content = content
        self.shelf = shelf
        self.book = Book(content)
        self._own: dict[str, list[TableRow]] = {}

    def later(self, content: bytes) -> MasterState:
        """The same master with other content."""
        return MasterState(content, self.shelf)

    @cached_property
    def volumes(self) -> tuple[Volume, ...]:
        """The volumes that hold rows of past periods, the oldest period first."""
        return registered(self.book)

    def own_rows(self, name: str) -> list[TableRow]:
        """The rows of a ledger, or of 变更记录 as far as it is there, that stand in the master itself."""
        if name not in self._own:
            layout = master_layout()[name]
            there = name != "changes" or holds_table(self.book, layout)
            self._own[name] = read_long(self.book, layout) if there else []
        return self._own[name]

    def whole(self, name: str) -> list[TableRow]:
        """The rows of a ledger or of 变更记录 in volumes, then those in the master."""
        if not self.volumes:
            return self.own_rows(name)
        if self.shelf is None:
            raise ValueError("the master has volumes, and nobody has said where")
        return [row for volume in self.volumes for row in self.shelf.rows(volume, name)] + self.own_rows(name)

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
        """The units of 责任单位 as plain values, found by any of their names; a row without a code is none (yet)."""
        units = (unit_of(row) for row in self.units if row["unit_code"])
        return Registry(unit for unit in units if unit.name)

    @cached_property
    def tasks(self) -> list[TableRow]:
        """任务台账. A 核定状态 that is no status counts as none, to the commands as to the master's formulas."""
        names = {value for *_, value in named_column(self.book, STATUS_LIST)}
        return [
            TableRow(row.number, {**row.values, "verified_status": None})
            if names and row.values.get("verified_status") not in (None, *names)
            else row
            for row in self.tasks_as_typed
        ]

    @cached_property
    def tasks_as_typed(self) -> list[TableRow]:
        """任务台账 with whatever stands in 核定状态."""
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
        """填报流水; `in_order` gives the order in which it was written."""
        return self.whole("ledger")

    @cached_property
    def ledgers(self) -> dict[Part, list[TableRow]]:
        """填报流水, 节点流水 and 指标流水."""
        return {part: self.ledger if part == "report" else self.whole(PART_TABLES[part].ledger) for part in PARTS}

    @cached_property
    def changes(self) -> list[TableRow]:
        """变更记录 in the order of time, as far as it is there: the office may delete rows or the sheet, the ledgers
        hold all the same."""
        return sorted(self.whole("changes"), key=_changed_at)

    @cached_property
    def submissions(self) -> list[TableRow]:
        """报送情况."""
        return read_rows(self.book, master_layout()["submissions"])

    @cached_property
    def questions(self) -> list[TableRow]:
        """待裁决."""
        return read_rows(self.book, master_layout()["questions"])

    @cached_property
    def verification(self) -> list[TableRow]:
        """核查, as far as it is there: masters of earlier versions have none."""
        return self._rows_of("verification")

    @cached_property
    def problems(self) -> list[TableRow]:
        """问题清单, as far as it is there."""
        return self._rows_of("problems")

    @cached_property
    def closings(self) -> list[TableRow]:
        """销号, as far as it is there."""
        return self._rows_of("closings")

    @cached_property
    def problem_numbers(self) -> list[TableRow]:
        """问题登记 (hidden): the numbers ever given to problems; none in masters of earlier versions."""
        layout = hidden_layout()["problem_numbers"]
        return read_rows(self.book, layout) if holds_table(self.book, layout) else []

    @cached_property
    def verified(self) -> dict[str, TableRow]:
        """核查依据 (hidden): number of a finding of 核查 → what its file says; none in earlier versions' masters."""
        layout = hidden_layout()["verified"]
        rows = read_rows(self.book, layout) if holds_table(self.book, layout) else []
        return {str(r["verification_no"]): r for r in rows}

    def _rows_of(self, name: str) -> list[TableRow]:
        layout = master_layout()[name]
        return read_rows(self.book, layout) if holds_table(self.book, layout) else []

    @cached_property
    def period_figures(self) -> list[TableRow]:
        """期次统计, as far as it is there: masters of earlier versions have none."""
        layout = master_layout()["period_figures"]
        return read_rows(self.book, layout) if holds_table(self.book, layout) else []

    @cached_property
    def reminders(self) -> list[TableRow]:
        """催办, as far as it is there: masters of earlier versions have none."""
        layout = master_layout()["reminders"]
        return read_rows(self.book, layout) if holds_table(self.book, layout) else []

    @cached_property
    def bulletins(self) -> list[TableRow] | None:
        """通报; None where the master, of an earlier version, has no such sheet."""
        layout = master_layout()["bulletin"]
        return read_rows(self.book, layout) if holds_table(self.book, layout) else None

    @cached_property
    def splits(self) -> list[TableRow]:
        """分解, rows that the office has added included; none where the master does not divide tasks from above."""
        layout = master_layout()["splits"]
        if not holds_table(self.book, layout):
            return []
        return list(iter_rows(self.book, layout, ("task_code", "serial_no", "item", "lead_unit")))

    @cached_property
    def given(self) -> dict[str, Given]:
        """上级任务 (hidden): task code → the task as it was given from above; empty where a notice gave the tasks."""
        layout = hidden_layout()["superior"]
        rows = read_rows(self.book, layout) if holds_table(self.book, layout) else []
        return {str(row["task_code"]): _given(row) for row in rows}

    @cached_property
    def issued_periods(self) -> list[Period]:
        """Periods for which forms were issued, oldest first."""
        return sorted({parse_period(str(r["period"])) for r in self.submissions if r["period"]})

    @cached_property
    def stages_issued(self) -> Mapping[str, tuple[Stage, ...]]:
        """Period code → the stages whose forms were issued, in their order; `(SINGLE,)` where it is not split."""
        found: dict[str, set[Stage]] = {}
        for row in self.submissions:
            found.setdefault(str(row["period"]), set()).add(sender_of(row)[1])
        return {code: tuple(s for s in (SINGLE, *STAGES) if s in stages) for code, stages in found.items()}

    @property
    def holds_stages(self) -> bool:
        """Whether 报送情况 has a column for the stage: masters of earlier versions lack it."""
        layout = master_layout()["submissions"]
        return layout.column("stage").title in find_table(self.book, layout).columns

    @cached_property
    def split_periods(self) -> frozenset[str]:
        """Codes of the periods that have two stages."""
        return frozenset(code for code, stages in self.stages_issued.items() if SINGLE not in stages)

    def reporter_of(self, entry: TableRow | Mapping[str, Any]) -> tuple[str, str, Stage]:
        """Period, unit code and stage of a ledger row: its key in 报送情况."""
        period = str(entry["period"])
        stage = stage_titled(entry["role"]) if period in self.split_periods else SINGLE
        return period, str(entry["unit_code"]), stage

    @cached_property
    def effective(self) -> dict[Part, dict[tuple[str, str, str], TableRow]]:
        """(period, row code, unit) → the ledger row that counts: the last one written."""
        return {
            part: {(str(r["period"]), str(r[PART_TABLES[part].key]), str(r["unit_code"])): r for r in in_order(rows)}
            for part, rows in self.ledgers.items()
        }


def read_master(project: Project, content: bytes | None = None) -> MasterState:
    """The master of a project, its volumes within reach.

    Args:
        content: what a door has read; by default the file as it stands.

    Raises:
        ProjectError: E268, E269, E276 it is damaged or locked.
    """
    shelf = Shelf(project.volumes, project.volume_copies)
    with project.naming_damage():
        return MasterState(project.master.read_bytes() if content is None else content, shelf)


def sender_of(row: TableRow) -> tuple[str, Stage]:
    """Unit code and stage of a row of 报送情况."""
    return str(row["unit_code"]), stage_titled(row.values.get("stage"))


def in_order(ledger: list[TableRow]) -> list[TableRow]:
    """Ledger rows as they were written. A person may have sorted the sheet: the batch number, not the place, says."""
    return sorted(ledger, key=lambda r: (batch_of(r), r.number))


def _given(row: TableRow) -> Given:
    deadline = row["deadline"] if isinstance(row["deadline"], dt.date) else None
    return Given(
        code=str(row["task_code"]),
        serial_no=int(row["serial_no"]),
        role=row["role"],
        text=str(row["text"] or ""),
        deadline_text=str(row["deadline_text"] or ""),
        deadline=deadline,
        goal=row["goal"],
        leaders=str(row["leaders"] or ""),
    )


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


def _changed_at(row: TableRow) -> tuple[dt.datetime, int]:
    at = row["changed_at"]
    return at if isinstance(at, dt.datetime) else dt.datetime.max, row.number


def batch_of(row: TableRow | Mapping[str, Any]) -> int:
    """合并批次 of a ledger row; 0 where a person has typed something else over it."""
    batch = row["batch"]
    return int(batch) if isinstance(batch, int | float) else 0
