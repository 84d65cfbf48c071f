"""References inside formula texts that end with a range whose last row moves: they move along.

A formula is not parsed here, only read as far as telling an A1 range from what looks like one: texts, sheet names,
structured references, names and functions. Pure text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from tjxl.ooxml.edits import Growth
from tjxl.ooxml.refs import column_number

Rule = Literal["cell", "fixed", "name"]
"""Where the formula stands. In a cell: ranges that cover a whole column follow. In a rule for many cells ("fixed"):
those of them that mean the same rows for every cell (`$`). In a name: all that end with the range, a print area
too."""

Moves = Mapping[str, Sequence[Growth]]
"""Sheet → ranges on it whose last row moves."""

_TOKEN = re.compile(
    r'"[^"]*+"'  # a text; two quotes within it make two texts, which is as good
    r"|(?P<sheet>(?:'(?:[^']|'')*+'|[\w.\\\[\]:]++)!)?+"
    r"(?P<ref>(?P<d1>\$?)(?P<c1>[A-Za-z]{1,3})(?P<a1>\$?)(?P<r1>[0-9]{1,7})"
    r"(?:(?P<colon>:)(?P<d2>\$?)(?P<c2>[A-Za-z]{1,3})(?P<a2>\$?)(?P<r2>[0-9]{1,7}))?)(?![\w.(!:\[])"
    r"|'(?:[^']|'')*+'!?"
    r"|(?:[\w.\\?]++)?\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*+\])*+\](?:[\w.]++!)?"  # structured, or another workbook
    r"|[\w.\\$:?]++!?",
    re.DOTALL,
)


def follow_formula(text: str, own_sheet: str, moves: Moves, rule: Rule) -> str:
    """The formula with the references that end on a moved last row moved along.

    Args:
        own_sheet: the sheet that references without a sheet's name mean; empty for none.
    """
    last_rows = frozenset(move.area.bottom for growth in moves.values() for move in growth)
    if _ends_on(last_rows, single=rule == "name").search(text) is None:
        return text  # most formulas: they are not taken apart

    def one(m: re.Match[str]) -> str:
        if m["ref"] is None:
            return m[0]
        sheet = own_sheet
        if m["sheet"]:
            sheet = m["sheet"][:-1]
            sheet = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
        for move in moves.get(sheet, ()):
            if _follows(m, move, rule):
                start = f"{m['d1']}{m['c1']}{m['a1']}{m['r1']}"
                last = f"{m['d2']}{m['c2']}{m['a2']}" if m["colon"] else f"{m['d1']}{m['c1']}{m['a1']}"
                return f"{m['sheet'] or ''}{start}:{last}{move.bottom}"
        return m[0]

    return _TOKEN.sub(one, text)


@lru_cache(maxsize=64)
def _ends_on(last_rows: frozenset[int], *, single: bool) -> re.Pattern[str]:
    """Where a range seems to end on one of these rows, or, with `single`, a cell to stand there."""
    start = r"[A-Za-z$]" if single else r":\$?[A-Za-z]{1,3}\$?"
    return re.compile(f"{start}0*(?:{'|'.join(map(str, sorted(last_rows)))})(?![0-9])")


def _follows(m: re.Match[str], move: Growth, rule: Rule) -> bool:
    area = move.area
    top, bottom = int(m["r1"]), int(m["r2"] or m["r1"])
    left, right = column_number(m["c1"]), column_number(m["c2"] or m["c1"])
    if bottom != area.bottom or top > min(bottom, move.bottom) or left > right:
        return False
    if not m["colon"] and (rule != "name" or area.bottom - area.top > 1):
        return False  # one cell is one cell; a name's list that has one row so far is a list
    if rule != "cell" and not (m["a1"] and (m["a2"] or not m["colon"])):
        return False
    within = area.left <= left and right <= area.right
    around = left <= area.left and area.right <= right
    if rule == "name":
        return (within and top >= area.top) or (around and top <= area.top)
    return (within or around) and top <= area.top + 1
