"""Rows and columns put in between, as Excel does it: every address of the sheet moves, wherever it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string, get_column_letter

from tests.decorated.package import MAIN, Element, Parts, child, rows

_CELL = re.compile(r"(?<![\w\[.])(\$?)([A-Z]{1,3})(\$?)([0-9]+)(?![\w(])")
_ROWS = re.compile(r"(?<![\w$])(\$?)([0-9]+):(\$?)([0-9]+)(?![\w(])")
_QUOTED = re.compile(r'("(?:[^"]|"")*")')
_PLACES = ("ref", "sqref", "topLeftCell", "activeCell", "r")


@dataclass(frozen=True)
class Shift:
    """Rows from `row` on move down by `down`, columns from `column` on to the right by `right`."""

    row: int = 1
    down: int = 0
    column: int = 1
    right: int = 0

    def refs(self, text: str) -> str:
        """Addresses of the sheet, in a formula or a list of ranges, after the move."""
        pieces = _QUOTED.split(text)
        pieces[::2] = [_ROWS.sub(self._whole_rows, _CELL.sub(self._cell, piece)) for piece in pieces[::2]]
        return "".join(pieces)

    def _cell(self, m: re.Match[str]) -> str:
        column, row = column_index_from_string(m[2]), int(m[4])
        column += self.right if column >= self.column else 0
        return f"{m[1]}{get_column_letter(column)}{m[3]}{row + (self.down if row >= self.row else 0)}"

    def _whole_rows(self, m: re.Match[str]) -> str:
        first, last = (int(n) + (self.down if int(n) >= self.row else 0) for n in (m[2], m[4]))
        return f"{m[1]}{first}:{m[3]}{last}"


def move(parts: Parts, title: str, shift: Shift) -> None:
    """Move what stands on a sheet; the sheet must have no drawing yet."""
    sheet = parts.sheet(title)
    for row in rows(sheet):
        number = int(row.get("r", "0"))
        row.set("r", str(number + (shift.down if number >= shift.row else 0)))
        row.attrib.pop("spans", None)
    for e in sheet.iter(f"{{{MAIN}}}*"):
        for name in _PLACES:
            if (text := e.get(name)) is not None and not e.tag.endswith("}row"):
                e.set(name, shift.refs(text))
    for e in sheet.iter(f"{{{MAIN}}}formula", f"{{{MAIN}}}formula1", f"{{{MAIN}}}formula2"):
        e.text = shift.refs(e.text or "")
    _move_columns(sheet, shift)
    pane = next(sheet.iter(f"{{{MAIN}}}pane"))
    pane.set("ySplit", str(int(pane.get("ySplit", "0")) + shift.down))
    for _, target in parts.related(parts.part_of(title), "table"):
        for e in parts.tree(target).iter(f"{{{MAIN}}}table", f"{{{MAIN}}}autoFilter"):
            e.set("ref", shift.refs(e.get("ref", "")))
    for name in child(parts.book, "definedNames"):
        owner, _, refs = (name.text or "").rpartition("!")
        if owner.strip("'") == title:
            name.text = f"{owner}!{shift.refs(refs)}"


def _move_columns(sheet: Element, shift: Shift) -> None:
    if not shift.right:
        return
    for column in child(sheet, "cols"):
        first, last = int(column.get("min", "0")), int(column.get("max", "0"))
        assert not first < shift.column <= last, "a column inside a run of equal ones"
        if first >= shift.column:
            column.set("min", str(first + shift.right))
            column.set("max", str(last + shift.right))
