"""The same forms built by a plain openpyxl script: per unit a new workbook, sheet by sheet, cell by cell.

What a form holds is taken from an issued one beforehand (`plan_of`, not timed), so that both sides build the same
sheets, texts, looks, sizes, rules and protection. Only `build` is compared. openpyxl writes no values of formulas.
"""

from __future__ import annotations

import io
import warnings
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import MergedCell
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

_LOOKS = ("font", "fill", "border", "alignment", "protection", "number_format")
_RULES = (
    "type", "operator", "formula1", "formula2", "allow_blank", "showErrorMessage", "showInputMessage",
    "errorTitle", "error", "errorStyle", "promptTitle", "prompt",
)  # fmt: skip
_PAGE = ("orientation", "paperSize", "fitToHeight", "fitToWidth")


@dataclass
class SheetPlan:
    """One sheet as plain values. `looks` numbers the distinct looks; a cell names its own."""

    title: str
    state: str
    cells: list[tuple[int, int, Any, int]] = field(default_factory=list)
    looks: dict[int, dict[str, Any]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    merges: list[str] = field(default_factory=list)
    widths: dict[str, tuple[float, bool]] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    validations: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    colours: list[tuple[str, list[Any]]] = field(default_factory=list)
    protection: Any = None
    freeze: str | None = None
    filter: str | None = None
    page: dict[str, Any] = field(default_factory=dict)
    titles: str | None = None
    footer: str | None = None


@dataclass
class FormPlan:
    """One unit's form as plain values."""

    sheets: list[SheetPlan]
    names: dict[str, Any]


def plan_of(form: bytes) -> FormPlan:
    """What an issued form holds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(form))
    return FormPlan([_sheet_plan(sheet) for sheet in book.worksheets], dict(book.defined_names))


def _sheet_plan(sheet: Worksheet) -> SheetPlan:
    plan = SheetPlan(sheet.title, sheet.sheet_state)
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell, MergedCell) or (cell.value is None and not cell.has_style):
                continue
            if cell.style_id not in plan.looks:
                plan.looks[cell.style_id] = {name: copy(getattr(cell, name)) for name in _LOOKS}
            plan.cells.append((cell.row, cell.column, cell.value, cell.style_id))
            if cell.hyperlink is not None:
                plan.links[cell.coordinate] = str(cell.hyperlink.location)
    plan.merges = [str(area) for area in sheet.merged_cells.ranges]
    plan.widths = {letters: (d.width, d.hidden) for letters, d in sheet.column_dimensions.items()}
    plan.heights = {number: d.height for number, d in sheet.row_dimensions.items() if d.height}
    for rule in sheet.data_validations.dataValidation:
        plan.validations.append((str(rule.sqref), {name: getattr(rule, name) for name in _RULES}))
    plan.colours = [(str(area.sqref), list(area.rules)) for area in sheet.conditional_formatting]
    plan.protection = sheet.protection
    plan.freeze, plan.filter, plan.titles = sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows
    plan.page = {name: getattr(sheet.page_setup, name) for name in _PAGE}
    plan.footer = sheet.oddFooter.center.text
    return plan


def build(plan: FormPlan, *, thrifty: bool = False) -> bytes:
    """The .xlsx file of one unit.

    A plain script gives every cell its font, fill, border … ; a `thrifty` one does so once per look and sheet and
    copies openpyxl's inner style record from then on, which few people know to do.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in plan.sheets:
        _build_sheet(book.create_sheet(sheet.title), sheet, thrifty)
    for name, value in plan.names.items():
        book.defined_names[name] = copy(value)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _build_sheet(sheet: Worksheet, plan: SheetPlan, thrifty: bool) -> None:
    records: dict[int, Any] = {}
    for row, column, value, look in plan.cells:
        cell = sheet.cell(row, column, value)
        if look in records:
            cell._style = copy(records[look])
            continue
        for name, part in plan.looks[look].items():
            setattr(cell, name, part)
        if thrifty:
            records[look] = cell._style
    for place, target in plan.links.items():
        sheet[place].hyperlink = f"#{target}"
    for area in plan.merges:
        sheet.merge_cells(area)
    for letters, (width, hidden) in plan.widths.items():
        sheet.column_dimensions[letters].width = width
        sheet.column_dimensions[letters].hidden = hidden
    for number, height in plan.heights.items():
        sheet.row_dimensions[number].height = height
    for area, rule in plan.validations:
        validation = DataValidation(**rule)
        validation.add(area)
        sheet.add_data_validation(validation)
    for area, rules in plan.colours:
        for colour in rules:
            sheet.conditional_formatting.add(area, copy(colour))
    sheet.protection = copy(plan.protection)
    sheet.freeze_panes, sheet.auto_filter.ref = plan.freeze, plan.filter
    for name, value in plan.page.items():
        setattr(sheet.page_setup, name, value)
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    if plan.titles:
        sheet.print_title_rows = plan.titles
    sheet.oddFooter.center.text = plan.footer
    sheet.sheet_state = plan.state
