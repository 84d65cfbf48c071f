"""Checking one file without a project: what the form says of itself is taken as it is, and a note says so."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from tjxl.errors import TjxlError
from tjxl.fields.spec import load_spec
from tjxl.findings import finding
from tjxl.intake.context import Context, ExpectedRow
from tjxl.intake.identify import Identity, read_identity
from tjxl.intake.returns import Return, judge, read_return
from tjxl.intake.sources import single_source
from tjxl.ooxml.book import Book
from tjxl.ooxml.cells import SheetCells, from_serial
from tjxl.periods import parse_period
from tjxl.register import GOAL_TITLES, ROLE_TITLES, serial_of
from tjxl.settings import Settings
from tjxl.sheets.form_places import FACT_COLUMN, IDENTITY_SHEET, LISTS_SHEET


def check_alone(path: Path, settings: Settings) -> dict[str, Any]:
    """The verdict on a file by its own word: rules are checked, the sender is not.

    The tasks and their facts are read from the form's hidden list, which is what its 自检 goes by too.
    """
    source = single_source(path, path.parent)
    note = finding("I221")
    try:
        book = Book(source.content)
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
    expected = _expected(lists)
    context = _context(identity, expected, settings)
    r = judge([read_return(source, context)], context)[0]
    return Return(r.source, r.identity, r.form, (*r.findings, note), r.settled).to_json()


def _context(identity: Identity, expected: dict[str, ExpectedRow], settings: Settings) -> Context:
    period = parse_period(identity.period)
    return Context(
        spec=load_spec(settings),
        settings=settings,
        year=period.year,
        period=period,
        master_id=identity.master_id,
        key="",
        expected={identity.unit_code: expected},
        unit_names={identity.unit_code: identity.unit},
        check_digest=False,
    )


def _expected(lists: SheetCells) -> dict[str, ExpectedRow]:
    roles = {t: r for r, t in ROLE_TITLES.items()}
    goals = {t: g for g, t in GOAL_TITLES.items()}
    out = {}
    rows = sorted({r for r, c in lists.cells if c == FACT_COLUMN and r > 1})
    for row in rows:
        code, role, goal, deadline, status, percent, text = (_value(lists, row, FACT_COLUMN + i) for i in range(7))
        out[str(code)] = ExpectedRow(
            task_code=str(code),
            serial_no=serial_of(str(code)) or 0,
            role=roles.get(str(role), "cooperating"),
            goal=goals.get(str(goal), "complete"),
            deadline=_day(deadline),
            locked={},
            last_status=str(status) if status else None,
            last_percent=percent if isinstance(percent, float) else None,
            last_text=str(text) if text else None,
        )
    return out


def _value(lists: SheetCells, row: int, column: int) -> Any:
    cell = lists.cells.get((row, column))
    return cell.value if cell else None


def _day(value: Any) -> dt.date | None:
    moment = from_serial(value) if isinstance(value, float) else None
    return moment.date() if moment else None
