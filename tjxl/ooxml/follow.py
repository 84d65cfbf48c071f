"""What follows a range whose last row moves: rules and filters of its sheet, its table part, names, formulas.

Followed are worksheets, the moved tables and the workbook's names. Charts, pivot tables and whatever else refers to
cells from parts of its own is left byte for byte: who wants them to follow gives them the table's or a name's name.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import partial

from tjxl.ooxml.cells import SharedFormula, shifted_formula
from tjxl.ooxml.edits import Growth, Reworded
from tjxl.ooxml.formula_refs import Moves, Rule, follow_formula
from tjxl.ooxml.refs import grow
from tjxl.ooxml.sheet_text import FORMULA, SHARED_KIND, SheetText, attributes_of

_P = rb"(?:[\w.-]+:)?"
_SPARKLINES = re.compile(rb"(<" + _P + rb"sparklineGroups\b.*?</" + _P + rb"sparklineGroups\s*>)", re.DOTALL)
_REFS = (
    re.compile(
        rb"(<" + _P + rb"(?:conditionalFormatting|dataValidation|protectedRange|ignoredError)\b[^>]*?\bsqref=[\"'])"
        rb"""([^"']*)(["'])"""
    ),
    re.compile(rb"(<" + _P + rb"sqref>)([^<]*)(</)"),
    re.compile(rb"(<" + _P + rb'(?:autoFilter|sortState|sortCondition)\b[^>]*?\bref=["\'])([^"\']*)(["\'])'),
)
_TABLE_REFS = re.compile(
    rb"(<" + _P + rb'(?:table|autoFilter|sortState|sortCondition)\b[^>]*?\sref=["\'])([^"\']*)(["\'])'
)
_FRAME_FORMULA = re.compile(rb"(<" + _P + rb"(?:formula[12]?|f)(?=[\s>])[^>]*>)([^<]*)(</)")
_DEFINED_NAME = re.compile(rb"(<" + _P + rb"definedName\b[^>]*>)([^<]*)(</)")
_RANGE_ROW = re.compile(rb":\$?[A-Za-z]{1,3}\$?([0-9]{1,7})(?![0-9])")


def follow_frame(part: bytes, growth: Sequence[Growth]) -> bytes:
    """What stands before or behind the rows of a sheet: rules, validations, filters and the like on moved ranges.

    A sparkline stands in one cell and stays there.
    """
    if not growth:
        return part

    def moved(m: re.Match[bytes]) -> bytes:
        return m[1] + _grown(m[2], growth) + m[3]

    pieces = _SPARKLINES.split(part)
    for pattern in _REFS:
        pieces[::2] = [pattern.sub(moved, piece) for piece in pieces[::2]]
    return b"".join(pieces)


def follow_table(xml: bytes, growth: Growth) -> bytes:
    """A table part: its range, its filter, its sorting."""
    return _TABLE_REFS.sub(lambda m: m[1] + _grown(m[2], [growth]) + m[3], xml)


def _grown(refs: bytes, growth: Sequence[Growth]) -> bytes:
    text = refs.decode()
    for g in growth:
        text = grow(text, g.area, g.bottom)
    return text.encode()


def follow_names(workbook: bytes, moves: Moves) -> bytes:
    """The workbook part: names and print areas, those of one sheet too."""
    return _DEFINED_NAME.sub(partial(_reworded, sheet="", moves=moves, rule="name"), workbook)


def follow_rules(tail: bytes, sheet: str, moves: Moves) -> bytes:
    """Formulas of rules, validations and sparklines of a sheet, on whatever sheet the moved range is.

    Args:
        tail: what stands behind the rows of the sheet.
    """
    if not any(moves.values()):
        return tail
    pieces = _SPARKLINES.split(tail)
    for i, piece in enumerate(pieces):
        rule: Rule = "cell" if i % 2 else "fixed"  # a sparkline's range is not relative to where it stands
        pieces[i] = _FRAME_FORMULA.sub(partial(_reworded, sheet=sheet, moves=moves, rule=rule), piece)
    return b"".join(pieces)


def _reworded(m: re.Match[bytes], sheet: str, moves: Moves, rule: Rule) -> bytes:
    old = html.unescape(m[2].decode())
    new = follow_formula(old, sheet, moves, rule)
    return m[0] if new == old else m[1] + html.escape(new, quote=False).encode() + m[3]


def follow_cell(formula: str, sheet: str, row: int, moves: Moves) -> str:
    """The formula of a cell with its references to whole columns of moved ranges moved along.

    Beside the range itself only references with fixed rows do: a running total (`C$4:C9` in row 9) ends where it
    stands, not where the table ends.
    """
    if ":" not in formula:
        return formula
    within = any(g.area.top <= row <= max(g.area.bottom, g.bottom) for g in moves.get(sheet, ()))
    return follow_formula(formula, sheet, moves, "fixed" if within else "cell")


def follow_cells(text: SheetText, sheet: str, moves: Moves) -> dict[tuple[int, int], Reworded]:
    """The formulas of a sheet's cells that refer to a whole column of a moved range, with the new references."""
    if not text.has_formulas or not any(moves.values()):
        return {}
    last_rows = {str(g.area.bottom).encode() for growths in moves.values() for g in growths}
    ranges = [m[1] for m in text.found(_RANGE_ROW)]
    if not ranges or (not text.holds(SHARED_KIND) and last_rows.isdisjoint(ranges)):
        return {}
    shared: dict[bytes, SharedFormula] = {}
    out = {}
    for row in text.rows_with(_FORMULA_TAG):
        for column, cell in text.cells(row):
            f = FORMULA.search(cell[2] or b"")
            if f is None:
                continue
            own = html.unescape((f[2] or b"").decode())
            if SHARED_KIND.search(f[1]):
                group = attributes_of(f[1]).get(b"si", b"")
                if own and ":" in own:
                    shared[group] = SharedFormula(own, row, column)
                own = shifted_formula(shared[group], row, column) if not own and group in shared else own
            new = follow_cell(own, sheet, row, moves)
            if new != own:
                out[row, column] = Reworded(new)
    return out


_FORMULA_TAG = re.compile(rb"<" + _P + rb"f[\s/>]")
