"""Cell addresses: `H12` ↔ (12, 8), ranges, and moving the last row of a range. Pure text."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_AREA = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?::(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7}))?")


class Range(NamedTuple):
    """A rectangle of cells, 1-based, inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def ref(self) -> str:
        """`A1:C9`."""
        return f"{cell_ref(self.top, self.left)}:{cell_ref(self.bottom, self.right)}"


@cache
def column_letters(column: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@cache
def column_number(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def cell_ref(row: int, column: int) -> str:
    """(12, 8) → H12."""
    return f"{column_letters(column)}{row}"


def parse_cell(ref: str) -> tuple[int, int]:
    """H12 → (12, 8); `$` is ignored.

    Raises:
        ValueError: the text is no cell address inside a sheet.
    """
    m = _CELL.fullmatch(ref)
    if not m:
        raise ValueError(ref)
    row, column = int(m[2]), column_number(m[1])
    if not (1 <= row <= MAX_ROW and column <= MAX_COLUMN):
        raise ValueError(ref)
    return row, column


def parse_range(ref: str) -> Range:
    """`A1:C9` or `A1` → Range.

    Raises:
        ValueError: the text is no range.
    """
    first, _, last = ref.partition(":")
    top, left = parse_cell(first)
    bottom, right = parse_cell(last) if last else (top, left)
    return Range(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def grow(refs: str, table: Range, bottom: int) -> str:
    """`refs` (space-separated ranges, `$` kept) with those that end on the table's last row moved to `bottom`.

    Only ranges that lie inside the table, or hold the whole of it (a print area with the title above), are
    touched: a range over other cells that happens to end on the same row is somebody else's. One that begins below
    `bottom` stays where it is.
    """

    def one(m: re.Match[str]) -> str:
        last_row = int(m[8] or m[4])
        left, right = column_number(m[2]), column_number(m[6] or m[2])
        top = int(m[4])
        inside = table.left <= left and right <= table.right and table.top <= top
        around = left <= table.left and table.right <= right and top <= table.top
        if last_row != table.bottom or top > bottom or not (inside or around):
            return m[0]
        last = f"{m[5]}{m[6]}{m[7]}" if m[6] else f"{m[1]}{m[2]}{m[3]}"
        return f"{m[1]}{m[2]}{m[3]}{m[4]}:{last}{bottom}"

    return _AREA.sub(one, refs)
