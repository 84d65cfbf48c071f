"""What intake must know of the register to judge a return: identity key, assignments, last period's report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tjxl.fields.spec import Part, Spec
from tjxl.periods import Period
from tjxl.settings import Settings


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """One row that a unit must report on: a task, a milestone or a target.

    Attributes:
        code: the row's key on its sheet: `T010`, `T010-M1`, `T005-K1`.
        task_code, serial_no: the task it belongs to.
        facts: what the rules of its sheet ask for, by name (`[facts]` of the sheet's file in `schemas/`).
        locked: printed values of the form's locked columns by field name, as issued.
        prefilled: the form came with last period's report in place (a task or milestone already completed).
    """

    code: str
    task_code: str
    serial_no: int
    facts: Mapping[str, Any]
    locked: Mapping[str, Any]
    prefilled: bool = False


Expected = Mapping[Part, Mapping[str, ExpectedRow]]
"""What one unit owes: sheet of the form → row code → row. 节点 and 指标 are there only where it has such rows."""


@dataclass(frozen=True, slots=True)
class MergedReturn:
    """What is already in the master of one unit and period: enough to tell a repeat, an older one, a correction."""

    sha256: str
    file: str
    reported_on: dt.date | None
    file_time: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The file that the office chose of several."""

    sha256: str
    file: str


@dataclass(frozen=True, slots=True)
class Context:
    """Everything the pipeline asks of the master.

    Attributes:
        expected: unit code → what it owes.
        unit_names: unit code → registered name.
        unit_aliases: unit code → its other names.
        merged: unit code → what is in the master for this period.
        merged_files: sha256 of every file already merged, whatever its period.
        due: unit code → the day by which its report is due.
        answers: key of a question about a return → what the office decided (`tjxl.intake.questions`).
        set_aside: sha256 of a file that the office decided against → the one it chose.
        check_digest: False where no master is at hand to prove the form's identity with.
    """

    specs: Mapping[Part, Spec]
    settings: Settings
    year: int
    period: Period
    master_id: str
    key: str
    expected: Mapping[str, Expected]
    unit_names: Mapping[str, str]
    unit_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    merged: Mapping[str, MergedReturn] = field(default_factory=dict)
    merged_files: frozenset[str] = frozenset()
    due: Mapping[str, dt.date] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    set_aside: Mapping[str, Chosen] = field(default_factory=dict)
    check_digest: bool = True
