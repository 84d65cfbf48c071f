"""Reader of plain delimited text: one row a line, cells parted by tabs, commas or `|`.

This is what a spreadsheet copies (tabs), saves (.csv) or what people type with `|`. A cell of several lines stands in
quotation marks there, and is then read as one. Where the header's line ends with `|`, so does every row's: a row may
then go on over several lines, and one that does not end so was cut off.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from tjxl.findings import Finding, finding
from tjxl.notice.columns import Columns, Titles
from tjxl.notice.table import NoticeDocument, Row
from tjxl.notice.words import fold, is_furniture, is_note, quote

_MARKS = ("\t", "|", ",")
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
        self.rows: list[Row] = []
        self.after: list[str] = []
        self.stray: list[tuple[int, str]] = []
        self.findings: list[Finding] = []

    def document(self) -> NoticeDocument:
        """The document whose header stands at the start."""
        closed = self.mark == "|" and self.lines[self.start].rstrip().endswith(self.mark)
        for number, cells in self._closed_rows() if closed else self._rows():
            if self.after or (len(cells) == 1 and is_note(cells[0])):
                self.after += filter(None, cells)
            elif len(cells) > 1:
                self._take(number, cells)
            elif cells[0] and not is_furniture(cells[0]):
                self.stray.append((number, cells[0]))
        return NoticeDocument(
            tuple(filter(None, map(str.strip, self.lines[: self.start]))),
            self.header,
            tuple(self.rows),
            tuple(self.after),
            tuple(self.stray),
            tuple(self.findings),
        )

    def _rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Line number and cells; cells in quotation marks may hold line ends, where every mark is in order."""
        body = self.lines[self.start + 1 :]
        try:
            rows = list(_quoted(body, self.mark)) if any('"' in line for line in body) else None
        except csv.Error:
            rows = None  # quotation marks of the text itself
        for number, cells in rows or ((n, _split(line, self.mark)) for n, line in enumerate(body, 1)):
            yield self.start + 1 + number, cells

    def _closed_rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Rows that go on until a line ends with the mark. One that never does is a finding (N136)."""
        first, pending = 0, ""
        for number, line in enumerate(self.lines[self.start + 1 :], self.start + 2):
            text = line.strip()
            if not text or (not pending and is_furniture(text)):
                continue
            if not pending and is_note(text):
                yield number, (text,)
            elif text.endswith(self.mark):
                yield first or number, _split(f"{pending}\n{text}".strip(), self.mark)
                first, pending = 0, ""
            else:
                first, pending = first or number, f"{pending}\n{text}".strip()
        if pending:
            self.findings.append(finding("N136", line=first, value=quote(pending)))

    def _take(self, number: int, cells: tuple[str, ...]) -> None:
        if tuple(map(fold, cells[: len(self.titles) + 1])) == self.titles:
            return
        # A spreadsheet leaves out the empty cells at a line's end: they are blank, not missing.
        row = Row(number, cells + ("",) * (len(self.titles) - len(cells)))
        if any(row.cells):
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


def _quoted(lines: Sequence[str], mark: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows as spreadsheets quote them, with the line at which each begins.

    Raises:
        csv.Error: a quotation mark stands where none of theirs would.
    """
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=mark, strict=True)
    begins = 1
    for cells in reader:
        yield begins, tuple(map(_clean, cells)) or ("",)
        begins = reader.line_num + 1


def _split(line: str, mark: str) -> tuple[str, ...]:
    body = line.strip().removeprefix("|").removesuffix("|") if mark == "|" else line
    return tuple(map(_clean, body.split(mark)))


def _clean(cell: str) -> str:
    return "\n".join(filter(None, map(str.strip, cell.split("\n"))))
