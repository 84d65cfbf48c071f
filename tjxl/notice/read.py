"""A notice file → the register. The one entry that the rest of the program uses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tjxl.findings import Finding, finding
from tjxl.notice.columns import Columns, Titles
from tjxl.notice.deadlines import Deadline, read_deadline
from tjxl.notice.documents import read_document
from tjxl.notice.duties import settle_duties
from tjxl.notice.promises.commitments import read_commitments
from tjxl.notice.questions import ask_deadline
from tjxl.notice.rows import TaskRow, check_count, read_rows
from tjxl.notice.surroundings import find_title, issuing_authority, stated_counts, states_lead_rule, title_years
from tjxl.notice.table import NoticeDocument
from tjxl.notice.themes import settle_themes
from tjxl.notice.units import UnitNames
from tjxl.notice.words import quote
from tjxl.register import Milestone, Question, Register, Target, Task, Unit
from tjxl.settings import Settings

_DOUBT_CODES = {"blank": "N135", "unreadable": "N130", "recurring": "N133", "other_year": "N131", "by_custom": "N132"}


def read_notice(
    path: Path,
    year: int,
    settings: Settings,
    columns: Mapping[str, Sequence[str]] | None = None,
    known: Sequence[Unit] = (),
) -> Register:
    """The register that a notice gives. What needs mending or deciding is among its findings.

    An error among the findings means that the notice was not read whole: such a register may be shown but must not
    become a master.

    Args:
        path: the notice: text, Word, Excel or a saved web page.
        year: the year that its deadlines speak of.
        settings: aliases and groups of units, and titles of columns.
        columns: titles of columns beside those of the settings: the usual title → what this notice calls it.
        known: the registry of an earlier year; its names, codes and group members hold.

    Raises:
        NoticeError: E101–E114, the file is none that tjxl reads, or holds no tasks that can be told apart.
    """
    titles = Titles({**settings.columns, **(columns or {})})
    document = read_document(path, titles)
    return build_register(document, titles.columns_of(document.header.cells), year, settings, known)


def build_register(
    document: NoticeDocument, columns: Columns, year: int, settings: Settings, known: Sequence[Unit] = ()
) -> Register:
    """The register of a document from whatever reader. Pure."""
    title = find_title(document.before)
    findings = _title_findings(title, year)
    rows, row_findings = read_rows(document, columns)
    findings += row_findings
    findings += check_count(stated_counts(document.prose), rows)
    themes = [""] * len(rows)
    if "theme" in columns.index:
        printed = [(row.serial_no, row.theme) for row in rows]
        themes, theme_findings = settle_themes(printed, compared=not document.headed)
        findings += theme_findings
    deadlines, deadline_findings, questions = _deadlines(rows, columns, year, settings)
    findings += deadline_findings
    if any(row.leads is None for row in rows) and not states_lead_rule(document.prose):
        findings.append(finding("N123", field="lead_unit"))
    outcome = settle_duties(rows, UnitNames(settings, issuing_authority(title), known))
    questions = [*outcome.questions, *questions]
    findings += outcome.findings
    tasks = tuple(
        Task(
            code=row.code,
            serial_no=row.serial_no,
            theme=theme,
            text=row.text,
            deadline_text=row.deadline,
            deadline=deadline.due,
            goal=deadline.goal,
            leaders=row.leaders,
            lead_unit=duty.lead,
            cooperating_units=duty.cooperating,
        )
        for row, theme, deadline, duty in zip(rows, themes, deadlines, outcome.duties, strict=True)
    )
    commitments = read_commitments(tasks, year, settings.seasons)
    return Register(
        title,
        year,
        tasks,
        outcome.units,
        outcome.assignments,
        (*questions, *commitments.questions),
        (*findings, *commitments.findings),
        tuple(commitments.milestones),
        tuple(commitments.targets),
    )


def _title_findings(title: str, year: int) -> list[Finding]:
    if not title:
        return [finding("N102")]
    years = title_years(title)
    if years and year not in years:
        return [finding("N101", value=title, year=year, years="、".join(map(str, years)))]
    return []


def _deadlines(
    rows: Sequence[TaskRow], columns: Columns, year: int, settings: Settings
) -> tuple[list[Deadline], list[Finding], list[Question]]:
    """Each row's deadline. A notice without that column speaks of the year as a whole (deadlines.tsv)."""
    if "deadline" not in columns.index:
        due = dt.date(year, 12, 31)
        doubt = finding("N134", field="deadline", due=due)
        return [Deadline(due, "complete")] * len(rows), [doubt], [ask_deadline(doubt, "", due, year)]
    deadlines = [read_deadline(row.deadline, year, settings.seasons) for row in rows]
    findings, questions = [], []
    for row, deadline in zip(rows, deadlines, strict=True):
        if deadline.doubt is None:
            continue
        doubt = finding(
            _DOUBT_CODES[deadline.doubt],
            field="deadline",
            task=row.code,
            value=quote(row.deadline),
            serial_no=row.serial_no,
            line=row.line,
            due=deadline.due,
            year=year,
        )
        findings.append(doubt)
        questions.append(ask_deadline(doubt, row.deadline, deadline.due, year))
    return deadlines, findings, questions


def register_json(register: Register) -> dict[str, Any]:
    """The register as `tjxl tasks --json` prints it (design, section 11); dates in ISO form."""
    milestones: dict[str, list[Milestone]] = {}
    for milestone in register.milestones:
        milestones.setdefault(milestone.task_code, []).append(milestone)
    targets: dict[str, list[Target]] = {}
    for target in register.targets:
        targets.setdefault(target.task_code, []).append(target)
    return {
        "title": register.title,
        "year": register.year,
        "tasks": [
            _task_json(task, milestones.get(task.code, ()), targets.get(task.code, ())) for task in register.tasks
        ],
        "units": [
            {
                "name": unit.name,
                "kind": unit.kind,
                "aliases": list(unit.aliases),
                "members": list(unit.members),
                "open_group": unit.open_group,
            }
            for unit in register.units
        ],
        "findings": [f.to_json() for f in register.findings],
    }


def _task_json(task: Task, milestones: Sequence[Milestone], targets: Sequence[Target]) -> dict[str, Any]:
    return {
        "serial_no": task.serial_no,
        "theme": task.theme,
        "task": task.text,
        "deadline_text": task.deadline_text,
        "deadline": task.deadline.isoformat() if task.deadline else None,
        "goal": task.goal,
        "leaders": list(task.leaders),
        "lead_unit": task.lead_unit,
        "cooperating_units": list(task.cooperating_units),
        "milestones": [
            {
                "scope": m.scope,
                "due": m.due.isoformat() if m.due else None,
                "kind": m.kind,
                "needs_confirmation": m.needs_confirmation,
            }
            for m in milestones
        ],
        "targets": [
            {
                "subject": t.subject,
                "comparator": t.comparator,
                "value": t.value,
                "upper": t.upper,
                "unit": t.unit,
            }
            for t in targets
        ],
    }
