"""Formulas: a parser and an evaluator for the functions that tjxl writes into its workbooks. Pure.

It exists so that every formula cell can carry its computed value without a spreadsheet program: a new workbook
gets it when it is written, a merge refreshes it. Results follow Excel; LibreOffice's recalculation is the
independent check in the tests. Whatever lies outside the subset raises `Unsupported`; nothing is guessed.

From the bottom up: values, numerals, dates · grid · coercion, arrays, operators, products · nodes, structured,
parse · criteria, formats, ranges · registry and the functions by family (`fn_*`) · place, calls, compile · evaluate.
"""

from tjxl.formula.errors import Unsupported
from tjxl.formula.evaluate import Evaluator
from tjxl.formula.grid import Area, Formula, Grid, MemoryGrid, TableArea
from tjxl.formula.values import ExcelError, Value

__all__ = ["Area", "Evaluator", "ExcelError", "Formula", "Grid", "MemoryGrid", "TableArea", "Unsupported", "Value"]
