"""Reader of plain delimited text: one row a line, cells parted by tabs or `|` (what spreadsheet programs copy).

Where the header's line ends with `|`, so does every row's: a row may then go on over several lines, and one that
does not end so was cut off.
"""

from __future__ import annotations

from collections.abc import Sequence

from tjxl.findings import Finding, finding
from tjxl.notice.columns import Columns, Titles
from tjxl.notice.table import NoticeDocument, Row
from tjxl.notice.words import fold, is_furniture, is_note, quote

_MARKS = ("\t", "|")
_LONGEST_HEADER = 1000


def read_delimited(text: str, titles: Titles) -> NoticeDocument | None:
    """The document, or None when no line is a header of task columns."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if len(line) > _LONGEST_HEADER or line.startswith("\t"):
            continue  # a leading tab belongs to the tab-marked layout
        for mark in _MARKS:
            if mark in line and (columns := titles.recognise(_split(line, mark))):
                return _Reading(lines, number, mark, columns).document()
    return None


class _Reading:
    """The lines from the header on, sorted into rows, notes and the rest."""

    def __init__(self, lines: Sequence[str], start: int, mark: str, columns: Columns) -> None:
        self.lines, self.start, self.mark, self.columns = lines, start, mark, columns
        self.header = Row(start + 1, _split(lines[start], mark))
        self.titles = tuple(map(fold, self.header.cells))
        self.closed = mark == "|" and lines[start].rstrip().endswith(mark)
        self.rows: list[Row] = []
        self.after: list[str] = []
        self.stray: list[tuple[int, str]] = []
        self.findings: list[Finding] = []

    def document(self) -> NoticeDocument:
        number, first, pending = self.start, 0, ""
        for number, line in enumerate(self.lines[self.start + 1 :], self.start + 2):
            if not line.strip():
                continue
            if self.after or (not pending and is_note(line.strip())):
                self.after.append(line.strip())
            elif self.closed and not line.rstrip().endswith("|"):
                if not pending and is_furniture(line):
                    continue
                first, pending = first or number, f"{pending}\n{line.strip()}"
            elif self.mark in line:
                self._row(first or number, f"{pending}\n{line.strip()}".strip() if self.closed else line)
                first, pending = 0, ""
            elif not is_furniture(line):
                self.stray.append((number, line.strip()))
        if pending:
            self.findings.append(finding("N136", line=first, value=quote(pending)))
        return NoticeDocument(
            tuple(filter(None, map(str.strip, self.lines[: self.start]))),
            self.header,
            tuple(self.rows),
            tuple(self.after),
            tuple(self.stray),
            tuple(self.findings),
        )

    def _row(self, number: int, line: str) -> None:
        cells = _split(line, self.mark)
        if tuple(map(fold, cells[: len(self.titles) + 1])) == self.titles:
            return
        # A spreadsheet leaves out the empty cells at a line's end: they are blank, not missing.
        row = Row(number, cells + ("",) * (len(self.titles) - len(cells)))
        self.rows.append(self._continued(row) or row)

    def _continued(self, row: Row) -> Row | None:
        """The row as another task under the number above, where a merged cell has left it one text alone.

        A number merged over two rows comes out of a web page as a row whose first cell is the second row's only one.
        """
        task = self.columns.index["task"]
        alone = row.cells[0] if len(row.cells) == len(self.titles) and not any(row.cells[1:]) else ""
        if not self.rows or not alone or self.columns.index.get("serial_no") != 0 or _counts(alone):
            return None
        above = self.rows[-1]
        if len(above.cells) != len(self.titles):
            return None
        self.findings.append(finding("N137", line=row.line, value=quote(alone)))
        cells = tuple(alone if i == task else text for i, text in enumerate(above.cells))
        return Row(row.line, cells, frozenset(range(len(cells))) - {task})


def _counts(text: str) -> bool:
    """Whether a text begins like a number or a heading: 5, 一、, （二）."""
    return fold(text)[:1] in "0123456789一二三四五六七八九十(第"


def _split(line: str, mark: str) -> tuple[str, ...]:
    body = line.strip().removeprefix("|").removesuffix("|") if mark == "|" else line
    return tuple("\n".join(filter(None, map(str.strip, cell.split("\n")))) for cell in body.split(mark))
