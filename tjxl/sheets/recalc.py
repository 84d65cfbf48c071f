"""Refreshing what rests on changed cells: cached values of tjxl's formulas, cached points of tjxl's charts.

Formulas are read from the workbook itself, so a person may have moved them. Only tjxl's own places are looked at:
formula columns of its tables, hidden ones too, and the areas of 看板 and 看板附表. The office's formulas recalculate
when the file is opened.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from dataclasses import replace

from tjxl.formula.errors import Unsupported
from tjxl.formula.evaluate import Evaluator
from tjxl.formula.grid import Area, Formula, TableArea
from tjxl.formula.values import ExcelError, Value
from tjxl.ooxml.cells import CellValue, SheetCells, to_serial
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.package import local_name
from tjxl.ooxml.refs import Range, parse_range
from tjxl.ooxml.splice import Put, PutFormula, Recalculated, Remove
from tjxl.sheets.figures import ANNEX_AREA, DASHBOARD_AREA
from tjxl.sheets.layout import hidden_layout, master_layout

DASHBOARD = "看板"
CHART_MARK = "督查台账图："

_REFERENCE = re.compile(
    r"<(?P<p>(?:[\w.-]+:)?)(?P<kind>numRef|strRef)>\s*<(?P=p)f>(?P<f>[^<]*)</(?P=p)f>"
    r"(?:\s*<(?P=p)(?:num|str)Cache>.*?</(?P=p)(?:num|str)Cache>)?\s*</(?P=p)(?P=kind)>",
    re.DOTALL,
)
_FORMAT_CODE = re.compile(r"<(?:[\w.-]+:)?formatCode>[^<]*</(?:[\w.-]+:)?formatCode>")


class EditedGrid:
    """A workbook with its pending edits, as formulas see it (`tjxl.formula.grid.Grid`).

    No rows may be appended to its tables while it is in use.
    """

    def __init__(self, editor: BookEditor) -> None:
        self._editor, self._followed = editor, editor.following()
        self._tables = {name.lower(): name for name in editor.book.tables}
        self._names = {name.lower(): place for name, place in editor.book.names.items()}
        self._used: dict[str, tuple[int, int]] = {}
        self._cells: dict[str, SheetCells] = {}
        self._areas: dict[str, TableArea | None] = {}

    def _sheet(self, sheet: str) -> SheetCells:
        """The stored cells of a sheet; none where there is no such sheet."""
        found = self._cells.get(sheet)
        if found is None:
            book = self._editor.book
            found = self._cells[sheet] = book.cells(sheet) if sheet in book.sheets else SheetCells({}, [], [], {})
        return found

    def value(self, sheet: str, row: int, column: int) -> Value:
        """The value to be stored."""
        edit = self._editor.edits(sheet).get((row, column))
        if edit is not None:
            value = None if isinstance(edit, Remove) else edit.value if isinstance(edit, Put) else edit.cached
            return as_value(value, self._editor.book.date1904)
        cell = self._sheet(sheet).cells.get((row, column))
        if cell is None or cell.value is None:
            return None
        return ExcelError(cell.value) if cell.kind == "error" else cell.value

    def formula(self, sheet: str, row: int, column: int) -> str | None:
        """The formula to be stored. No formula may be put in or taken away while the grid is in use."""
        content = self.content(sheet, row, column)
        return content.text if isinstance(content, Formula) else None

    def content(self, sheet: str, row: int, column: int) -> Value | Formula:
        """The formula to be stored, or the value."""
        place = (row, column)
        edit = self._editor.edits(sheet).get(place)
        if edit is not None and not isinstance(edit, Recalculated):
            return Formula(edit.text) if isinstance(edit, PutFormula) else self.value(sheet, row, column)
        cells = self._cells.get(sheet) or self._sheet(sheet)
        cell = cells.cells.get(place)
        if cell is None:
            return None
        if cell.formula is not None and (text := cells.formula(row, column)):
            return Formula(self._followed(sheet, row, text))
        if edit is not None:
            return self.value(sheet, row, column)
        return ExcelError(cell.value) if cell.kind == "error" and cell.value is not None else cell.value

    def used(self, sheet: str) -> tuple[int, int]:
        """Last used row and column."""
        if sheet not in self._used:
            stored, edited = self._sheet(sheet).bounds, self._editor.edits(sheet).bounds
            self._used[sheet] = max(stored[0], edited[0]), max(stored[1], edited[1])
        return self._used[sheet]

    def table(self, name: str) -> TableArea | None:
        """A table with the rows appended to it."""
        if name not in self._areas:
            self._areas[name] = self._table_area(self._tables.get(name.lower()))
        return self._areas[name]

    def _table_area(self, own: str | None) -> TableArea | None:
        if own is None:
            return None
        table = self._editor.book.tables[own]
        return TableArea(table.sheet, table.range.top, table.first_row, self._editor.last_row(own), table.columns)

    def name(self, name: str) -> Area | None:
        """A defined name."""
        place = self._names.get(name.lower())
        return Area(place[0], *place[1]) if place else None


def as_value(value: CellValue, date1904: bool) -> Value:
    """A value as formulas see it: dates are serial numbers."""
    if isinstance(value, dt.date):
        return to_serial(value, date1904)
    return value


def refresh(editor: BookEditor) -> None:
    """Add to the editor what its edits make stale: formula values, chart points."""
    for sheet in editor.book.sheets:  # not wanted before the workbook is written
        editor.book.let_go(sheet)
    grid = EditedGrid(editor)
    evaluator = Evaluator(grid)
    for sheet, row, column in (*_own_formulas(editor), *editor.unvalued()):
        try:
            value = evaluator.formula_cell(sheet, row, column)
        except Unsupported:
            continue  # a formula that a person has put there: recalculated on opening
        pending = editor.edits(sheet).get((row, column))
        if isinstance(pending, PutFormula):
            editor.edit(sheet, row, column, replace(pending, cached=value, valued=True))
            continue
        stored = grid.value(sheet, row, column)
        if value != stored and not (value == "" and stored is None):  # an empty text is stored as no value
            editor.edit(sheet, row, column, Recalculated(value))
    _refresh_charts(editor, evaluator)


def _own_formulas(editor: BookEditor) -> Iterator[tuple[str, int, int]]:
    """Formula cells in tjxl's own places, in sheet order."""
    places: dict[str, list[Range]] = {}
    for layout in (*master_layout().values(), *hidden_layout().values()):
        table = editor.book.tables.get(layout.title)
        if table is None:
            continue
        for column in layout.columns:
            at = table.columns.get(column.title)
            if at is not None and column.owner == "generated":
                bottom = editor.last_row(layout.title)
                places.setdefault(table.sheet, []).append(Range(table.first_row, at, bottom, at))
    for name in (DASHBOARD_AREA, ANNEX_AREA):
        if name in editor.book.names:
            sheet, area = editor.book.names[name]
            places.setdefault(sheet, []).append(area)
    for sheet, areas in places.items():
        rows: dict[int, list[tuple[int, int]]] = {}
        for area in areas:
            for at in range(area.left, area.right + 1):
                rows.setdefault(at, []).append((area.top, area.bottom))
        single = editor.edits(sheet).single
        found = {(row, at) for row, edits in single for at, edit in edits.items() if isinstance(edit, PutFormula)}
        if editor.book.has_formulas(sheet):
            cells = editor.book.cells(sheet).cells
            found |= {place for place, cell in cells.items() if cell.formula is not None}
        for row, at in sorted(found):
            for top, bottom in rows.get(at, ()):
                if top <= row <= bottom:
                    yield sheet, row, at
                    break


def _refresh_charts(editor: BookEditor, evaluator: Evaluator) -> None:
    package = editor.book.package
    sheet = editor.book.sheets.get(DASHBOARD)
    if sheet is None:
        return
    for drawing, kind in package.relations(sheet.part).values():
        if not kind.endswith("/drawing") or drawing not in package:
            continue
        charts = package.relations(drawing)
        for rel_id in _own_chart_ids(editor, drawing):
            part = charts.get(rel_id, ("", ""))[0]
            if part in package:
                old = package.read(part)
                new = _with_points(old.decode("utf-8"), evaluator).encode()
                if new != old:
                    editor.set_part(part, new)


def _own_chart_ids(editor: BookEditor, drawing: str) -> list[str]:
    """Relationship ids of the charts whose alternative text says that they are tjxl's."""
    out = []
    for frame in editor.book.package.xml(drawing).iter():
        if local_name(frame) != "graphicFrame":
            continue
        parts = {local_name(e): e for e in frame.iter()}
        described = parts.get("cNvPr")
        chart = parts.get("chart")
        if described is None or chart is None or not described.get("descr", "").startswith(CHART_MARK):
            continue
        out += [str(v) for k, v in chart.attrib.items() if str(k).endswith("}id")]
    return out


def _with_points(xml: str, evaluator: Evaluator) -> str:
    """The chart with the cached points of each reference replaced by present values."""

    def one(m: re.Match[str]) -> str:
        sheet, _, ref = m["f"].replace("&apos;", "'").replace("&amp;", "&").rpartition("!")
        sheet = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
        try:
            area = parse_range(ref)
        except ValueError:
            return m[0]  # several areas or a name: not as tjxl writes it
        rows, columns = range(area.top, area.bottom + 1), range(area.left, area.right + 1)
        values = [evaluator.cell(sheet, r, c) for r in rows for c in columns]
        p, numeric = m["p"], m["kind"] == "numRef"
        cache = f"{p}numCache" if numeric else f"{p}strCache"
        code = _FORMAT_CODE.search(m[0]) if numeric else None
        points = "".join(_point(p, i, v, numeric) for i, v in enumerate(values))
        return (
            f"<{p}{m['kind']}><{p}f>{m['f']}</{p}f><{cache}>{code[0] if code else ''}"
            f'<{p}ptCount val="{len(values)}"/>{points}</{cache}></{p}{m["kind"]}>'
        )

    return _REFERENCE.sub(one, xml)


def _point(prefix: str, index: int, value: Value, numeric: bool) -> str:
    if value is None or (numeric and isinstance(value, str | bool)):
        return ""
    shown = f"{value:.15g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
    return f'<{prefix}pt idx="{index}"><{prefix}v>{html.escape(shown, quote=False)}</{prefix}v></{prefix}pt>'
