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


def field_title(field: str) -> str:
    """The title of a field's column."""
    return _column(field).title


def _column(field: str) -> Column:
    """The column of the ledgers, or of 任务台账, that holds a field."""
    tables = (*(master_layout()[part.ledger] for part in PART_TABLES.values()), master_layout()["tasks"])
    return next(column for table in tables for column in table.columns if column.name == field)
