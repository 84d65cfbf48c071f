"""The form between readers and meaning: a table of cells with the text around it, whatever file it came from.

A layout (`layouts/`) makes a `NoticeDocument` from what a file holds (`files/`); what follows knows neither.
"""

from __future__ import annotations

from dataclasses import dataclass

from tjxl.findings import Finding


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of one row. `line` is the 1-based place where it starts, as the person sees it in the source.

    A cell's printed lines are joined by `\n`; outer blanks are stripped, blank lines inside left out. `shared` are
    the positions of cells that are merged with the row above: their value is that row's, not one of their own.
    """

    line: int
    cells: tuple[str, ...]
    shared: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class NoticeDocument:
    """A notice cut into its parts.

    Attributes:
        before: lines before the table (title, salutation, text), stripped, without blank ones.
        header: the row of column titles.
        rows: the rows below; repeated headers are left out.
        after: lines after the table (notes).
        stray: text between or behind rows that belongs to no cell and is no note; it must not vanish unsaid.
        findings: what the layout itself found wrong or had to assume.
        headed: the themes are headings of a text, printed once each; in a table they come again after a page break.
    """

    before: tuple[str, ...]
    header: Row
    rows: tuple[Row, ...]
    after: tuple[str, ...] = ()
    stray: tuple[tuple[int, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    headed: bool = False

    @property
    def prose(self) -> tuple[str, ...]:
        """All lines outside the table."""
        return (*self.before, *self.after)
