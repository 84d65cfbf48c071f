"""What a sheet of the master says of its rows that stand in volumes, and where it opens.

The words stand before the sheet's hint, in its cell. The rows that became blank are not hidden: filters, sorting and
open workbooks have rules of their own for hidden rows, and whoever fills one would have to show it again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import pairwise

from tjxl.ooxml.book import Book, Table
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.periods import parse_period, titles_of
from tjxl.resources import layout_toml
from tjxl.sheets.layout import SheetLayout, master_layout
from tjxl.sheets.rows import find_table, holds_table
from tjxl.sheets.volumes import MOVABLE, Volume


def say_moved(editor: BookEditor, volumes: Collection[Volume]) -> None:
    """Make each sheet say which periods' rows stand in these volumes, which are all that the master registers.

    Where the office has put words of its own in place of the hint, they stay.
    """
    for name in MOVABLE:
        layout = master_layout()[name]
        if not holds_table(editor.book, layout):
            continue
        table = find_table(editor.book, layout)
        hint = layout_toml("master.toml")["sheet"][name]["hint"]
        place, said = _hint(editor.book, table, hint)
        wanted = _notice(layout, volumes) + hint
        if place and said != wanted:
            editor.edit(table.sheet, *place, Put(wanted))


def _hint(book: Book, table: Table, hint: str) -> tuple[tuple[int, int] | None, str]:
    """Where the hint stands above a table, and what stands there; it is looked for where long sheets begin."""
    for cells in book.stretches(table.sheet):
        for place, cell in cells.items():
            if place[0] < table.range.top and cell.formula is None and str(cell.value).endswith(hint):
                return place, str(cell.value)
        break
    return None, ""


def _notice(layout: SheetLayout, volumes: Iterable[Volume]) -> str:
    holding = [volume for volume in volumes if volume.rows.get(layout.name)]
    if not holding:
        return ""
    periods = titles_of(parse_period(volume.period) for volume in holding)
    rows = sum(volume.rows[layout.name] for volume in holding)
    notice: str = layout_toml("volumes.toml")["moved"]["notice"]
    return notice.format(periods=periods, table=layout.title, rows=rows)


def open_below_gap(editor: BookEditor, layout: SheetLayout, filled: Iterable[int]) -> None:
    """Let a sheet open at the first of its rows below the most blank ones; at its top where no row is left.

    Args:
        filled: the rows of the table that are not blank.
    """
    table = find_table(editor.book, layout)
    edges = [table.first_row - 1, *sorted(filled)]
    below = max(pairwise(edges), key=lambda pair: pair[1] - pair[0], default=(0, table.first_row))
    editor.show_from(table.sheet, below[1])
