"""What the office types into the appraisal's sheets of a master, and what they then say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.sheets.figures import AS_OF
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import append
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import read_rows
from tjxl.sheets.score_settings import parameter_cells

Rows = dict[str, dict[str, Any]]


class Hand:
    """A master under edit: cells by table, key and column name, whoever owns them; parameters by key."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def type(self, table: str, key: str | Sequence[str], **values: Any) -> Hand:
        """Type into the row with this key."""
        layout = master_layout()[table]
        wanted = (key,) if isinstance(key, str) else tuple(key)
        names = [c.name for c in layout.columns if c.owner == "key"]
        editor = BookEditor(self.content)
        place = editor.book.tables[layout.title]
        wanted += (None,) * (len(names) - len(wanted))  # with one stage the stage is blank
        found = [r for r in read_rows(editor.book, layout) if tuple(r[n] for n in names) == wanted]
        assert len(found) == 1, (table, key)
        for name, value in values.items():
            editor.edit(place.sheet, found[0].number, place.columns[layout.column(name).title], Put(value))
        return Hand(editor.save())

    def add(self, table: str, **values: Any) -> Hand:
        """Add a row."""
        editor = BookEditor(self.content)
        append(editor, master_layout()[table], [values])
        return Hand(editor.save())

    def set(self, **parameters: Any) -> Hand:
        """Type into cells of 考核参数."""
        editor = BookEditor(self.content)
        for key, value in parameters.items():
            _, sheet, row, column = parameter_cells(editor.book)[key.replace("__", ".")]
            editor.edit(sheet, row, column, Put(value))
        return Hand(editor.save())

    def as_of(self, day: dt.date | None) -> Hand:
        """Set 统计截止日."""
        editor = BookEditor(self.content)
        sheet, area = editor.book.names[AS_OF]
        editor.edit(sheet, area.top, area.left, Put(day))
        return Hand(editor.save())

    @property
    def valued(self) -> bytes:
        """The master, its formulas' values refreshed."""
        editor = BookEditor(self.content)
        refresh(editor)
        return editor.save()

    def rows(self, table: str, *key: str) -> Rows:
        """Rows of a table of the refreshed master by these columns (joined with /)."""
        return rows_of(self.valued, table, *key)

    @property
    def scores(self) -> Rows:
        """考核 by unit."""
        return self.rows("scores", "unit")


def rows_of(content: bytes, table: str, *key: str) -> Rows:
    """Rows of a table of a master by these columns (joined with /)."""
    rows = read_rows(Book(content), master_layout()[table])
    return {"/".join(str(r[k]) for k in key): dict(r.values) for r in rows}
