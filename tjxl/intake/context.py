"""What intake must know of the register to judge a return: identity key, assignments, last period's report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from tjxl.fields.spec import Spec
from tjxl.periods import Period
from tjxl.register import Goal, Role
from tjxl.settings import Settings


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """One task that a unit must report on, with the facts that its rules ask for.

    `prefilled` tells that the form came with last period's report in place (a task already completed).
    `locked` holds the printed texts of the form's locked columns by field name, as issued.
    """

    task_code: str
    serial_no: int
    role: Role
    goal: Goal
    deadline: dt.date | None
    locked: Mapping[str, str]
    last_status: str | None = None
    last_percent: float | None = None
    last_text: str | None = None
    prefilled: bool = False


@dataclass(frozen=True, slots=True)
class MergedReturn:
    """What is already in the master of one unit and period: enough to tell a repeat, an older one, a correction."""

    sha256: str
    file: str
    reported_on: dt.date | None
    file_time: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Context:
    """Everything the pipeline asks of the master.

    Attributes:
        expected: unit code → task code → row.
        unit_names: unit code → registered name.
        unit_aliases: unit code → its other names.
        merged: unit code → what is in the master for this period.
        merged_files: sha256 of every file already merged, whatever its period.
        check_digest: False where no master is at hand to prove the form's identity with.
    """

    spec: Spec
    settings: Settings
    year: int
    period: Period
    master_id: str
    key: str
    expected: Mapping[str, Mapping[str, ExpectedRow]]
    unit_names: Mapping[str, str]
    unit_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    merged: Mapping[str, MergedReturn] = field(default_factory=dict)
    merged_files: frozenset[str] = frozenset()
    check_digest: bool = True
