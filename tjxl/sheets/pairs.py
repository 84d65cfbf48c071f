"""Keys and values in A:B of the very hidden sheet `_tjxl`."""

from __future__ import annotations

from collections.abc import Iterable

from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.sheets.form_places import IDENTITY_SHEET


def pairs(book: Book) -> Iterable[tuple[str, int, str]]:
    """Key, row and value of each; none in a workbook that is no master."""
    if IDENTITY_SHEET not in book.sheets:
        return
    cells = book.cells(IDENTITY_SHEET).cells
    for (row, column), cell in cells.items():
        if column == 1 and isinstance(cell.value, str):
            value = cells.get((row, 2))
            yield cell.value, row, str(value.value) if value is not None else ""


def put_pairs(editor: BookEditor, given: Iterable[tuple[str, str]]) -> None:
    """Set values; a key that is not there yet goes below the last one."""
    rows = {key: row for key, row, _ in pairs(editor.book)}
    last = max(rows.values(), default=0)
    for key, value in given:
        if key not in rows:
            last += 1
            rows[key] = last
            editor.edit(IDENTITY_SHEET, last, 1, Put(key))
        editor.edit(IDENTITY_SHEET, rows[key], 2, Put(value))
