"""The formulas of the master's generated columns, each against those of its column. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tjxl.merge.differences import FORMULA, Difference, Notes
from tjxl.ooxml.book import Book, Table
from tjxl.ooxml.package import local_name
from tjxl.ooxml.refs import cell_ref
from tjxl.sheets.layout import master_layout
from tjxl.sheets.rows import find_table
from tjxl.sheets.state import MasterState

_FORMULAS = {
    "tasks": ("light", "light_reason", "expected_progress"),
    "milestones": ("lead_unit", "outcome"),
    "targets": ("lead_unit", "attainment", "scheduled_value", "schedule"),
    "units": ("lead_tasks", "cooperating_tasks"),
    "problems": ("age_days", "state"),
    "closings": ("verified", "state"),
}
"""The generated columns that are formulas."""


def check_formulas(state: MasterState, notes: Notes) -> None:
    """Note, and plan to mend, the cells that do not hold their column's formula."""
    for name, columns in _FORMULAS.items():
        layout = master_layout()[name]
        rows = getattr(state, name)
        if not rows:
            continue  # nothing in it, or a master of an earlier version has no such table
        table = find_table(state.book, layout)
        cells = state.book.cells(table.sheet)
        numbers = [row.number for row in rows]
        for column in columns:
            title = layout.column(column).title
            if title not in table.columns:
                continue  # a master of an earlier version
            at = table.columns[title]
            texts = {n: cells.formula(n, at) for n in numbers}
            usual = _column_formula(state.book, table, title, [t for t in texts.values() if t])
            for number in numbers:
                if usual is None or texts[number] == usual:
                    continue
                stored = cells.cells.get((number, at))
                found = f"={texts[number]}" if texts[number] else stored.value if stored else None
                place = cell_ref(number, at)
                notes.note(Difference(layout.title, number, title, place, found, f"={usual}", FORMULA))
                notes.rebuild.formulas[table.sheet, number, at] = usual


def _column_formula(book: Book, table: Table, title: str, texts: Sequence[str]) -> str | None:
    """The formula of a calculated column: the one that most of its cells have, else the table's own."""
    if texts:
        return Counter(texts).most_common(1)[0][0]
    for column in book.package.xml(table.part).iter():
        if local_name(column) == "tableColumn" and column.get("name") == title:
            formulas = [e.text for e in column if local_name(e) == "calculatedColumnFormula"]
            return formulas[0] if formulas else None
    return None
