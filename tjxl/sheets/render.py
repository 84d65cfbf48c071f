"""Write a workbook under construction with XlsxWriter: cells with their values, tables, charts, print set-up."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from tjxl.formula import Area, Formula, Value
from tjxl.sheets.calculate import Values
from tjxl.sheets.model import (
    Cell,
    Chart,
    FormulaHighlight,
    Highlight,
    Page,
    Series,
    Sheet,
    Table,
    Validation,
    Workbook,
)
from tjxl.sheets.theme import chart_fill, colour, highlight_properties, label_colour, style_properties
from tjxl.sheets.worksheet import ValuedWorksheet

_PAPER = {"A4": 9, "A3": 8}
_MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}
_NARROW_MARGINS = {"left": 0.35, "right": 0.35, "top": 0.35, "bottom": 0.5}
"""Of a sheet that is to fit on one page."""
_FOOTER = "&L&9&A&C&9第 &P 页，共 &N 页&R&9打印日期：&D"
# The font that column widths are measured in: 7 pixels a digit, also where Arial is replaced by Liberation Sans.
_NORMAL = {"font_name": "Arial", "font_size": 10}
_CHART_FONT = "微软雅黑"


def render(book: Workbook, values: Values) -> bytes:
    """The .xlsx file of *book*; *values* are the results of its formulas (see `calculate`)."""
    file = io.BytesIO()
    out = xlsxwriter.Workbook(file, {"in_memory": True, "default_format_properties": dict(_NORMAL)})
    properties = book.properties
    out.set_properties(
        {
            "title": properties.title,
            "subject": properties.subject,
            "category": properties.category,
            "comments": properties.comments,
            "created": properties.created,
        }
    )
    for sheet in book.sheets:
        _SheetWriter(out, sheet, values).write()
    for sheet in book.sheets:
        for name, area in sheet.names.items():
            out.define_name(name, "=" + _reference(Area(sheet.title, *area)))
    out.get_worksheet_by_name(book.sheets[0].title).activate()
    out.close()
    return file.getvalue()


def _reference(area: Area) -> str:
    quoted = area.sheet.replace("'", "''")
    first = f"${_letters(area.left)}${area.top}"
    last = f"${_letters(area.right)}${area.bottom}"
    return f"'{quoted}'!{first}" + ("" if first == last else f":{last}")


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


class _SheetWriter:
    """One sheet. XlsxWriter counts from 0, the model from 1."""

    def __init__(self, out: Any, sheet: Sheet, values: Values) -> None:
        self._out = out
        self._sheet = sheet
        self._values = values
        self._to = out.add_worksheet(sheet.title, worksheet_class=ValuedWorksheet)

    def write(self) -> None:
        sheet, to = self._sheet, self._to
        for column, width in sheet.widths.items():
            to.set_column(column - 1, column - 1, width)
        for row, height in sheet.heights.items():
            to.set_row(row - 1, height)
        for table in sheet.tables:
            self._table(table)
        for top, left, bottom, right in sheet.merges:
            blank = self._format(sheet.cells[(top, left)].style)
            to.merge_range(top - 1, left - 1, bottom - 1, right - 1, "", blank)
        for (row, column), cell in sheet.cells.items():
            self._cell(row, column, cell)
        for validation in sheet.validations:
            self._validation(validation)
        for highlight in sheet.highlights:
            self._highlight(highlight)
        for chart in sheet.charts:
            self._chart(chart)
        self._view()
        self._page(sheet.page)

    def _format(self, style: str) -> Any:
        return _format(self._out, style, style_properties(style))

    def _cell(self, row: int, column: int, cell: Cell) -> None:
        to, content = self._to, cell.content
        place = (row - 1, column - 1)
        style = self._format(cell.style)
        if content is None:
            to.write_blank(*place, None, style)
        elif isinstance(content, Formula):
            value = self._values[(self._sheet.title, row, column)]
            to.write_formula(*place, "=" + content.text.removeprefix("="), style, _cached(value))
        elif isinstance(content, bool):
            to.write_boolean(*place, content, style)
        elif isinstance(content, dt.date):
            to.write_datetime(*place, content, style)
        elif isinstance(content, str):
            to.write_string(*place, content, style)
        else:
            to.write_number(*place, content, style)

    def _table(self, table: Table) -> None:
        columns = []
        for column in table.columns:
            spec: dict[str, Any] = {
                "header": column.title,
                "header_format": self._format(column.header_style),
                "format": self._format(column.style),
            }
            if column.formula is not None:
                spec["formula"] = "=" + column.formula
            columns.append(spec)
        top, left = table.header_row - 1, table.left - 1
        options = {"name": table.name, "style": None, "columns": columns}
        self._to.add_table(top, left, top + table.rows, left + len(columns) - 1, options)

    def _validation(self, validation: Validation) -> None:
        self._to.data_validation(*_from_zero(validation.area), dict(validation.options))

    def _highlight(self, highlight: Highlight | FormulaHighlight) -> None:
        look = _format(self._out, f"highlight {highlight.name}", highlight_properties(highlight.name))
        if isinstance(highlight, FormulaHighlight):
            options = {"type": "formula", "criteria": highlight.formula, "format": look}
            self._to.conditional_format(*_from_zero(highlight.area), options)
            return
        quoted = highlight.text.replace('"', '""')
        options = {"type": "cell", "criteria": "==", "value": f'"{quoted}"', "format": look}
        if highlight.beginning:
            options = {"type": "text", "criteria": "begins with", "value": highlight.text, "format": look}
        self._to.conditional_format(*_from_zero(highlight.area), options)

    def _chart(self, spec: Chart) -> None:
        chart = self._out.add_chart({"type": "column", "subtype": "stacked"})
        for series in spec.series:
            chart.add_series(_series(series, spec.least_label))
        chart.set_title({"none": True})  # the section's heading stands above it
        chart.set_x_axis({"num_font": _font(9), "line": {"color": colour("$line")}, "major_tick_mark": "none"})
        chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}, "min": 0})
        chart.set_legend({"position": "bottom", "font": _font(9)})
        chart.set_chartarea({"border": {"color": colour("$line")}})
        chart.set_size({"width": spec.width, "height": spec.height})
        place = {"description": spec.description, "object_position": 2, "x_offset": 2, "y_offset": 2}
        self._to.insert_chart(spec.row - 1, spec.column - 1, chart, place)

    def _view(self) -> None:
        sheet, to = self._sheet, self._to
        if sheet.freeze:
            to.freeze_panes(*sheet.freeze)
        if sheet.tab_colour:
            to.set_tab_color(sheet.tab_colour)
        if not sheet.gridlines:
            to.hide_gridlines(2)
        to.set_zoom(sheet.zoom)
        if sheet.visibility == "very_hidden":
            to.very_hidden()

    def _page(self, page: Page) -> None:
        to = self._to
        to.set_paper(_PAPER[page.paper])
        if page.landscape:
            to.set_landscape()
        to.set_margins(**(_NARROW_MARGINS if page.pages_tall else _MARGINS))
        to.center_horizontally()
        to.set_footer(_FOOTER)
        if page.repeat_rows:
            to.repeat_rows(page.repeat_rows[0] - 1, page.repeat_rows[1] - 1)
        if page.area:
            to.print_area(*_from_zero(page.area))
        to.fit_to_pages(1, page.pages_tall)
        to.set_h_pagebreaks(list(page.breaks))


def _format(out: Any, name: str, properties: Mapping[str, Any]) -> Any:
    """One XlsxWriter format per style of a workbook; they are kept on the workbook, which owns them."""
    made = out.__dict__.setdefault("_tjxl_formats", {})
    if name not in made:
        made[name] = out.add_format(dict(properties))
    return made[name]


def _cached(value: Value) -> str | int | float | bool:
    return str(value) if isinstance(value, str) else 0 if value is None else value


def _from_zero(area: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    top, left, bottom, right = area
    return top - 1, left - 1, bottom - 1, right - 1


def _series(series: Series, least_label: int) -> dict[str, Any]:
    # a figure that has no room in its piece of a column, as a zero has none, would lie on its neighbours
    font = _font(9) | {"color": label_colour(series.fill)}
    return {
        "name": "=" + _reference(series.name),
        "categories": "=" + _reference(series.categories),
        "values": "=" + _reference(series.values),
        "data_labels": {"value": True, "font": font, "num_format": f'[<{least_label}]"";0'},
        "gap": 25,
        "overlap": 100,
        **chart_fill(series.fill),
    }


def _font(size: int) -> dict[str, Any]:
    return {"name": _CHART_FONT, "size": size, "color": colour("$ink")}
