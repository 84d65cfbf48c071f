"""Where a sheet is scrolled to when it is opened."""

from __future__ import annotations

import re

from tjxl.ooxml.refs import cell_ref, parse_cell
from tjxl.ooxml.sheet_text import attributes_of

_PANE = re.compile(rb"<(?:[\w.-]+:)?pane(?=\s)[^<>]*>")
_TOP_LEFT = re.compile(rb"""(\stopLeftCell\s*=\s*["'])([^"']*)""")
_FROZEN = (b"frozen", b"frozenSplit")


def shown_from(head: bytes, row: int) -> bytes:
    """What stands before the rows of a sheet: below the rows that stay in view, it opens at this row.

    Where no rows stay in view, the sheet is left as it is: its heading would be scrolled away.
    """

    def scrolled(m: re.Match[bytes]) -> bytes:
        attributes = attributes_of(m[0])
        if attributes.get(b"state") not in _FROZEN or b"ySplit" not in attributes:
            return m[0]
        return _TOP_LEFT.sub(lambda cell: cell[1] + _moved(cell[2], row), m[0])

    return _PANE.sub(scrolled, head)


def _moved(cell: bytes, row: int) -> bytes:
    try:
        _, column = parse_cell(cell.decode())
    except ValueError:
        return cell
    return cell_ref(row, column).encode()
