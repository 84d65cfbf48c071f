"""Where things stand in a report form, and the formula text that looks its facts up. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tjxl.fields.selfcheck import row_formula
from tjxl.fields.spec import Part, Spec
from tjxl.ooxml.refs import column_letters, column_number, parse_cell
from tjxl.periods import Period
from tjxl.resources import layout_toml

MODEL_ROW, SIGNATURE_ROW = 5001, 5002
LISTS_SHEET, IDENTITY_SHEET = "_lists", "_tjxl"
STATUS_NAME = "状态列表"
FORM_VERSION = "2"
END_MARK = "END"
"""Stands in column A of the signature line: what stands there and below belongs to no row."""
ANNOTATOR = "督查台账校验"
"""The author of the comments that tjxl writes into a copy to be mended."""
# Stands for the row in the self-check formula. Nobody types this character, and no row has a longer number: a formula
# that keeps Excel's limit with it keeps it in every row.
ROW_MARK = "\ue000" * len(str(MODEL_ROW))


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where things stand on a sheet of rows: columns by field name (from 1), head cells by name, rows."""

    columns: Mapping[str, int]
    head: Mapping[str, tuple[int, int]]
    header_row: int
    first_row: int

    def letters(self, name: str) -> str:
        """A field's column as letters."""
        return column_letters(self.columns[name])


def geometry(spec: Spec) -> Geometry:
    """The places that `workbook/form.toml` gives."""
    layout = layout_toml("form.toml")[spec.name]
    columns = {f.name: i for i, f in enumerate(spec.fields, 1)}
    labels = {name: parse_cell(label) for name, label in layout["head"].items()}
    head = {name: (row, column + 1) for name, (row, column) in labels.items()}
    return Geometry(columns, head, layout["header_row"], layout["first_row"])


def fact_column(part: Part) -> int:
    """The first column of a sheet's facts on the hidden list: its row codes."""
    return column_number(layout_toml("form.toml")["lists"][part]["column"])


def self_check_formula(spec: Spec, places: Geometry, period: Period) -> str:
    """The 自检 formula of a row without `=`; its row number as `ROW_MARK`."""
    unit = {f.name: places.letters(f.name) for f in spec.unit_fields}
    return row_formula(spec, unit, ROW_MARK, _lookups(spec, period))[1:]


def _lookups(spec: Spec, period: Period) -> dict[str, str]:
    """Formula text of each fact of a row: looked up by its code, so that rows may be sorted."""
    column = fact_column(spec.name)
    first, last = column_letters(column), column_letters(column + len(spec.facts))
    area = f"{LISTS_SHEET}!${first}:${last}"
    facts = {name: f"VLOOKUP($A{ROW_MARK},{area},{n},FALSE)" for n, name in enumerate(spec.facts, 2)}
    return facts | {"as_of": as_of_text(period)}


def as_of_text(period: Period) -> str:
    """The period's last day as formula text."""
    day = period.last_day
    return f"DATE({day.year},{day.month},{day.day})"
