"""Calculated columns of a table: the formulas that a new row gets, as when a person types under the table."""

from __future__ import annotations

import html
import re

from tjxl.ooxml.book import Book, Table
from tjxl.ooxml.cells import SharedFormula, shifted_formula
from tjxl.ooxml.package import local_name

_BLOCK = re.compile(rb"""\st\s*=\s*["'](?:array|dataTable)["']""")
_MAY_SHIFT = re.compile(r"[A-Za-z]{1,3}\$?[0-9]")


def calculated_columns(book: Book, table: Table) -> dict[int, SharedFormula]:
    """Sheet column → the formula that its new cells continue, and the cell for which its text is written.

    A column is calculated where the table says so, or where the last row that is not blank holds a formula (not every
    program writes down what the table says). What a person has typed over a formula in one row does not end the
    column: the nearest formula from below counts. Array formulas are not continued.
    """
    text = book.text(table.sheet)
    declared = _declared(book, table)
    if not text.has_formulas:
        return {column: own for column, own in declared.items() if not _relative(own)}
    found: dict[int, SharedFormula] = {}
    last = text.last_used(table.data)
    wanted = text.formula_columns(last) if last is not None else set()
    for column in sorted((wanted | declared.keys()) & set(table.columns.values())):
        for row in range(last or table.first_row, table.first_row - 1, -1):
            f = text.formula(row, column)
            if f is not None:
                if not _BLOCK.search(f[1]):
                    own = html.unescape(f[2].decode()) if f[2] else book.cells(table.sheet).formula(row, column)
                    if own:
                        found[column] = SharedFormula(own, row, column)
                break
            if column not in declared:
                break
        else:
            if not _relative(declared[column]):
                found[column] = declared[column]
    return found


def continued(origin: SharedFormula, row: int, column: int) -> str:
    """The formula as the cell (row, column) means it."""
    return shifted_formula(origin, row, column) if _MAY_SHIFT.search(origin.text) else origin.text


def _relative(formula: SharedFormula) -> bool:
    """Whether it means other cells in another row; for which row a table's own text is written is not told."""
    return continued(formula, formula.row + 1, formula.column) != formula.text


def _declared(book: Book, table: Table) -> dict[int, SharedFormula]:
    out = {}
    for part in book.package.xml(table.part):
        if local_name(part) != "tableColumns":
            continue
        for at, column in enumerate(part, table.range.left):
            for child in column:
                if local_name(child) == "calculatedColumnFormula" and child.text and child.get("array") != "1":
                    out[at] = SharedFormula(child.text, table.first_row, at)
    return out
