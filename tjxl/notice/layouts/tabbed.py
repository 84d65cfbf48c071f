"""Reader of tab-marked text: a tab begins a cell, a blank line before a tab begins a row.

This is what copying a table from a government web page into a text file gives (the sample notice). A cell goes on
over the following lines without a tab, blank ones included; two blank lines or a note (注：…) end it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tjxl.notice.columns import Columns, Titles
from tjxl.notice.table import NoticeDocument, Row
from tjxl.notice.words import fold, is_note

_WIDEST = 40  # columns; no task table comes near it
_LONGEST_TITLE = 100  # characters of a title looked at


@dataclass(slots=True)
class _Cell:
    line: int
    after_blank: bool
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def read_tabbed(text: str, titles: Titles) -> NoticeDocument | None:
    """The document, or None when the text holds no task table in this layout."""
    lines = text.split("\n")
    start = _table_start(lines, titles)
    if start is None:
        return None
    cells, after, stray = _cells(lines, start)
    top, *body = _split_header(list(_blocks(cells)))
    header = _row(top)
    columns = titles.recognise(header.cells)
    if columns is None:
        return None
    rows = (_row(piece) for block in body for piece in _pieces(block, len(top), columns))
    folded = _folded(header)
    return NoticeDocument(
        before=tuple(filter(None, map(str.strip, lines[:start]))),
        header=header,
        rows=tuple(row for row in rows if _folded(row) != folded),
        after=after,
        stray=stray,
    )


def _table_start(lines: Sequence[str], titles: Titles) -> int | None:
    """The line of the header's first cell: the first run of tab cells whose texts are column titles."""
    run: list[str] = []
    first = 0
    for number, line in enumerate([*lines, ""]):
        if line.startswith("\t"):
            if not run:
                first = number
            if len(run) <= _WIDEST:
                run.extend(line[1:].split("\t", _WIDEST))
        elif line.strip() and run:
            run[-1] = run[-1][:_LONGEST_TITLE] + line[:_LONGEST_TITLE]
        elif run:
            if titles.recognise(run[:_WIDEST]):
                return first
            run = []
    return None


def _cells(lines: Sequence[str], start: int) -> tuple[list[_Cell], tuple[str, ...], tuple[tuple[int, str], ...]]:
    """The cells from `start` on; the lines of notes; the lines that belong to neither."""
    cells: list[_Cell] = []
    notes: list[str] = []
    outside: list[tuple[int, str]] = []
    blanks, in_cell, in_note = 0, False, False
    for number, line in enumerate(lines[start:], start + 1):
        if line.startswith("\t"):
            for place, part in enumerate(line[1:].split("\t")):
                cells.append(_Cell(number, place == 0 and blanks > 0, [part.strip()] if part.strip() else []))
            in_cell, in_note = True, False
        elif not (stripped := line.strip()):
            blanks += 1
            in_cell = in_cell and blanks < 2
            continue
        elif in_note or is_note(stripped):
            notes.append(stripped)
            in_cell, in_note = False, True
        elif in_cell:
            cells[-1].lines.append(stripped)
        else:
            outside.append((number, stripped))
        blanks = 0
    return cells, tuple(notes), tuple(outside)


def _blocks(cells: Sequence[_Cell]) -> Iterator[Sequence[_Cell]]:
    """Cells between blank lines."""
    start = 0
    for i in range(1, len(cells) + 1):
        if i == len(cells) or cells[i].after_blank:
            yield cells[start:i]
            start = i


def _split_header(blocks: list[Sequence[_Cell]]) -> list[Sequence[_Cell]]:
    """The blocks, the titles parted from the rows where the blank line between them was lost."""
    first = blocks[0]
    end = next((i for i, cell in enumerate(first) if i and fold(cell.text).isdecimal()), len(first))
    return [first[:end], first[end:], *blocks[1:]] if end < len(first) else blocks


def _pieces(block: Sequence[_Cell], width: int, columns: Columns) -> list[Sequence[_Cell]]:
    """The block as rows: itself; or several where the blank lines between them were lost, each with its number."""
    count, rest = divmod(len(block), width)
    serial = columns.index.get("serial_no")
    if count < 2 or rest or serial is None:
        return [block]
    pieces = [block[i * width : (i + 1) * width] for i in range(count)]
    numbered = all(fold(piece[serial].text).isdecimal() for piece in pieces)
    return pieces if numbered else [block]


def _row(cells: Sequence[_Cell]) -> Row:
    return Row(cells[0].line, tuple(cell.text for cell in cells))


def _folded(row: Row) -> tuple[str, ...]:
    return tuple(map(fold, row.cells)) if len(row.cells) <= _WIDEST else ()
