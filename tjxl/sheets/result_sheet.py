"""The sheet 校验结果: every finding of a return in a row, the worst first, with a link to its cell."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from tjxl.findings import SEVERITY_TITLES, Finding
from tjxl.ooxml.outline import MAIN, attribute_text
from tjxl.ooxml.refs import cell_ref
from tjxl.ooxml.stored import stored_text
from tjxl.ooxml.styles import Styles
from tjxl.register import serial_of
from tjxl.resources import layout_toml
from tjxl.sheets.marks import SEVERITIES, clipped, shown_message
from tjxl.sheets.textsize import row_height
from tjxl.sheets.theme import style_properties

MARKER = "tjxl-result:"
"""Begins the text of a hidden cell of the sheet's first row, by which the sheet is known again under any name. What
follows is the name of the sheet that was shown before."""
_LEAST_HEIGHT = 22.0


def result_sheet(
    findings: Sequence[Finding], heading: str, styles: Styles, *, sheets: Collection[str], before: str, strict: bool
) -> bytes:
    """The worksheet part.

    Args:
        heading: whose return of which period it is.
        sheets: names of the sheets in the workbook: a finding elsewhere has no link.
        before: the sheet that was shown before this one.
        strict: in the words of Strict OOXML.
    """
    words = layout_toml("feedback.toml")["result"]
    columns, header = words["columns"], words["header_row"]
    page = _Page(styles)
    page.row(
        1,
        26,
        [(1, words["heading"].format(heading=heading), "sheet_title"), (len(columns) + 1, MARKER + before, "line")],
    )
    page.row(2, 18, [(1, words["hint"].format(counts=_counts(findings, words)), "sheet_hint")])
    page.row(header, 22, [(n, column["title"], "header") for n, column in enumerate(columns, 1)])
    for number, found in enumerate(worst_first(findings), header + 1):
        page.finding(number, found, columns, sheets)
    return page.xml(columns, header, words["footer"], strict)


def print_titles() -> str:
    """The rows that are repeated on every printed page."""
    row = layout_toml("feedback.toml")["result"]["header_row"]
    return f"${row}:${row}"


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Errors, questions, warnings, notes; each as they stand in the file."""
    return sorted(findings, key=lambda f: SEVERITIES.index(f.severity))


def _counts(findings: Sequence[Finding], words: Any) -> str:
    counts = Counter(f.severity for f in findings)
    return "，".join(words["counts"][s].format(n=counts[s]) for s in SEVERITIES if counts[s]) or words["nothing"]


def _shown(found: Finding, name: str, longest: int) -> str:
    if name == "severity":
        return SEVERITY_TITLES[found.severity]
    if name == "serial_no":  # the number that the unit knows the task by: the code is hidden in its form
        serial = serial_of(found.task) if found.task else None
        return "" if serial is None else str(serial)
    if name == "message":
        return shown_message(found)
    if name == "value":
        return clipped(_value_text(found.value), longest)
    return getattr(found, name) or ""


def _value_text(value: object) -> str:
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else str(value)


class _Page:
    """Rows of text, and the links in them."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._rows: list[str] = []
        self._links: list[str] = []
        self._longest = layout_toml("feedback.toml")["result"]["longest_value"]

    def row(self, number: int, height: float, cells: Sequence[tuple[int, str, str]]) -> None:
        """A row of texts: column, text, style. Text from outside is never a formula."""
        written = "".join(
            f'<c r="{cell_ref(number, column)}" s="{self._styles.cell(style_properties(style))}"'
            + (f' t="inlineStr"><is><t xml:space="preserve">{stored_text(text)}</t></is></c>' if text else "/>")
            for column, text, style in cells
        )
        self._rows.append(f'<row r="{number}" ht="{height:g}" customHeight="1">{written}</row>')

    def finding(self, number: int, found: Finding, columns: Sequence[Any], sheets: Collection[str]) -> None:
        """The row of a finding."""
        cells = []
        linked = found.sheet in sheets and found.cell is not None
        for column, layout in enumerate(columns, 1):
            name = layout["name"]
            style = "body+long+indented" if name in ("message", "value") else "body+text"
            if name == "severity":
                style = f"body+text+found_{found.severity}"
            elif name == "cell" and linked:
                style = "body+text+link"
                target = f"'{(found.sheet or '').replace(chr(39), chr(39) * 2)}'!{found.cell}"
                self._links.append(
                    f'<hyperlink ref="{cell_ref(number, column)}" location="{attribute_text(target)}" '
                    f'display="{found.cell}"/>'
                )
            cells.append((column, _shown(found, name, self._longest), style))
        widths = {c["name"]: c["width"] for c in columns}
        texts = [(_shown(found, name, self._longest), widths[name]) for name in ("sheet", "value", "message")]
        self.row(number, row_height(texts, _LEAST_HEIGHT), cells)

    def xml(self, columns: Sequence[Any], header: int, footer: str, strict: bool) -> bytes:
        """The worksheet part with everything around its rows."""
        cols = "".join(
            f'<col min="{n}" max="{n}" width="{c["width"]}" customWidth="1"/>' for n, c in enumerate(columns, 1)
        )
        hidden = f'<col min="{len(columns) + 1}" max="{len(columns) + 1}" width="9" hidden="1" customWidth="1"/>'
        links = f"<hyperlinks>{''.join(self._links)}</hyperlinks>" if self._links else ""
        top = cell_ref(header + 1, 1)
        return (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN[strict]}">'
            '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0"><pane ySplit="{header}" '
            f'topLeftCell="{top}" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" '
            f'activeCell="{top}" sqref="{top}"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
            f"<cols>{cols}{hidden}</cols><sheetData>{''.join(self._rows)}</sheetData>{links}"
            '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>'
            f"<headerFooter><oddFooter>{attribute_text(footer)}</oddFooter></headerFooter></worksheet>"
        ).encode()
