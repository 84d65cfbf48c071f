"""What the sheets of a form share while they are written: formats by style name, protection, page set-up."""

from __future__ import annotations

from typing import Any

from tjxl.sheets.theme import highlight_properties, style_properties

_ALWAYS_ALLOWED = ("select_locked_cells", "format_columns", "format_rows")
_PAPER_A4 = 9
SIDE_MARGIN = 0.25
"""Inches left and right: what office printers can do. The wide sheets need every bit of the width."""


class FormPen:
    """Formats of one workbook under construction, each made once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self._formats: dict[str, Any] = {}

    def style(self, style: str) -> Any:
        """The cell format of a style chain of `theme.toml`."""
        if style not in self._formats:
            self._formats[style] = self.book.add_format(style_properties(style))
        return self._formats[style]

    def highlight(self, name: str) -> Any:
        """The format of a conditional colour."""
        return self.book.add_format(highlight_properties(name))

    def protect(self, sheet: Any, *more: str) -> None:
        """Protect without password: looking, resizing and `more` stay allowed."""
        sheet.protect("", dict.fromkeys((*_ALWAYS_ALLOWED, *more), True))

    def page(self, sheet: Any, *, landscape: bool) -> None:
        """A4, fitted to the width, page numbers."""
        sheet.set_paper(_PAPER_A4)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(SIDE_MARGIN, SIDE_MARGIN, 0.4, 0.55)
        sheet.set_footer("&L&9&A&C&9第 &P 页，共 &N 页", {"scale_with_doc": False})
