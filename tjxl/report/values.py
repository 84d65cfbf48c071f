"""Values of the master as people read them in a line or a cell of a table."""

from __future__ import annotations

from typing import Any

from tjxl.merge.changes import as_text
from tjxl.sheets.layout import Column, master_layout
from tjxl.sheets.parts import PART_TABLES


def short(text: str, length: int) -> str:
    """The text, or its beginning where it is longer."""
    return text if len(text) <= length else text[: length - 1] + "…"


def value_text(value: Any, field: str) -> str:
    """A merged value as people read it."""
    return as_text(value, _column(field)) or "空"


def cell_text(value: Any, table: str, column: str | None) -> str:
    """What stands in a cell of the master, as the sheet shows it: 138, 99%, 2022-06-30 10:00:00.

    Args:
        table, column: their titles; without a column the value is not that of a cell.
    """
    if value is None:
        return "（空）"
    columns = (c for layout in master_layout().values() if layout.title == table for c in layout.columns)
    kept_in = next((c for c in columns if c.title == column), None)
    if kept_in is None:
        return str(value)
    said = as_text(value, kept_in) or ""
    return said.replace("T", " ") if kept_in.kind == "datetime" else said


def field_title(field: str) -> str:
    """The title of a field's column."""
    return _column(field).title


def _column(field: str) -> Column:
    """The column of the ledgers, or of 任务台账, that holds a field."""
    tables = (*(master_layout()[part.ledger] for part in PART_TABLES.values()), master_layout()["tasks"])
    return next(column for table in tables for column in table.columns if column.name == field)
