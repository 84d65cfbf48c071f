"""Where people type into the master: dropdown, input message, refusal and red colour of a column or a cell.

All of it comes from the field's entry in `schemas/office.toml`, as in the form from `report.toml`. The colours hold
for what was pasted too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tjxl.fields.expressions import Always
from tjxl.fields.spec import Spec
from tjxl.fields.validation import conditional_formats, data_validation
from tjxl.ooxml.refs import cell_ref, column_letters
from tjxl.sheets.figures import STATUS_LIST
from tjxl.sheets.layout import SheetLayout
from tjxl.sheets.model import FormulaHighlight, Sheet, Validation

_NO_PERIOD = "0"
"""What is typed into the master is judged by no period's last day."""


def add_column_entries(
    sheet: Sheet, layout: SheetLayout, spec: Spec, rows: tuple[int, int], more: Mapping[str, Mapping[str, Any]]
) -> None:
    """Give the columns of a table that people fill in their validations and colours.

    Args:
        rows: the first and the last of them.
        more: by column name, options that lie over those of the field (a list that the sheet itself knows).
    """
    first, last = rows
    columns = {c.entry: place for place, c in enumerate(layout.columns, 1) if c.entry}
    places = {name: f"${column_letters(place)}{first}" for name, place in columns.items()}
    for place, column in enumerate(layout.columns, 1):
        if column.entry:
            area = (first, place, last, place)
            options = _options(spec, column.entry, cell_ref(first, place)) | dict(more.get(column.name, {}))
            sheet.validations.append(Validation(area, options))
            sheet.highlights.extend(_wrong(spec, column.entry, places, area))


def add_cell_entry(
    sheet: Sheet, spec: Spec, name: str, place: tuple[int, int], others: Mapping[str, str] | None = None
) -> None:
    """The same for a single cell; `others` are the cells of other fields that its rules may name."""
    area = (*place, *place)
    cell = cell_ref(*place)
    sheet.validations.append(Validation(area, _options(spec, name, cell)))
    sheet.highlights.extend(_wrong(spec, name, {**(others or {}), name: cell}, area))


def _options(spec: Spec, name: str, cell: str) -> dict[str, Any]:
    return data_validation(spec, spec.field(name), cell, spec.as_of, status_source=f"={STATUS_LIST}")


def _wrong(
    spec: Spec, name: str, places: Mapping[str, str], area: tuple[int, int, int, int]
) -> list[FormulaHighlight]:
    formats = conditional_formats(spec, name, places, _NO_PERIOD, scope="head")
    required = any(r.field == name and isinstance(r.when, Always) for r in spec.rules)
    return [FormulaHighlight(area, f.formula, f"cell_{f.state}") for f in formats if required or f.state != "missing"]
