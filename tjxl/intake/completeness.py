"""Whether a return answers for everything its unit owes: rows missing, repeated or foreign; nothing filled in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tjxl.fields.spec import Part, Spec
from tjxl.findings import Finding, finding
from tjxl.intake.context import Expected, ExpectedRow
from tjxl.intake.readform import ReadForm, ReadRow, ReadSheet
from tjxl.intake.surroundings import shortened
from tjxl.intake.values import squeeze
from tjxl.register import serial_of, task_of

ADJUSTABLE = frozenset(("deadline", "lead_unit", "cooperating_units", "role", "due"))
"""Locked columns that a unit may wish to have changed: who does it, and by when."""
_ADJUSTMENT = (("同意", None), ("不同意", None))


def check_rows_present(
    sheet: ReadSheet, expected: Mapping[str, ExpectedRow], spec: Spec
) -> tuple[tuple[ReadRow, ...], list[Finding]]:
    """The rows that answer for what the unit owes on a sheet, and what is wrong with the set of rows.

    Missing, repeated and foreign rows are errors, and so are rows that code and text name differently. A row of the
    latter two kinds answers for nothing (failure modes 4 to 6, 9 to 11).
    """
    findings: list[Finding] = []
    by_code: dict[str, list[ReadRow]] = {}
    for row in sheet.rows:
        by_code.setdefault(row.code, []).append(row)
    kept = []
    for code, rows in by_code.items():
        name = _name_of(code, expected.get(code), spec)
        places = [_number_cell(r, spec) for r in rows]
        at = {"sheet": sheet.title, "field": spec.key.name, "task": rows[0].task_code}
        if torn := [r for r in rows if r.conflict is not None]:
            findings += [_torn(r, name, expected, sheet.title, spec) for r in torn]
        elif code not in expected:
            findings.append(finding("R308", cell=places[0], name=name, **at))
        elif len(rows) > 1:
            cells = "、".join(places)
            findings.append(finding("R306", cell=places[1], name=name, count=len(rows), cells=cells, **at))
        else:
            kept.append(rows[0])
            findings += _changed_locked(sheet.title, rows[0], expected[code], spec)
    named = {*by_code, *(row.conflict for row in sheet.rows)}
    missing = [row for code, row in expected.items() if code not in named]
    if missing and sheet.keyed:
        tasks = "、".join(map(str, sorted({row.serial_no for row in missing})))
        findings.append(finding("R307", sheet=sheet.title, tasks=tasks, rows=spec.sheet))
    return tuple(kept), findings


def _torn(row: ReadRow, name: str, expected: Mapping[str, ExpectedRow], sheet: str, spec: Spec) -> Finding:
    """A row whose code says one thing, its number and text another: columns were sorted apart."""
    code = str(row.conflict)
    return finding(
        "R328",
        sheet=sheet,
        cell=_number_cell(row, spec),
        field=spec.key.name,
        task=row.task_code,
        value=row.original("serial_no"),
        shown=_name_of(code, expected.get(code), spec),
        name=name,
        key=spec.key.title,
    )


def _name_of(code: str, expected: ExpectedRow | None, spec: Spec) -> str:
    """How to speak of a row to people, who do not see its code: 第 12 项任务, 第 12 项任务的节点“…”."""
    task = task_of(code)
    number = serial_of(task) or code
    if task == code:
        return f"第 {number} 项任务"
    texts = (expected.locked.get(n) for n in ("scope", "subject")) if expected else ()
    shown = "".join(f"“{t}”" for t in texts if t)
    return f"第 {number} 项任务的{spec.sheet}{shown}"


def _number_cell(row: ReadRow, spec: Spec) -> str:
    """Where the unit sees which task a row is about: the column of the code itself is hidden."""
    return row.cells.get("serial_no") or row.cells[spec.key.name]


def _changed_locked(sheet: str, row: ReadRow, expected: ExpectedRow, spec: Spec) -> list[Finding]:
    """Locked cells that differ from what was issued: the register's word stands.

    What is empty is filled from the register without further words (failure mode 9); other units or another deadline
    may be a request, which is for the office to answer (failure mode 10).
    """
    out = []
    for name, issued in {"serial_no": expected.serial_no, **expected.locked}.items():
        shown = row.values.get(name)
        if shown == issued or not expected.locked or name not in row.cells:
            continue
        if squeeze(_printed(shown)) == squeeze(_printed(issued)):
            continue
        at = {"sheet": sheet, "cell": row.cells[name], "field": name, "task": row.task_code}
        column, value = spec.field(name).title, row.original(name)
        if not _printed(shown):
            out.append(finding("R327", column=column, **at))
        elif name == "serial_no":
            out.append(finding("R329", value=value, normalised=issued, key=spec.key.title, **at))
        elif name in ADJUSTABLE:
            facts = {"issued": _printed(issued), "shown": shortened(_printed(shown))}
            out.append(finding("R330", column=column, value=value, **facts, **at).offering(_ADJUSTMENT))
        else:
            out.append(finding("R309", column=column, value=value, **at))
    return out


def _printed(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value or "")


def is_unfilled(form: ReadForm, expected: Expected, specs: Mapping[Part, Spec]) -> bool:
    """True when the unit has filled in nothing (failure mode 49: sent back as issued).

    Rows already completed come prefilled; they prove nothing unless nothing else is asked. A milestone may rightly
    stay blank, so a blank one proves nothing either.
    """
    filled, asked = 0, False
    carried_filled = False
    for part, sheet in form.sheets.items():
        unit = [f.name for f in specs[part].unit_fields]
        carried = {code for code, row in expected.get(part, {}).items() if row.prefilled}
        for row in sheet.rows:
            touched = any(row.original(name) is not None for name in unit)
            if row.code in carried:
                carried_filled |= touched
            else:
                filled += touched
                asked |= part != "milestones"
    if not any(sheet.rows for sheet in form.sheets.values()) or filled:
        return False
    return asked or not carried_filled
