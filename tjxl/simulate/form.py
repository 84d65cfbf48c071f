"""One unit's form: as it was issued, and what has been put into it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tjxl.fields.spec import Part
from tjxl.intake.context import Expected
from tjxl.intake.readform import ReadForm, ReadRow, ReadSheet
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import parse_cell
from tjxl.ooxml.splice import Put


class Form:
    """A form in the hands of a unit.

    Attributes:
        issued: where it lies in 下发.
        read: its rows and places as understood; expected: what the unit owes.
        values: sheet → row code → field → what was filled in and is meant; rows left as they came are not in it.
    """

    def __init__(self, issued: Path, editor: BookEditor, read: ReadForm, expected: Expected) -> None:
        self.issued, self.unit = issued, issued.stem
        self.editor, self.read, self.expected = editor, read, expected
        self.values: dict[Part, dict[str, dict[str, Any]]] = {}

    def put(self, sheet: ReadSheet, row: ReadRow, values: Mapping[str, Any]) -> None:
        """Write cells of a row, by field name."""
        for name, value in values.items():
            self.editor.edit(sheet.title, *parse_cell(row.cells[name]), Put(value))

    def put_head(self, name: str, value: Any) -> None:
        """Write a cell of the head."""
        self.editor.edit(self.read.report.title, *parse_cell(self.read.head_cells[name]), Put(value))

    def with_status(self, status: str) -> list[str]:
        """The tasks that were filled in with this status."""
        return [code for code, values in self.values.get("report", {}).items() if values["status"] == status]
