"""Reader of plain delimited text: one row a line, cells parted by tabs or `|` (what spreadsheet programs copy)."""

from __future__ import annotations

from tjxl.notice.columns import recognise
from tjxl.notice.tabbed import is_note
from tjxl.notice.table import NoticeDocument, Row
from tjxl.notice.words import fold

_MARKS = ("\t", "|")
_LONGEST_HEADER = 1000


def read_delimited(text: str) -> NoticeDocument | None:
    """The document, or None when no line is a header of task columns."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if len(line) > _LONGEST_HEADER or line.startswith("\t"):
            continue  # a leading tab belongs to the tab-marked layout
        for mark in _MARKS:
            if mark in line and recognise(_split(line, mark)):
                return _document(lines, number, mark)
    return None


def _document(lines: list[str], start: int, mark: str) -> NoticeDocument:
    header = Row(start + 1, _split(lines[start], mark))
    titles = tuple(map(fold, header.cells))
    rows: list[Row] = []
    after: list[str] = []
    stray: list[tuple[int, str]] = []
    for number, line in enumerate(lines[start + 1 :], start + 2):
        if not line.strip():
            continue
        if after or is_note(line.strip()):
            after.append(line.strip())
        elif mark not in line:
            stray.append((number, line.strip()))
        elif tuple(map(fold, (cells := _split(line, mark))[: len(titles) + 1])) != titles:
            # A spreadsheet leaves out the empty cells at a line's end: they are blank, not missing.
            rows.append(Row(number, cells + ("",) * (len(titles) - len(cells))))
    return NoticeDocument(
        tuple(filter(None, map(str.strip, lines[:start]))), header, tuple(rows), tuple(after), tuple(stray)
    )


def _split(line: str, mark: str) -> tuple[str, ...]:
    body = line.strip().removeprefix("|").removesuffix("|") if mark == "|" else line
    return tuple(cell.strip() for cell in body.split(mark))
