"""What the office typed into the master and no rule can use: said by every command until it is mended.

The rules are those of Excel's own refusals and colours (`schemas/office.toml`); what is pasted passes those. What
decides something (names, members, answers) is judged where it is carried out.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tjxl.decisions.deciders import DECIDERS
from tjxl.fields.loading import load_office_spec
from tjxl.fields.scalar import check_values
from tjxl.fields.spec import Spec, rule_finding
from tjxl.findings import Finding, finding
from tjxl.intake.timeliness import due_on
from tjxl.notice.words import fold, quote
from tjxl.ooxml.refs import cell_ref
from tjxl.register import UNIT_KIND_TITLES
from tjxl.settings import Settings
from tjxl.sheets.figures import LIGHT_CHOICES
from tjxl.sheets.layout import SheetLayout, master_layout
from tjxl.sheets.registry import Registry, unit_of
from tjxl.sheets.rows import TableRow, find_table, holds_table, named_column, read_rows
from tjxl.sheets.score_settings import parameter_cells
from tjxl.sheets.score_sheets import TABLES
from tjxl.sheets.settings_sheet import RULE_LIGHT, named_settings
from tjxl.sheets.state import MasterState

_KIND = "unit_kind"


def cell_of(state: MasterState, table: str, number: int, column: str) -> dict[str, str | None]:
    """The place of a cell, for a finding: sheet, address (none where the office removed the column) and field."""
    layout = master_layout()[table]
    found = find_table(state.book, layout)
    at = found.columns.get(layout.column(column).title)
    return {"sheet": found.sheet, "cell": cell_ref(number, at) if at else None, "field": column}


class _Judge:
    """What values break. Most rows of a table say the same, and nothing at all: these are judged once."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._known: dict[tuple[tuple[str, type, Any], ...], list[Finding]] = {}

    def broken(self, values: Mapping[str, Any]) -> list[Finding]:
        """The findings about these values; rules about others are left aside."""
        key = tuple((name, type(value), value) for name, value in values.items())  # TRUE is no 1
        if key not in self._known:
            rules = check_values(values, self._spec, self._spec.as_of, scope="head")
            self._known[key] = [rule_finding(r, sheet=None, cell=None) for r in rules if r.field in values]
        return self._known[key]


def bad_cells(state: MasterState, settings: Settings, units: Registry) -> list[Finding]:
    """The findings about what the office types into tables and 设置, in the order of the sheets.

    Args:
        units: those of 责任单位 once the edits of its rows are followed.
    """
    spec = load_office_spec(settings)
    judge = _Judge(spec)
    said: list[Finding] = []
    judged = (
        ("tasks", state.tasks_as_typed),
        ("splits", state.splits),
        ("units", state.units),
        ("submissions", state.submissions),
        ("problems", state.problems),
        ("closings", state.closings),
        ("verification", state.verification),
    )
    for name, rows in judged:
        for row in rows if name in ("tasks", "splits", "units", "submissions") else _typed_into(name, rows):
            said += _of_row(state, judge, master_layout()[name], row)
    said += [f for row in state.units if (f := _of_kind(state, row))]
    said += _of_aliases(state, units)
    said += _of_extensions(state, settings)
    said += _of_answers(state)
    said += _of_settings(state, judge)
    said += _of_scores(state, judge)
    said += _of_parameters(state, judge)
    return said


def _typed_into(name: str, rows: Sequence[TableRow]) -> Iterator[TableRow]:
    """The rows in which the office has written something: in the others nothing can be missing."""
    columns = [c.name for c in master_layout()[name].columns if c.owner == "office"]
    return (row for row in rows if any(row.values.get(column) is not None for column in columns))


def _of_row(state: MasterState, judge: _Judge, layout: SheetLayout, row: TableRow) -> Iterator[Finding]:
    columns = {c.entry: c.name for c in layout.columns if c.entry and c.name in row.values}
    values = {entry: row[name] for entry, name in columns.items()}
    for broken in judge.broken(values):
        if broken.field != _KIND:
            entry = str(broken.field)
            place = cell_of(state, layout.name, row.number, columns[entry])
            yield broken.at(value=values[entry], task=row.values.get("task_code"), **place)


def _of_kind(state: MasterState, row: TableRow) -> Finding | None:
    """A 类别 that means nothing is written anew from the name."""
    if not row["unit"] or not row["kind"]:
        return None
    kind = UNIT_KIND_TITLES[unit_of(row).kind]
    if kind == row["kind"]:
        return None
    said = finding("D637", value=quote(str(row["kind"])), kind=kind)
    return said.at(value=row["kind"], **cell_of(state, "units", row.number, "kind"))


def _of_aliases(state: MasterState, units: Registry) -> Iterator[Finding]:
    """A name that two units share means the one that the registry finds."""
    for row in state.units:
        own = units.by_code.get(str(row["unit_code"]))
        if own is None:
            continue
        for alias in own.aliases:
            found = units.find(alias)
            if found is not None and found.code != own.code:
                said = finding("D643", value=quote(alias), unit=found.name)
                yield said.at(value=alias, **cell_of(state, "units", row.number, "aliases"))


def _of_extensions(state: MasterState, settings: Settings) -> Iterator[Finding]:
    """延期至 that grants nothing: no later than the day by which the report is due anyway."""
    for row in state.submissions:
        extended, due = row.values.get("extended_to"), due_on(row, settings)
        if isinstance(extended, dt.date) and due is not None and extended <= due:
            said = finding("P102", due=due.isoformat())
            yield said.at(value=extended, **cell_of(state, "submissions", row.number, "extended_to"))


def _of_answers(state: MasterState) -> Iterator[Finding]:
    """Answers of questions that have nothing but their choices; those that are carried out are judged there."""
    for row in state.questions:
        decided = state.decided.get(str(row["question_no"]))
        answer = str(row.values.get("decision") or "").strip()
        if decided is None or not answer or str(decided["key"] or "").partition(":")[0] in DECIDERS:
            continue
        choices = json.loads(decided["choices"] or "[]")
        if choices and all(fold(choice) != fold(answer) for choice in choices):
            said = finding("D614", value=quote(answer), choices="、".join(choices))
            place = cell_of(state, "questions", row.number, "decision")
            yield said.at(value=answer, task=row["task_code"], **place)


def _of_settings(state: MasterState, judge: _Judge) -> Iterator[Finding]:
    """The cells of 设置 that are filled in, wherever they have been moved to; a deleted name is left alone."""
    places = {field: found[0] for field, name in named_settings().items() if (found := _named_cells(state, name))}
    values = {field: value for field, (_, value) in places.items()}
    for broken in judge.broken(values):
        field = str(broken.field)
        yield broken.at(value=values[field], **places[field][0])
    for place, value in _named_cells(state, LIGHT_CHOICES):
        for broken in judge.broken({RULE_LIGHT: value}):
            yield broken.at(value=value, **place)


def _named_cells(state: MasterState, name: str) -> list[tuple[dict[str, str], Any]]:
    """Place and value of each cell in the column that a defined name stands for."""
    cells = named_column(state.book, name)
    return [({"sheet": sheet, "cell": cell_ref(row, column)}, value) for sheet, row, column, value in cells]


def _of_scores(state: MasterState, judge: _Judge) -> Iterator[Finding]:
    """考核, 考核明细 and 考核任务, as far as they are there."""
    for name in TABLES:
        layout = master_layout()[name]
        typed = [c.name for c in layout.columns if c.owner == "office"]
        for row in read_rows(state.book, layout) if holds_table(state.book, layout) else ():
            if any(row.values.get(column) is not None for column in typed):
                yield from _of_row(state, judge, layout, row)


def _of_parameters(state: MasterState, judge: _Judge) -> Iterator[Finding]:
    """考核参数, wherever its cells have been moved to."""
    for entry, sheet, row, column in parameter_cells(state.book).values():
        cell = state.book.cells(sheet).cells.get((row, column))
        value = cell.value if cell else None
        for broken in judge.broken({entry: value}):
            yield broken.at(sheet=sheet, cell=cell_ref(row, column), value=value)
