"""Rows taken apart at the beginnings of their cells, where these are written the plain way: `<c r="B7"` and so on.

A long row of which few cells change is so taken apart without looking into the others. Whatever else XML allows is
left to `SheetText.cells`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from tjxl.ooxml.refs import column_number
from tjxl.ooxml.sheet_text import attributes_of

CELL, _END = b'<c r="', b"</c>"
"""How a cell begins and ends."""

_ANY_CELL = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?c[\s/>]")
_LETTERS = re.compile(rb"[A-Z]{1,3}")
_KEPT = 256


class Cell(NamedTuple):
    """A cell as it is written.

    Attributes:
        text: all of it.
        untyped: its beginning with all attributes but the type, up to where its tag would end.
        style: None for none.
        content: what stands between its tags, at least.
    """

    text: bytes
    untyped: bytes
    style: bytes | None
    content: bytes


def plain_row(row: int, inner: bytes) -> tuple[list[bytes], Mapping[int, int]] | None:
    """What stands between the tags of a row, split at `CELL`: column → the place of its cell among the pieces.

    None where some cell begins in another way, cells are out of order, or something stands before the first.
    """
    pieces = inner.split(CELL)
    if pieces[0] or len(_ANY_CELL.findall(inner)) != len(pieces) - 1:
        return None
    behind = b'%d"' % row
    places = _places(tuple([piece[: piece.find(behind)] for piece in pieces[1:]]))
    return (pieces, places) if places is not None else None


@lru_cache(maxsize=_KEPT)
def _places(letters: tuple[bytes, ...]) -> Mapping[int, int] | None:
    """The rows of a table have the same columns."""
    if not all(map(_LETTERS.fullmatch, letters)):
        return None
    columns = [column_number(name.decode()) for name in letters]
    if columns != sorted(set(columns)):
        return None
    return {column: place for place, column in enumerate(columns, 1)}


def plain_cell(piece: bytes) -> Cell | None:
    """The cell of a piece; None where something else stands behind it."""
    address, _, rest = piece.partition(b'"')
    attributes, _, content = rest.partition(b">")
    untyped, style, closed = _attributes(attributes)
    if closed != (not content) or not (closed or content.endswith(_END)):
        return None
    return Cell(CELL + piece, CELL + address + untyped, style, content)


@lru_cache(maxsize=_KEPT)
def _attributes(tag: bytes) -> tuple[bytes, bytes | None, bool]:
    """What stands in a tag behind the address: all but the type, the style, and whether it closes the cell."""
    attributes = attributes_of(tag)
    return untyped(attributes, b'"'), attributes.get(b"s"), tag.endswith(b"/")


def untyped(attributes: Mapping[bytes, bytes], begun: bytes) -> bytes:
    """The attributes of a cell but for its type, behind what its tag begins with."""
    return begun + b"".join(b' %s="%s"' % (k, v) for k, v in attributes.items() if k != b"t")
