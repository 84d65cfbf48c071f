"""The sheets of the master that hold one Excel table each: rows, dropdowns, colours, row heights, print set-up."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tjxl.fields.spec import Spec
from tjxl.formula import Formula
from tjxl.ooxml.refs import column_letters
from tjxl.register import ROLE_TITLES, UNIT_KIND_TITLES, Register, Task, Unit
from tjxl.resources import layout_toml
from tjxl.settings import Settings
from tjxl.sheets.entry import add_column_entries
from tjxl.sheets.figures import ATTAINMENTS, LIGHTS, MILESTONE_OUTCOMES, SCHEDULES
from tjxl.sheets.fitting import Fit
from tjxl.sheets.layout import (
    Column,
    SheetLayout,
    closing_states,
    conclusion_words,
    master_layout,
    problem_states,
    state_titles,
    yes_no,
)
from tjxl.sheets.lights import task_formulas
from tjxl.sheets.model import Content, FormulaHighlight, Highlight, Page, Sheet, Table, TableColumn
from tjxl.sheets.questions import dropdown, no_choice_formula, question_row
from tjxl.sheets.textsize import columns_wide, row_height
from tjxl.sheets.theme import colour

HEADER_ROW = 2
FIRST_ROW = HEADER_ROW + 1
LEDGER_ROWS = 20000
"""Down to this row the tables that grow have their entries and conditional colours."""

_TITLE_HEIGHT = 30.0
_TITLE_SCALE = 1.7
"""Size of the heading's characters against those of the table, with a gap after it."""
_HEADER_HEIGHT = 34.0
_GROUP_HEIGHT = 20.0
_OPEN = ("office", "shared")
"""Owners of the columns that people fill in or change: these are coloured."""

Row = Mapping[str, Content]

_CONCLUSIONS = {
    "agrees": "completed",
    "differs": "behind",
    "not_comparable": "not_started",
    "unmatched": "adjustment_requested",
}
_OWN_STATES: Mapping[str, tuple[Callable[[], Mapping[str, str]], Mapping[str, str]]] = {
    "problems": (
        problem_states,
        {
            "open": "behind",
            "not_mentioned": "adjustment_requested",
            "solved": "completed",
            "withdrawn": "not_started",
        },
    ),
    "closings": (
        closing_states,
        {
            "to_verify": "adjustment_requested",
            "to_close": "in_progress",
            "closed": "completed",
            "sent_back": "behind",
            "lapsed": "not_started",
        },
    ),
}
"""Colours of 结论, and of 状态 where a table has words of its own: looks by name of the word."""


def task_sheet(register: Register, settings: Settings) -> Sheet:
    """任务台账: one row per task, nothing reported yet; 亮灯, 亮灯依据 and 应达进度 are formulas."""
    return table_sheet("tasks", [_task_row(t) for t in register.tasks], register.year, settings, task_formulas())


def assignment_sheet(register: Register, settings: Settings) -> Sheet:
    """责任分工: one row per task × unit, in the order of the notice."""
    tasks = {task.code: task for task in register.tasks}
    units = {unit.code: unit for unit in register.units}
    rows: list[Row] = [
        {
            "task_code": a.task_code,
            "serial_no": tasks[a.task_code].serial_no,
            "task": tasks[a.task_code].text,
            "unit_code": a.unit_code,
            "unit": units[a.unit_code].name,
            "role": ROLE_TITLES[a.role],
        }
        for a in register.assignments
    ]
    return table_sheet("assignments", rows or [{}], register.year, settings)


def unit_sheet(register: Register, settings: Settings) -> Sheet:
    """责任单位: every unit and group, with the number of its tasks as formulas."""
    formulas = {
        f"{role}_tasks": "COUNTIFS(责任分工[单位编码],责任单位[[#This Row],[单位编码]],"
        f'责任分工[职责],"{ROLE_TITLES[role]}")'
        for role in ("lead", "cooperating")
    }
    sheet = table_sheet("units", [_unit_row(u) for u in register.units] or [{}], register.year, settings, formulas)
    at = master_layout()["units"].position("unit") + 1
    name = column_letters(at)
    twice = f"=AND(LEN(${name}{FIRST_ROW})>0,COUNTIF(${name}:${name},${name}{FIRST_ROW})>1)"
    area = (FIRST_ROW, at, HEADER_ROW + sheet.tables[0].rows, at)
    sheet.highlights.append(FormulaHighlight(area, twice, "cell_error"))
    return sheet


def ledger_sheet(name: str, register: Register, settings: Settings) -> Sheet:
    """填报流水, 指标流水, 节点流水 or 变更记录: empty but for the one blank row that an Excel table must have."""
    return table_sheet(name, [{}], register.year, settings)


def submission_sheet(register: Register, settings: Settings) -> Sheet:
    """报送情况: as empty as the ledger."""
    return table_sheet("submissions", [{}], register.year, settings)


def question_sheet(register: Register, settings: Settings) -> Sheet:
    """待裁决: the notice's open questions, each with its own dropdown of 处理意见."""
    rows: list[Row] = [question_row(n, q) for n, q in enumerate(register.questions, 1)] or [{}]
    layout = master_layout()["questions"]
    key, answer = _first_cell(layout, "question_no"), _first_cell(layout, "decision")
    sheet = table_sheet("questions", rows, register.year, settings)
    at = layout.position("decision") + 1
    area = (FIRST_ROW, at, HEADER_ROW + len(rows), at)
    sheet.highlights.append(FormulaHighlight(area, no_choice_formula(key, answer), "cell_error"))
    return sheet


def _task_row(task: Task) -> Row:
    return {
        "task_code": task.code,
        "serial_no": task.serial_no,
        "theme": task.theme,
        "task": task.text,
        "deadline": task.deadline_text,
        "leaders": _joined(task.leaders),
        "lead_unit": task.lead_unit,
        "cooperating_units": _joined(task.cooperating_units),
    }


def _unit_row(unit: Unit) -> Row:
    return {
        "unit_code": unit.code,
        "unit": unit.name,
        "aliases": _joined(unit.aliases),
        "kind": UNIT_KIND_TITLES[unit.kind],
        "members": _joined(unit.members),
        **unit.office,
    }


def _joined(names: Sequence[str]) -> str | None:
    separator: str = layout_toml("master.toml")["words"]["separator"]
    return separator.join(names) or None


def table_sheet(
    name: str,
    rows: Sequence[Row],
    year: int,
    settings: Settings,
    formulas: Mapping[str, str] | None = None,
) -> Sheet:
    """A sheet with a heading, and the table of layout *name* filled with *rows* and calculated columns."""
    layout = master_layout()[name]
    spec: Mapping[str, Any] = layout_toml("master.toml")["sheet"][name]
    compact = bool(spec.get("compact"))
    calculated = formulas or {}
    sheet = Sheet(layout.title, tab_colour=colour(spec["tab"]))
    _heading(sheet, layout, spec, year)
    fit = Fit(layout, whole=True)
    for offset, row in enumerate(rows):
        contents = {**row, **{name: Formula(formula) for name, formula in calculated.items()}}
        for place, column in enumerate(layout.columns, 1):
            style = _style(column, compact, column.name in calculated)
            sheet.put(layout.first_row + offset, place, contents.get(column.name), style)
        sheet.heights[layout.first_row + offset] = fit.height(row.items())
    sheet.tables.append(_table(layout, len(rows), calculated, compact))
    last = LEDGER_ROWS if compact or spec.get("grows") else layout.header_row + len(rows)
    _highlights(sheet, layout, last, settings)
    sheet.freeze = (layout.header_row, layout.position(spec["freeze"]) + 1)
    sheet.page = Page(paper=spec.get("paper", "A4"), repeat_rows=(layout.header_row - 1, layout.header_row))
    return sheet


def add_entries(sheet: Sheet, name: str, spec: Spec, settings: Settings) -> None:
    """Where people type into the table of layout *name*: what `schemas/office.toml` (*spec*) says of its columns."""
    layout = master_layout()[name]
    looks: Mapping[str, Any] = layout_toml("master.toml")["sheet"][name]
    grows = looks.get("compact") or looks.get("grows")
    last = LEDGER_ROWS if grows else layout.header_row + sheet.tables[0].rows
    more: dict[str, dict[str, Any]] = {}
    if name == "questions":
        more = {"decision": dropdown(_first_cell(layout, "question_no"))}
    if name == "reminders":  # nothing is refused: what is no level is said by `tjxl remind`
        levels = [level.name for level in settings.reminders.levels]
        more = {"raise_to": {"validate": "list", "source": levels, "show_error": False}}
    add_column_entries(sheet, layout, spec, (layout.first_row, last), more)


def _first_cell(layout: SheetLayout, column: str) -> str:
    """The column's first cell, as the formula of a validation or a colour names it: `$A3`."""
    return f"${column_letters(layout.position(column) + 1)}{FIRST_ROW}"


def _heading(sheet: Sheet, layout: SheetLayout, spec: Mapping[str, Any], year: int) -> None:
    """The line above the header: what the sheet is, and over the office's columns that they are the office's."""
    heading = spec["heading"].format(year=year)
    sheet.put(1, 1, heading, "sheet_title")
    sheet.put(1, _column_beyond(layout, columns_wide(heading) * _TITLE_SCALE), spec["hint"], "sheet_hint")
    for place, column in enumerate(layout.columns, 1):
        sheet.widths[place] = column.width
        if column.owner == "office":
            mark = layout_toml("master.toml")["words"]["office_mark"]
            sheet.put(layout.header_row - 1, place, mark, "office_mark")
    sheet.heights[1] = _TITLE_HEIGHT
    sheet.heights[layout.header_row] = _HEADER_HEIGHT
    if "explained" in spec:
        _explained(sheet, layout, spec["explained"])


def _explained(sheet: Sheet, layout: SheetLayout, said: str) -> None:
    """Between heading and header: how the columns come about, and the groups that they belong to."""
    sheet.put(2, 1, said, "explained", width=len(layout.columns))
    sheet.heights[2] = row_height([(said, sum(c.width for c in layout.columns))], _HEADER_HEIGHT)
    row = layout.header_row - 1
    sheet.heights[row] = _GROUP_HEIGHT
    for group, run in itertools.groupby(enumerate(layout.columns, 1), lambda numbered: numbered[1].group):
        places = [place for place, _ in run]
        if group is not None:
            sheet.put(row, places[0], group, "group", width=len(places))


def _column_beyond(layout: SheetLayout, width: float) -> int:
    """The first column that starts at least *width* columns of characters from the left."""
    return next(i for i in range(1, len(layout.columns)) if sum(c.width for c in layout.columns[:i]) >= width) + 1


def _style(column: Column, compact: bool, calculated: bool) -> str:
    kind = "line" if compact and column.kind in ("text", "entry") else column.kind
    plain = "+plain" if calculated and kind == "text" else ""  # a formula in a cell of text format turns into text
    owner = "+office" if column.owner in _OPEN else ""
    return f"body+{kind}{plain}{owner}"


def _table(layout: SheetLayout, rows: int, formulas: Mapping[str, str], compact: bool) -> Table:
    return Table(
        layout.title,
        layout.header_row,
        1,
        rows,
        tuple(
            TableColumn(
                column.title,
                "header+header_office" if column.owner in _OPEN else "header",
                _style(column, compact, column.name in formulas),
                formulas.get(column.name),
            )
            for column in layout.columns
        ),
    )


def _highlights(sheet: Sheet, layout: SheetLayout, last: int, settings: Settings) -> None:
    """Colours by text: the text stays, so that a black-and-white print says the same."""
    states = state_titles()
    by_column: dict[str, list[tuple[str, str]]] = {
        "status": [(status.name, status.meaning) for status in settings.statuses],
        "verified_status": [(status.name, status.meaning) for status in settings.statuses],
        "light": [(title, name) for name, title in LIGHTS.items()],
        "outcome": [
            (MILESTONE_OUTCOMES["done"], "completed"),
            (MILESTONE_OUTCOMES["done_late"], "completed"),
            (MILESTONE_OUTCOMES["overdue"], "behind"),
            (MILESTONE_OUTCOMES["due_soon"], "adjustment_requested"),
            (MILESTONE_OUTCOMES["undated"], "not_started"),
        ],
        "attainment": [
            (ATTAINMENTS["met"], "completed"),
            (ATTAINMENTS["not_met"], "in_progress"),
            (ATTAINMENTS["to_judge"], "adjustment_requested"),
            (ATTAINMENTS["no_data"], "not_started"),
        ],
        "schedule": [
            (SCHEDULES["on"], "completed"),
            (SCHEDULES["behind"], "adjustment_requested"),
            (SCHEDULES["missed"], "behind"),
            (SCHEDULES["to_judge"], "adjustment_requested"),
        ],
        "settled": [(yes_no()[True], "completed"), (yes_no()[False], "adjustment_requested")],
        "state": [
            (states["reported"], "completed"),
            (states["late"], "adjustment_requested"),
            (states["missing"], "behind"),
            (states["returned"], "behind"),
            (states["awaiting_decision"], "adjustment_requested"),
            (states["open_question"], "adjustment_requested"),
            (states["decided_question"], "completed"),
        ],
        "conclusion": [(conclusion_words()[name], look) for name, look in _CONCLUSIONS.items()],
    }
    if layout.name in _OWN_STATES:
        words, looks = _OWN_STATES[layout.name]
        by_column["state"] = [(words()[name], look) for name, look in looks.items()]
    for place, column in enumerate(layout.columns, 1):
        for content, name in by_column.get(column.name, []):
            beginning = content in (states["open_question"], states["decided_question"])  # a reason may follow
            area = (layout.first_row, place, last, place)
            sheet.highlights.append(Highlight(area, content, name, beginning))
