"""What the register shows of the reports: its merged columns, as they follow from the ledgers and from who leads.

Pure, and the one definition: a merge writes what it says, and whoever asks whether a merged cell is right, where it
comes from, or what it would be without a merge, asks here with other ledgers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from tjxl.fields.spec import Part
from tjxl.register import ROLE_TITLES
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState

Key = tuple[str, str, str]
"""Period, row code, unit code: what a ledger has one counting row for."""


class Entry(Protocol):
    """A ledger row by column name, read from the master or about to be written to it."""

    def __getitem__(self, name: str, /) -> Any: ...


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Register:
    """The rows that show reports.

    Attributes:
        promises: the rows of 节点 and 指标.
        leads: task code → code of the unit whose word the register shows.
    """

    tasks: Sequence[TableRow]
    assignments: Sequence[TableRow]
    promises: Mapping[Part, Sequence[TableRow]]
    leads: Mapping[str, str]


def register_of(state: MasterState) -> Register:
    """The register of a master."""
    promises: Mapping[Part, Sequence[TableRow]] = {"milestones": state.milestones, "targets": state.targets}
    return Register(state.tasks, state.assignments, promises, state.leads)


@dataclass(frozen=True, slots=True)
class Projected(Generic[E]):
    """A row of the register, and what its merged columns are to hold.

    Attributes:
        table: the row's table (`tasks`, `assignments`, `milestones`, `targets`).
        row: the row as it stands.
        values: by column name; all None where nothing was reported.
        part: whose ledger they come from; key and entry: the ledger row, None where nothing was reported.
    """

    table: str
    row: TableRow
    values: Mapping[str, Any]
    part: Part
    key: Key | None = None
    entry: E | None = None

    @property
    def differing(self) -> dict[str, Any]:
        """The values that do not stand there."""
        return {name: value for name, value in self.values.items() if self.row[name] != value}


def project(register: Register, effective: Mapping[Part, Mapping[Key, E]]) -> list[Projected[E]]:
    """What each row of the register shows: of 责任分工 its unit's latest report, elsewhere that of the task's lead.

    A lead that has reported nothing so far leaves standing what was last reported by whoever led before it.

    Args:
        effective: sheet of the form → the ledger rows that count (of several for one key the last one written).
    """
    report = _Latest(effective["report"])
    out = [
        _projected("assignments", row, "report", report.of(str(row["task_code"]), str(row["unit_code"])))
        for row in register.assignments
    ]
    out += [_of_lead("tasks", row, "report", report, register.leads) for row in register.tasks]
    for part, rows in register.promises.items():
        latest = _Latest(effective[part])
        out += [_of_lead(PART_TABLES[part].register, row, part, latest, register.leads) for row in rows]
    return out


class _Latest(Generic[E]):
    """The latest row of each row code and unit, and of each row code the latest that its lead wrote."""

    def __init__(self, effective: Mapping[Key, E]) -> None:
        self._of_unit: dict[tuple[str, str], tuple[Key, E]] = {}
        self._of_leads: dict[str, tuple[Key, E]] = {}
        lead = ROLE_TITLES["lead"]
        for key, entry in effective.items():
            _, code, unit = key
            if _later(key, self._of_unit.get((code, unit))):
                self._of_unit[code, unit] = key, entry
            if entry["role"] == lead and _later(key, self._of_leads.get(code)):
                self._of_leads[code] = key, entry

    def of(self, code: str, unit: str) -> tuple[Key, E] | None:
        """The unit's latest row."""
        return self._of_unit.get((code, unit))

    def of_lead(self, code: str, unit: str | None) -> tuple[Key, E] | None:
        """The latest row of the unit that leads now, else of one that led."""
        own = self._of_unit.get((code, unit)) if unit is not None else None
        return own or self._of_leads.get(code)


def _later(key: Key, than: tuple[Key, Any] | None) -> bool:
    """Period codes of one cadence sort as text; `2022-Q2` and `2022-06` do not meet in one project.

    Of two units that led in one period (the form of one was issued before the other led) the higher code counts: the
    order in which their files came must not.
    """
    return than is None or key > than[0]


def _of_lead(table: str, row: TableRow, part: Part, latest: _Latest[E], leads: Mapping[str, str]) -> Projected[E]:
    code, task = str(row[PART_TABLES[part].key]), str(row["task_code"])
    return _projected(table, row, part, latest.of_lead(code, leads.get(task)))


def _projected(table: str, row: TableRow, part: Part, found: tuple[Key, E] | None) -> Projected[E]:
    shown = PART_TABLES[part].shown
    if found is None:
        return Projected(table, row, dict.fromkeys((*shown, "period")), part)
    key, entry = found
    return Projected(table, row, {name: entry[name] for name in shown} | {"period": key[0]}, part, key, entry)
