"""The drawing of a sheet's comments: the old VML, which Excel still asks for beside the comments' texts.

Such a part also holds form controls and is not always well-formed XML, so it is edited as text: shapes of comments
are taken out and put in whole, everything else stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from tjxl.errors import PackageError
from tjxl.ooxml.outline import is_utf8

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
NAMESPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml"',
    'xmlns:o="urn:schemas-microsoft-com:office:office"',
    'xmlns:x="urn:schemas-microsoft-com:office:excel"',
)
_SHAPE_TYPE = (
    '<v:shapetype {declared}id="_x0000_t202" coordsize="21600,21600" o:spt="202" '
    'path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape {declared}id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;'
    'margin-top:2pt;width:{width}pt;height:{height}pt;z-index:{order};visibility:hidden" '
    'fillcolor="#ffffe1" o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_ID = re.compile(rb"_x0000_s([0-9]{1,9})\b")
_BLOCK = re.compile(rb"""<(?:[\w.-]+:)?idmap\s[^<>]{0,400}?\bdata=["']([0-9, ]{1,200})["']""")
_OPENING = re.compile(rb"<((?:[\w.-]{1,40}:)?)shape[\s>]")
_NOTE = re.compile(rb"""\bObjectType=["']Note["']""")
_ROW = re.compile(rb"<(?:[\w.-]{1,40}:)?Row>\s*([0-9]{1,7})\s*</")
_COLUMN = re.compile(rb"<(?:[\w.-]{1,40}:)?Column>\s*([0-9]{1,7})\s*</")
_BLOCK_SIZE = 1024


class Box(NamedTuple):
    """A comment's box: the cell (from 1) that it belongs to, its size in pixels, and where it stands.

    `anchor` is the eight numbers of Excel: column, pixels into it, row, pixels into it, of the upper left corner and
    then of the lower right one; columns and rows from 0.
    """

    row: int
    column: int
    width: int
    height: int
    anchor: tuple[int, ...]


def box_beside(
    row: int, column: int, size: tuple[int, int], wide: Callable[[int], int], high: Callable[[int], int]
) -> Box:
    """A box of this size (pixels) right of a cell and a little above, on a sheet of these widths and heights."""
    left, top = column + 1, max(row - 1, 1)
    right, across = _reached(left, 15 + size[0], wide)
    bottom, down = _reached(top, 7 + size[1], high)
    return Box(row, column, *size, (left - 1, 15, top - 1, 7, right - 1, across, bottom - 1, down))


def _reached(start: int, distance: int, extent: Callable[[int], int]) -> tuple[int, int]:
    """The column or row that lies so many pixels from the beginning of another, and the pixels into it."""
    place = start
    while (step := extent(place)) < distance and place < start + 2000:
        distance -= step
        place += 1
    return place, min(distance, 10_000)


def blocks_of(vml: bytes) -> set[int]:
    """The blocks of a thousand shape numbers that a drawing has taken for itself."""
    return {int(n) for m in _BLOCK.finditer(vml) for n in m[1].split(b",") if n.strip().isdigit()}


def new_drawing(boxes: Sequence[Box], block: int) -> bytes:
    """A drawing of comments alone; its shapes are numbered in the block (and those that follow)."""
    needed = range(block, block + 1 + (len(boxes) + 1) // _BLOCK_SIZE)
    data = ",".join(map(str, needed)).encode()
    head = f"<xml {' '.join(NAMESPACES)}>".encode()
    layout = b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="%s"/></o:shapelayout>' % data
    shapes = _shapes(boxes, block * _BLOCK_SIZE + 1, 1, "")
    return head + layout + _SHAPE_TYPE.format(declared="").encode() + shapes + b"</xml>"


def edited_drawing(vml: bytes, boxes: Sequence[Box], gone: Collection[tuple[int, int]]) -> bytes | None:
    """A drawing with comments added and those of the cells `gone` (row, column) taken out; None when none is left.

    Raises:
        PackageError: E305, the part is not written as Excel, WPS, LibreOffice or openpyxl write it.
    """
    end = vml.rfind(b"</xml>")
    head = vml[: vml.find(b">", vml.find(b"<xml")) + 1]
    if end < 0 or not is_utf8(vml):
        raise PackageError("E305")
    # some writers (openpyxl) declare their prefixes shape by shape
    declared = "" if all(n.encode() in head for n in NAMESPACES) else " ".join((*NAMESPACES, ""))
    out, position = [], 0
    for start, stop in _note_shapes(vml, gone):
        out.append(vml[position:start])
        position = stop
    out.append(vml[position:end])
    kept = b"".join(out)
    if not boxes and not any(shape_spans(kept)):
        return None
    if boxes and b'id="_x0000_t202"' not in kept:
        out.append(_SHAPE_TYPE.format(declared=declared).encode())
    numbers = [int(m[1]) for m in _ID.finditer(vml)]
    first = max([*numbers, *(block * _BLOCK_SIZE for block in blocks_of(vml))], default=_BLOCK_SIZE) + 1
    return b"".join([*out, _shapes(boxes, first, len(numbers) + 1, declared), vml[end:]])


def _shapes(boxes: Iterable[Box], number: int, order: int, declared: str) -> bytes:
    return "".join(
        _SHAPE.format(
            declared=declared,
            id=number + i,
            order=order + i,
            width=box.width * 3 // 4,
            height=box.height * 3 // 4,
            anchor=", ".join(map(str, box.anchor)),
            row=box.row - 1,
            column=box.column - 1,
        )
        for i, box in enumerate(boxes)
    ).encode()


def shape_spans(vml: bytes) -> Iterator[tuple[int, int]]:
    """Where each shape of a drawing begins and ends."""
    position = 0
    while (opening := _OPENING.search(vml, position)) is not None:
        end_tag = b"</" + opening[1] + b"shape>"
        close = vml.find(end_tag, opening.end())
        if close < 0:
            return
        position = close + len(end_tag)
        yield opening.start(), position


def _note_shapes(vml: bytes, cells: Collection[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Where the shapes of the comments of these cells stand."""
    for start, end in shape_spans(vml) if cells else ():
        text = vml[start:end]
        row, column = _ROW.search(text), _COLUMN.search(text)
        if _NOTE.search(text) and row and column and (int(row[1]) + 1, int(column[1]) + 1) in cells:
            yield start, end
