"""A year under way: how units behave, what they have sent, what was done."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from tjxl.periods import Period
from tjxl.project import Project
from tjxl.session import due_date
from tjxl.sheets.state import MasterState, read_master
from tjxl.simulate import Sent
from tjxl.stages import SINGLE, Stage, stage_title

Outcome = Literal["accepted", "returned", "unknown"]


@dataclass(frozen=True, slots=True)
class Rates:
    """How units behave, each the share of the units in a period.

    Attributes:
        faults: whose first return has a fault; they mend it, unless they are also `missing`.
        late: whose first right return is made after the due date.
        missing: who send nothing, or never mend what went back.
        corrections: of the others, who send a correction after the due date, their return being merged.
    """

    faults: float = 0.2
    late: float = 0.1
    missing: float = 0.05
    corrections: float = 0.05


@dataclass(frozen=True, slots=True)
class Turn:
    """What is under way: a period and its stage."""

    period: Period
    stage: Stage = SINGLE

    @property
    def named(self) -> str | None:
        """The stage as commands take it; None where there is one stage."""
        return None if self.stage == SINGLE else self.stage


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a unit does in a stage of a period.

    Attributes:
        first: 填报日期 of what it sends before the first collection; None where it sends nothing then.
        mended: of what it sends once that went back, the due date not being over; None where it does not.
        last: of what it sends after the reminders.
        extended_to: the day that the office grants a late unit.
    """

    unit: str
    faulty: bool
    missing: bool
    corrects: bool
    first: dt.date | None
    mended: dt.date | None
    last: dt.date
    extended_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Event:
    """A return that a unit sent, and what is to come of it.

    Attributes:
        step: in which of the year's steps it was sent.
    """

    period: str
    stage: Stage
    step: int
    correction: bool
    outcome: Outcome
    sent: Sent

    def to_json(self) -> dict[str, Any]:
        """The event without the values."""
        return {
            "period": self.period,
            "stage": stage_title(self.stage),
            "step": self.step,
            "unit": self.sent.unit,
            "file": self.sent.file,
            "reported_on": self.sent.reported_on.isoformat(),
            "fault": self.sent.fault,
            "outcome": self.outcome,
            "correction": self.correction,
        }


@dataclass(slots=True)
class Year:
    """A year under way.

    Attributes:
        stages: of each period, in their order.
        conducts: what each unit does in the stage in hand.
        events: everything that units have sent so far.
        typed: what the office has typed into the master: step, table, key and the values.
        findings: what audit and statistics have found: what it is about, and whether it agrees with the report.
        reminded: the remindings: step, period, day and how many days ahead they looked.
        returns: what the last collection said of each file.
        steps: what was done, for people: period, stage, step, result, seconds.
        rows: period → rows that its merges took in.
        ending: what the year ended with: scores, bulletin, snapshot.
        check: what the comparison with 归档 found.
    """

    project: Project
    seed: int
    rates: Rates
    periods: tuple[Period, ...]
    stages: tuple[Stage, ...] = (SINGLE,)
    conducts: list[Conduct] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    typed: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    reminded: list[dict[str, Any]] = field(default_factory=list)
    returns: list[dict[str, Any]] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    ending: dict[str, Any] = field(default_factory=dict)
    check: dict[str, Any] = field(default_factory=dict)

    def state(self) -> MasterState:
        """The master as it stands."""
        return read_master(self.project)

    def rng(self, *about: object) -> random.Random:
        """Chance that depends on the seed and on what it is about, and on nothing that happened before."""
        return random.Random("/".join(map(str, (self.seed, *about))))

    def sent_in(self, turn: Turn) -> list[Event]:
        """What units have sent in a stage of a period."""
        return [e for e in self.events if (e.period, e.stage) == (turn.period.code, turn.stage)]


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the year: its title, and what it does; that says what came of it, None where nothing was due."""

    title: str
    work: Callable[[Year, Turn], str | None]


def ends_quarter(play: Year, period: Period) -> bool:
    """Whether a period is one after which the office looks further than at the reports."""
    return period.last_month % 3 == 0 or period == play.periods[-1]


def due_on(play: Year, turn: Turn) -> dt.date:
    """By which day the reports of a stage are due."""
    return due_date(turn.period, play.project.settings(), turn.stage)


_GRANTED = 0.3
"""The share of the late units whom the office grants another day."""


def conduct_of(rng: random.Random, unit: str, due: dt.date, rates: Rates) -> Conduct:
    """What a unit does in a stage of a period, by chance."""
    missing, late, faulty, corrects = (
        rng.random() < rate for rate in (rates.missing, rates.late, rates.faults, rates.corrections)
    )
    early, mends, over = rng.randint(2, 6), rng.randint(0, 1), rng.randint(2, 5)
    granted = rng.random() < _GRANTED and late and not missing
    return Conduct(
        unit,
        faulty,
        missing,
        corrects and not (faulty or missing or late),
        due - dt.timedelta(days=early) if faulty or not (missing or late) else None,
        due - dt.timedelta(days=mends) if faulty and not (missing or late) else None,
        due + dt.timedelta(days=over),
        due + dt.timedelta(days=rng.choice((2, 5))) if granted else None,
    )


def conducts_of(play: Year, turn: Turn) -> list[Conduct]:
    """What each unit that got a form does in a stage of a period."""
    due = due_on(play, turn)
    folder = play.project.issued(turn.period.code, stage_title(turn.stage))
    about = ("conduct", turn.period.code, *([turn.stage] if turn.named else []))
    units = sorted(path.stem for path in folder.glob("*.xlsx"))
    return [conduct_of(play.rng(*about, unit), unit, due, play.rates) for unit in units]
