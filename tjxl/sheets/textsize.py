"""How much room text takes, for row heights: neither LibreOffice nor a preview fits a row by itself.

An estimate that errs on the roomy side: a full-width character is two columns wide, a line of the screen font at
10 points is 16 points high, and a column loses one column of width to its margins.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from math import ceil, floor

LINE_HEIGHT = 16.0
MARGIN = 6.0
HIGHEST = 400.0
"""Excel allows 409 points."""


def columns_wide(text: str) -> int:
    """Width in columns: 2 for wide, full-width and ambiguous characters (Chinese fonts draw those wide), else 1."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def lines_of(text: str, width: float) -> int:
    """Lines that `text` fills in a column `width` columns wide."""
    room = max(2, floor(width) - 1)
    room -= room % 2  # half a full-width character does not fit
    return sum(max(1, ceil(columns_wide(line) / room)) for line in text.split("\n"))


def row_height(texts: Iterable[tuple[str, float]], least: float, line_height: float = LINE_HEIGHT) -> float:
    """Height in points of a row with these texts in columns of these widths."""
    lines = max((lines_of(text, width) for text, width in texts), default=1)
    return min(HIGHEST, max(least, lines * line_height + MARGIN))
