"""How the form's sheets of rows hang together with the master's tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tjxl.fields.spec import Part


@dataclass(frozen=True, slots=True)
class PartTables:
    """A sheet of the form and the tables its rows go to (names as in `workbook/master.toml` and `schemas/`).

    Attributes:
        key: the column that says which row this is, in the form, the register and the ledger alike.
        fields: what the unit fills in; the ledger's columns of these names hold it.
        shown: those of them that the register's table shows.
        register: the table of what is promised; ledger: the table of what was reported.
    """

    key: str
    fields: tuple[str, ...]
    shown: tuple[str, ...]
    register: str
    ledger: str


_REPORT = ("status", "percent_complete", "progress_text", "problems", "next_steps", "completion_date")
_MILESTONES = ("done", "completed_on", "explanation")
_TARGETS = ("current_value", "data_date", "explanation")

PART_TABLES: Mapping[Part, PartTables] = {
    "report": PartTables("task_code", (*_REPORT, "evidence"), _REPORT, "tasks", "ledger"),
    "milestones": PartTables("milestone_code", _MILESTONES, _MILESTONES, "milestones", "milestone_ledger"),
    "targets": PartTables("target_code", _TARGETS, _TARGETS, "targets", "target_ledger"),
}
