"""Where things stand in a report form, and the formula text that looks its facts up. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tjxl.fields.selfcheck import row_formula
from tjxl.fields.spec import Spec
from tjxl.ooxml.refs import column_letters, parse_cell
from tjxl.periods import Period
from tjxl.resources import layout_toml

MODEL_ROW, SIGNATURE_ROW = 5001, 5002
LISTS_SHEET, IDENTITY_SHEET = "_lists", "_tjxl"
STATUS_NAME = "状态列表"
FORM_VERSION = "1"
END_MARK = "END"
"""Stands in column A of the signature line: what stands there and below belongs to no task."""
FACT_COLUMN = 4
FACT_ROWS = 2000
# Stands for the last row of the hidden list in the self-check formula: each form looks no further than its own.
FACT_MARK = 888_888
FACTS = ("role", "goal", "deadline", "last_status", "last_percent", "last_text")
# Stands for the row in the self-check formula; no formula of tjxl holds such a number.
ROW_MARK = 777_777


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where things stand on 填报: columns by field name (from 1), head cells of the values by name, rows."""

    columns: Mapping[str, int]
    head: Mapping[str, tuple[int, int]]
    header_row: int
    first_row: int

    def letters(self, name: str) -> str:
        """A field's column as letters."""
        return column_letters(self.columns[name])


def geometry(spec: Spec) -> Geometry:
    """The places that `workbook/form.toml` gives."""
    layout = layout_toml("form.toml")["report"]
    columns = {f.name: i for i, f in enumerate(spec.fields, 1)}
    labels = {name: parse_cell(label) for name, label in layout["head"].items()}
    head = {name: (row, column + 1) for name, (row, column) in labels.items()}
    return Geometry(columns, head, layout["header_row"], layout["first_row"])


def self_check_formula(spec: Spec, places: Geometry, period: Period) -> str:
    """The 自检 formula of a row without `=`; its row number as `ROW_MARK`, the last listed task's as `FACT_MARK`."""
    unit = {f.name: places.letters(f.name) for f in spec.fields if f.owner == "unit"}
    return row_formula(spec, unit, ROW_MARK, lookups(period, ROW_MARK, FACT_MARK))[1:]


def lookups(period: Period, row: int, last_fact: int = FACT_ROWS) -> dict[str, str]:
    """Formula text of each fact of a row: looked up by its task code, so that rows may be sorted."""
    first, last = column_letters(FACT_COLUMN), column_letters(FACT_COLUMN + len(FACTS))
    area = f"{LISTS_SHEET}!${first}$2:${last}${last_fact}"
    facts = {name: f"VLOOKUP($A{row},{area},{n},FALSE)" for n, name in enumerate(FACTS, 2)}
    return facts | {"as_of": as_of_text(period)}


def as_of_text(period: Period) -> str:
    day = period.last_day
    return f"DATE({day.year},{day.month},{day.day})"
