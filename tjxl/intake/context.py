"""What intake must know of the register to judge a return: identity key, assignments, last period's report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tjxl.fields.spec import Part, Spec
from tjxl.periods import Period
from tjxl.settings import Settings
from tjxl.stages import Sender


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
    """What is in the master of one unit, period and stage: enough to tell a repeat, an older one, a correction.

    `first_on` is the day of the first report of the period.
    """

    sha256: str
    file: str
    reported_on: dt.date | None
    file_time: dt.datetime | None
    first_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """What one unit says of one task, as far as others are held against it: `tjxl.intake.agreement`."""

    status: str | None
    percent: float | None
    problems: str | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The file that the office chose of several."""

    sha256: str
    file: str


@dataclass(frozen=True)
class Context:
    """Everything the pipeline asks of the master.

    Attributes:
        expected: sender → what it owes. A sender is a unit in one stage of the period.
        unit_names: unit code → registered name.
        unit_aliases: unit code → its other names.
        merged: sender → what is in the master for this period.
        merged_files: sha256 of every file already merged, whatever its period.
        waiting: period and sender of reports of other periods that may still come: their forms wait for a collection
            of their own.
        due: sender → the day after which its report is late.
        answers: key of a question about a return → what the office decided (`tjxl.intake.questions`).
        set_aside: sha256 of a file that the office decided against → the one it chose.
        cooperating: of a period with two stages: task → unit code → what that cooperating unit reported in it.
        check_digest: False where no master is at hand to prove the form's identity with.
    """

    specs: Mapping[Part, Spec]
    settings: Settings
    year: int
    period: Period
    master_id: str
    key: str
    expected: Mapping[Sender, Expected]
    unit_names: Mapping[str, str]
    unit_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    merged: Mapping[Sender, MergedReturn] = field(default_factory=dict)
    merged_files: frozenset[str] = frozenset()
    waiting: frozenset[tuple[str, Sender]] = frozenset()
    due: Mapping[Sender, dt.date] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    set_aside: Mapping[str, Chosen] = field(default_factory=dict)
    cooperating: Mapping[str, Mapping[str, Reported]] = field(default_factory=dict)
    check_digest: bool = True

    def specs_of(self, stage: str) -> Mapping[Part, Spec]:
        """The sheets of rows as the forms of a stage have them."""
        return self._lead_specs if stage == "lead" else self.specs

    @cached_property
    def _lead_specs(self) -> Mapping[Part, Spec]:
        from tjxl.sheets.cooperation import lead_specs  # it draws sheets: more than reading needs

        return lead_specs(self.specs)
