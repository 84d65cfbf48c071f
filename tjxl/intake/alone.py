"""Checking one file without a project: what the form says of itself is taken as it is, and a note says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tjxl.errors import TjxlError
from tjxl.fields.expressions import Kind
from tjxl.fields.loading import load_specs
from tjxl.fields.spec import Part, Spec
from tjxl.findings import finding
from tjxl.intake.context import Context, Expected, ExpectedRow
from tjxl.intake.guard import open_book
from tjxl.intake.identify import Identity, read_identity
from tjxl.intake.returns import Return, judge, read_return
from tjxl.intake.sources import single_source
from tjxl.ooxml.cells import SheetCells, from_serial
from tjxl.periods import parse_period
from tjxl.register import GOAL_TITLES, MEASURE_TITLES, ROLE_TITLES, serial_of, task_of
from tjxl.settings import Settings
from tjxl.sheets.form_places import IDENTITY_SHEET, LISTS_SHEET, fact_column

_IDENTIFIERS: Mapping[Kind, Mapping[str, str]] = {
    "role": {title: name for name, title in ROLE_TITLES.items()},
    "goal": {title: name for name, title in GOAL_TITLES.items()},
    "measure": {title: name for name, title in MEASURE_TITLES.items()},
}


def check_alone(path: Path, settings: Settings) -> dict[str, Any]:
    """The verdict on a file by its own word: rules are checked, the sender is not.

    The tasks and their facts are read from the form's hidden list, which is what its 自检 goes by too.
    """
    source = single_source(path, path.parent)
    note = finding("I221")
    try:
        book = open_book(source.content)
        identity = read_identity(book.cells(IDENTITY_SHEET)) if IDENTITY_SHEET in book.sheets else None
        lists = book.cells(LISTS_SHEET) if LISTS_SHEET in book.sheets else None
        if identity is not None:
            parse_period(identity.period)
    except TjxlError:  # no workbook, or a hidden sheet that somebody has changed
        identity = lists = None
    if identity is None or lists is None:
        r = read_return(source, _context(Identity("", "", "", "", "2000-01", "", ""), {}, settings))
        # "another master's" cannot be told here: what speaks against such a form is that it was tampered with
        said = (finding("I203") if f.code == "I202" else f for f in r.findings)
        return Return(r.source, r.identity, r.form, (*said, note), r.settled).to_json()
    expected = expected_of_form(lists, load_specs(settings))
    context = _context(identity, expected, settings)
    r = judge([read_return(source, context)], context)[0]
    return Return(r.source, r.identity, r.form, (*r.findings, note), r.settled).to_json()


def _context(identity: Identity, expected: Expected, settings: Settings) -> Context:
    period = parse_period(identity.period)
    return Context(
        specs=load_specs(settings),
        settings=settings,
        year=period.year,
        period=period,
        master_id=identity.master_id,
        key="",
        expected={identity.sender: expected},
        unit_names={identity.unit_code: identity.unit},
        check_digest=False,
    )


def expected_of_form(lists: SheetCells, specs: Mapping[Part, Spec]) -> Expected:
    """What the form was issued with; a sheet that it does not have has no facts either."""
    out: dict[Part, dict[str, ExpectedRow]] = {}
    for part, spec in specs.items():
        first = fact_column(part)
        numbers = sorted({r for r, c in lists.cells if c == first and r > 1})
        if numbers or part == "report":
            rows = (_expected_row(lists, spec, number, first) for number in numbers)
            out[part] = {row.code: row for row in rows}
    return out


def _expected_row(lists: SheetCells, spec: Spec, number: int, first: int) -> ExpectedRow:
    code = str(_value(lists, number, first))
    task = task_of(code)
    facts = {
        name: _fact(_value(lists, number, column), kind)
        for column, (name, kind) in enumerate(spec.facts.items(), first + 1)
    }
    return ExpectedRow(code, task, serial_of(task) or 0, facts, locked={})


def _fact(value: Any, kind: Kind) -> Any:
    """A fact as the rules want it; what a person has made unreadable is none."""
    if kind == "date":
        return _day(value)
    if kind == "number":
        return value if isinstance(value, float) else None
    if kind in _IDENTIFIERS:
        return _IDENTIFIERS[kind].get(str(value))
    return str(value) if value else None


def _value(lists: SheetCells, row: int, column: int) -> Any:
    cell = lists.cells.get((row, column))
    return cell.value if cell else None


def _day(value: Any) -> dt.date | None:
    moment = from_serial(value) if isinstance(value, float) else None
    return moment.date() if moment else None
