"""The form between readers and meaning: a table of cells with the text around it, whatever file it came from.

A reader (`tabbed`, `delimited`, later .docx, .xlsx, .html) makes a `NoticeDocument`; what follows knows no file
format.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """Cells of one row. `line` is the 1-based place where it starts, as the person sees it in the source.

    A cell's printed lines are joined by `\\n`; outer blanks are stripped, blank lines inside left out.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticeDocument:
    """A notice cut into its parts.

    Attributes:
        before: lines before the table (title, salutation, text), stripped, without blank ones.
        header: the row of column titles.
        rows: the rows below; repeated headers are left out.
        after: lines after the table (notes).
        stray: text between or behind rows that belongs to no cell and is no note; it must not vanish unsaid.
    """

    before: tuple[str, ...]
    header: Row
    rows: tuple[Row, ...]
    after: tuple[str, ...] = ()
    stray: tuple[tuple[int, str], ...] = ()

    @property
    def prose(self) -> tuple[str, ...]:
        """All lines outside the table."""
        return (*self.before, *self.after)
