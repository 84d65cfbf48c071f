"""`tjxl remind`: who is reminded of what, the notices, and the log 催办 in the master.

Files come first, the master's rows after them: killed in between, there are files that no row names, and the next run
writes them anew. On one day a matter is reminded of once: the same command again changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tjxl.durable import said_plainly, write_durably
from tjxl.errors import ProjectError
from tjxl.findings import Finding, finding
from tjxl.masters.door import Master
from tjxl.ooxml.editor import BookEditor
from tjxl.project import Project
from tjxl.session import current_period, entered, obeyed
from tjxl.settings import Settings
from tjxl.sheets.figures import DUE_SOON_DAYS
from tjxl.sheets.layout import master_layout, yes_no
from tjxl.sheets.master_edit import append_fitted, set_row_values
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import holds_table
from tjxl.sheets.state import MasterState
from tjxl.supervise.reminders.files import NoticeFiles, marked_copy, sent_back
from tjxl.supervise.reminders.inbox import arrived_reports
from tjxl.supervise.reminders.letters import Letters, content_of
from tjxl.supervise.reminders.mails import Entry, Mails, returned_of
from tjxl.supervise.reminders.matters import REPORTING, Concerns, Occasion, concerns_of
from tjxl.supervise.reminders.notice import notice_docx
from tjxl.supervise.reminders.rounds import Plan, Reminder, joined, matter_of, plan_reminders, todays
from tjxl.supervise.reminders.wording import TEMPLATE, load_wording, template_text

Progress = Callable[[int, int], None]


def remind(
    project: Project,
    period_code: str | None = None,
    *,
    days: int | None = None,
    today: dt.date | None = None,
    units: Sequence[str] = (),
    email: bool = False,
    progress: Progress | None = None,
    master: Master | None = None,
) -> dict[str, Any]:
    """Remind the units of what stands against them: notices and texts in 催办/, rows in the sheet 催办.

    Args:
        period_code: whose reports are asked for; the newest issued where none is given.
        days: how many days before its deadline something is due soon; 临近天数 of 设置 where none is given.
        today: the day of the reminding; the clock's where none is given.
        units: only these, by any of their names.
        email: write an e-mail draft for each notice of the day, earlier ones of the day included.

    Raises:
        ProjectError: E207, E215 nothing issued; E208 an unknown unit; E205 the master is open; E212 a file cannot be
            written.
        SpecError: E290, E291, the office's wording cannot be used.
        PackageError: the master cannot be changed safely.
    """
    now = dt.datetime.now().astimezone()
    today = today or now.date()
    with project.locked("remind"):
        master, state = entered(project, master)
        settings = project.settings()
        wording = load_wording(project.templates)
        state, decisions = obeyed(master, state, settings)
        period = current_period(project, state, period_code)
        chosen = _codes(state, units)
        soon = days if days is not None else due_soon_days(state, settings)
        occasion = Occasion(period, today, soon, arrived_reports(project.inbox, state, period))
        concerns = concerns_of(state, occasion, settings)
        plan = plan_reminders(concerns.all, state.reminders, today, settings.reminders, chosen)
        letters = Letters(wording, settings, period, today, lambda c: sent_back(project, c))
        files = NoticeFiles(project, period.code, today, _named(state))
        rows = todays(state.reminders, period.code, today)
        entries = [Entry(dict(r.values), r.number) for r in rows if chosen is None or r["unit_code"] in chosen]
        entries += _written(plan, _last_number(state), letters, files, progress)
        findings = [*plan.findings, *concerns.findings, *_persons(entries, settings)]
        if email:
            findings += Mails(project, state, settings, letters, files).write(entries, concerns, now)
        files.settle()
        findings += _noted(master, state, plan, entries)
    return {
        "period": period.code,
        "today": today.isoformat(),
        "days": soon,
        "reminders": [_json(e, project, concerns) for e in entries],
        "settled": plan.settled,
        "findings": [f.to_json() for f in findings],
        "decisions": decisions,
    }


def write_template(project: Project) -> dict[str, Any]:
    """Put the shipped wording into 模板/催办.toml for the office to change.

    Raises:
        ProjectError: E293 it is there already; E212 it cannot be written.
    """
    path = project.templates / TEMPLATE
    with project.locked("remind"), said_plainly(path):
        if path.exists():
            raise ProjectError("E293", file=f"{project.templates.name}/{TEMPLATE}")
        write_durably(path, template_text().replace("\n", "\r\n").encode("utf-8-sig"))
    return {"template": str(path)}


def due_soon_days(state: MasterState, settings: Settings) -> int:
    """临近天数 as the office has it in 设置; the settings' where the cell is gone or says no number of days."""
    if DUE_SOON_DAYS in state.book.names:
        sheet, area = state.book.names[DUE_SOON_DAYS]
        cell = state.book.cells(sheet).cells.get((area.top, area.left)) if sheet in state.book.sheets else None
        value = cell.value if cell else None
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return int(value)
    return settings.due_soon_days


def _codes(state: MasterState, units: Sequence[str]) -> set[str] | None:
    """The codes of the units named; None for all.

    Raises:
        ProjectError: E208.
    """
    found = {name: state.registry.find(name) for name in units}
    if unknown := [name for name, unit in found.items() if unit is None or not unit.code]:
        raise ProjectError("E208", units="、".join(sorted(unknown)))
    return {unit.code for unit in found.values() if unit} if units else None


def _named(state: MasterState) -> set[str]:
    return {str(row["notice_file"]) for row in state.reminders if row["notice_file"]}


def _written(plan: Plan, number: int, letters: Letters, files: NoticeFiles, progress: Progress | None) -> list[Entry]:
    """Write notice and text of each unit; the rows that are to be appended.

    Args:
        number: the last one given in 催办.
    """
    by_unit: dict[str, list[Reminder]] = {}
    for reminder in plan.reminders:
        by_unit.setdefault(reminder.unit_code, []).append(reminder)
    entries: list[Entry] = []
    for done, reminders in enumerate(by_unit.values(), 1):
        letter = letters.letter(reminders)
        path = files.free(reminders[0].unit)
        notice = files.write(path, notice_docx(letters, letter, reminders[0].unit))
        files.write(path.with_suffix(".txt"), letters.text(letter))
        for reminder in reminders:
            number += 1
            values = _row(reminder, letters)
            entries.append(Entry({"reminder_no": f"R{number:03d}", **values, "notice_file": notice}))
        if progress:
            progress(done, len(by_unit))
    return entries


def _last_number(state: MasterState) -> int:
    numbers = (str(row["reminder_no"] or "") for row in state.reminders)
    return max((int(n[1:]) for n in numbers if n[:1] == "R" and n[1:].isascii() and n[1:].isdecimal()), default=0)


def _row(reminder: Reminder, letters: Letters) -> dict[str, Any]:
    """A row of 催办 by column name, but for its number and file."""
    section = letters.section(reminder)
    return {
        "reminded_on": letters.today,
        "period": letters.period.code,
        "unit_code": reminder.unit_code,
        "unit": reminder.unit,
        "matter": reminder.title,
        "content": content_of(section, reminder),
        "tasks": joined(reminder.codes) or None,
        "round": reminder.round,
        "level": reminder.level.name,
        "demand": section.demand,
        "answer_by": reminder.answer_by,
        "open_tasks": joined(reminder.codes) or None,
        "settled": yes_no()[False],
    }


def _persons(entries: Sequence[Entry], settings: Settings) -> Iterator[Finding]:
    """Reminders for which a paper is not enough."""
    persons = {level.name for level in settings.reminders.levels if level.person}
    for values in (e.values for e in entries):
        if values["level"] in persons:
            facts = {name: values[name] for name in ("unit", "matter", "level", "round")}
            yield finding("M605", **facts)


def _noted(master: Master, state: MasterState, plan: Plan, entries: Sequence[Entry]) -> list[Finding]:
    """Write the log: new rows, e-mail files of rows made earlier this day, what has been settled."""
    layout = master_layout()["reminders"]
    if not holds_table(state.book, layout):
        return [finding("M608")] if entries else []
    editor = BookEditor(state.book)
    for number, values in plan.updates.items():
        set_row_values(editor, layout, number, values)
    before = {row.number: row["mail_file"] for row in state.reminders}
    for entry in entries:
        if entry.number is not None and entry.values.get("mail_file") != before[entry.number]:
            set_row_values(editor, layout, entry.number, {"mail_file": entry.values["mail_file"]})
    if new := [e.values for e in entries if e.number is None]:
        append_fitted(editor, layout, new)
    if editor.changed:
        refresh(editor)
        master.write(editor)
    return []


def _json(entry: Entry, project: Project, concerns: Concerns) -> dict[str, Any]:
    """A reminder as `--json` has it; of a return that went back, its faults and its marked copy."""
    values = entry.values
    matter, stage = matter_of(values["matter"])
    by = values["answer_by"]
    notice = str(values["notice_file"] or "")
    known = returned_of(values, concerns)
    copy = marked_copy(project, known) if known else None
    return {
        "no": values["reminder_no"],
        "unit": values["unit"],
        "unit_code": values["unit_code"],
        "matter": matter,
        "matter_title": values["matter"],
        "stage": stage or None,
        "round": values["round"],
        "level": values["level"],
        "due": by.isoformat() if isinstance(by, dt.date) else by,
        "tasks": [] if matter in REPORTING else str(values["tasks"] or "").split("、"),
        "content": values["content"],
        "demand": values["demand"],
        "notice": notice or None,
        "text": f"{notice.removesuffix('.docx')}.txt" if notice else None,
        "email": values.get("mail_file"),
        "faults": sent_back(project, known).faults if known else None,
        "annotated": copy.relative_to(project.root).as_posix() if copy else None,
        "new": entry.number is None,
    }
