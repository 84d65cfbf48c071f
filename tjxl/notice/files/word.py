"""Reader of Word documents (.docx): paragraphs and tables in their order, with numbers that Word only draws.

python-docx opens the package and finds styles and numbering; rows are walked in the XML itself, since its cell
objects cost a search of the whole table each.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from tjxl.errors import NoticeError
from tjxl.notice.files.blocks import Block, Grid, Line, SpannedCell, clean_cell, lay_out
from tjxl.notice.files.word_numbers import AutomaticNumbers
from tjxl.ooxml.package import Package, local_name

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Wrappers whose content belongs to the text: content controls, insertions under review, smart tags.
_WRAPPERS = {"sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple"}
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-"}


def read_word(data: bytes, file: str) -> tuple[Block, ...]:
    """Paragraphs as lines (numbered from 1), tables as grids (rows numbered from 1 within the table).

    Raises:
        NoticeError: E112, the file is damaged or dangerous.
    """
    from docx import Document

    try:
        _refuse_bombs(data)
        document = Document(io.BytesIO(data))
        body = document.element.find(f"{_W}body")
        if body is not None:
            return tuple(_blocks(body, AutomaticNumbers(document), file))
    except NoticeError:
        raise
    except Exception as error:  # a damaged part surfaces in python-docx as whatever it then stumbles over
        raise NoticeError("E112", file=file) from error
    raise NoticeError("E112", file=file)


def _refuse_bombs(data: bytes) -> None:
    """Unpack each part within tjxl's limits before python-docx unpacks it without any.

    Raises:
        PackageError: E302, E304.
    """
    package = Package(data)
    for name in package.names:
        if name.endswith((".xml", ".rels")):
            package.read(name)


def _blocks(body: Any, numbers: AutomaticNumbers, file: str) -> Iterator[Block]:
    """The paragraphs and tables of the body, or of a cell."""
    count = 0
    for element in _content(body):
        if local_name(element) == "tbl" and _holds_tables(element):
            # a table that lays a page out, as a web page pasted into Word leaves it: what its cells hold, in order
            for cell in (c for r in _content(element) for c in _content(r) if local_name(c) == "tc"):
                yield from _blocks(cell, numbers, file)
        elif local_name(element) == "tbl":
            yield _grid(element, numbers, file)
        elif local_name(element) == "p":
            for text in _paragraph(element, numbers).split("\n"):
                count += 1
                yield Line(count, text)


def _holds_tables(table: Any) -> bool:
    return sum(1 for _ in table.iter(f"{_W}tbl")) > 1  # itself is one


def _content(parent: Any) -> Iterator[Any]:
    """The paragraphs, tables, rows or cells below an element, wrappers opened."""
    stack = [iter(parent)]
    while stack:
        element = next(stack[-1], None)
        if element is None:
            stack.pop()
        elif local_name(element) in _WRAPPERS:
            stack.append(iter(element))
        else:
            yield element


def _paragraph(paragraph: Any, numbers: AutomaticNumbers) -> str:
    out = [numbers.label(paragraph)]
    for run in _content(paragraph):
        if local_name(run) != "r":
            continue
        for piece in run:
            name = local_name(piece)
            if name == "t":
                out.append(piece.text or "")
            elif name in _BREAKS:
                out.append(_BREAKS[name])
    return "".join(out)


def _grid(table: Any, numbers: AutomaticNumbers, file: str) -> Grid:
    """A cell that continues the one above (vMerge) becomes part of that one's span."""
    rows = [r for r in _content(table) if local_name(r) == "tr"]
    spanned: list[list[SpannedCell]] = []
    open_cells: dict[int, tuple[int, int]] = {}  # grid column → where its cell stands in `spanned`
    for at, row in enumerate(rows):
        column = _integer(row.find(f"{_W}trPr/{_W}gridBefore"), 0)
        cells: list[SpannedCell] = [SpannedCell("", column)] if column else []
        for cell in (c for c in _content(row) if local_name(c) == "tc"):
            width = max(1, _integer(cell.find(f"{_W}tcPr/{_W}gridSpan"), 1))
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            continues = merge is not None and merge.get(f"{_W}val", "continue") != "restart"
            if continues and column in open_cells:
                place = open_cells[column]
                above = spanned[place[0]][place[1]]
                spanned[place[0]][place[1]] = SpannedCell(above.text, above.columns, at - place[0] + 1)
            else:
                open_cells[column] = (at, len(cells))
                cells.append(SpannedCell(_cell_text(cell, numbers), width))
            column += width
        spanned.append(cells)
    return lay_out(list(enumerate(spanned, 1)), file)


def _cell_text(cell: Any, numbers: AutomaticNumbers) -> str:
    return clean_cell("\n".join(_paragraph(p, numbers) for p in _content(cell) if local_name(p) == "p"))


def _integer(element: Any, default: int) -> int:
    text = element.get(f"{_W}val", "") if element is not None else ""
    return min(int(text), 1000) if text.isdecimal() else default
