"""A form made anew with what a return says, for returns whose own file cannot be marked (.xls, .ods and the like)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from tjxl.fields.spec import Part, Spec
from tjxl.findings import Finding
from tjxl.intake.readform import ReadForm, ReadRow
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import cell_ref
from tjxl.ooxml.splice import Put
from tjxl.sheets.form_places import geometry

# A cell holds 32,767 characters, and some count as two; a longer text is in the unit's own file.
_LONGEST = 16_000


def refilled(
    blank: bytes, form: ReadForm, findings: Sequence[Finding], specs: Mapping[Part, Spec]
) -> tuple[bytes, list[Finding]]:
    """The blank form with the values that were read, and the findings at their cells there.

    A value that was read is filled in as read; what could not be read stands as the text that the unit wrote, so that
    nothing is decided by filling it in. A finding of a cell that the form does not have keeps its words and loses the
    cell.

    Args:
        blank: the unit's form as issued.
    """
    editor = BookEditor(blank)
    moved: dict[tuple[str | None, str | None], tuple[str, str]] = {}
    titles: dict[str | None, str] = {}
    for part, sheet in form.sheets.items():
        spec = specs[part]
        if spec.sheet not in editor.book.sheets:
            continue
        titles[sheet.title] = spec.sheet
        places = geometry(spec)
        cells = editor.book.cells(spec.sheet).cells
        numbers = {cell.value: row for (row, column), cell in cells.items() if column == 1}
        for row in sheet.rows:
            number = numbers.get(row.code)
            if number is None:
                continue
            for name, address in row.cells.items():
                moved[sheet.title, address] = (spec.sheet, cell_ref(number, places.columns[name]))
            for field in spec.unit_fields:
                value = _row_value(row, field.name)
                if value is not None:
                    editor.edit(spec.sheet, number, places.columns[field.name], Put(value))
    _put_head(editor, form, findings, specs["report"], moved)
    return editor.save(), [_at_new_place(f, moved, titles) for f in findings]


def _row_value(row: ReadRow, name: str) -> Any:
    value = row.values.get(name)
    if value is not None and name not in row.unreadable:
        return value
    return _as_text(row.original(name))


def _put_head(
    editor: BookEditor,
    form: ReadForm,
    findings: Sequence[Finding],
    spec: Spec,
    moved: dict[tuple[str | None, str | None], tuple[str, str]],
) -> None:
    unread = {f.field: f.value for f in findings if f.field in form.head_unreadable}
    places = geometry(spec).head
    for field in spec.head:
        if field.name not in places:
            continue
        row, column = places[field.name]
        if field.name in form.head_cells:
            moved[form.report.title, form.head_cells[field.name]] = (spec.sheet, cell_ref(row, column))
        value = form.head.get(field.name)
        value = value if value is not None else _as_text(unread.get(field.name))
        if field.owner == "unit" and value is not None:
            editor.edit(spec.sheet, row, column, Put(value))


def _as_text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _at_new_place(
    found: Finding,
    moved: Mapping[tuple[str | None, str | None], tuple[str, str]],
    titles: Mapping[str | None, str],
) -> Finding:
    if (found.sheet, found.cell) in moved:
        sheet, cell = moved[found.sheet, found.cell]
        return found.at(sheet=sheet, cell=cell)
    return found.at(sheet=titles.get(found.sheet, found.sheet), cell=None)
