"""What the office typed into the master and no rule can use: said by every command until it is mended.

The rules are those of Excel's own refusals and colours (`schemas/office.toml`); what is pasted passes those. What
decides something (names, members, answers) is judged where it is carried out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tjxl.decisions.deciders import DECIDERS
from tjxl.fields.loading import load_office_spec
from tjxl.fields.scalar import check_values
from tjxl.fields.spec import Spec, rule_finding
from tjxl.findings import Finding, finding
from tjxl.notice.words import fold, quote
from tjxl.ooxml.refs import cell_ref
from tjxl.register import UNIT_KIND_TITLES
from tjxl.settings import Settings
from tjxl.sheets.figures import DUE_SOON_DAYS
from tjxl.sheets.layout import SheetLayout, master_layout
from tjxl.sheets.registry import unit_of
from tjxl.sheets.rows import TableRow, find_table
from tjxl.sheets.state import MasterState

_KIND = "unit_kind"


def cell_of(state: MasterState, table: str, number: int, column: str) -> dict[str, str | None]:
    """The place of a cell, for a finding: sheet, address (none where the office removed the column) and field."""
    layout = master_layout()[table]
    found = find_table(state.book, layout)
    at = found.columns.get(layout.column(column).title)
    return {"sheet": found.sheet, "cell": cell_ref(number, at) if at else None, "field": column}


def bad_cells(state: MasterState, settings: Settings) -> list[Finding]:
    """The findings about 任务台账, 责任单位, 待裁决 and 设置, in the order of the sheets."""
    spec = load_office_spec(settings)
    said: list[Finding] = []
    for name, rows in (("tasks", state.tasks), ("units", state.units)):
        for row in rows:
            said += _of_row(state, spec, master_layout()[name], row)
    said += [f for row in state.units if (f := _of_kind(state, row))]
    said += _of_aliases(state)
    said += _of_answers(state)
    said += _of_settings(state, spec)
    return said


def _of_row(state: MasterState, spec: Spec, layout: SheetLayout, row: TableRow) -> Iterator[Finding]:
    columns = {c.entry: c.name for c in layout.columns if c.entry and c.name in row.values}
    values = {entry: row[name] for entry, name in columns.items()}
    for broken in _broken(spec, values):
        if broken.field != _KIND:
            entry = str(broken.field)
            place = cell_of(state, layout.name, row.number, columns[entry])
            yield broken.at(value=values[entry], task=row.values.get("task_code"), **place)


def _broken(spec: Spec, values: Mapping[str, Any]) -> list[Finding]:
    """What these values break; rules about others are left aside."""
    rules = check_values(values, spec, spec.as_of, scope="head")
    return [rule_finding(rule, sheet=None, cell=None) for rule in rules if rule.field in values]


def _of_kind(state: MasterState, row: TableRow) -> Finding | None:
    """A 类别 that means nothing is written anew from the name."""
    if not row["unit"] or not row["kind"]:
        return None
    kind = UNIT_KIND_TITLES[unit_of(row).kind]
    if kind == row["kind"]:
        return None
    said = finding("D637", value=quote(str(row["kind"])), kind=kind)
    return said.at(value=row["kind"], **cell_of(state, "units", row.number, "kind"))


def _of_aliases(state: MasterState) -> Iterator[Finding]:
    """A name that two units share means the one that the registry finds."""
    for row in state.units:
        if not row["unit"]:
            continue
        own = unit_of(row)
        for alias in own.aliases:
            found = state.registry.find(alias)
            if found is not None and found.code != own.code:
                said = finding("D643", value=quote(alias), unit=found.name)
                yield said.at(value=alias, **cell_of(state, "units", row.number, "aliases"))


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


def _of_settings(state: MasterState, spec: Spec) -> Iterator[Finding]:
    """临近天数, wherever its cell has been moved to; a deleted name is left alone."""
    if DUE_SOON_DAYS in state.book.names:
        sheet, area = state.book.names[DUE_SOON_DAYS]
        cell = state.book.cells(sheet).cells.get((area.top, area.left)) if sheet in state.book.sheets else None
        value = cell.value if cell else None
        for broken in _broken(spec, {"due_soon_days": value}):
            yield broken.at(sheet=sheet, cell=cell_ref(area.top, area.left), value=value)
