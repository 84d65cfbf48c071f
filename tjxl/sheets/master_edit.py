"""Writing into the master: generated columns by row and column name, new rows, the dashboard's two plain values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.records import Records, as_records
from tjxl.ooxml.splice import NewRow, Put
from tjxl.periods import Period
from tjxl.register import Question
from tjxl.sheets.figures import AS_OF, CURRENT_PERIOD
from tjxl.sheets.fitting import Fit, growing
from tjxl.sheets.layout import SheetLayout, hidden_layout, master_layout
from tjxl.sheets.questions import decided_row, option_rows, question_row
from tjxl.sheets.rows import find_table, lacking_columns
from tjxl.sheets.state import MasterState
from tjxl.sheets.volumes import MOVABLE, registered


def set_row_values(editor: BookEditor, layout: SheetLayout, row: int, values: Mapping[str, Any]) -> None:
    """Set key, generated or shared columns of an existing row. One that is read to its end grows with them.

    Raises:
        ValueError: a column belongs to the office: a fault of the program.
    """
    if not values:
        return
    table = find_table(editor.book, layout)
    for name, value in values.items():
        column = layout.column(name)
        if column.owner == "office":
            raise ValueError(f"{layout.title}.{column.title} is not tjxl's to write")
        if column.later and column.title not in table.columns:
            continue
        editor.edit(table.sheet, row, table.columns[column.title], Put(value))
    fit = growing(layout.name)
    if fit is not None and (needed := fit.needed(values.items())) > editor.height(table.sheet, row):
        editor.new_row(table.sheet, row, NewRow(row, max(needed, fit.least)))


def take_out(editor: BookEditor, layout: SheetLayout, rows: Collection[int]) -> None:
    """Empty rows of a table. Those at its end leave it, if nobody has written anything else there; so do blank ones.

    Rows above stay where they are, blank: what the office has written beside them must not shift.
    """
    if not rows:
        return
    table = find_table(editor.book, layout)
    text, (_, left, _, right) = editor.book.text(table.sheet), table.range
    ours = {table.columns[c.title] for c in layout.columns if c.owner != "office" and c.title in table.columns}
    noted = {
        row
        for (row, column), cell in editor.book.cells(table.sheet).cells.items()
        if column not in ours and left <= column <= right
        if cell.value not in (None, "") and cell.formula is None
    }
    end = table.last_row
    while end >= table.first_row and (end not in noted if end in rows else not text.used(end, left, right)):
        end -= 1
    if not table.totals_rows:
        editor.shrink_table(layout.title, table.last_row - end)
    emptied = {c.name: None for c in layout.columns if c.owner != "office"}
    for row in rows:
        if row <= end or table.totals_rows:
            set_row_values(editor, layout, row, emptied)


def move_out(editor: BookEditor, layout: SheetLayout, rows: Collection[int]) -> None:
    """Take whole rows of a table out, whatever stands in them: those that end it leave it, the others stay blank.

    Of a row that stays blank no cell is left, so that it costs nothing; `append` fills it before it adds rows.
    """
    table = find_table(editor.book, layout)
    text, going = editor.book.text(table.sheet), set(rows)
    if not going:
        return
    end = table.last_row
    if not table.totals_rows:
        while end >= table.first_row and (end in going or not text.used(end, table.range.left, table.range.right)):
            end -= 1
        editor.shrink_table(layout.title, table.last_row - end)
    editor.clear_rows(layout.title, [row for row in going if row <= end])


Rows = Sequence[Mapping[str, Any]] | Records
"""Rows by column name."""


def append(editor: BookEditor, layout: SheetLayout, rows: Rows) -> list[int]:
    """Add rows by column name; office columns stay empty.

    Where rows of the master have been moved to volumes, blank rows among those of a ledger are filled first.

    Returns:
        The sheet rows written.
    """
    records = as_records(rows)
    gaps = bool(records.rows) and layout.name in MOVABLE and bool(registered(editor.book))
    lacking = lacking_columns(editor.book, layout)
    titles = {c.name: c.title for c in layout.columns if c.title not in lacking}
    return editor.append_rows(layout.title, records, titles, gaps=gaps)


def append_fitted(editor: BookEditor, layout: SheetLayout, rows: Rows) -> None:
    """Add rows, each high enough for its texts; the blank row of an empty table, too, is fitted to what fills it."""
    records, fit = as_records(rows), Fit(layout)
    long = [(place, name) for place, name in enumerate(records.names) if name in fit.widths]
    table = find_table(editor.book, layout)
    like: dict[float, NewRow] = {}
    for number, row in zip(append(editor, layout, records), records.rows, strict=True):
        height = fit.height((name, row[place]) for place, name in long)
        if height not in like:
            like[height] = NewRow(editor.model_row(layout.title), height)
        editor.new_row(table.sheet, number, like[height])


def add_questions(editor: BookEditor, state: MasterState, questions: Sequence[Question]) -> list[Question]:
    """Add questions whose key is not there yet to 待裁决, what they decide to 裁决依据, their choices to 备选意见.

    Numbers go on from the last one ever given: the office may have deleted rows of 待裁决.

    Returns:
        The questions added.
    """
    present = {str(row["key"]) for row in state.decided.values()}
    given = (*state.decided, *(str(q["question_no"]) for q in state.questions))
    numbers = [int(n[1:]) for n in given if n[:1] == "Q" and n[1:].isascii() and n[1:].isdecimal()]
    number = max(numbers, default=0)
    added, rows, decided, options = [], [], [], []
    for question in questions:
        if question.key in present:
            continue
        present.add(question.key)
        number += 1
        added.append(question)
        decided.append(decided_row(number, question))
        options += option_rows(number, question)
        rows.append(question_row(number, question))
    append_fitted(editor, master_layout()["questions"], rows)
    append(editor, hidden_layout()["decided"], decided)
    append(editor, hidden_layout()["options"], options)
    return added


def set_current_period(editor: BookEditor, period: Period | None) -> None:
    """Tell the dashboard which period it speaks of, if any; its formulas follow. A deleted name is left alone."""
    code, last_day = (period.code, period.last_day) if period else (None, None)
    for name, value in ((CURRENT_PERIOD, code), (AS_OF, last_day)):
        if name in editor.book.names:
            sheet, area = editor.book.names[name]
            editor.edit(sheet, area.top, area.left, Put(value))
