"""From the tables of a Word document, a workbook or a web page to one table of tasks.

A header may stand below a heading, in two storeys, or again at each page break; a table that a page break has cut in
two is read on; a row of one text over the whole width is a heading of the rows below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tjxl.findings import Finding, finding
from tjxl.notice.columns import Columns, Titles, column_title
from tjxl.notice.files.blocks import Block, Grid, Line
from tjxl.notice.table import NoticeDocument, Row
from tjxl.notice.words import fold, is_furniture, is_note, quote

_HEADER_ROWS = 12  # a heading, a unit line, a date may stand above the header


def read_grids(blocks: Sequence[Block], titles: Titles) -> NoticeDocument | None:
    """The document of the first table whose header is recognised, and of those that go on with it; None without."""
    start = next((i for i, b in enumerate(blocks) if isinstance(b, Grid) and _header(b, titles)), None)
    if start is None:
        return None
    first = blocks[start]
    if not isinstance(first, Grid) or (found := _header(first, titles)) is None:
        return None
    at, header, columns = found
    table = _Table(header, columns)
    before = [b.text.strip() for b in blocks[:start] if isinstance(b, Line)]
    before += [text for row in first.rows[:at] for text in dict.fromkeys(row.cells)]
    table.take(first.rows[at + _storeys(first, at, titles) :])
    after: list[tuple[int, str]] = []
    for block in blocks[start + 1 :]:
        if isinstance(block, Line):
            if block.text.strip() and not is_furniture(block.text):
                after.append((block.number, block.text.strip()))
        else:
            table.go_on(block, titles, text_between=bool(after))
    return table.document(before, [text for _, text in after])


def _header(grid: Grid, titles: Titles) -> tuple[int, Row, Columns] | None:
    """Where the header stands, the header, and its columns."""
    for at, row in enumerate(grid.rows[:_HEADER_ROWS]):
        if titles.recognise(row.cells):
            header = _two_storeys(grid, at, titles) or row
            columns = titles.recognise(header.cells)
            return (at, header, columns) if columns else None
    return None


def _storeys(grid: Grid, at: int, titles: Titles) -> int:
    return 2 if _two_storeys(grid, at, titles) else 1


def _two_storeys(grid: Grid, at: int, titles: Titles) -> Row | None:
    """A header whose 责任单位 stands over 牵头单位 and 配合单位: the lower titles count where they are their own."""
    if at + 1 >= len(grid.rows):
        return None
    upper, lower = grid.rows[at], grid.rows[at + 1]
    own = [i for i, text in enumerate(lower.cells) if i not in lower.shared and text]
    if not own or len(own) == len(lower.cells) or not lower.shared:
        return None
    cells = list(upper.cells)
    over = ""
    for i, text in enumerate(upper.cells):
        over = text or over
        if i in own:
            cells[i] = lower.cells[i] if titles.field_of(lower.cells[i]) else f"{lower.cells[i]}{over}"
    known = [i for i in own if titles.field_of(cells[i])]
    return Row(upper.line, tuple(cells)) if known else None


class _Table:
    """The rows of one table under construction, its headings on the way."""

    def __init__(self, header: Row, columns: Columns) -> None:
        self.header, self.columns = header, columns
        self.titles = tuple(map(fold, header.cells))
        self.rows: list[Row] = []
        self.notes: list[str] = []
        self.heading = ""
        self.headings = 0
        self.themes: list[str] = []
        self.findings: list[Finding] = []

    def take(self, rows: Iterable[Row]) -> None:
        """Add the rows that hold something, headings and repeated headers apart."""
        for row in rows:
            own = [text for i, text in enumerate(row.cells) if text and i not in row.shared]
            if not own or tuple(map(fold, row.cells)) == self.titles:
                continue
            if self.notes or (is_note(own[0]) and len(own) == 1):
                self.notes += own
            elif self._is_heading(row, own):
                self.heading = "".join(own[0].split("\n"))
                self.headings += 1
            else:
                self.rows.append(row)
                self.themes.append(self.heading)

    def _is_heading(self, row: Row, own: Sequence[str]) -> bool:
        """One text in the first column and nothing else, in a table that numbers its rows by digits."""
        first = next((i for i, text in enumerate(row.cells) if text), 0)
        if "theme" in self.columns.index or len(own) > 1 or row.shared:
            return False
        return first == 0 and not fold(own[0])[:1].isdecimal()

    def go_on(self, grid: Grid, titles: Titles, *, text_between: bool) -> None:
        """Read another table on, when it is of the same make: its header again, or as many columns and no header."""
        found = _header(grid, titles)
        if found and tuple(map(fold, found[1].cells)) == self.titles:
            self.take(grid.rows[found[0] + _storeys(grid, found[0], titles) :])
        elif not found and not text_between and len(grid.rows[0].cells) == len(self.header.cells):
            self.take(grid.rows)
        else:
            shown = quote("、".join(filter(None, grid.rows[0].cells)))
            self.findings.append(finding("N138", line=grid.rows[0].line, value=shown))

    def document(self, before: Iterable[str], after: Iterable[str]) -> NoticeDocument:
        """The document; the headings between rows become the column 主要任务 where the table has none."""
        header, rows = self.header, tuple(self.rows)
        if self.headings and "theme" not in self.columns.index:
            header = Row(header.line, (*header.cells, column_title("theme")))
            rows = tuple(Row(r.line, (*r.cells, theme), r.shared) for r, theme in zip(rows, self.themes, strict=True))
        return NoticeDocument(
            tuple(filter(None, before)), header, rows, (*self.notes, *after), findings=tuple(self.findings)
        )
