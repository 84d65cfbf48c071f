"""Filling an issued form by splice: values where the unit types, and every formula's value brought up to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tjxl.formula.errors import Unsupported
from tjxl.formula.evaluate import Evaluator
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import parse_cell
from tjxl.ooxml.splice import Put, Recalculated
from tjxl.sheets.recalc import EditedGrid

Places = Mapping[tuple[str, str], Any]
"""(sheet, cell address) → value."""


def refilled(content: bytes, values: Places) -> bytes:
    """The form with these values; everything else as it was, identity included.

    Raises:
        PackageError: it is no .xlsx workbook, or cannot be changed safely.
    """
    editor = BookEditor(Book(content))
    for (sheet, cell), value in values.items():
        editor.edit(sheet, *parse_cell(cell), Put(value))
    evaluator = Evaluator(EditedGrid(editor))
    for sheet in editor.book.sheets:
        cells = editor.book.cells(sheet)
        for row, column in sorted(place for place, cell in cells.cells.items() if cell.formula is not None):
            try:
                value = evaluator.formula_cell(sheet, row, column)
            except Unsupported:
                continue  # a formula that somebody has added: recalculated on opening
            editor.edit(sheet, row, column, Recalculated(value))
    return editor.save()
