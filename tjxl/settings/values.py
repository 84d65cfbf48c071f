"""What an office may change, as plain values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

StatusMeaning = Literal["not_started", "in_progress", "behind", "completed", "adjustment_requested"]
MEANINGS: tuple[str, ...] = ("not_started", "in_progress", "behind", "completed", "adjustment_requested")

LIGHT_CODES: tuple[str, ...] = ("red", "yellow", "blue", "green", "none")
"""What a rule may give: a light, or none."""


@dataclass(frozen=True, slots=True)
class Status:
    """A progress status (进展状态): its name, what it means to the rules, and other ways of writing it.

    `near` are words that say almost the same: read as this status, with a warning.
    """

    name: str
    meaning: StatusMeaning
    aliases: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A name in the notice that stands for several units."""

    name: str
    members: tuple[str, ...] = ()
    open: bool = False
    aliases: tuple[str, ...] = ()
    candidates: str | None = None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class ReminderLevel:
    """How strongly a unit is reminded (力度): 提醒, 催办, 督办, 约谈.

    Attributes:
        colour: of the slip, as the office calls it (三色督查单); may be empty.
        days: days given to answer, from the day of the reminder.
        person: somebody of the office has to act, a paper is not enough.
    """

    name: str
    colour: str
    days: int
    person: bool = False


@dataclass(frozen=True, slots=True)
class ReminderRules:
    """How units are reminded (`[reminders]`).

    Attributes:
        levels: from the mildest to the strongest; a matter goes up one with every round.
        days_between: least number of days between two rounds of one matter.
        tell_cooperating: whether cooperating units are told of what is asked of the lead.
        most_rounds: matter (`due_soon` …) → rounds after which it is not repeated.
        issuer: who signs; sender: the e-mail address drafts come from, empty for none.
    """

    levels: tuple[ReminderLevel, ...]
    days_between: int
    tell_cooperating: bool
    most_rounds: Mapping[str, int]
    issuer: str
    sender: str


@dataclass(frozen=True, slots=True)
class ReportUp:
    """The head of the form that goes up, as far as it is the same every time; empty texts are left to the sender."""

    prepared_by: str = ""
    phone: str = ""
    reviewed_by: str = ""


@dataclass(frozen=True, slots=True)
class OfficeRules:
    """What the office changes in the field rules, as its file says it; `tjxl.fields.office` gives it a meaning.

    Attributes:
        file: whose words these are.
        limits, phrases: `[limits]` and `[phrases]`: numbers and lists of set phrases that the rules name.
        changes: `[rules.F031]`: by the code of a shipped rule, the keys that replace its own.
        own: `[[own_rule]]`: rules of the office.
    """

    file: str = "tjxl.toml"
    limits: Mapping[str, Any] = field(default_factory=dict)
    phrases: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    own: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ProblemSettings:
    """`[problems]`: what 存在问题 says where there is no problem."""

    none_words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VerificationSettings:
    """`[verification]`: where findings come from, and how near is near enough.

    Attributes:
        sources: offered as 来源 by the template.
        tolerance_points: of a target in % and of a percent complete: percentage points.
        tolerance_percent: of any other target: per cent of the value found.
    """

    sources: tuple[str, ...]
    tolerance_points: float
    tolerance_percent: float


@dataclass(frozen=True, slots=True)
class Lights:
    """With what the lights (亮灯) of a new master begin; from then on its sheet 设置 holds them.

    Attributes:
        schedule: how expected progress is found: elapsed, milestones or auto.
        yellow_gap, red_gap: percentage points below expected progress that count as behind, as far behind.
        of: name of a rule of `schemas/lights.toml` → red, yellow, blue, green or none.
    """

    schedule: str
    yellow_gap: float
    red_gap: float
    of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How far from 「左右」 a target's value may be, at first: in percent of the target, in percentage points.

    None: the office judges.
    """

    percent: float | None = None
    points: float | None = None


@dataclass(frozen=True, slots=True)
class Reporting:
    """When units report (`[report]`).

    Attributes:
        due_month: whether `due_day` lies in a period's last month or in the one after it.
        due_dates: period code → the day by which its report is due, where it has one of its own.
        two_stages: whether cooperating units report first, and the lead's form shows what they reported.
        cooperating_due_day, cooperating_due_dates: the same days of the first of two stages.
        percent_gap: how far a lead's percent may lie above that of a cooperating unit before that is pointed out
            (a share: 0.3 is 30 percentage points).
    """

    due_month: Literal["same", "next"]
    due_dates: Mapping[str, dt.date]
    two_stages: bool
    cooperating_due_day: int
    cooperating_due_dates: Mapping[str, dt.date]
    percent_gap: float


@dataclass(frozen=True, slots=True)
class Scoring:
    """What a new master's sheet 考核参数 begins with; from then on its cells count.

    Attributes:
        values: key of `[scoring]` → a number, or a word that its cell offers.
        weights: of a task, by 重要程度 (rows) and 落实难度 (columns), each 高, 中, 低.
        results: what became of a task (`on_time`, `overdue` …) → which part of its points it earns.
    """

    values: Mapping[str, float | str]
    weights: tuple[tuple[float, ...], ...]
    results: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class DocumentSettings:
    """The faces of official documents: of the title and of the text."""

    title_font: str
    body_font: str


@dataclass(frozen=True, slots=True)
class BulletinSettings:
    """`[bulletin]`: what stands around a bulletin, and how much it says.

    Attributes:
        task_words: how many characters of a task are said in a list.
        open_periods: for how many periods a problem is open before it is named; most_problems: how many are.
    """

    masthead: str
    issuer: str
    recipients: str
    task_words: int
    open_periods: int
    most_problems: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What an office may change.

    Attributes:
        cadence: monthly or quarterly.
        due_day: day of the month by which a period's report is due.
        contact: whom the units may ask, as it is printed in 退回说明; empty for nobody.
        due_soon_days: how many days before its deadline a task counts as near due.
        lights, tolerances: of tasks' lights and of targets.
        statuses: in the order of the dropdown.
        groups, aliases: of units; see `schemas/defaults.toml`.
        columns: the usual title of a notice's column → what the office's notices call it.
        problems, verification: of 问题清单 and 核查.
        seasons: the (month, day) that a season in a deadline stands for: 主汛期 → (7, 15).
        reporting: due dates and stages.
        rules: changes of the field rules and rules of the office's own.
        scoring: what the appraisal of a new master begins with.
        documents, bulletin: official documents, and the bulletin.
        report_up: the head of the form that goes up (`tjxl report-up`).
    """

    cadence: Literal["monthly", "quarterly"]
    due_day: int
    contact: str
    due_soon_days: int
    lights: Lights
    tolerances: Tolerances
    statuses: tuple[Status, ...]
    groups: tuple[Group, ...]
    aliases: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, tuple[str, ...]]
    seasons: Mapping[str, tuple[int, int]]
    problems: ProblemSettings
    verification: VerificationSettings
    reporting: Reporting
    reminders: ReminderRules
    documents: DocumentSettings
    bulletin: BulletinSettings
    rules: OfficeRules = field(default_factory=OfficeRules)
    scoring: Scoring = field(default_factory=lambda: Scoring({}, (), {}))
    report_up: ReportUp = field(default_factory=ReportUp)

    def status_named(self, meaning: StatusMeaning) -> str:
        """The name of the (first) status with this meaning."""
        return next(s.name for s in self.statuses if s.meaning == meaning)
