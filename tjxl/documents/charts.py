"""Charts of a .docx: Word's own, with the workbook behind them, so that they can be edited there.

XlsxWriter draws the chart in a small workbook; its chart part, values included, becomes a part of the document, and
the workbook is embedded as its data (ECMA-376, 21.2.2.63 externalData).
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from tjxl.documents.blocks import Chart

if TYPE_CHECKING:
    from docx.document import Document

_SHEET = "数据"
_FONT = "宋体"
_INK = "#000000"
_PATTERNS: dict[str, dict[str, Any]] = {
    # black and white alike: the patterns differ, not only the shades
    "dark": {"fill": {"color": "#404040"}},
    "stripes": {"pattern": {"pattern": "wide_upward_diagonal", "fg_color": "#404040", "bg_color": "#FFFFFF"}},
    "dots": {"pattern": {"pattern": "percent_25", "fg_color": "#404040", "bg_color": "#FFFFFF"}},
    "light": {"fill": {"color": "#BFBFBF"}},
    "blank": {"fill": {"color": "#FFFFFF"}},
}
_CHART_URI = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# XlsxWriter leaves out what is not shown; LibreOffice shows what is left out in a .docx.
_SHOWN = b'<c:showVal val="1"/>'
_ONLY_VALUES = (
    b'<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
    b'<c:showPercent val="0"/><c:showBubbleSize val="0"/>'
)
_PRINT_SETTINGS = re.compile(rb"<c:printSettings>.*?</c:printSettings>", re.DOTALL)


def add_chart(document: Document, paragraph: Any, chart: Chart, width: float, height: float) -> None:
    """Put a chart into a paragraph; sizes in points."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml
    from docx.shared import Pt

    book = _workbook(chart)
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        drawn = package.read("xl/charts/chart1.xml")
    package = document.part.package
    names = {str(part.partname) for part in package.iter_parts()}
    number = next(n for n in range(1, len(names) + 2) if f"/word/charts/chart{n}.xml" not in names)
    chart_part = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART_TYPE, b"", package)
    book_part = Part(PackURI(f"/word/embeddings/chart{number}.xlsx"), _BOOK_TYPE, book, package)
    data = f'<c:externalData r:id="{chart_part.relate_to(book_part, RELATIONSHIP_TYPE.PACKAGE)}">'
    data += '<c:autoUpdate val="0"/></c:externalData>'
    drawn = drawn.replace(_SHOWN, _ONLY_VALUES)
    chart_part._blob = _PRINT_SETTINGS.sub(b"", drawn).replace(b"</c:chartSpace>", data.encode() + b"</c:chartSpace>")
    shown = document.part.relate_to(chart_part, RELATIONSHIP_TYPE.CHART)
    paragraph.add_run()._r.append(parse_xml(_inline(shown, number, chart, int(Pt(width)), int(Pt(height)))))


def _inline(relation: str, number: int, chart: Chart, width: int, height: int) -> str:
    from xml.sax.saxutils import quoteattr

    return (
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
        f' distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
        f'<wp:docPr id="{1000 + number}" name="图表 {number}" descr={quoteattr(_description(chart))}/>'
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f'<a:graphicData uri="{_CHART_URI}"><c:chart xmlns:c="{_CHART_URI}"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
        f' r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )


def _description(chart: Chart) -> str:
    """The chart in words, for who cannot see it."""
    said = (
        f"{series.name}：" + "，".join(f"{c}{v}" for c, v in zip(chart.categories, series.values, strict=True))
        for series in chart.series
    )
    return f"{chart.caption}。" + "；".join(said)


def _workbook(chart: Chart) -> bytes:
    """The workbook behind a chart: categories in column A, a column for each series, and the chart itself."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_SHEET)
    drawn = book.add_chart({"type": "column"} if chart.kind == "columns" else {"type": "bar", "subtype": "stacked"})
    last = len(chart.categories)
    sheet.write_column(1, 0, chart.categories)
    for at, series in enumerate(chart.series, 1):
        sheet.write(0, at, series.name)
        sheet.write_column(1, at, series.values)
        drawn.add_series(
            {
                "name": [_SHEET, 0, at],
                "categories": [_SHEET, 1, 0, last, 0],
                "values": [_SHEET, 1, at, last, at],
                "border": {"color": _INK, "width": 0.75},
                "gap": 60,
                "overlap": 100 if chart.kind == "stacked" else 0,
                "data_labels": _labels(chart),
                **_PATTERNS[series.pattern],
            }
        )
    _frame(drawn, chart)
    sheet.insert_chart(0, len(chart.series) + 2, drawn)
    book.close()
    return out.getvalue()


def _labels(chart: Chart) -> dict[str, Any]:
    """The counts; in a stack none for nothing, and on white so that a pattern does not hide them."""
    labels: dict[str, Any] = {"value": True, "font": _font(9)}
    if chart.kind == "stacked":
        labels |= {"fill": {"color": "#FFFFFF"}, "num_format": "0;;"}
    return labels


def _frame(drawn: Any, chart: Chart) -> None:
    """No title (the caption is in the text), no frame, axes that say no more than the labels."""
    drawn.set_title({"none": True})
    drawn.set_chartarea({"border": {"none": True}, "fill": {"none": True}})
    drawn.set_plotarea({"fill": {"none": True}})
    categories = {"num_font": _font(9), "line": {"color": _INK}, "major_tick_mark": "none"}
    values = {"visible": False, "major_gridlines": {"visible": False}, "min": 0}
    if chart.kind == "stacked":
        drawn.set_x_axis(values)
        drawn.set_y_axis({**categories, "reverse": True})
    else:
        drawn.set_x_axis(categories)
        drawn.set_y_axis(values)
    drawn.set_legend({"none": True} if len(chart.series) == 1 else {"position": "bottom", "font": _font(9)})


def _font(size: float) -> dict[str, Any]:
    return {"name": _FONT, "size": size, "color": _INK}
