"""A report form that came from above: what it gives, and a register begun from it.

The key of the master above is not known here, so the form's digest cannot be proven; what is read is what stands in
the form, and that it hangs together.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tjxl.errors import PackageError, ProjectError, TjxlError
from tjxl.fields.loading import load_specs
from tjxl.fields.spec import Part, Spec
from tjxl.findings import Finding, finding
from tjxl.intake.alone import expected_of_form
from tjxl.intake.context import Expected, ExpectedRow
from tjxl.intake.guard import open_book
from tjxl.intake.identify import Identity, read_identity
from tjxl.intake.read import FormReader
from tjxl.intake.readform import ReadForm, ReadRow
from tjxl.notice.names import split_names
from tjxl.periods import Period, parse_period
from tjxl.register import (
    COMPARATOR_SIGNS,
    MILESTONE_KIND_TITLES,
    Comparator,
    Direction,
    Given,
    Measure,
    Milestone,
    MilestoneKind,
    Register,
    Role,
    Superior,
    Target,
    Task,
    serial_of,
)
from tjxl.resources import layout_toml
from tjxl.settings import Settings
from tjxl.sheets.form_places import IDENTITY_SHEET, LISTS_SHEET
from tjxl.stages import STAGES

_SHOWN = 3


@dataclass(frozen=True)
class Received:
    """A form as it came from above.

    Attributes:
        file: its name, for people; content: its bytes.
        expected: what it asks for, by its hidden lists: sheet → row code → facts.
        form: what stands in its cells, and where.
    """

    file: str
    content: bytes
    identity: Identity
    specs: Mapping[Part, Spec]
    expected: Expected
    form: ReadForm

    @cached_property
    def period(self) -> Period:
        """The period that it reports on."""
        return parse_period(self.identity.period)

    def asks_for(self, role: Role) -> bool:
        """Whether the form asks for the tasks of a role: of two stages each asks for those of its own."""
        return self.identity.stage not in STAGES or self.identity.stage == role

    def rows(self, part: Part) -> list[tuple[ReadRow, ExpectedRow]]:
        """The rows of a sheet with their facts, in their order."""
        sheet = self.form.sheets.get(part)
        asked = self.expected.get(part, {})
        return [(row, asked[row.code]) for row in sheet.rows] if sheet else []

    def carried(self, part: Part, facts: Mapping[str, Any]) -> bool:
        """Whether a row comes with an earlier report in place: it was completed before."""
        spec = self.specs[part]
        if part == "milestones":
            return facts.get("last_done") in spec.titles_of("yes")
        return part == "report" and facts.get("last_status") in spec.statuses["completed"]

    @property
    def given(self) -> tuple[Given, ...]:
        """The tasks, in the order of 序号."""
        tasks = [
            Given(
                code=row.code,
                serial_no=serial_of(row.code) or 0,
                role=expected.facts["role"],
                text=str(row.values.get("task") or ""),
                deadline_text=str(row.values.get("deadline") or ""),
                deadline=expected.facts["deadline"],
                goal=expected.facts["goal"],
                leaders=str(row.values.get("leaders") or ""),
            )
            for row, expected in self.rows("report")
        ]
        return tuple(sorted(tasks, key=lambda g: (g.serial_no, g.code)))

    def filled_cells(self) -> list[str]:
        """Cells in which the unit has already written something."""
        head = self.form.head
        cells = [
            self.form.head_cells[f.name] for f in self.specs["report"].head if f.owner == "unit" and head[f.name]
        ]
        for part, spec in self.specs.items():
            names = [f.name for f in spec.unit_fields]
            for row, expected in self.rows(part):
                if not self.carried(part, expected.facts):
                    cells += [row.cells[n] for n in names if row.original(n) is not None]
        return cells


def read_received(path: Path, settings: Settings) -> Received:
    """Read a form.

    Raises:
        ProjectError: E209 there is no such file, E216 it is a folder; H101, it is no form of tjxl's; H102, it is one,
            and damaged.
    """
    if not path.is_file():
        raise ProjectError("E216" if path.is_dir() else "E209", file=path)
    content, file = path.read_bytes(), path.name
    try:
        book = open_book(content)
        if IDENTITY_SHEET not in book.sheets or LISTS_SHEET not in book.sheets:
            raise ProjectError("H101", file=file)
        identity = read_identity(book.cells(IDENTITY_SHEET))
        lists = book.cells(LISTS_SHEET)
    except PackageError as error:
        raise ProjectError("H101", file=file) from error
    if identity is None:
        raise ProjectError("H101", file=file)
    try:
        period = parse_period(identity.period)
    except TjxlError as error:
        raise ProjectError("H102", file=file, problem=f"期次“{identity.period}”无法识别") from error
    specs = load_specs(settings)
    expected = expected_of_form(lists, specs)
    form = FormReader(book, specs, settings, period.year, expected, as_of=period.last_day).read()
    received = Received(file, content, identity, {p: s for p, s in specs.items() if p in expected}, expected, form)
    _refuse_damaged(received)
    return received


def _refuse_damaged(received: Received) -> None:
    """A form whose rows are not those of its hidden lists, or that lacks something a register needs.

    Raises:
        ProjectError: H102.
    """
    for part, spec in received.specs.items():
        sheet = received.form.sheets.get(part)
        codes = [row.code for row in sheet.rows] if sheet else []
        asked = received.expected.get(part, {})
        wrong = sorted({*codes} ^ {*asked}) or sorted({c for c in codes if codes.count(c) > 1})
        if not codes and part == "report":
            raise ProjectError("H102", file=received.file, problem=f"「{spec.sheet}」表没有任务")
        if wrong:
            shown = "、".join(wrong[:_SHOWN]) + ("等" if len(wrong) > _SHOWN else "")
            problem = f"「{spec.sheet}」表的行（{shown}）与表内登记的不一致"
            raise ProjectError("H102", file=received.file, problem=problem)
    for row, expected in received.rows("report"):
        if not row.values.get("task") or not expected.facts["role"] or not expected.facts["goal"]:
            problem = f"第 {serial_of(row.code)} 项缺少重点工作、职责或目标"
            raise ProjectError("H102", file=received.file, problem=problem)


def refuse_filled(received: Received) -> None:
    """A register is begun from the form as it came.

    Raises:
        ProjectError: H103, somebody has begun to fill it in.
    """
    cells = received.filled_cells()
    if cells:
        shown = "、".join(cells[:_SHOWN]) + (f"等 {len(cells)} 处" if len(cells) > _SHOWN else "")
        raise ProjectError("H103", file=received.file, cells=shown)


def register_from_form(received: Received) -> Register:
    """A register of the form's tasks, none of them given to a department yet."""
    words = layout_toml("master.toml")["splits"]
    owner = received.identity.unit.removesuffix(words["owner_end"]) or received.identity.unit
    identity = received.identity
    superior = Superior(
        **{n: getattr(identity, n) for n in ("master_id", "unit_code", "unit", "period", "stage", "issued_at")},
        sha256=hashlib.sha256(received.content).hexdigest(),
        tasks=received.given,
    )
    tasks = tuple(
        Task(
            code=given.code,
            serial_no=given.serial_no,
            theme=words[f"{given.role}_theme"],
            text=given.text,
            deadline_text=given.deadline_text,
            deadline=given.deadline,
            goal=given.goal,
            leaders=split_names(given.leaders),
            lead_unit="",
            cooperating_units=(),
        )
        for given in received.given
    )
    milestones, targets, findings = promises_of(received)
    year = received.period.year
    return Register(
        title=words["title"].format(owner=owner, year=year),
        year=year,
        tasks=tasks,
        units=(),
        assignments=(),
        findings=findings,
        milestones=milestones,
        targets=targets,
        owner=owner,
        superior=superior,
    )


def promises_of(received: Received) -> tuple[tuple[Milestone, ...], tuple[Target, ...], tuple[Finding, ...]]:
    """The milestones and targets of a form, and what is to be said of them.

    Raises:
        ProjectError: H102, a target lacks what it is measured by.
    """
    findings: list[Finding] = []
    milestones = tuple(_milestone(row, e, findings) for row, e in received.rows("milestones"))
    due = {given.code: given.deadline for given in received.given}
    targets = tuple(_target(row, e, due.get(row.task_code), received.file) for row, e in received.rows("targets"))
    return milestones, targets, tuple(findings)


def _milestone(row: ReadRow, expected: ExpectedRow, findings: list[Finding]) -> Milestone:
    """节点内容 is printed as 「内容（类型）」; where the kind is lost, the milestone is one to complete."""
    printed = str(row.values.get("scope") or "")
    kinds: dict[str, MilestoneKind] = {title: kind for kind, title in MILESTONE_KIND_TITLES.items()}
    scope, kind = printed, None
    for title, known in kinds.items():  # 通车（开通） has brackets of its own
        if printed.endswith(f"（{title}）"):
            scope, kind = printed.removesuffix(f"（{title}）"), known
    if kind is None:
        findings.append(finding("H117", serial_no=serial_of(row.task_code), scope=printed, task=row.task_code))
    return Milestone(row.code, row.task_code, scope, expected.facts["due"], kind or "complete", printed)


def _target(row: ReadRow, expected: ExpectedRow, due: dt.date | None, file: str) -> Target:
    """目标 is printed as ≥35, 3–5, ≈5.5, last period's value below it.

    Which direction is better does not stand in the form: it follows from the comparator, else from the measure (of a
    price less is better), as in the register above.
    """
    facts = expected.facts
    printed = str(row.values.get("target") or "").split("\n")[0].strip()
    signs: dict[str, Comparator] = {sign: comparator for comparator, sign in COMPARATOR_SIGNS.items()}
    comparator: Comparator = signs.get(printed[:1], "range" if "–" in printed else ">=")
    value, measure = facts["target_value"], facts["measure"]
    if not isinstance(value, int | float) or measure is None:
        problem = f"第 {serial_of(row.task_code)} 项的指标缺少目标值或类型"
        raise ProjectError("H102", file=file, problem=problem)
    upper = _number(printed.partition("–")[2]) if comparator == "range" else None
    return Target(
        code=row.code,
        task_code=row.task_code,
        subject=str(row.values.get("subject") or ""),
        comparator=comparator,
        value=float(value),
        upper=upper,
        unit=str(facts["measured_in"] or ""),
        measure=measure,
        direction=_direction(comparator, measure),
        due=due,
        text=printed,
    )


def _direction(comparator: Comparator, measure: Measure) -> Direction:
    if comparator in (">=", ">"):
        return "higher"
    return "lower" if comparator in ("<=", "<") or measure == "price" else "higher"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
